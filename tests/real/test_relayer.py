"""The relayer on a real node with the real Safe contracts: stuck and replaced, displaced, capped, found after a crash, and
never a transaction that moves something else than what is owed."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.chains.jsonrpc import JsonRpc
from countersign.chains.relayer import Relayer
from countersign.errors import Refused
from countersign.ethereum import atomic, multisend
from countersign.ethereum.abi import Address
from countersign.ethereum.atomic import SafeCall
from countersign.ethereum.movements import Movement
from countersign.ethereum.relaying import GWEI, Caps
from countersign.ethereum.safe import CURRENT, plain_tx
from countersign.formats import eip55
from countersign.keys.public_key import Curve
from support import ethereum_chains
from support.ethereum_chains import EthereumChain
from support.ethereum_node import CHAIN_ID, AnvilNode, running_node
from support.kept import Kept
from support.refusals import refused
from support.software_keys import SoftwareKey
from support.twin_ethereum import owners, software_signer

CHAIN = f"eip155:{CHAIN_ID}"
BUYER = Address(b"\xdd" * 20)


@pytest.fixture(scope="module")
def node() -> Iterator[AnvilNode]:
    with running_node() as running:
        yield running


@pytest.fixture(scope="module")
def safes(node: AnvilNode) -> Any:
    return ethereum_chains.real_chains(node)


@pytest.fixture
def chain(safes: Any) -> EthereumChain:
    made: EthereumChain = safes()
    return made


@dataclass
class Payer:
    """A fresh relayer on the node; `again` is the same after a restart: the same key and outbox, nothing else."""

    node: AnvilNode
    key: SoftwareKey
    caps: Caps = field(default_factory=Caps)
    outbox: Kept = field(default_factory=Kept)

    def again(self, **changes: Any) -> EthereumRpc:
        made = replace(self, **changes)
        relayer = Relayer(made.key.public, software_signer(made.key), made.outbox, made.caps)
        return EthereumRpc(JsonRpc(made.node.url), relayer, CHAIN)

    @property
    def account(self) -> Address:
        return Address(self.key.public.ethereum_address())

    def stranger_sends(self) -> str:
        """Somebody else with the same key sends an empty transaction at its next nonce."""
        who = "0x" + self.account.hex()
        self.node.rpc("anvil_impersonateAccount", who)
        return str(self.node.rpc("eth_sendTransaction", {"from": who, "to": who, "value": "0x1"}))


SEEDS = iter(range(1_000))


@pytest.fixture
def payer(node: AnvilNode) -> Payer:
    key = SoftwareKey.generate(Curve.SECP256K1, f"relayer {next(SEEDS)}")
    node.send(b"", Address(key.public.ethereum_address()), value=10**18)
    return Payer(node, key)


@pytest.fixture
def idle(node: AnvilNode, payer: Payer, chain: EthereumChain) -> Iterator[AnvilNode]:
    """The node, once all is set up, mines only when it is told to."""
    node.rpc("evm_setAutomine", False)
    yield node
    node.rpc("evm_mine")
    node.rpc("evm_setAutomine", True)


def owed(chain: EthereumChain, amount: int) -> tuple[Movement, ...]:
    return (Movement(chain.token, chain.safe, BUYER, amount),)


async def test_a_stuck_transaction_is_replaced_at_its_nonce_and_the_replacement_is_mined(
    idle: AnvilNode, payer: Payer, chain: EthereumChain
) -> None:
    call, moves = chain.call(await chain.transfer(BUYER, 7)), owed(chain, 7)
    relay = payer.again()
    first = await relay.broadcast(chain.safe_text, call, moves)
    assert (await relay.observe(first)).block is None
    second = await relay.raise_fees(first, moves)
    before, after = (idle.rpc("eth_getTransactionByHash", each) for each in (first, second))
    assert (before, after["nonce"], after["input"]) == (None, "0x0", "0x" + call.hex())
    view = await relay.relayer()
    assert view is not None
    assert [(each.nonce, each.transaction, each.known) for each in view.waiting] == [(0, second, True)]
    assert view.simulates == "eth_simulateV1"
    idle.rpc("evm_mine")
    assert (await relay.observe(second)).accepted
    with refused("chains.mined-already", Refused, transaction=second):
        await relay.raise_fees(first, moves)
    assert await relay.broadcast(chain.safe_text, call, moves) == second  # it is there: never a second one


async def test_fees_are_raised_up_to_the_cap_and_not_beyond(
    idle: AnvilNode, payer: Payer, chain: EthereumChain
) -> None:
    call = chain.call(await chain.transfer(BUYER, 7))
    first = await payer.again().broadcast(chain.safe_text, call)
    view = await payer.again().relayer()
    assert view is not None
    offered = view.waiting[0].fee
    least = offered + -(-offered // 8)
    with refused("relaying.fee-cap", Refused, cap=least - 1):
        await payer.again(caps=Caps(least - 1)).raise_fees(first)
    assert await payer.again(caps=Caps(least)).raise_fees(first) != first


async def test_what_costs_more_than_the_caps_is_not_sent(payer: Payer, chain: EthereumChain) -> None:
    call = chain.call(await chain.transfer(BUYER, 7))
    with refused("relaying.fee-cap", Refused, cap=GWEI):
        await payer.again(caps=Caps(fee=GWEI)).broadcast(chain.safe_text, call)
    with refused("relaying.gas-cap", Refused, wanted=1_000_000, cap=999_999):
        await payer.again(caps=Caps(gas=999_999)).broadcast(chain.safe_text, call)
    assert payer.outbox.outgoing == []
    assert await payer.again(caps=Caps(gas=1_000_000)).broadcast(chain.safe_text, call)


async def test_after_a_crash_what_was_kept_is_sent_and_nothing_twice(
    idle: AnvilNode, payer: Payer, chain: EthereumChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops between the outbox and the node, and once more between the node and the log's entry."""
    call = chain.call(await chain.transfer(BUYER, 7))

    class Stopped(Exception):
        pass

    async def stop(*_: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr("countersign.chains.relayed.Relayed._submit", stop)
        with pytest.raises(Stopped):
            await payer.again().broadcast(chain.safe_text, call)
    (kept,) = payer.outbox.outgoing
    found = await payer.again().carrying(chain.safe_text, call)
    assert idle.rpc("eth_getTransactionByHash", found)["nonce"] == "0x0"
    assert await payer.again().broadcast(chain.safe_text, call) == found
    assert payer.outbox.outgoing == [kept]
    idle.rpc("evm_mine")
    assert await payer.again().broadcast(chain.safe_text, call) == found
    assert idle.rpc("eth_getTransactionCount", "0x" + payer.account.hex(), "latest") == "0x1"


async def test_what_a_node_lost_is_sent_again_before_anything_else(
    idle: AnvilNode, payer: Payer, chain: EthereumChain
) -> None:
    first = await payer.again().broadcast(chain.safe_text, chain.call(await chain.transfer(BUYER, 7)))
    idle.rpc("anvil_dropTransaction", first)
    assert idle.rpc("eth_getTransactionByHash", first) is None
    pays = plain_tx(CHAIN_ID, chain.safe, chain.token, 0, (await chain.transfer(BUYER, 9)).data, 0)
    second = await payer.again().broadcast(chain.safe_text, chain.call(pays))
    assert [idle.rpc("eth_getTransactionByHash", each)["nonce"] for each in (first, second)] == ["0x0", "0x1"]


async def test_a_strangers_use_of_the_key_is_named_with_its_transaction(
    node: AnvilNode, payer: Payer, chain: EthereumChain
) -> None:
    relay = payer.again()
    await relay.broadcast(chain.safe_text, chain.call(await chain.transfer(BUYER, 7)))
    stranger = payer.stranger_sends()
    with refused("relaying.stranger", Refused, nonce=1, transaction=stranger):
        await relay.broadcast(chain.safe_text, chain.call(await chain.transfer(BUYER, 8)))
    fresh = SoftwareKey.generate(Curve.SECP256K1, "another key")
    node.send(b"", Address(fresh.public.ethereum_address()), value=10**18)
    assert await payer.again(key=fresh).broadcast(chain.safe_text, chain.call(await chain.transfer(BUYER, 8)))


async def test_a_transaction_that_another_displaced_is_named(
    idle: AnvilNode, payer: Payer, chain: EthereumChain
) -> None:
    relay = payer.again()
    first = await relay.broadcast(chain.safe_text, chain.call(await chain.transfer(BUYER, 7)))
    idle.rpc("anvil_dropTransaction", first)
    stranger = payer.stranger_sends()
    idle.rpc("evm_mine")
    with refused("chains.displaced", Refused, transaction=first, nonce=0, by=stranger):
        await relay.raise_fees(first)
    with refused("relaying.stranger", Refused, nonce=0, transaction=stranger):
        await relay.broadcast(chain.safe_text, chain.call(await chain.transfer(BUYER, 8)))


async def test_what_waits_is_cancelled_by_an_empty_payment_at_its_nonce(
    idle: AnvilNode, payer: Payer, chain: EthereumChain
) -> None:
    relay, call = payer.again(), chain.call(await chain.transfer(BUYER, 7))
    first = await relay.broadcast(chain.safe_text, call)
    empty = await relay.cancel(first)
    idle.rpc("evm_mine")
    mined = idle.rpc("eth_getTransactionByHash", empty)
    assert (mined["nonce"], mined["to"], mined["value"], mined["input"]) == ("0x0", mined["from"], "0x0", "0x")
    assert await relay.carrying(chain.safe_text, call) is None
    again = await relay.broadcast(chain.safe_text, call)  # nobody owns that nonce but the relayer: no stranger
    assert idle.rpc("eth_getTransactionByHash", again)["nonce"] == "0x1"


async def test_an_owner_of_the_safe_never_relays_for_it(node: AnvilNode, chain: EthereumChain) -> None:
    owner = Payer(node, owners()[0])
    node.send(b"", owner.account, value=10**18)
    call = chain.call(await chain.transfer(BUYER, 7))
    with refused("E11.relayer-owns", Refused, safe=chain.safe_text):
        await owner.again().broadcast(chain.safe_text, call)
    assert owner.outbox.outgoing == []


async def test_a_node_of_another_chain_than_its_place_sends_nothing(payer: Payer, chain: EthereumChain) -> None:
    relayer = Relayer(payer.key.public, software_signer(payer.key), payer.outbox)
    elsewhere = EthereumRpc(JsonRpc(payer.node.url), relayer, "eip155:1")
    with refused("chains.other-chain", Refused, expected="eip155:1", found=CHAIN):
        await elsewhere.broadcast(chain.safe_text, chain.call(await chain.transfer(BUYER, 7)))
    assert payer.outbox.outgoing == []


def token_code(moves: str) -> str:
    """A token's runtime code, by hand: `balanceOf` is 1,000 for everybody; `transfer` does `moves` and answers true.

    PUSH0 CALLDATALOAD PUSH1 e0 SHR PUSH4 a9059cbb EQ PUSH1 at JUMPI · 1000 → return · JUMPDEST moves · 1 → return
    """
    other = "6103e85f5260205ff3"
    head = "5f3560e01c63a9059cbb14"
    at = (len(head) + len("60ff57") + len(other)) // 2
    return f"0x{head}60{at:02x}57{other}5b{moves}60015f5260205ff3"


TRANSFER = "7fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""PUSH32 Transfer's topic."""
EXACT = "6024355f52" + "600435" + "33" + TRANSFER + "60205fa3"
"""MSTORE(0, amount) · LOG3(0, 32, topic, caller, receiver)."""
LESS = "6001602435035f52" + "600435" + "33" + TRANSFER + "60205fa3"
"""The same with amount − 1."""
TWICE = EXACT + "60015f52" + "6001" + "33" + TRANSFER + "60205fa3"
"""The transfer, and one unit to 0x01 beside it."""


@pytest.mark.parametrize(
    "moves, told",
    [
        ("", "what is owed does not move: 7 base units"),
        (LESS, "what nobody is owed moves: 6 base units"),
        (TWICE, "what nobody is owed moves: 1 base units"),
        (EXACT, "changes by 0 instead of"),
    ],
    ids=["silent", "less", "a fee beside it", "a log without a movement"],
)
async def test_a_token_that_does_something_else_is_never_sent(
    node: AnvilNode, payer: Payer, chain: EthereumChain, moves: str, told: str
) -> None:
    """The call is the same, and `eth_call` succeeds each time; only what the token would do differs."""
    call, honest = (
        chain.call(await chain.transfer(BUYER, 7)),
        node.rpc("eth_getCode", "0x" + chain.token.hex(), "latest"),
    )
    relay = payer.again()
    node.rpc("anvil_setCode", "0x" + chain.token.hex(), token_code(moves))
    try:
        assert await relay.test(chain.safe_text, call) is None
        with refused("chains.other-effects", Refused) as caught:
            await relay.broadcast(chain.safe_text, call, owed(chain, 7))
        assert told in str(caught.value.values["differs"])
        assert payer.outbox.outgoing == []
    finally:
        node.rpc("anvil_setCode", "0x" + chain.token.hex(), honest)
    assert (await relay.observe(await relay.broadcast(chain.safe_text, call, owed(chain, 7)))).accepted is True


async def test_obligations_that_differ_from_the_call_are_refused(payer: Payer, chain: EthereumChain) -> None:
    call, relay = chain.call(await chain.transfer(BUYER, 7)), payer.again()
    for wrong in ((), owed(chain, 8), (*owed(chain, 7), Movement(None, chain.safe, BUYER, 1))):
        with refused("chains.other-effects", Refused):
            await relay.test(chain.safe_text, call, wrong)
    assert await relay.test(chain.safe_text, call, owed(chain, 7)) is None


async def test_several_safes_in_one_call_move_what_all_owe_ether_too(node: AnvilNode, payer: Payer, safes: Any) -> None:
    one, two = safes(), safes()
    node.send(b"", two.safe, value=10)
    ether = plain_tx(CHAIN_ID, two.safe, BUYER, 9, b"", 0)
    calls = [
        SafeCall(one.safe, one.call(await one.transfer(BUYER, 7))),
        SafeCall(two.safe, two.call(ether)),
    ]
    where, data = eip55.checksum(multisend.pinned(CURRENT)), atomic.encode(calls)
    moves = (*owed(one, 7), Movement(None, two.safe, BUYER, 9))
    relay = payer.again()
    with refused("chains.other-effects", Refused):
        await relay.broadcast(where, data, moves[:1])
    sent = await relay.broadcast(where, data, moves)
    node.receipt(sent)
    seen = await relay.observe(sent)
    assert (seen.accepted, {each.safe for each in seen.executed}) == (True, {one.safe_text, two.safe_text})


async def test_the_call_tracer_tells_the_same_where_there_is_no_other_simulation(
    payer: Payer, chain: EthereumChain
) -> None:
    relay = payer.again()
    relay._trial._simulator._lacks.add("eth_simulateV1")  # noqa: SLF001 - as after the node's own answer
    payer.node.send(b"", chain.safe, value=10)
    assert (await relay.relayer()).simulates == "debug_traceCall"  # type: ignore[union-attr]
    ether = plain_tx(CHAIN_ID, chain.safe, BUYER, 9, b"", 0)
    paid = (Movement(None, chain.safe, BUYER, 9),)
    assert await relay.test(chain.safe_text, chain.call(ether), paid) is None
    assert await relay.test(chain.safe_text, chain.call(await chain.transfer(BUYER, 7)), owed(chain, 7)) is None
    honest = payer.node.rpc("eth_getCode", "0x" + chain.token.hex(), "latest")
    payer.node.rpc("anvil_setCode", "0x" + chain.token.hex(), token_code(TWICE))
    try:
        with refused("chains.other-effects", Refused):
            await relay.test(chain.safe_text, chain.call(await chain.transfer(BUYER, 7)), owed(chain, 7))
    finally:
        payer.node.rpc("anvil_setCode", "0x" + chain.token.hex(), honest)
