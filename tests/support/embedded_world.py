"""The embedded Bitcoin chain with the kinds of coins that the twins have, and no node: for tests of the room alone."""

from dataclasses import replace

from countersign.bitcoin import transaction
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.chains.bitcoin_ledger import coinbase
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from support.bitcoin_mutations import ANYONE, ONE_KEY, Draft, Held, World, finished, foreign_script, places
from support.bitcoin_vault import software_vault

FRESH, SATOSHIS = 12, 40_000_000
SUBSIDY = 5_000_000_000


def embedded_world() -> tuple[EmbeddedBitcoin, World]:
    """A chain and what lies on it: fresh coins with one confirmation, mature and immature coinbases, foreign coins."""
    chain = EmbeddedBitcoin()
    spots = places(software_vault("embedded")) + places(software_vault("3 of 5", 3, 5, 1))
    coinbases = tuple(_coinbase(chain, spots[number % 4].script_pubkey, number % 4) for number in range(12))
    while chain.ledger.height < 10 + 98:
        chain.ledger.mine()
    numbers = [number % 4 for number in range(FRESH)] + [4, ANYONE, ONE_KEY]
    codes = [foreign_script(number) if number < 0 else spots[number].script_pubkey for number in numbers]
    start = World(spots, (), (), (), coinbases[1:-2], coinbases[-2:], coinbases[0], b"", chain.ledger.height + 1)
    mined = finished(Draft((coinbases[0],), tuple((code, SATOSHIS) for code in codes)), start)
    txid = chain.adopt(mined)[0].txid
    made = tuple(Held(txid, vout, SATOSHIS, number) for vout, number in enumerate(numbers))
    return chain, replace(start, fresh=made[:FRESH], other=made[FRESH:-2], foreign=made[-2:], mined=mined)


def _coinbase(chain: EmbeddedBitcoin, script: bytes, slot: int) -> Held:
    raw = coinbase((Output(script, Satoshis(SUBSIDY)),), chain.ledger.height + 1)
    (place,) = chain.adopt(raw)
    assert transaction.parse(raw).vin[0].prevout.is_null()
    return Held(place.txid, place.vout, SUBSIDY, slot)
