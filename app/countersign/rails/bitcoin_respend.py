"""The same coins again, to other outputs: how a Bitcoin instruction is voided, and how it is replaced by a higher fee.

- Every input of the original: two transactions over one coin exclude each other. A void spends exactly those. A
  replacement may add confirmed coins of a vault whose change is too small to bear the higher fee, or that had none.
- A void pays nothing: every vault's coins return to it, less its share of the fee. A replacement pays what the original
  pays, and each vault's change bears its share of the higher fee.
- A replacement is one that nodes take (BIP-125): the original signalled it, no new input is unconfirmed, it pays
  more than the original by what its own relay costs (`standard.least_replacement_fee`), and its rate is higher. A void
  stands against what nobody sent, and has nothing to outbid.
- Change goes where the original's change goes: only one of the two is ever mined, so no address is used twice. A vault
  whose original had none takes a spare slot.

    >>> respend(original, wallets, settled=owed, owed=(), rate=5, spare={})    # a void
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.bitcoin import coins as purse
from countersign.bitcoin import fees, script, standard, transaction, weights
from countersign.bitcoin import parent as parents
from countersign.bitcoin.build import Built, create
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.inspect import PsbtFacts, facts
from countersign.bitcoin.psbt import fields, parse
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.errors import Refused
from countersign.rails.bitcoin import VaultSide, coin_of, readback, script_of
from countersign.rails.wallets import Wallet
from countersign.settlement.netting import Obligation

More = Mapping[str, Sequence[tuple[bytes, int]]]
"""By vault, confirmed coins that no instruction spends: parent transaction and output number."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One vault's coins, what it still owes, and where its change goes (None: nowhere)."""

    wallet: Wallet
    coins: tuple[purse.Coin, ...]
    owed: int
    slot: int | None

    @property
    def spent(self) -> int:
        return sum(int(coin.output.satoshis) for coin in self.coins)

    @property
    def least(self) -> int:
        """The least change that nodes relay."""
        return 0 if self.slot is None else script.dust_limit(self.wallet.descriptor(self.slot).script_pubkey)

    def left(self, share: int) -> int:
        """What is left for change."""
        return self.spent - self.owed - share

    @property
    def weight(self) -> int:
        change = 0 if self.slot is None else weights.output(self.wallet.descriptor(self.slot).script_pubkey)
        return sum(coin.weight for coin in self.coins) + change


def respend(
    original: bytes,
    paying: Sequence[Wallet],
    *,
    settled: Sequence[Obligation],
    owed: Sequence[Obligation],
    rate: int,
    spare: Mapping[str, int],
    more: More | None = None,
    thrown_out: int = 0,
) -> Built:
    """The unsigned PSBT over the original's coins that pays `owed` at `rate` satoshis a vbyte; `settled` the original paid.

    `spare`: a free slot by vault, for those without change; `more`: what a replacement may spend beside; `thrown_out`: the
    fee of a child that leaves the pool with the original, which a replacement pays for too.
    Refused: bitcoin.rate, rails.foreign-coin, rails.change-dust, rails.replacement-fee, rails.not-replaceable; as
    `standard.require`.
    """
    if rate < 1:
        raise Refused("bitcoin.rate", found=rate)
    found = facts(parse(original))
    read = readback(found, paying, settled)
    if read.foreign or found.fee is None:
        raise Refused("rails.foreign-coin", count=len(read.foreign))
    sides = [_side(original, found, each, side, owed, spare) for each, side in zip(paying, read.sides, strict=True)]
    payments = [Output(script_of(one), Satoshis(one.amount)) for one in owed]
    sides, shares = _funded(sides, payments, rate, more if owed and more else {})
    outputs: list[tuple[Output, Descriptor | None]] = [(each, None) for each in payments]
    changes = [_change(side, share) for side, share in zip(sides, shares, strict=True)]
    for side, satoshis in zip(sides, changes, strict=True):
        if side.slot is not None:
            descriptor = side.wallet.descriptor(side.slot)
            outputs.append((Output(descriptor.script_pubkey, Satoshis(satoshis)), descriptor))
    made = Built(
        create([coin for side in sides for coin in side.coins], outputs), sum(shares), tuple(shares), tuple(changes)
    )
    standard.require(facts(made.psbt))
    if owed:
        _require_taken(found, facts(made.psbt), thrown_out)
    return made


def _require_taken(old: PsbtFacts, new: PsbtFacts, thrown_out: int) -> None:
    """BIP-125: nodes that hold the original, and a child of it, take the new one in their place."""
    paid, offered = old.fee or 0, new.fee or 0
    if not old.replaceable:
        raise Refused("rails.not-replaceable")
    least = max(standard.least_replacement_fee(paid + thrown_out, new.vsize), paid * new.vsize // old.vsize + 1)
    if offered < least:
        raise Refused("rails.replacement-fee", fee=offered, least=least, rate=-(-least // new.vsize))


def _funded(
    sides: Sequence[_Side], payments: Sequence[Output], rate: int, more: More
) -> tuple[list[_Side], tuple[int, ...]]:
    """The sides with as many further coins, the largest first, as the higher fee needs; and each one's share."""
    waiting = {
        side.wallet.id: list(
            purse.largest_first(
                coin_of(side.wallet, parents.read(raw), vout) for raw, vout in more.get(side.wallet.id, ())
            )
        )
        for side in sides
    }
    found = list(sides)
    while True:
        shares, grew = _shares(found, payments, rate), False
        for place, (side, share) in enumerate(zip(found, shares, strict=True)):
            if side.slot is not None and side.left(share) < side.least and waiting[side.wallet.id]:
                found[place] = replace(side, coins=(*side.coins, waiting[side.wallet.id].pop(0)))
                grew = True
        if not grew:
            return found, shares


def _side(
    original: bytes,
    found: PsbtFacts,
    paying: Wallet,
    side: VaultSide,
    owed: Sequence[Obligation],
    spare: Mapping[str, int],
) -> _Side:
    psbt = parse(original)
    raw = [(psbt.inputs[index][fields.NON_WITNESS_UTXO], found.inputs[index].outpoint.vout) for index in side.inputs]
    coins = tuple(coin_of(paying, parents.read(data), vout) for data, vout in raw)
    places = (paying.change_place(found.outputs[index]) for index in side.change)
    slot = next((number for number in places if number is not None), spare.get(paying.id))
    return _Side(paying, coins, sum(one.amount for one in owed if one.vault == paying.id), slot)


def _shares(sides: Sequence[_Side], payments: Sequence[Output], rate: int) -> tuple[int, ...]:
    """Each vault's share of the fee at this rate, with full signatures."""
    outputs = len(payments) + sum(side.slot is not None for side in sides)
    weight = weights.overhead(sum(len(side.coins) for side in sides), outputs)
    weight += sum(weights.output(each.script_pubkey) for each in payments) + sum(side.weight for side in sides)
    fee = rate * transaction.virtual_size(weight)
    return fees.shares(fee, [(side.wallet.checksum, side.weight) for side in sides])


def _change(side: _Side, share: int) -> int:
    """What returns to a vault. Refused("rails.change-dust") where that is too little to be an output."""
    left = side.left(share)
    if left < side.least or (side.slot is None and left):
        raise Refused("rails.change-dust", vault=side.wallet.id, left=left, least=side.least)
    return left
