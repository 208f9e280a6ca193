"""Bitcoin: obligations of vaults ⇄ one PSBT.

DESIGN.md §8. One PSBT may spend from several vaults; then for every paying vault by itself
inputs − change = its obligations + its agreed share of the fee, to the satoshi.

- `wallets` turns registered vaults into their descriptors; nothing about a vault is ever read from a PSBT.
- `readback` sorts every input and output (which vault pays, what is change, what leaves, what is foreign); it does not
  judge.
- Shares hold one signer's partial signatures over every input; `accept_share` verifies them over digests rebuilt here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from countersign.bitcoin import coins as purse
from countersign.bitcoin import combine as combiner
from countersign.bitcoin import consensus, fees, share, verify, weights
from countersign.bitcoin import finalise as finaliser
from countersign.bitcoin import parent as parents
from countersign.bitcoin.inspect import OutputFacts, PsbtFacts, spent_output
from countersign.bitcoin.parent import Parent
from countersign.bitcoin.psbt import Psbt, judged, parse, serialise, to_version
from countersign.bitcoin.share import SigningRequest
from countersign.bitcoin.transaction import Output, Satoshis, display
from countersign.errors import Refused
from countersign.formats import caip
from countersign.keys.public_key import PublicKey
from countersign.rails.wallets import Wallet, origins
from countersign.settlement.netting import Obligation

if TYPE_CHECKING:
    from countersign.bitcoin.build import Built


@dataclass(frozen=True, slots=True)
class VaultSide:
    """One paying vault's part of a transaction, in satoshis; `share` is its agreed share of the fee."""

    vault: str
    inputs: tuple[int, ...]
    spent: int
    change: tuple[int, ...]  # output numbers
    change_satoshis: int
    owed: int
    share: int | None

    @property
    def balances(self) -> bool:
        """inputs − change = obligations + share."""
        return self.share is not None and self.spent - self.change_satoshis == self.owed + self.share


@dataclass(frozen=True, slots=True)
class Readback:
    """What a PSBT would do, sorted. Numbers are inputs' and outputs' places."""

    sides: tuple[VaultSide, ...]
    payments: tuple[int, ...]  # outputs that discharge an obligation
    missing: tuple[Obligation, ...]  # obligations that no output discharges
    extra: tuple[int, ...]  # outputs that are neither owed nor change
    foreign: tuple[int, ...]  # inputs of no paying vault
    fee: int | None


def script_of(obligation: Obligation) -> bytes:
    """The output script of an obligation's destination."""
    return script_at(obligation.destination)


@lru_cache(maxsize=4096)
def script_at(account: str) -> bytes:
    """The output script of a destination (CAIP-10). Malformed."""
    return caip.AccountId.parse(account).script_pubkey


@dataclass(frozen=True, slots=True)
class Funds:
    """What one paying vault brings: its wallet, coins as (parent transaction, output number), and its change slot.

    `must`: coins that are spent whatever is chosen.
    """

    wallet: Wallet
    coins: tuple[tuple[bytes, int], ...]
    change_slot: int
    must: tuple[tuple[bytes, int], ...] = ()


def build(owed: Sequence[Obligation], funds: Sequence[Funds], rate: int) -> Built:
    """The unsigned PSBT that discharges `owed` at `rate` satoshis a vbyte. Refused("bitcoin.funds", …)."""
    # Who only checks builds nothing: choosing coins is imported where it is done.
    from countersign.bitcoin.build import build as build_psbt
    from countersign.bitcoin.selection import Payer

    payers = [
        Payer(
            each.wallet.checksum,
            tuple(coin_of(each.wallet, parents.read(raw), vout) for raw, vout in each.coins),
            tuple(Output(script_of(one), Satoshis(one.amount)) for one in owed if one.vault == each.wallet.id),
            each.wallet.descriptor(each.change_slot),
            tuple(coin_of(each.wallet, parents.read(raw), vout) for raw, vout in each.must),
        )
        for each in funds
    ]
    return build_psbt(payers, rate)


def coin_of(paying: Wallet, parent: Parent, vout: int) -> purse.Coin:
    """An output of a whole parent as a coin of the wallet. Refused("bitcoin.not-our-coin")."""
    output = parent.output(vout)
    number = None if output is None else paying.slot_of(output.script_pubkey)
    if number is None:
        raise Refused("bitcoin.not-our-coin", vout=vout)
    return purse.of(parent, vout, paying.descriptor(number))


def readback(facts: PsbtFacts, paying: Sequence[Wallet], owed: Sequence[Obligation]) -> Readback:
    """Sort every input and output against the registered vaults and the obligations."""
    due = Counter((script_of(each), each.amount) for each in owed)
    payments, change, extra = [], dict[int, str](), []
    for output in facts.outputs:
        key = (output.output.script_pubkey, int(output.output.satoshis))
        if due[key] > 0:
            due[key] -= 1
            payments.append(output.index)
        elif (owner := next((each.id for each in paying if each.change_place(output) is not None), None)) is not None:
            change[output.index] = owner
        else:
            extra.append(output.index)
    spending: dict[int, str] = {}
    for fact in facts.inputs:
        if (owner := next((each.id for each in paying if each.spent_place(fact) is not None), None)) is not None:
            spending[fact.index] = owner
    missing = []
    for each in owed:
        key = (script_of(each), each.amount)
        if due[key] > 0:
            due[key] -= 1
            missing.append(each)
    return Readback(
        sides=_sides(facts, paying, owed, spending, change),
        payments=tuple(payments),
        missing=tuple(missing),
        extra=tuple(extra),
        foreign=tuple(fact.index for fact in facts.inputs if fact.index not in spending),
        fee=facts.fee,
    )


def _sides(
    facts: PsbtFacts,
    paying: Sequence[Wallet],
    owed: Sequence[Obligation],
    spending: Mapping[int, str],
    change: Mapping[int, str],
) -> tuple[VaultSide, ...]:
    places = [
        (
            each,
            tuple(index for index, owner in spending.items() if owner == each.id),
            tuple(index for index, owner in change.items() if owner == each.id),
        )
        for each in paying
    ]
    fee = facts.fee
    shares: tuple[int, ...] | None = None
    if fee is not None and fee >= 0 and all(inputs for _, inputs, _ in places):
        shares = fees.shares(fee, [(one[0].checksum, _weight(facts, *one)) for one in places])
    return tuple(
        VaultSide(
            vault=each.id,
            inputs=inputs,
            spent=sum(int(fact.spent.satoshis) for index in inputs if (fact := facts.inputs[index]).spent is not None),
            change=outputs,
            change_satoshis=sum(int(facts.outputs[index].output.satoshis) for index in outputs),
            owed=sum(one.amount for one in owed if one.vault == each.id),
            share=None if shares is None else shares[place],
        )
        for place, (each, inputs, outputs) in enumerate(places)
    )


def _weight(facts: PsbtFacts, each: Wallet, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> int:
    """Weight of a vault's finished inputs and change (DESIGN.md §8)."""
    one = weights.finished_input(each.threshold, each.cosigners)
    return one * len(inputs) + sum(weights.output(facts.outputs[index].output.script_pubkey) for index in outputs)


def claims_change_falsely(fact: OutputFacts, paying: Sequence[Wallet]) -> bool:
    """B7: whether an output says it is a vault's own and is not, or names keys that are not its slot's: a fraud."""
    if not fact.claims_change:
        return False
    for each in paying:
        number = each.change_place(fact)
        if number is not None:
            slot = each.descriptor(number)
            own = origins(slot)
            named = all(own.get(public) == origin for public, origin in fact.key_paths)
            return not (named and fact.witness_script in (None, slot.witness_script) and fact.redeem_script is None)
    return True


def digests(psbt: Psbt, keys: Iterable[PublicKey]) -> tuple[SigningRequest, ...]:
    """What these keys are asked to sign, by input. Refused: B3.*, B4.*, B6.*."""
    return share.requests(psbt, {key.data for key in keys})


def make_share(psbt: Psbt, signed: Mapping[SigningRequest, bytes]) -> bytes:
    """The share's bytes from the token's answers (64 bytes r‖s, low-S each)."""
    return serialise(share.make(psbt, signed))


def accept_share(unsigned: bytes, data: bytes, keys: Iterable[PublicKey]) -> Mapping[SigningRequest, bytes]:
    """Refuse bytes that are not the whole, valid share of these keys' holder; what they signed, r‖s each.

    Malformed B2.*, Refused B3…B13.*.
    """
    return share.accept(parse(unsigned), parse(data), {key.data for key in keys})


def combine(unsigned: bytes, shares: Sequence[bytes]) -> bytes:
    """The unsigned PSBT with all shares in it. Refused: B13.*."""
    return serialise(combiner.combine(parse(unsigned), *(parse(each) for each in shares)))


@dataclass(frozen=True, slots=True)
class Finished:
    """A transaction ready for broadcast, verified by our own rule; `consensus` says whether Core's code agreed too."""

    raw: bytes
    transaction: str  # txid as nodes write it
    consensus: str  # "accepted" | "absent"


def finalise(combined: bytes) -> Finished:
    """Finish, extract, and verify every input again by our own rule and, where installed, Core's. Refused: B13.*."""
    psbt = parse(combined)
    spent = [spent_output(psbt, index) for index in range(len(psbt.inputs))]
    raw = finaliser.extract(finaliser.finalise(psbt))
    verify.verify(raw, spent, finaliser.signers(psbt))
    return Finished(raw, display(psbt.txid), consensus.verify(raw, spent).value)


def for_device(data: bytes, version: int) -> bytes:
    """What a device is given of a PSBT, in this version: the fields that were judged. Raises as `as_version`."""
    return serialise(to_version(judged(parse(data)), version))


def as_version(data: bytes, version: int) -> bytes:
    """A PSBT as version 0 or, for a device that asks for it, 2 (BIP-370). Malformed: B2.*; Refused: B2.no-such-version."""
    return serialise(to_version(parse(data), version))


def artefact(data: bytes) -> str:
    """SHA-256 in hex of the bytes an event names."""
    return sha256(data).hexdigest()
