"""What Bitcoin Core relays (policy.cpp, with its defaults), as far as the embedded Bitcoin chain knows outputs and coins.

- versions 1 and 2; at most 400,000 weight units; no dust; at least 1 sat/vB, at most 0.1 BTC/kvB (the RPC's own limit);
- outputs: segwit versions 0 and 1, P2SH, P2PKH. What a node relays besides is named as unsupported;
- coins: native P2WSH, with Core's limits for its witness.

    >>> standard_output(b"\x51")
    'scriptpubkey'
"""

from collections.abc import Sequence

from countersign.bitcoin import script
from countersign.bitcoin.standard import is_relayed
from countersign.chains.bitcoin_spend import Spend, Unspent
from countersign.chains.embedded import unsupported

MAX_STANDARD_WEIGHT = 400_000
MIN_STANDARD_SIZE = 65
MAX_SCRIPT_SIG = 1650
MAX_WITNESS_SCRIPT, MAX_WITNESS_ITEMS, MAX_WITNESS_ITEM = 3600, 100, 80
MIN_RELAY_SATOSHIS = 1000  # for a thousand vbytes
MAX_FEE_SATOSHIS = 10_000_000  # for a thousand vbytes: the default `maxfeerate` of Core's RPC
P2SH_DUST = 540
_RETURN = b"\x6a"
_CHECKS = (b"\xac", b"\xae")


def standard(spend: Spend) -> str | None:
    """Core's `IsStandardTx`, as far as this chain knows output scripts."""
    version = spend.layout.version
    if version not in (1, 2):
        return unsupported("version 3") if version == 3 else "version"
    if spend.weight > MAX_STANDARD_WEIGHT:
        return "tx-size"
    if any(end - start > MAX_SCRIPT_SIG for _, start, end in spend.layout.inputs):
        return "scriptsig-size"
    if (reason := next(filter(None, (standard_output(code) for code, _ in spend.outputs)), None)) is not None:
        return reason
    if any(amount < _dust_limit(code) for code, amount in spend.outputs):
        return "dust"
    return "tx-size-small" if len(spend.layout.stripped()) < MIN_STANDARD_SIZE else None


def standard_output(code: bytes) -> str | None:
    """Admits segwit versions 0 and 1, P2SH and P2PKH; what a node might relay besides is told from what none does."""
    if is_relayed(code):
        return None
    program = script.witness_program(code)
    later = program is not None and program[0] >= 1
    if later or code[:1] == _RETURN or code[-1:] in _CHECKS:
        return unsupported("an output that is neither segwit 0 or 1, P2SH nor P2PKH")
    return "scriptpubkey"


def _dust_limit(code: bytes) -> int:
    # 546 is P2PKH's; a P2SH output is two bytes shorter, and Core counts bytes.
    return P2SH_DUST if script.is_p2sh(code) else script.dust_limit(code)


def standard_witnesses(spend: Spend, spent: Sequence[Unspent]) -> str | None:
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


def too_low(spend: Spend, fee: int) -> str | None:
    """The reason if `fee` in satoshis is below what nodes relay for this size."""
    return "min relay fee not met" if fee < _fee(MIN_RELAY_SATOSHIS, spend.virtual_size) else None


def too_high(spend: Spend, fee: int) -> str | None:
    """The reason if `fee` in satoshis is so high that a node's RPC takes it for an error."""
    return "max-fee-exceeded" if fee > _fee(MAX_FEE_SATOSHIS, spend.virtual_size) else None


def _fee(per_thousand: int, size: int) -> int:
    return -(-per_thousand * size // 1000)
