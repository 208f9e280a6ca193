"""A child that pays for its parent: the change of a stuck transaction spent back to its own vaults, at a fee that lifts both.

Child pays for parent: a miner takes both for the fee of both, so the child makes up for what its parent pays too little.

- Exactly the parent's change outputs are spent, each vault's back to itself, at a place that nobody was paid at. Nothing is owed,
  nobody else is paid: whatever becomes of the child, the delivery is its parent's alone.
- Fee: rate × (parent's + child's vbytes, with full signatures) − what the parent pays; never less than the child's own relay.
- Each vault bears its share of it by weight (DESIGN §8), to the satoshi. A vault without change in the parent bears none: it
  has nothing there to spend. Both fees together stay within the same cap as the parent's alone (`require_child`).
- The child signals that it may be replaced. A replacement of the parent throws it out of the pool, and pays for it (BIP-125).

    >>> lift(stuck, wallets, settled=owed, rate=20, spare={"meridian-btc": 5})
"""

from collections.abc import Mapping, Sequence

from countersign.bitcoin import coins as purse
from countersign.bitcoin import fees, script, standard, transaction, weights
from countersign.bitcoin import parent as parents
from countersign.bitcoin.build import Built, create
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.inspect import PsbtFacts, facts
from countersign.bitcoin.psbt import Psbt, parse
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.errors import Refused
from countersign.rails.bitcoin import coin_of, readback
from countersign.rails.wallets import Wallet
from countersign.settlement.netting import Obligation


def lift(
    stuck: bytes,
    paying: Sequence[Wallet],
    *,
    settled: Sequence[Obligation],
    rate: int,
    spare: Mapping[str, int],
    instead: int = 0,
) -> Built:
    """The unsigned child of `stuck` (a PSBT of `paying` that pays `settled`), so that both pay `rate` satoshis a vbyte.

    `instead`: the fee of a child whose place it takes, which it pays for too (BIP-125).
    `spare`: a free place by vault. Shares and
    changes are those of the vaults that have change, in the order of `paying`.
    Refused: bitcoin.rate, rails.nothing-to-lift, rails.lifted-already, rails.change-dust, rails.foreign-coin; as
    `standard.require`.
    """
    if rate < 1:
        raise Refused("bitcoin.rate", found=rate)
    psbt = parse(stuck)
    found = facts(psbt)
    if found.fee is None:
        raise Refused("rails.foreign-coin", count=len(found.inputs))
    if found.fee >= rate * found.vsize:
        raise Refused("rails.lifted-already", fee=found.fee, rate=rate)
    spent = _changes(psbt, found, paying, settled)
    if not spent:
        raise Refused("rails.nothing-to-lift")
    places = [each.descriptor(spare[each.id]) for each, _ in spent]
    weight, own = _weights([coin for _, coin in spent], places)
    size = transaction.virtual_size(weight)
    least = standard.least_replacement_fee(instead, size) if instead else standard.MIN_RELAY * size
    fee = max(rate * (found.vsize + size) - found.fee, least)
    shares = fees.shares(fee, [(each.checksum, one) for (each, _), one in zip(spent, own, strict=True)])
    outputs: list[tuple[Output, Descriptor | None]] = []
    for (wallet, coin), place, share in zip(spent, places, shares, strict=True):
        left, least = coin.output.satoshis - share, script.dust_limit(place.script_pubkey)
        if left < least:
            raise Refused("rails.change-dust", vault=wallet.id, left=left, least=least)
        outputs.append((Output(place.script_pubkey, Satoshis(left)), place))
    made = create([coin for _, coin in spent], outputs)
    standard.require(facts(made))
    return Built(made, fee, shares, tuple(int(each.satoshis) for each, _ in outputs))


def _changes(
    psbt: Psbt, found: PsbtFacts, paying: Sequence[Wallet], settled: Sequence[Obligation]
) -> list[tuple[Wallet, purse.Coin]]:
    """Each vault's change in a transaction, as a coin. Refused("rails.foreign-coin") where it spends somebody else's coins."""
    read, made = readback(found, paying, settled), parents.read(psbt.unsigned)
    if read.foreign:
        raise Refused("rails.foreign-coin", count=len(read.foreign))
    return [
        (wallet, coin_of(wallet, made, number))
        for wallet, side in zip(paying, read.sides, strict=True)
        for number in side.change
    ]


def _weights(spent: Sequence[purse.Coin], places: Sequence[Descriptor]) -> tuple[int, list[int]]:
    """Weight units of the child once signed, and what each coin with its output adds."""
    own = [coin.weight + weights.output(place.script_pubkey) for coin, place in zip(spent, places, strict=True)]
    return weights.overhead(len(spent), len(spent)) + sum(own), own


def require_child(
    child: bytes, stuck: bytes, paying: Sequence[Wallet], *, settled: Sequence[Obligation], caps: Mapping[str, int]
) -> None:
    """Whoever signs a child reads it back: it spends the parent's change and nothing else, and brings it home less a fee that
    with the parent's stays within each vault's cap (`caps`: satoshis by vault).

    Refused: rails.child-coins, rails.child-pays, rails.child-unbalanced, rails.child-address, rails.child-fee.
    """
    psbt = parse(stuck)
    before, after = facts(psbt), facts(parse(child))
    spent = _changes(psbt, before, paying, settled)
    wanted, inputs = {str(coin.outpoint) for _, coin in spent}, [str(fact.outpoint) for fact in after.inputs]
    if not wanted or set(inputs) != wanted or len(inputs) != len(wanted):
        raise Refused("rails.child-coins", outpoints=", ".join(sorted(wanted ^ set(inputs))))
    owners = [wallet for wallet in paying if any(wallet is each for each, _ in spent)]
    read = readback(after, owners, ())
    if read.extra or read.foreign or any(len(side.change) != 1 for side in read.sides):
        raise Refused("rails.child-pays")
    if not all(side.balances for side in read.sides):
        raise Refused("rails.child-unbalanced")
    paid = {fact.output.script_pubkey for fact in before.outputs}
    if any(fact.output.script_pubkey in paid for fact in after.outputs):
        raise Refused("rails.child-address")
    first = {side.vault: side.share or 0 for side in readback(before, paying, settled).sides}
    for side in read.sides:
        both = first[side.vault] + (side.share or 0)
        if both > caps.get(side.vault, 0):
            raise Refused("rails.child-fee", vault=side.vault, fee=both, cap=caps.get(side.vault, 0))
