"""What a transaction under review really pays to others, decoded from the bytes that would be hashed.

- Bitcoin: every output but those that a paying vault's registered slots receive: net of change.
- Ethereum: the transfer that the call makes, or every inner call of a batch, and ether that travels with it. A call that
  is no payment cannot be read as one, and says so: no limit can be judged on it.
- A vault is the one whose obligation an output or call discharges; what discharges none is laid to the first paying
  vault, so that nothing leaves uncounted.

    >>> leaving(reading)
    (Payment(vault='meridian-btc', account='bip122:…:bcrt1q…', asset='bip122:…/slip44:0', units=25000000000),)
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.bitcoin import address
from countersign.bitcoin.inspect import PsbtFacts
from countersign.errors import CountersignError, Refused
from countersign.ethereum import inspect
from countersign.ethereum.inspect import DelegateCall, Erc20Transfer, EtherTransfer, PlainCall
from countersign.ethereum.safe import ClaimedSafeTx, SafeTx
from countersign.formats import caip, eip55
from countersign.rails import bitcoin as rail
from countersign.rails.wallets import Wallet
from countersign.review.reading import Reading


@dataclass(frozen=True, slots=True)
class Payment:
    """Base units of an asset that leave a vault for a place (CAIP-10; "script …" where it has no address)."""

    vault: str
    account: str
    asset: str
    units: int


def leaving(reading: Reading) -> tuple[Payment, ...] | CountersignError:
    """Every payment to others, in the transaction's order; why there is no telling: Refused C7.unreadable, B6.*."""
    wallets, vaults = reading.wallets, reading.vaults
    if not vaults:
        return Refused("C7.no-vault")
    if isinstance(wallets, CountersignError):
        return wallets
    if reading.order is not None:
        return ()  # E4 lets nothing pass but a call of the Safe to itself that carries no ether
    if reading.psbt_facts is not None:
        return tuple(_outputs(reading, reading.psbt_facts, wallets or ()))
    if isinstance(reading.safe_tx, ClaimedSafeTx):
        return _calls(vaults[0].id, vaults[0].chain, reading.safe_tx.tx)
    return Refused("C7.unreadable")


def _outputs(reading: Reading, facts: PsbtFacts, wallets: tuple[Wallet, ...]) -> Iterator[Payment]:
    chain = caip.ChainId.parse(reading.vaults[0].chain)
    due = [(rail.script_of(each), each.amount, each.vault) for each in reading.owed]
    for fact in facts.outputs:
        script, units = fact.output.script_pubkey, int(fact.output.satoshis)
        owed = next((each for each in due if each[:2] == (script, units)), None)
        if owed is not None:
            due.remove(owed)
        elif any(wallet.change_place(fact) is not None for wallet in wallets):
            continue
        vault = owed[2] if owed is not None else reading.vaults[0].id
        yield Payment(vault, _account(chain, script), str(caip.coin(chain)), units)


def _account(chain: caip.ChainId, script: bytes) -> str:
    try:
        return f"{chain}:{address.address(script, caip.hrp(chain))}"
    except CountersignError:
        return f"script {script.hex()}"


def _calls(vault: str, chain: str, tx: SafeTx) -> tuple[Payment, ...] | CountersignError:
    facts = inspect.read(tx)
    if facts.void:
        return ()
    calls: list[PlainCall | DelegateCall] = [each.call for each in facts.batch] or [facts.shown]
    found: list[Payment] = []
    for call, each in zip(calls, facts.calls, strict=True):
        paid = _paid(vault, chain, call, each.ether)
        if not paid:
            return Refused("C7.unreadable")
        found += paid
    return tuple(found)


def _paid(vault: str, chain: str, call: PlainCall | DelegateCall, wei: int) -> tuple[Payment, ...]:
    """What one call pays, with the ether that travels with it; nothing where it is no payment."""
    ether = str(caip.coin(caip.ChainId.parse(chain)))
    match call:
        case Erc20Transfer(token, recipient, amount):
            place = f"{chain}:{eip55.checksum(recipient)}"
            paid = Payment(vault, place, f"{chain}/erc20:{eip55.checksum(token)}", amount)
            return (paid, Payment(vault, f"{chain}:{eip55.checksum(token)}", ether, wei)) if wei else (paid,)
        case EtherTransfer(recipient, amount):
            return (Payment(vault, f"{chain}:{eip55.checksum(recipient)}", ether, amount),)
    return ()
