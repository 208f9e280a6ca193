"""From obligations and coins to an unsigned PSBT: the creator's and updater's roles (BIP-174) for vaults.

- every paying vault by itself: inputs − change = its obligations + its share of the fee, to the satoshi (DESIGN §8);
- fee = rate × vsize with full signatures; shares by `fees.shares` over finished inputs and change;
- coins as `selection` chooses them; a vault's change goes to the slot it names, at most one output each. A lone vault whose
  change would be dust leaves it to the fee; with several vaults another coin is taken, so that the equation holds;
- inputs and outputs are ordered as BIP-69 says: the order tells nothing and two machines agree on it;
- what nodes would not relay is not made (`standard`);
- each input carries its parent, witness_utxo, script and key paths; each change output its script and key paths.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.bitcoin import compact_size, standard, transaction
from countersign.bitcoin.coins import Coin
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.inspect import REPLACEABLE, facts
from countersign.bitcoin.psbt import Fields, Psbt, fields
from countersign.bitcoin.selection import Payer, choose
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.errors import Refused


@dataclass(frozen=True, slots=True)
class Built:
    """An unsigned PSBT, and for every payer in order its share of the fee and its change in satoshis (0: none)."""

    psbt: Psbt
    fee: int
    shares: tuple[int, ...]
    changes: tuple[int, ...]


def build(payers: Sequence[Payer], rate: int, *, lock_time: int = 0, sequence: int = REPLACEABLE) -> Built:
    """Choose coins and build; `rate` in satoshis a vbyte.

    Refused: bitcoin.funds, bitcoin.rate, bitcoin.no-payment; as `standard.require`.
    """
    if rate < 1:
        raise Refused("bitcoin.rate", found=rate)
    if not payers or any(not payer.payments for payer in payers):
        raise Refused("bitcoin.no-payment")
    purses = choose(payers, rate)
    paid: list[tuple[Output, Descriptor | None]] = [(out, None) for payer in payers for out in payer.payments]
    changes = [purse.left if purse.change_output else 0 for purse in purses]
    for payer, satoshis in zip(payers, changes, strict=True):
        if satoshis:
            paid.append((Output(payer.change.script_pubkey, Satoshis(satoshis)), payer.change))
    chosen = [coin for purse in purses for coin in purse.chosen]
    psbt = create(chosen, paid, lock_time=lock_time, sequence=sequence)
    standard.require(facts(psbt))
    shares = tuple(purse.share for purse in purses)
    return Built(psbt, sum(shares), shares, tuple(changes))


def create(
    spent: Sequence[Coin],
    paid: Sequence[tuple[Output, Descriptor | None]],
    *,
    lock_time: int = 0,
    sequence: int = REPLACEABLE,
) -> Psbt:
    """The unsigned PSBT of exactly these coins and outputs; an output with a descriptor is that slot's change."""
    coins = sorted(spent, key=lambda coin: (coin.outpoint.txid[::-1], coin.outpoint.vout))
    outputs = sorted(paid, key=lambda each: (each[0].satoshis, each[0].script_pubkey))
    unsigned = b"".join(
        (
            (2).to_bytes(4, "little"),
            compact_size.encode(len(coins)),
            *(coin.outpoint.serialise() + b"\x00" + sequence.to_bytes(4, "little") for coin in coins),
            compact_size.encode(len(outputs)),
            *(output.serialise() for output, _ in outputs),
            lock_time.to_bytes(4, "little"),
        )
    )
    return Psbt(
        globals={fields.UNSIGNED_TX: unsigned},
        inputs=tuple(map(_input_map, coins)),
        outputs=tuple({} if slot is None else _change_map(slot) for _, slot in outputs),
        tx=transaction.parse_unsigned(unsigned),
        parents={coin.parent.data: coin.parent for coin in coins},
    )


def _input_map(coin: Coin) -> Fields:
    return {
        fields.NON_WITNESS_UTXO: coin.parent.data,
        fields.WITNESS_UTXO: coin.output.serialise(),
        fields.WITNESS_SCRIPT: coin.slot.witness_script,
        **_key_paths(coin.slot, fields.KEY_PATH),
    }


def _change_map(slot: Descriptor) -> Fields:
    return {fields.OUTPUT_WITNESS_SCRIPT: slot.witness_script, **_key_paths(slot, fields.OUTPUT_KEY_PATH)}


def _key_paths(slot: Descriptor, kind: int) -> Fields:
    return {bytes((kind,)) + key.public: key.origin for key in sorted(slot.keys, key=lambda key: key.public)}
