"""Whether the embedded Bitcoin chain takes a transaction: Bitcoin Core's rules for spends of P2WSH-multisig coins.

Follows Core's `MemPoolAccept` (validation.cpp, tx_check.cpp, tx_verify.cpp; `bitcoin_policy` for policy.cpp) in its
order and, where Core has words, in its words (`reject-reason` of `testmempoolaccept`):

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

from countersign.bitcoin import consensus, verify
from countersign.bitcoin.transaction import MAX_MONEY
from countersign.chains.bitcoin_policy import standard, standard_witnesses, too_high, too_low
from countersign.chains.bitcoin_spend import NULL_OUTPOINT, Spend, Unspent, View, read
from countersign.chains.script_reasons import script_reason
from countersign.errors import Malformed, Refused

MAX_BLOCK_WEIGHT = 4_000_000
COINBASE_MATURITY = 100
LOCK_TIME_THRESHOLD = 500_000_000
FINAL_SEQUENCE = 0xFFFFFFFF
DISABLED, BY_TIME, LOCK_MASK = 1 << 31, 1 << 22, 0xFFFF
UNREADABLE = "TX decode failed"


def refusal(raw: bytes, chain: View) -> str | None:
    """None if the next block would take the transaction, else why not. Scripts are judged last, as Core does."""
    try:
        spend = read(raw)
    except Malformed:
        return UNREADABLE
    if not spend.places:
        return UNREADABLE  # to Core's reader no inputs are the mark of the other form
    reason = _form(spend) or standard(spend) or _final(spend, chain)
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
        or standard_witnesses(spend, spent)
        or too_low(spend, fee)
        or _signatures(raw, spend, spent)
        or too_high(spend, fee)
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


def _signatures(raw: bytes, spend: Spend, spent: Sequence[Unspent]) -> str | None:
    outputs = [coin.output for coin in spent]
    try:
        verify.verify(raw, outputs)
        consensus.verify(raw, outputs)
    except Refused as refused:
        return script_reason(spend.layout, outputs, refused)
    return None
