"""A Bitcoin Core node (or a node with the same RPC) as `desk.ports.BitcoinNode`. No wallet of the node is used.

- Coins are found by `scantxoutset` over raw scripts, and over the two branches of ranged descriptors as far as their
  horizon, in one scan; each comes with its whole previous transaction, whose hash is compared here with the txid given
  and once more by whoever uses it (B3): a node is a source of bytes, never of truth.
- A fee rate is the node's own estimate, rounded up to a whole satoshi a vbyte. A node that has seen too little says so.
- A transaction is looked for in the memory pool, then in the newest blocks (`DEPTH` back): no transaction index needed. What
  spends a coin is looked for in those too, and in older ones as far as the moment that is asked about.
- The node may go back (a reorganisation): what was found before is asked for again, never remembered here.
- Amounts are parsed as decimal text, never as floats.
- What the node says about a transaction is a reason; what it says about itself (starting, scanning) is Unavailable.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from countersign.bitcoin import parent
from countersign.bitcoin.ranged import CHANGE, RECEIVE
from countersign.bitcoin.transaction import Outpoint, display
from countersign.bitcoin.vault import RangedVault
from countersign.chains import answers
from countersign.chains.bitcoin_rules import UNREADABLE
from countersign.chains.jsonrpc import LONGEST_REASON, Credentials, JsonRpc, RpcError
from countersign.desk.ports import Coin, Observation
from countersign.errors import Malformed, Refused, Unavailable

DEPTH = 288
SLACK = 3 * 60 * 60
"""Seconds by which a block may bear an earlier time than when it was found: the median of eleven before it is its least."""
TIME = slice(68, 72)
"""Where a block's header has its time, in unix seconds, little-endian."""
LONGEST_LOGIN = 1_024
SCAN_SECONDS = 900.0
"""A scan reads every unspent output there is: minutes on the main chain."""
UNKNOWN, NO_TXID, UNREADABLE_NUMBER = -5, -8, -22
VERDICTS = frozenset((UNREADABLE_NUMBER, -25, -26, -27))
"""RPC_DESERIALIZATION_ERROR, RPC_VERIFY_ERROR, RPC_VERIFY_REJECTED, RPC_VERIFY_ALREADY_IN_UTXO_SET (protocol.h)."""


def cookie(path: Path) -> Credentials:
    """Credentials from the node's cookie file, read anew for each call. Unavailable `chains.no-cookie`."""

    def read() -> tuple[str, str]:
        try:
            user, colon, password = path.read_text("ascii").strip().partition(":")
        except (OSError, UnicodeDecodeError):
            raise Unavailable("chains.no-cookie", path=str(path)) from None
        if not colon:
            raise Unavailable("chains.no-cookie", path=str(path))
        return user, password

    return read


def login_file(path: Path) -> Credentials:
    """Credentials from a file with one line `user:password`, which nobody but its owner may read; read anew for each call.

    Unavailable `chains.no-login`, `chains.login-open` (a mode that lets others read it).
    """

    def read() -> tuple[str, str]:
        try:
            with path.open("rb") as file:
                mode, data = os.fstat(file.fileno()).st_mode, file.read(LONGEST_LOGIN + 1)
            user, colon, secret = data.decode("utf-8").removesuffix("\n").partition(":")
        except (OSError, UnicodeDecodeError):
            raise Unavailable("chains.no-login", path=str(path)) from None
        if os.name == "posix" and mode & 0o077:
            raise Unavailable("chains.login-open", path=str(path))
        if not colon or not user or not secret.isprintable() or len(data) > LONGEST_LOGIN:
            raise Unavailable("chains.no-login", path=str(path))
        return user, secret

    return read


class BitcoinCore:
    """`desk.ports.BitcoinNode` over a node's JSON-RPC. Its methods raise Unavailable as `JsonRpc` and `answers` do."""

    def __init__(self, rpc: JsonRpc) -> None:
        self._rpc = rpc

    async def chain(self) -> str:
        """CAIP-2: `bip122:` and the first 32 hex digits of the genesis block's hash."""
        return f"bip122:{(await self._block(0))[:32]}"

    async def height(self) -> int:
        """Height of the best block."""
        return answers.whole(await self._ask("getblockcount"), "getblockcount")

    async def coins(self, scripts: Sequence[bytes], ranged: Sequence[RangedVault] = ()) -> Sequence[Coin]:
        """Unspent outputs of these scriptPubKeys and vaults, oldest first, each with its previous transaction.

        Unavailable `chains.scan-failed`, and `chains.other-transaction` if a transaction does not hash to its txid.
        """
        wanted: list[dict[str, object]] = [{"desc": f"raw({script.hex()})"} for script in dict.fromkeys(scripts)]
        wanted += [
            {"desc": vault.ranged.branch(branch), "range": vault.horizon}
            for vault in dict.fromkeys(ranged)
            for branch in (RECEIVE, CHANGE)
        ]
        if not wanted:
            return []
        given = await self._ask("scantxoutset", "start", wanted, timeout_seconds=SCAN_SECONDS)
        found = answers.record(given, "scantxoutset")
        if found.get("success") is not True:
            raise Unavailable("chains.scan-failed")
        tip = answers.whole(found.get("height"), "scantxoutset")
        entries = answers.array(found.get("unspents"), "scantxoutset")
        coins = [await self._coin(answers.record(entry, "scantxoutset"), tip) for entry in entries]
        return sorted(coins, key=lambda coin: (-coin.confirmations, coin.txid, coin.vout))

    async def _coin(self, entry: dict[str, Any], tip: int) -> Coin:
        txid = answers.identity(entry.get("txid"), "scantxoutset")
        height = answers.whole(entry.get("height"), "scantxoutset")
        given = await self._ask("getrawtransaction", txid, False, await self._block(height))
        transaction = answers.raw(given, "getrawtransaction")
        coin = Coin(
            txid=txid,
            vout=answers.whole(entry.get("vout"), "scantxoutset"),
            satoshis=answers.satoshis(entry.get("amount"), "scantxoutset"),
            script_pubkey=answers.raw(entry.get("scriptPubKey"), "scantxoutset"),
            transaction=transaction,
            confirmations=tip - height + 1,
        )
        _require_own(coin)
        return coin

    async def unspent(self, outpoints: Collection[str]) -> Mapping[str, int]:
        """The confirmations of each that stands in the node's set of unspent outputs; its pool spends nothing here. Malformed."""
        found = {}
        for each in dict.fromkeys(outpoints):
            place = Outpoint.parse(each)
            given = await self._ask("gettxout", display(place.txid), place.vout, False)
            if given is not None:
                found[each] = answers.whole(answers.record(given, "gettxout").get("confirmations"), "gettxout")
        return found

    async def fee_rate(self, blocks: int) -> int | None:
        """The node's estimate in whole satoshis a vbyte, rounded up and at least 1; None while it has none."""
        found = answers.record(await self._ask("estimatesmartfee", blocks), "estimatesmartfee")
        if "feerate" not in found:
            return None
        return max(1, -(-answers.satoshis(found["feerate"], "estimatesmartfee") // 1_000))

    async def test(self, raw: bytes) -> str | None:
        """None if the node would take the transaction into its pool now, else its reject reason."""
        try:
            verdicts = answers.array(await self._rpc.call("testmempoolaccept", [raw.hex()]), "testmempoolaccept")
        except RpcError as error:
            return _verdict(error, "testmempoolaccept")
        if len(verdicts) != 1:
            raise Unavailable("chains.odd-answer", method="testmempoolaccept")
        verdict = answers.record(verdicts[0], "testmempoolaccept")
        allowed = answers.flag(verdict.get("allowed", False), "testmempoolaccept")
        return (
            None
            if allowed
            else str(verdict.get("reject-reason", verdict.get("package-error", "refused")))[:LONGEST_REASON]
        )

    async def broadcast(self, raw: bytes) -> str:
        """The transaction's id. Refused `chains.bitcoin-refused` with the node's reason."""
        try:
            return answers.identity(await self._rpc.call("sendrawtransaction", raw.hex()), "sendrawtransaction")
        except RpcError as error:
            reason = _verdict(error, "sendrawtransaction")
            raise Refused("chains.bitcoin-refused", reason=reason) from None

    async def observe(self, txid: str) -> Observation:
        """Where a transaction is now."""
        if await self._waits(txid):
            return Observation(txid, True, 0, None, None)
        # The tip is asked after the pool: a block found in between is seen.
        tip = await self.height()
        for height in range(tip, max(-1, tip - DEPTH), -1):
            block = await self._block(height)
            found = answers.record(await self._ask("getblock", block, 1), "getblock")
            if txid in answers.array(found.get("tx"), "getblock"):
                return Observation(txid, True, tip - height + 1, height, block)
        return Observation(txid, False, 0, None, None)

    async def spenders(self, outpoints: Collection[str], since: int) -> Mapping[str, Observation]:
        """The transactions that spend these outputs in blocks: the newest `DEPTH`, and older ones back to a moment (unix
        seconds), with `SLACK` for what the clocks of miners may differ."""
        wanted = {_serialised(each): each for each in outpoints}
        found: dict[str, Observation] = {}
        tip = await self.height()
        for height in range(tip, -1, -1):
            if not wanted:
                break
            block = await self._block(height)
            data = answers.raw(await self._ask("getblock", block, 0), "getblock")
            hit = [each for each in wanted if each in data]  # anybody may write such bytes anywhere: only inputs count
            for spent, txid in (await self._spent_in(block)).items() if hit else ():
                if spent in outpoints:
                    found[spent] = Observation(txid, True, tip - height + 1, height, block)
                    wanted.pop(_serialised(spent), None)
            if tip - height + 1 >= DEPTH and int.from_bytes(data[TIME], "little") < since - SLACK:
                break
        return found

    async def _spent_in(self, block: str) -> dict[str, str]:
        """Every outpoint that a block's transactions spend, with its spender."""
        told = answers.record(await self._ask("getblock", block, 2), "getblock")
        spent = {}
        for each in answers.array(told.get("tx"), "getblock"):
            entry = answers.record(each, "getblock")
            txid = answers.identity(entry.get("txid"), "getblock")
            for given in answers.array(entry.get("vin"), "getblock"):
                place = answers.record(given, "getblock")
                if "txid" in place:  # a coinbase spends nothing
                    made = answers.identity(place["txid"], "getblock")
                    spent[f"{made}:{answers.whole(place.get('vout'), 'getblock')}"] = txid
        return spent

    async def _waits(self, txid: str) -> bool:
        """Whether the transaction is in the node's memory pool; a text that is no txid is nowhere."""
        try:
            await self._rpc.call("getmempoolentry", txid)
        except RpcError as error:
            if error.number in (UNKNOWN, NO_TXID):
                return False
            raise _itself(error, "getmempoolentry") from None
        return True

    async def _block(self, height: int) -> str:
        return answers.identity(await self._ask("getblockhash", height), "getblockhash")

    async def _ask(self, method: str, *params: object, timeout_seconds: float | None = None) -> Any:
        try:
            return await self._rpc.call(method, *params, timeout_seconds=timeout_seconds)
        except RpcError as error:
            raise _itself(error, method) from None


def _verdict(error: RpcError, method: str) -> str:
    """The node's words about a transaction. Unavailable if they are about the node."""
    if error.number not in VERDICTS:
        raise _itself(error, method)
    return UNREADABLE if error.number == UNREADABLE_NUMBER else error.message


def _serialised(outpoint: str) -> bytes:
    """As a transaction's input spells it. Malformed."""
    return Outpoint.parse(outpoint).serialise()


def _itself(error: RpcError, method: str) -> Unavailable:
    return Unavailable("chains.node-error", method=method, number=error.number, message=error.message)


def _require_own(coin: Coin) -> None:
    try:
        found = parent.read(coin.transaction)
    except Malformed:
        raise Unavailable("chains.other-transaction", txid=coin.txid) from None
    output = found.output(coin.vout)
    made = None if output is None else (output.script_pubkey, output.satoshis)
    if display(found.txid) != coin.txid or made != (coin.script_pubkey, coin.satoshis):
        raise Unavailable("chains.other-transaction", txid=coin.txid)
