"""Whether the embedded Bitcoin chain takes a transaction: Bitcoin Core's rules for spends of P2WSH-multisig coins.

Follows Core's `MemPoolAccept` (validation.cpp, policy.cpp, tx_check.cpp, tx_verify.cpp) in its order and, where Core
has words, in its words (`reject-reason` of `testmempoolaccept`):

- form, sizes and amounts; standard version, weight, outputs and dust;
- lock times, absolute and relative (BIP-113, BIP-68);
- every coin exists, is unspent and mature; inputs cover outputs; at least 1 sat/vB, at most 0.1 BTC/kvB;
- every input by our own P2WSH-multisig rule (`bitcoin.verify`), and by Core's consensus code where that is installed.

Narrower than a node, each with a reason that says so: another kind of coin, of output script, of multisig script,
another sighash than ALL, version 3. The memory pool is always empty: nothing here speaks of ancestors or replacement.

    >>> refusal(b"", None)
    'TX decode failed'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from countersign.bitcoin import consensus, script, verify
from countersign.bitcoin.layout import Layout, scan
from countersign.bitcoin.script import dust_limit
from countersign.bitcoin.transaction import MAX_MONEY, Outpoint, Output, Txid, double_sha256, virtual_size
from countersign.chains.embedded import unsupported
from countersign.chains.script_reasons import script_reason
from countersign.errors import Malformed, Refused

MAX_BLOCK_WEIGHT = 4_000_000
MAX_STANDARD_WEIGHT = 400_000
MIN_STANDARD_SIZE = 65
MAX_SCRIPT_SIG = 1650
MAX_WITNESS_SCRIPT, MAX_WITNESS_ITEMS, MAX_WITNESS_ITEM = 3600, 100, 80
COINBASE_MATURITY = 100
MIN_RELAY_SATOSHIS = 1000  # a thousand vbytes
MAX_FEE_SATOSHIS = 10_000_000  # a thousand vbytes: the default `maxfeerate` of Core's RPC
LOCK_TIME_THRESHOLD = 500_000_000
FINAL_SEQUENCE = 0xFFFFFFFF
DISABLED, BY_TIME, LOCK_MASK = 1 << 31, 1 << 22, 0xFFFF
_PROGRAMS = ((20, 32), (32,))
_RETURN = b"\x6a"
_CHECKS = (b"\xac", b"\xae")
UNREADABLE = "TX decode failed"
NULL_OUTPOINT = bytes(32) + b"\xff" * 4


@dataclass(frozen=True, slots=True)
class Unspent:
    """A coin of the chain: what it holds, the block that made it, and whether a coinbase did."""

    output: Output
    height: int
    coinbase: bool


class View(Protocol):
    """The chain as a new transaction meets it."""

    @property
    def height(self) -> int:
        """Height of the best block; a new transaction would stand in the next one."""

    def unspent(self, place: Outpoint) -> Unspent | None: ...

    def known(self, txid: Txid) -> bool:
        """Whether this transaction is in the chain and some output of it unspent."""

    def median_time(self, height: int) -> int:
        """BIP-113's median of the eleven block times up to `height`, in unix seconds."""


@dataclass(frozen=True, slots=True)
class Spend:
    """A transaction read for judging: where everything lies, what it spends and what it makes."""

    layout: Layout
    txid: Txid
    places: tuple[Outpoint, ...]
    sequences: tuple[int, ...]
    outputs: tuple[tuple[bytes, int], ...]
    weight: int

    @property
    def virtual_size(self) -> int:
        """vbytes."""
        return virtual_size(self.weight)


def read(raw: bytes) -> Spend:
    """The transaction in `raw`, amounts as signed as they are written. Malformed: B2.*."""
    layout = scan(raw, witness=True)
    stripped = layout.stripped()
    places = (
        Outpoint(Txid(raw[at : at + 32]), int.from_bytes(raw[at + 32 : at + 36], "little"))
        for at, _, _ in layout.inputs
    )
    amounts = (int.from_bytes(raw[at : at + 8], "little", signed=True) for at, _, _ in layout.outputs)
    return Spend(
        layout,
        Txid(double_sha256(stripped)),
        tuple(places),
        tuple(int.from_bytes(raw[end : end + 4], "little") for _, _, end in layout.inputs),
        tuple((raw[start:end], amount) for (_, start, end), amount in zip(layout.outputs, amounts, strict=True)),
        3 * len(stripped) + len(raw),
    )


def refusal(raw: bytes, chain: View) -> str | None:
    """None if the next block would take the transaction, else why not. Scripts are judged last, as Core does."""
    try:
        spend = read(raw)
    except Malformed:
        return UNREADABLE
    if not spend.places:
        return UNREADABLE  # to Core's reader no inputs are the mark of the other form
    reason = _form(spend) or _standard(spend) or _final(spend, chain)
    if reason is not None:
        return reason
    coins = [chain.unspent(place) for place in spend.places]
    spent = [coin for coin in coins if coin is not None]
    if len(spent) < len(coins):
        return "txn-already-known" if chain.known(spend.txid) else "missing-inputs"
    fee = sum(coin.output.satoshis for coin in spent) - sum(satoshis for _, satoshis in spend.outputs)
    return (
        _relative_locks(spend, spent, chain)
        or _mature(spent, chain)
        or ("bad-txns-in-belowout" if fee < 0 else None)
        or _witnesses(spend, spent)
        or _fee(spend, fee)
        or _signatures(raw, spend, spent)
        or ("max-fee-exceeded" if fee > _ceiling(MAX_FEE_SATOSHIS, spend.virtual_size) else None)
    )


def _form(spend: Spend) -> str | None:
    """Core's `CheckTransaction`."""
    satoshis = [amount for _, amount in spend.outputs]
    if not spend.outputs:
        return "bad-txns-vout-empty"
    if 4 * len(spend.layout.stripped()) > MAX_BLOCK_WEIGHT:
        return "bad-txns-oversize"
    if min(satoshis) < 0:
        return "bad-txns-vout-negative"
    if max(satoshis) > MAX_MONEY:
        return "bad-txns-vout-toolarge"
    if sum(satoshis) > MAX_MONEY:
        return "bad-txns-txouttotal-toolarge"
    if len(set(spend.places)) < len(spend.places):
        return "bad-txns-inputs-duplicate"
    if any(place.serialise() == NULL_OUTPOINT for place in spend.places):
        return "coinbase" if len(spend.places) == 1 else "bad-txns-prevout-null"
    return None


def _standard(spend: Spend) -> str | None:
    """Core's `IsStandardTx`, as far as this chain knows output scripts."""
    version = spend.layout.version
    if version not in (1, 2):
        return unsupported("version 3") if version == 3 else "version"
    if spend.weight > MAX_STANDARD_WEIGHT:
        return "tx-size"
    if any(end - start > MAX_SCRIPT_SIG for _, start, end in spend.layout.inputs):
        return "scriptsig-size"
    if (reason := next(filter(None, (_output(code) for code, _ in spend.outputs)), None)) is not None:
        return reason
    if any(amount < dust_limit(code) for code, amount in spend.outputs):
        return "dust"
    return "tx-size-small" if len(spend.layout.stripped()) < MIN_STANDARD_SIZE else None


def _output(code: bytes) -> str | None:
    """Admits segwit versions 0 and 1, P2SH and P2PKH; what a node might relay besides is told from what none does."""
    program = script.witness_program(code)
    if program is not None and program[0] <= 1 and len(program[1]) in _PROGRAMS[program[0]]:
        return None
    if script.is_p2sh(code) or (len(code) == 25 and code[:3] == b"\x76\xa9\x14" and code[23:] == b"\x88\xac"):
        return None
    later = program is not None and program[0] >= 1
    if later or code[:1] == _RETURN or code[-1:] in _CHECKS:
        return unsupported("an output that is neither segwit 0 or 1, P2SH nor P2PKH")
    return "scriptpubkey"


def _final(spend: Spend, chain: View) -> str | None:
    """Core's `CheckFinalTxAtTip`: a lock time binds unless every sequence is final."""
    lock = spend.layout.lock_time
    now = chain.height + 1 if lock < LOCK_TIME_THRESHOLD else chain.median_time(chain.height)
    locked = lock >= now and any(sequence != FINAL_SEQUENCE for sequence in spend.sequences)
    return "non-final" if lock and locked else None


def _relative_locks(spend: Spend, spent: Sequence[Unspent], chain: View) -> str | None:
    """BIP-68, for versions 2 and above."""
    if spend.layout.version < 2:
        return None
    for sequence, coin in zip(spend.sequences, spent, strict=True):
        value = sequence & LOCK_MASK
        if sequence & DISABLED:
            continue
        if sequence & BY_TIME:
            since = chain.median_time(max(coin.height - 1, 0))
            early = since + (value << 9) - 1 >= chain.median_time(chain.height)
        else:
            early = coin.height + value - 1 >= chain.height + 1
        if early:
            return "non-BIP68-final"
    return None


def _mature(spent: Sequence[Unspent], chain: View) -> str | None:
    young = any(coin.coinbase and chain.height + 1 - coin.height < COINBASE_MATURITY for coin in spent)
    return "bad-txns-premature-spend-of-coinbase" if young else None


def _witnesses(spend: Spend, spent: Sequence[Unspent]) -> str | None:
    """Core's `IsWitnessStandard` for P2WSH; other coins are not this chain's."""
    if not all(script.is_p2wsh(coin.output.script_pubkey) for coin in spent):
        return unsupported("a coin that is not native P2WSH")
    for stack in spend.layout.stacks:
        sizes = [end - start for start, end in stack]
        script_size, items = (sizes or [0])[-1], sizes[:-1]
        if (
            script_size > MAX_WITNESS_SCRIPT
            or len(items) > MAX_WITNESS_ITEMS
            or max(items, default=0) > MAX_WITNESS_ITEM
        ):
            return "bad-witness-nonstandard"
    return None


def _fee(spend: Spend, fee: int) -> str | None:
    return "min relay fee not met" if fee < _ceiling(MIN_RELAY_SATOSHIS, spend.virtual_size) else None


def _ceiling(per_thousand: int, size: int) -> int:
    return -(-per_thousand * size // 1000)


def _signatures(raw: bytes, spend: Spend, spent: Sequence[Unspent]) -> str | None:
    outputs = [coin.output for coin in spent]
    try:
        verify.verify(raw, outputs)
        consensus.verify(raw, outputs)
    except Refused as refused:
        return script_reason(spend.layout, outputs, refused)
    return None
