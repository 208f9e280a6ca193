"""The Ethereum adapter against scripted answers: what it sends, what it believes, what it never sends."""

from typing import Any

import pytest
from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.chains.gas import GAS
from countersign.chains.jsonrpc import JsonRpc
from countersign.chains.relayer import Relayer
from countersign.desk.ports import Executed
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import arrivals, atomic, deployments, execute, multisend, safe_storage, views
from countersign.ethereum.abi import Address, selector, word
from countersign.ethereum.arrivals import TRANSFER_TOPIC
from countersign.ethereum.execute import SELECTOR
from countersign.ethereum.safe import CURRENT, plain_tx
from countersign.ethereum.views import FAILURE_TOPIC, SUCCESS_TOPIC
from countersign.formats import eip55, times
from countersign.formats.keccak import keccak256
from countersign.keys.curve import ORDER, Curve
from countersign.keys.public_key import PublicKey
from support.kept import Kept
from support.rpc_server import RpcFailure, RpcServer, serving
from support.software_keys import SoftwareKey
from support.twin_ethereum import software_signer

KEY = SoftwareKey.generate(Curve.SECP256K1, "relayer")
SAFE = eip55.checksum(b"\x51" * 20)
CALL = SELECTOR + bytes(32)
TRUE, FALSE = "0x" + word(1).hex(), "0x" + word(0).hex()
HASH = "0x" + "0a" * 32


def called(answer: Any) -> Any:
    """What `eth_call` answers: this; and that the relayer owns no Safe."""
    return lambda call, _: FALSE if call["data"].startswith("0x" + selector("isOwner(address)").hex()) else answer


NODE: dict[str, Any] = {
    "eth_chainId": "0x7a69",
    "eth_call": called(TRUE),
    "eth_getBalance": hex(10**18),
    "eth_getBlockByNumber": {"baseFeePerGas": "0x7"},
    "eth_getTransactionCount": "0x3",
    "eth_sendRawTransaction": HASH,
    "eth_blockNumber": "0x9",
    "eth_getTransactionByHash": None,
}


def adapter(server: RpcServer) -> EthereumRpc:
    return EthereumRpc(JsonRpc(server.url), Relayer(KEY.public, software_signer(KEY), Kept()))


async def test_the_outer_transaction_is_the_relayers_and_pays_nothing_but_gas() -> None:
    async with serving(NODE) as server:
        name = await adapter(server).broadcast(SAFE, CALL)
        (raw,) = [params[0] for method, params, _ in server.asked if method == "eth_sendRawTransaction"]
    assert name == "0x" + keccak256(bytes.fromhex(raw[2:])).hex()  # whatever the node calls it
    assert Account.recover_transaction(raw) == eip55.checksum(KEY.public.ethereum_address())
    sent = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    assert (sent["chainId"], sent["nonce"], sent["value"], sent["gas"]) == (31337, 3, 0, GAS)
    assert (sent["maxFeePerGas"], sent["maxPriorityFeePerGas"]) == (2 * 7 + 10**9, 10**9)
    assert (bytes(sent["to"]), bytes(sent["data"])) == (eip55.parse(SAFE), CALL)


async def test_a_high_s_from_the_token_is_brought_low() -> None:
    async def high(_: PublicKey, digest: bytes) -> bytes:
        rs = KEY.sign_digest(digest)
        return rs[:32] + (ORDER[Curve.SECP256K1] - int.from_bytes(rs[32:], "big")).to_bytes(32, "big")

    async with serving(NODE) as server:
        await EthereumRpc(JsonRpc(server.url), Relayer(KEY.public, high, Kept())).broadcast(SAFE, CALL)
        raw = server.asked[-1][1][0]
    assert Account.recover_transaction(raw) == eip55.checksum(KEY.public.ethereum_address())


async def test_a_signature_of_another_key_is_never_sent() -> None:
    other = SoftwareKey.generate(Curve.SECP256K1, "another")

    async def wrong(_: PublicKey, digest: bytes) -> bytes:
        return other.sign_digest(digest)

    async with serving(NODE) as server:
        with pytest.raises(Refused, match=r"keys\.recovery-mismatch"):
            await EthereumRpc(JsonRpc(server.url), Relayer(KEY.public, wrong, Kept())).broadcast(SAFE, CALL)
        assert "eth_sendRawTransaction" not in server.methods()


REVERT = "0x08c379a0" + word(32).hex() + word(5).hex() + b"GS026".hex() + "00" * 27


@pytest.mark.parametrize(
    "answer, reason",
    [
        (TRUE, None),
        (FALSE, "ExecutionFailure"),
        ("0x", "no contract answers"),
        (RpcFailure(3, "execution reverted: GS026", REVERT), "GS026"),
        (RpcFailure(3, "execution reverted"), "execution reverted"),
        (RpcFailure(3, "execution reverted", "0x08c379a0"), "execution reverted"),
        (RpcFailure(-32000, "insufficient funds"), "insufficient funds"),
    ],
)
async def test_what_would_fail_has_a_reason_and_is_not_sent(answer: Any, reason: str | None) -> None:
    async with serving(NODE | {"eth_call": called(answer)}) as server:
        node = adapter(server)
        assert await node.test(SAFE, CALL) == reason
        assert server.asked[0][1][0]["gas"] == hex(GAS)
        if reason is not None:
            with pytest.raises(Refused) as caught:
                await node.broadcast(SAFE, CALL)
            assert (caught.value.code, caught.value.values["reason"]) == ("chains.ethereum-refused", reason)
            assert "eth_sendRawTransaction" not in server.methods()


async def test_the_nodes_words_about_itself_are_no_verdict() -> None:
    async with serving(NODE | {"eth_call": RpcFailure(-32603, "internal error")}) as server:
        with pytest.raises(Unavailable, match=r"chains\.node-error"):
            await adapter(server).test(SAFE, CALL)


async def test_a_node_that_refuses_to_take_it() -> None:
    async with serving(NODE | {"eth_sendRawTransaction": RpcFailure(-32003, "nonce too low")}) as server:
        with pytest.raises(Refused) as caught:
            await adapter(server).broadcast(SAFE, CALL)
    assert caught.value.values["reason"] == "nonce too low"


@pytest.mark.parametrize("answer", ["0x", "0x" + "00" * 31, RpcFailure(3, "execution reverted")])
async def test_nothing_there_that_answers(answer: Any) -> None:
    async with serving(NODE | {"eth_call": called(answer)}) as server:
        node = adapter(server)
        for asked in (node.safe_nonce(SAFE), node.safe_owners(SAFE), node.token_balance(SAFE, SAFE)):
            with pytest.raises(Refused, match=r"chains\.no-contract"):
                await asked


async def test_an_address_is_canonical_or_not_asked() -> None:
    async with serving(NODE) as server:
        node = adapter(server)
        for asked in (node.safe_nonce("0x12"), node.test("0x" + "EE" * 20, CALL), node.token_balance(SAFE, "x")):
            with pytest.raises(Malformed):
                await asked
        assert not server.asked


@pytest.mark.parametrize("answer", [7, None, "7", "0xzz", {"a": 1}])
async def test_an_odd_answer_is_named(answer: object) -> None:
    async with serving(NODE | {"eth_chainId": answer, "eth_call": called(answer)}) as server:
        node = adapter(server)
        for asked in (node.chain(), node.safe_nonce(SAFE), node.test(SAFE, CALL)):
            with pytest.raises(Unavailable, match=r"chains\.odd-answer"):
                await asked


def receipt(status: str, *logs: tuple[str, bytes]) -> dict[str, object]:
    return {
        "status": status,
        "to": SAFE.lower(),
        "blockNumber": "0x7",
        "blockHash": HASH,
        "logs": [{"address": place.lower(), "topics": ["0x" + topic.hex()], "data": "0x"} for place, topic in logs],
    }


STRANGER = eip55.checksum(b"\x99" * 20)
RECEIPTS: dict[str, tuple[dict[str, Any], bool]] = {
    "success": (receipt("0x1", (SAFE, SUCCESS_TOPIC)), True),
    "failure inside": (receipt("0x1", (SAFE, FAILURE_TOPIC)), False),
    "both": (receipt("0x1", (SAFE, SUCCESS_TOPIC), (SAFE, FAILURE_TOPIC)), False),
    "reverted": (receipt("0x0"), False),
    "no event": (receipt("0x1"), False),
    "an event of somebody else": (receipt("0x1", (STRANGER, SUCCESS_TOPIC)), False),
    "somebody else's failure": (receipt("0x1", (STRANGER, FAILURE_TOPIC), (SAFE, SUCCESS_TOPIC)), True),
}


@pytest.mark.parametrize("given, accepted", RECEIPTS.values(), ids=RECEIPTS)
async def test_accepted_only_by_receipt_and_the_safes_own_event(given: object, accepted: bool) -> None:
    async with serving(NODE | {"eth_getTransactionReceipt": given}) as server:
        found = await adapter(server).observe(HASH)
    assert (found.accepted, found.height, found.confirmations, found.block) == (accepted, 7, 3, HASH)


BATCH = eip55.checksum(multisend.pinned(CURRENT))
FIRST, SECOND = "11" * 32, "22" * 32


def executions(*said: tuple[str, str, bytes], to: str | None = BATCH, status: str = "0x1") -> dict[str, Any]:
    """The receipt of a call in which Safes said of these hashes what became of them."""
    logs = [
        {"address": place.lower(), "topics": ["0x" + topic.hex(), "0x" + subject], "data": "0x"}
        for place, subject, topic in said
    ]
    return RECEIPTS["success"][0] | {"status": status, "to": None if to is None else to.lower(), "logs": logs}


async def test_every_safe_says_for_itself_what_was_executed() -> None:
    both = executions((SAFE, FIRST, SUCCESS_TOPIC), (STRANGER, SECOND, SUCCESS_TOPIC))
    one = executions((SAFE, FIRST, SUCCESS_TOPIC), (STRANGER, SECOND, FAILURE_TOPIC))
    by_a_contract = executions((SAFE, FIRST, SUCCESS_TOPIC), to=STRANGER)
    at_birth = executions((SAFE, FIRST, SUCCESS_TOPIC), to=None)
    reverted = executions((SAFE, FIRST, SUCCESS_TOPIC), status="0x0")
    (entry,) = RECEIPTS["success"][0]["logs"]  # the hash stands in the data before 1.4.0
    before = RECEIPTS["success"][0] | {"logs": [entry | {"data": "0x" + FIRST + SECOND}]}
    wanted = Executed(SAFE, "0x" + FIRST), Executed(STRANGER, "0x" + SECOND)
    for given, accepted, executed in (
        (both, True, wanted),
        (one, False, wanted[:1]),
        (by_a_contract, False, wanted[:1]),
        (at_birth, False, wanted[:1]),
        (reverted, False, ()),
        (before, True, wanted[:1]),
        (RECEIPTS["success"][0], True, ()),
    ):
        async with serving(NODE | {"eth_getTransactionReceipt": given}) as server:
            found = await adapter(server).observe(HASH)
        assert (found.accepted, found.executed) == (accepted, executed)


def transferred(token: str, payer: str, receiver: str, units: int) -> dict[str, Any]:
    """A receipt's entry in which a token says that it moved units."""
    parties = ["0x" + "00" * 12 + each[2:].lower() for each in (payer, receiver)]
    topics = ["0x" + TRANSFER_TOPIC.hex(), *parties]
    return {"address": token.lower(), "topics": topics, "data": "0x" + units.to_bytes(32, "big").hex()}


async def test_what_moved_stands_with_the_execution_that_it_came_before() -> None:
    """One transaction may execute several Safes, and one Safe more than once: each has what moved since the one before."""
    both = executions((SAFE, FIRST, SUCCESS_TOPIC), (SAFE, SECOND, SUCCESS_TOPIC), to=STRANGER)
    first, second = both["logs"]
    five, six = transferred(BATCH, SAFE, STRANGER, 5), transferred(BATCH, SAFE, STRANGER, 6)
    for logs, amounts in (
        ([five, first, six, second], [[5], [6]]),
        ([five, six, first, second], [[5, 6], []]),
        ([first, second, five], [[], []]),
    ):
        async with serving(NODE | {"eth_getTransactionReceipt": both | {"logs": logs}}) as server:
            found = await adapter(server).observe(HASH)
        assert [[each.amount for each in group] for group in found.moved] == amounts
        assert len(found.moved) == len(found.executed) == 2


def log(transaction: str, height: int, **changes: object) -> dict[str, object]:
    topics = ["0x" + SUCCESS_TOPIC.hex(), "0x" + FIRST]
    said = {"address": SAFE.lower(), "topics": topics, "data": "0x", "logIndex": "0x0"}
    return {**said, "transactionHash": transaction, "blockNumber": hex(height), "removed": False, **changes}


async def test_who_executed_what_is_found_in_the_safes_own_logs() -> None:
    other = "0x" + "0b" * 32
    given = [
        log(HASH, 5),
        log(other, 7, topics=["0x" + SUCCESS_TOPIC.hex()], data="0x" + FIRST + SECOND),
        log("0x" + "0c" * 32, 6, topics=["0x" + SUCCESS_TOPIC.hex(), "0x" + SECOND]),
        log("0x" + "0d" * 32, 6, topics=["0x" + FAILURE_TOPIC.hex(), "0x" + FIRST]),
        log("0x" + "0e" * 32, 6, removed=True),
        log("0x" + "0f" * 32, 6, address=STRANGER.lower()),
        log("0x" + "1a" * 32, 9),
        log("0x" + "1b" * 32, 6, blockNumber=None),
    ]
    async with serving(NODE | {"eth_getLogs": given}) as server:
        assert list(await adapter(server).executing(SAFE, "0x" + FIRST, 4, 8)) == [other, HASH]
        (asked,) = [params[0] for method, params, _ in server.asked if method == "eth_getLogs"]
    assert (asked["address"], asked["fromBlock"], asked["toBlock"]) == (SAFE, "0x4", "0x8")
    async with serving(NODE | {"eth_getLogs": [log("0x0a", 5)]}) as server:
        with pytest.raises(Unavailable, match=r"chains\.odd-answer"):
            await adapter(server).executing(SAFE, "0x" + FIRST, 4, 8)


async def test_several_safes_are_called_only_through_the_released_contract() -> None:
    """Where nothing or something else stands at its address, a call would succeed and execute nobody."""
    safes = [Address(bytes([number]) * 20) for number in (0x51, 0x52)]
    calls = [atomic.SafeCall(one, execute.encode(plain_tx(31337, one, one, 0, b"", 0), bytes(130))) for one in safes]
    outer = atomic.encode(calls)
    for code in ("0x", "0x6001"):
        async with serving(NODE | {"eth_getCode": code, "eth_call": "0x"}) as server:
            with pytest.raises(Refused, match="no contract answers"):
                await adapter(server).broadcast(BATCH, outer)
            assert "eth_sendRawTransaction" not in server.methods()
    code = "0x6001"
    pinned = "0x" + keccak256(b"\x60\x01").hex()
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(deployments.MULTI_SEND_CODE, CURRENT, pinned)
        async with serving(NODE | {"eth_getCode": code, "eth_call": "0x"}) as server:
            assert await adapter(server).code_hash(BATCH) == pinned
            await adapter(server).broadcast(BATCH, outer)
            (raw,) = [params[0] for method, params, _ in server.asked if method == "eth_sendRawTransaction"]
    sent = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    assert (sent["gas"], sent["value"], bytes(sent["data"])) == (atomic.gas(calls), 0, outer)


@pytest.mark.parametrize("known, accepted", [({}, True), (None, False)])
async def test_a_transaction_without_receipt_waits_or_is_unknown(known: object, accepted: bool) -> None:
    async with serving(NODE | {"eth_getTransactionReceipt": None, "eth_getTransactionByHash": known}) as server:
        found = await adapter(server).observe(HASH)
    assert (found.accepted, found.height, found.confirmations) == (accepted, None, 0)


OWNER, HANDLER, SINGLETON = (eip55.checksum(bytes([number]) * 20) for number in (0x21, 0x22, 0x23))
BLOCK = {"number": "0x10", "hash": HASH, "timestamp": "0x5"}
PINNED = {"blockHash": HASH, "requireCanonical": True}


def stored(place: str | None) -> str:
    return "0x" + (bytes(32) if place is None else bytes(12) + eip55.parse(place)).hex()


def words(*values: int) -> str:
    return "0x" + b"".join(word(value) for value in values).hex()


def safe_answers(**changes: Any) -> dict[str, Any]:
    """A node with a good Safe: every answer by what was asked, and only at the pinned block."""
    said: dict[str, Any] = {
        "code": "0x6001",
        "version": "0x" + (word(32) + word(5) + b"1.4.1".ljust(32, b"\0")).hex(),
        "owners": words(32, 1, int(OWNER, 16)),
        "threshold": words(1),
        "modules": words(64, 1, 0),
        "nonce": words(7),
        "singleton": stored(SINGLETON),
        "guard": stored(None),
        "module_guard": stored(None),
        "handler": stored(HANDLER),
        **changes,
    }
    calls = {
        views.ask_version(): "version", views.ask_owners(): "owners", views.ask_threshold(): "threshold",
        safe_storage.ask_modules(): "modules", views.ask_nonce(): "nonce",
    }  # fmt: skip
    slots = {
        safe_storage.SINGLETON_SLOT: "singleton", safe_storage.GUARD_SLOT: "guard",
        safe_storage.MODULE_GUARD_SLOT: "module_guard", safe_storage.FALLBACK_HANDLER_SLOT: "handler",
    }  # fmt: skip

    def call(asked: dict[str, str], block: object) -> Any:
        assert block == PINNED
        return said[calls[bytes.fromhex(asked["data"][2:])]]

    def at(_place: str, slot: str, block: object) -> Any:
        assert block == PINNED
        return said[slots[bytes.fromhex(slot[2:])]]

    def code(_place: str, block: object) -> Any:
        assert block == PINNED
        return said["code"]

    tip = said.get("block", BLOCK)
    blocks = {"eth_getBlockByNumber": tip, "eth_getBlockByHash": tip}
    return {"eth_chainId": "0x7a69", **blocks, "eth_call": call, "eth_getStorageAt": at, "eth_getCode": code}


async def test_every_question_about_a_safe_names_the_same_block() -> None:
    async with serving(safe_answers()) as server:
        seen = await adapter(server).safe_states([SAFE])
        assert await adapter(server).safe_states([SAFE], HASH) == seen
    assert (seen.number, seen.block, seen.time) == (16, HASH, 5)
    (safe,) = seen.safes
    assert (safe.owners, safe.threshold, safe.nonce, safe.version) == ((OWNER,), 1, 7, "1.4.1")
    assert (safe.singleton, safe.guard, safe.module_guard, safe.fallback_handler) == (SINGLETON, None, None, HANDLER)
    assert safe.proxy_code == safe.singleton_code == safe.multi_send_code == "0x" + keccak256(b"\x60\x01").hex()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "0x"}, "chains.no-contract"),
        ({"singleton": stored(None)}, "chains.no-contract"),
        ({"owners": words(1)}, "chains.no-contract"),
        ({"owners": words(32, 2, int(OWNER, 16), int(OWNER, 16))}, "chains.no-contract"),
        ({"version": words(1)}, "chains.no-contract"),
        ({"modules": words(64, 1, 5)}, "chains.no-contract"),
        ({"threshold": "0x"}, "chains.no-contract"),
        ({"nonce": words(2**255)}, "chains.no-contract"),
        ({"guard": "0x00"}, "chains.odd-answer"),
        ({"guard": None}, "chains.odd-answer"),
        ({"guard": RpcFailure(-32000, "missing trie node")}, "chains.node-error"),
        ({"block": None}, "chains.no-block"),
        ({"block": {**BLOCK, "hash": "0x12"}}, "chains.odd-answer"),
        ({"block": {**BLOCK, "timestamp": "0x" + "f" * 20}}, "chains.odd-answer"),
        ({"block": {**BLOCK, "timestamp": hex(times.LAST + 1)}}, "chains.odd-answer"),  # a moment that nobody can write
        ({"block": {**BLOCK, "hash": "0x" + "0b" * 32}}, "chains.odd-answer"),
    ],
)
async def test_what_answers_like_no_safe_or_another_block_is_no_snapshot(changes: dict[str, Any], code: str) -> None:
    async with serving(safe_answers(**changes)) as server:
        with pytest.raises((Refused, Unavailable)) as caught:
            await adapter(server).safe_states([SAFE], HASH)
    assert caught.value.code == code


async def test_a_block_of_the_last_moment_that_can_be_written_is_read() -> None:
    async with serving(safe_answers(block={**BLOCK, "timestamp": hex(times.LAST)})) as server:
        assert (await adapter(server).safe_states([SAFE], HASH)).time == times.LAST


def receipt(**changes: object) -> dict[str, object]:
    topics = ["0x" + each.hex() for each in (arrivals.RECEIVED_TOPIC, bytes(12) + eip55.parse(OWNER))]
    log = {"address": SAFE.lower(), "topics": topics, "data": words(5)}
    odd = {"address": SAFE.lower(), "topics": [], "data": "0x"}
    return {"status": "0x1", "blockNumber": "0x8", "blockHash": HASH, "logs": [odd, log], **changes}


async def test_a_payment_is_a_log_of_a_transaction_that_succeeded_by_its_place_in_it() -> None:
    async with serving({**NODE, "eth_getTransactionReceipt": receipt()}) as server:
        (found,) = await adapter(server).payments(HASH)
    assert (found.place, found.payer, found.receiver, found.amount, found.confirmations) == (1, OWNER, SAFE, 5, 2)
    for given in (None, receipt(status="0x0"), receipt(blockNumber=None), receipt(logs=[])):
        async with serving({**NODE, "eth_getTransactionReceipt": given}) as server:
            assert await adapter(server).payments(HASH) == ()
    for logs in (
        None,
        [7],
        [{"address": "0x12", "topics": [], "data": "0x"}],
        [{"address": SAFE.lower(), "topics": 1, "data": "0x"}],
    ):
        async with serving({**NODE, "eth_getTransactionReceipt": receipt(logs=logs)}) as server:
            with pytest.raises(Unavailable, match=r"chains\.odd-answer"):
                await adapter(server).payments(HASH)


TOKEN = eip55.checksum(b"\x70" * 20)
PAID = "0x" + "5c" * 32


def transfer(**changes: object) -> dict[str, object]:
    """A log of `eth_getLogs`: the stranger pays the Safe five units of the token in block 8."""
    topics = ["0x" + each.hex() for each in (arrivals.TRANSFER_TOPIC, word(int(STRANGER, 16)), word(int(SAFE, 16)))]
    return {
        "address": TOKEN.lower(), "topics": topics, "data": words(5), "blockNumber": "0x8", "logIndex": "0x2",
        "transactionHash": PAID, "removed": False, **changes,
    }  # fmt: skip


def topics(*given: bytes) -> list[str]:
    return ["0x" + each.hex() for each in given]


NO_PAYMENT = {
    "taken back": transfer(removed=True),
    "in no block": transfer(blockNumber=None),
    "another contract's": transfer(address=STRANGER.lower()),
    "of nothing": transfer(data=words(0)),
    "to somebody else": transfer(topics=topics(arrivals.TRANSFER_TOPIC, word(int(SAFE, 16)), word(int(STRANGER, 16)))),
    "of one token of a kind": transfer(
        topics=[*topics(arrivals.TRANSFER_TOPIC, *(word(int(SAFE, 16)),) * 3)], data="0x"
    ),
    "another event": transfer(topics=topics(arrivals.RECEIVED_TOPIC, word(int(STRANGER, 16)))),
    "before the blocks": transfer(blockNumber="0x4"),
    "after them": transfer(blockNumber="0xa"),
}


async def paying(answer: Any) -> list[str]:
    async with serving(NODE | {"eth_getLogs": answer}) as server:
        return list(await adapter(server).paying(TOKEN, SAFE, 5, 9))


@pytest.mark.parametrize("log", NO_PAYMENT.values(), ids=NO_PAYMENT)
async def test_a_log_that_says_something_else_names_no_payment(log: object) -> None:
    assert await paying([log]) == []
    assert await paying([log, transfer()]) == [PAID]


async def test_a_transaction_is_named_once_the_newest_first() -> None:
    older, later = (transfer(transactionHash="0x" + each * 32, blockNumber="0x7") for each in ("aa", "bb"))
    twice = transfer(logIndex="0x5")
    given = [older, transfer(), twice, {**later, "logIndex": "0x3"}, transfer()]
    assert await paying(given) == [PAID, "0x" + "bb" * 32, "0x" + "aa" * 32]


@pytest.mark.parametrize(
    "given",
    [None, 7, [7], [transfer(transactionHash="0x12")], [transfer(logIndex=2)], [transfer(topics=None)],
     [transfer(address="0x12")], [transfer(blockNumber="8")]],
)  # fmt: skip
async def test_odd_logs_are_named(given: object) -> None:
    with pytest.raises(Unavailable, match=r"chains\.odd-answer"):
        await paying(given)


@pytest.mark.parametrize("refusal", [RpcFailure(-32005, "query returned more than 10000 results"), "long"])
async def test_too_much_for_one_answer_is_asked_for_in_parts(refusal: Any) -> None:
    asked: list[tuple[int, int]] = []

    def answer(wanted: dict[str, Any]) -> Any:
        span = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        asked.append(span)
        if span[1] - span[0] > 1:
            return refusal if refusal != "long" else [transfer()] * 100
        return [transfer()] if span[0] <= 8 <= span[1] else []

    async with serving(NODE | {"eth_getLogs": answer}) as server:
        node = EthereumRpc(JsonRpc(server.url, max_answer=4_000))
        assert list(await node.paying(TOKEN, SAFE, 5, 9)) == [PAID]
    assert asked == [(5, 9), (5, 7), (5, 6), (7, 7), (8, 9)]


async def test_a_node_that_refuses_a_single_block_is_named_after_few_questions() -> None:
    async with serving(NODE | {"eth_getLogs": RpcFailure(-32601, "the method does not exist")}) as server:
        with pytest.raises(Unavailable, match=r"chains\.node-error"):
            await adapter(server).paying(TOKEN, SAFE, 1, 2_000)
        assert len(server.asked) <= 12


async def test_ether_is_asked_for_at_the_safe_itself() -> None:
    log = transfer(address=SAFE.lower(), topics=topics(arrivals.RECEIVED_TOPIC, word(int(STRANGER, 16))))
    async with serving(NODE | {"eth_getLogs": [log, transfer()]}) as server:
        assert list(await adapter(server).paying(None, SAFE, 5, 9)) == [PAID]
        assert server.asked[0][1][0]["address"] == SAFE
