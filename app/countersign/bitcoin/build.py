"""From obligations and coins to an unsigned PSBT: the creator's and updater's roles (BIP-174) for vaults.

- every paying vault by itself: inputs − change = its obligations + its share of the fee, to the satoshi (DESIGN §8);
- fee = rate × vsize with full signatures; shares by `fees.shares` over finished inputs and change;
- coins largest first; a vault's change goes to the slot it names, at most one output each. A lone vault whose change
  would be dust leaves it to the fee; with several vaults another coin is taken, so that the equation holds;
- inputs and outputs are ordered as BIP-69 says: the order tells nothing and two machines agree on it;
- each input carries its parent, witness_utxo, script and key paths; each change output its script and key paths.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from countersign.bitcoin import compact_size, fees, script, transaction, weights
from countersign.bitcoin.coins import Coin, largest_first
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.inspect import REPLACEABLE
from countersign.bitcoin.psbt import Fields, Psbt, fields
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.errors import Refused


@dataclass(frozen=True, slots=True)
class Payer:
    """A paying vault: its checksum for the fee's order, the coins it may spend, what it owes, where its change goes."""

    checksum: str
    coins: tuple[Coin, ...]
    payments: tuple[Output, ...]
    change: Descriptor


@dataclass(frozen=True, slots=True)
class Built:
    """An unsigned PSBT, and for every payer in order its share of the fee and its change in satoshis (0: none)."""

    psbt: Psbt
    fee: int
    shares: tuple[int, ...]
    changes: tuple[int, ...]


@dataclass(slots=True)
class _Purse:
    """How far one payer's coins have been taken."""

    payer: Payer
    coins: tuple[Coin, ...]
    owed: int
    taken: int = 0
    total: int = 0
    weight: int = 0
    change_output: bool = True
    share: int = field(default=0)

    def take(self) -> None:
        """Take the next coin. Refused: bitcoin.funds."""
        if self.taken == len(self.coins):
            raise Refused("bitcoin.funds", vault=self.payer.checksum, missing=self.owed + self.share - self.total)
        coin = self.coins[self.taken]
        self.taken += 1
        self.total += coin.output.satoshis
        self.weight += coin.weight

    @property
    def own_weight(self) -> int:
        """Finished inputs and change."""
        return self.weight + (weights.output(self.payer.change.script_pubkey) if self.change_output else 0)

    @property
    def left(self) -> int:
        """What is left for change."""
        return self.total - self.owed - self.share


def build(payers: Sequence[Payer], rate: int, *, lock_time: int = 0, sequence: int = REPLACEABLE) -> Built:
    """Choose coins and build; `rate` in satoshis a vbyte. Refused: bitcoin.funds, bitcoin.rate, bitcoin.no-payment."""
    if rate < 1:
        raise Refused("bitcoin.rate", found=rate)
    if not payers or any(not payer.payments for payer in payers):
        raise Refused("bitcoin.no-payment")
    purses = [_Purse(each, largest_first(each.coins), sum(out.satoshis for out in each.payments)) for each in payers]
    for purse in purses:
        while purse.total < purse.owed or not purse.taken:
            purse.take()
    payments = [out for each in payers for out in each.payments]
    fixed = sum(weights.output(out.script_pubkey) for out in payments)
    while not _balanced(purses, rate, len(payments), fixed):
        pass
    chosen = [coin for purse in purses for coin in purse.coins[: purse.taken]]
    paid: list[tuple[Output, Descriptor | None]] = [(out, None) for payer in payers for out in payer.payments]
    changes = [purse.left if purse.change_output else 0 for purse in purses]
    for payer, satoshis in zip(payers, changes, strict=True):
        if satoshis:
            paid.append((Output(payer.change.script_pubkey, Satoshis(satoshis)), payer.change))
    psbt = create(chosen, paid, lock_time=lock_time, sequence=sequence)
    shares = tuple(purse.share for purse in purses)
    return Built(psbt, sum(shares), shares, tuple(changes))


def _balanced(purses: Sequence[_Purse], rate: int, payments: int, fixed: int) -> bool:
    """Fix fee and shares for what is taken now; take more where it does not suffice. True when it does.

    `payments` outputs of together `fixed` weight units are there whatever is taken.
    """
    inputs, changes = sum(purse.taken for purse in purses), sum(purse.change_output for purse in purses)
    weight = weights.overhead(inputs, payments + changes) + fixed
    fee = rate * transaction.virtual_size(weight + sum(purse.own_weight for purse in purses))
    for purse, share in zip(
        purses, fees.shares(fee, [(purse.payer.checksum, purse.own_weight) for purse in purses]), strict=True
    ):
        purse.share = share
    sufficient = [_suffices(purse, alone=len(purses) == 1) for purse in purses]
    return all(sufficient)


def _suffices(purse: _Purse, *, alone: bool) -> bool:
    dust = script.dust_limit(purse.payer.change.script_pubkey) if purse.change_output else 0
    if purse.left >= dust:
        if not purse.change_output:
            purse.share += purse.left
        return True
    if alone and purse.change_output and (purse.left >= 0 or purse.taken == len(purse.coins)):
        purse.change_output = False
        return False
    purse.change_output = True
    purse.take()
    return False


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
