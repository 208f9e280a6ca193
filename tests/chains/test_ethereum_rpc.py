"""The Ethereum adapter against scripted answers: what it sends, what it believes, what it never sends."""

from typing import Any

import pytest
from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.chains.gas import GAS
from countersign.chains.jsonrpc import JsonRpc
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import arrivals, safe_storage, views
from countersign.ethereum.abi import word
from countersign.ethereum.execute import SELECTOR
from countersign.ethereum.views import FAILURE_TOPIC, SUCCESS_TOPIC
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.keys.curve import ORDER, Curve
from countersign.keys.public_key import PublicKey
from support.rpc_server import RpcFailure, RpcServer, serving
from support.software_keys import SoftwareKey
from support.twin_ethereum import software_signer

KEY = SoftwareKey.generate(Curve.SECP256K1, "relayer")
SAFE = eip55.checksum(b"\x51" * 20)
CALL = SELECTOR + bytes(32)
TRUE, FALSE = "0x" + word(1).hex(), "0x" + word(0).hex()
HASH = "0x" + "0a" * 32
NODE: dict[str, Any] = {
    "eth_chainId": "0x7a69",
    "eth_call": TRUE,
    "eth_getBlockByNumber": {"baseFeePerGas": "0x7"},
    "eth_getTransactionCount": "0x3",
    "eth_sendRawTransaction": HASH,
    "eth_blockNumber": "0x9",
}


def adapter(server: RpcServer) -> EthereumRpc:
    return EthereumRpc(JsonRpc(server.url), KEY.public, software_signer(KEY))


async def test_the_outer_transaction_is_the_relayers_and_pays_nothing_but_gas() -> None:
    async with serving(NODE) as server:
        assert await adapter(server).broadcast(SAFE, CALL) == HASH
        (raw,) = [params[0] for method, params, _ in server.asked if method == "eth_sendRawTransaction"]
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
        await EthereumRpc(JsonRpc(server.url), KEY.public, high).broadcast(SAFE, CALL)
        raw = server.asked[-1][1][0]
    assert Account.recover_transaction(raw) == eip55.checksum(KEY.public.ethereum_address())


async def test_a_signature_of_another_key_is_never_sent() -> None:
    other = SoftwareKey.generate(Curve.SECP256K1, "another")

    async def wrong(_: PublicKey, digest: bytes) -> bytes:
        return other.sign_digest(digest)

    async with serving(NODE) as server:
        with pytest.raises(Refused, match=r"keys\.recovery-mismatch"):
            await EthereumRpc(JsonRpc(server.url), KEY.public, wrong).broadcast(SAFE, CALL)
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
    async with serving(NODE | {"eth_call": answer}) as server:
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
    async with serving(NODE | {"eth_call": answer}) as server:
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
    async with serving(NODE | {"eth_chainId": answer, "eth_call": answer}) as server:
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
RECEIPTS = {
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
    assert safe.proxy_code == safe.singleton_code == "0x" + keccak256(b"\x60\x01").hex()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "0x"}, "chains.no-contract"),
        ({"singleton": stored(None)}, "chains.no-contract"),
        ({"owners": words(1)}, "chains.no-contract"),
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
        ({"block": {**BLOCK, "hash": "0x" + "0b" * 32}}, "chains.odd-answer"),
    ],
)
async def test_what_answers_like_no_safe_or_another_block_is_no_snapshot(changes: dict[str, Any], code: str) -> None:
    async with serving(safe_answers(**changes)) as server:
        with pytest.raises((Refused, Unavailable)) as caught:
            await adapter(server).safe_states([SAFE], HASH)
    assert caught.value.code == code


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
