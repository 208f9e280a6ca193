"""The embedded Ethereum chain as a node: nonce, balances and ether move together or not at all."""

from dataclasses import replace
from random import Random

import pytest

from countersign.chains.embedded import UNSUPPORTED
from countersign.chains.embedded_ethereum import EmbeddedEthereum, EmbeddedSafe
from countersign.desk.ports import Executed
from countersign.errors import Malformed, Refused
from countersign.ethereum import atomic, erc20, execute, multisend
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import plain_tx
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from support.ethereum_mutations import BATCH, KINDS, World, blob, call, mutations
from support.twin_ethereum import owners

SAFE, OTHER, TOKEN, OTHER_TOKEN = (Address(bytes((number,)) * 20) for number in (0x51, 0x52, 0x71, 0x72))
RECIPIENT = Address(b"\xee" * 20)
TOKENS, WEI = 1_000_000, 10**15


@pytest.fixture
def chain() -> EmbeddedEthereum:
    holders = tuple(Address(key.public.ethereum_address()) for key in owners())
    safes = {SAFE: EmbeddedSafe(holders, 2, 1), OTHER: EmbeddedSafe(holders, 2)}
    return EmbeddedEthereum(31337, safes, {TOKEN: {SAFE: TOKENS}, OTHER_TOKEN: {SAFE: TOKENS}}, ether={SAFE: WEI})


@pytest.fixture
def world() -> World:
    listed = tuple(Address(key.public.ethereum_address()) for key in owners())
    empty = World(31337, SAFE, OTHER, TOKEN, OTHER_TOKEN, owners(), 0, TOKENS, WEI, b"", listed)
    executed = call(empty, empty.paying(RECIPIENT, 1000)).data
    return replace(empty, nonce=1, executed=executed)


def state(chain: EmbeddedEthereum) -> tuple[object, ...]:
    return (
        chain.height,
        {place: safe.nonce for place, safe in chain.safes.items()},
        {token: dict(held) for token, held in chain.balances.items()},
        dict(chain.ether),
    )


REASONS = {
    "untouched": None,
    "executed already": "GS026",
    "amount one more or less": None,
    "other signers": None,
    "wrong order": "GS026",
    "one owner twice": "GS026",
    "one short": "GS020",
    "one too many": None,
    "strangers signature": "GS026",
    "high s": None,
    "high s alone": "GS026",
    "other v": "GS026",
    "approved hash": "GS025",
    "numbers out of range": "GS026",
    "other nonce": "GS026",
    "other chain": "GS026",
    "signed for another safe": "GS026",
    "executed on another safe": "GS026",
    "void": None,
    "idle gas fields": None,
    "some safe tx gas": None,
    "failing with safe tx gas": "ExecutionFailure",
    "inner call too long": None,
    "inner padding not zero": None,
    "ether with a transfer": "GS013",
    "bit flipped in the inner call": "GS026",
    "delegate call": UNSUPPORTED + "a delegate call to anything but MultiSendCallOnly 1.4.1",
    "batch": None,
    "batch changed after signing": "GS026",
    "batch whose first call fails": "GS013",
    "batch that gives back": None,
    "batch with a value of its own": None,
    "batch as a plain call": UNSUPPORTED + "a call with data to anything but a known token",
    "batch to another address": UNSUPPORTED + "a delegate call to anything but MultiSendCallOnly 1.4.1",
    "together": None,
    "together and one fails": "execution reverted",
    "together elsewhere": UNSUPPORTED + "a call to anything but a Safe",
    "gas refund": UNSUPPORTED + "a gas refund",
    "administration": UNSUPPORTED + "a call with data to anything but a known token",
    "approval": UNSUPPORTED + "a token call other than transfer",
    "precompiled contract": UNSUPPORTED + "a call to a precompiled contract",
    "not a safe": UNSUPPORTED + "a call to anything but a Safe",
    "very long": UNSUPPORTED + "call data of more than 32,768 bytes",
}


@pytest.mark.parametrize("name", REASONS)
async def test_the_reason_of_every_kind_that_has_one(name: str, chain: EmbeddedEthereum, world: World) -> None:
    for seed in range(3):
        to, data = KINDS[name](world, Random(seed))
        assert await chain.test(eip55.checksum(to), data) == REASONS[name]


async def test_what_is_refused_moves_nothing_and_what_is_accepted_conserves(
    chain: EmbeddedEthereum, world: World
) -> None:
    total = sum(chain.balances[TOKEN].values()), sum(chain.ether.values())
    accepted = 0
    for _, (to, data) in mutations(world, 2 * len(KINDS), 5):
        before = state(chain)
        reason = await chain.test(eip55.checksum(to), data)
        assert state(chain) == before
        if reason is None:
            accepted += 1
            await chain.broadcast(eip55.checksum(to), data)
            chain.safes[SAFE].nonce, chain.safes[OTHER].nonce = 1, 0
        else:
            with pytest.raises(Refused, match=r"chains\.ethereum-refused"):
                await chain.broadcast(eip55.checksum(to), data)
            assert state(chain) == before
        assert (sum(chain.balances[TOKEN].values()), sum(chain.ether.values())) == total
    assert accepted > 0


async def test_a_transfer_moves_tokens_and_nonce(chain: EmbeddedEthereum, world: World) -> None:
    tx = world.paying(RECIPIENT, 20)
    transaction = await chain.broadcast(*text(call(world, tx)))
    assert await chain.safe_nonce(eip55.checksum(SAFE)) == 2
    assert await chain.token_balance(eip55.checksum(TOKEN), eip55.checksum(RECIPIENT)) == 20
    assert await chain.token_balance(eip55.checksum(TOKEN), eip55.checksum(SAFE)) == TOKENS - 20
    first, second = await chain.observe(transaction), await chain.observe(transaction)
    assert (first.accepted, first.confirmations, second.confirmations) == (True, 2, 3)
    assert first.block == second.block
    assert (await chain.observe("0x" + "00" * 32)).accepted is False


async def test_ether_moves_too(chain: EmbeddedEthereum, world: World) -> None:
    await chain.broadcast(*text(call(world, world.calling(RECIPIENT, b"", WEI))))
    assert chain.ether == {SAFE: 0, RECIPIENT: WEI}


async def test_the_whole_balance_and_one_more(chain: EmbeddedEthereum, world: World) -> None:
    assert await chain.test(*text(call(world, world.paying(RECIPIENT, TOKENS)))) is None
    assert await chain.test(*text(call(world, world.paying(RECIPIENT, TOKENS + 1)))) == "GS013"


def transfer(to: Address, amount: int, token: Address = TOKEN) -> InnerCall:
    return InnerCall(token, 0, erc20.encode(erc20.Transfer(to, amount)))


async def test_a_batch_moves_everything_and_one_nonce(chain: EmbeddedEthereum, world: World) -> None:
    other = Address(b"\xed" * 20)
    calls = (transfer(RECIPIENT, 20), transfer(other, 30), transfer(other, 4, OTHER_TOKEN), InnerCall(other, WEI, b""))
    await chain.broadcast(*text(call(world, world.batch(calls))))
    assert chain.balances[TOKEN] == {SAFE: TOKENS - 50, RECIPIENT: 20, other: 30}
    assert chain.balances[OTHER_TOKEN] == {SAFE: TOKENS - 4, other: 4}
    assert chain.ether == {SAFE: 0, other: WEI}
    assert chain.safes[SAFE].nonce == 2


@pytest.mark.parametrize("place", range(4))
async def test_a_batch_of_which_one_call_fails_moves_nothing(place: int, chain: EmbeddedEthereum, world: World) -> None:
    calls = [transfer(RECIPIENT, 20), transfer(RECIPIENT, 30), InnerCall(RECIPIENT, 5, b"")]
    calls.insert(place, transfer(RECIPIENT, TOKENS - 49))
    before = state(chain)
    with pytest.raises(Refused, match=r"chains\.ethereum-refused.*GS013"):
        await chain.broadcast(*text(call(world, world.batch(calls))))
    assert state(chain) == before
    calls[place] = transfer(RECIPIENT, TOKENS - 50)
    await chain.broadcast(*text(call(world, world.batch(calls))))
    assert chain.balances[TOKEN] == {SAFE: 0, RECIPIENT: TOKENS}


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "E3.batch-selector"), (multisend.SELECTOR, "ethereum.truncated")],
)
async def test_a_batch_in_another_form_is_unsupported_by_name(
    data: bytes, code: str, chain: EmbeddedEthereum, world: World
) -> None:
    tx = replace(world.batch((transfer(RECIPIENT, 1),)), data=data)
    reason = await chain.test(*text(call(world, tx)))
    assert reason == f"{UNSUPPORTED}a batch in another form than the canonical one ({code})"


async def test_the_batch_contract_takes_no_ether(chain: EmbeddedEthereum, world: World) -> None:
    for value in (0, 1):
        assert await chain.test(*text(call(world, world.calling(BATCH, b"", value)))) == "GS013"
        assert await chain.test(*text(call(world, world.batch((InnerCall(BATCH, value, b""),))))) == "GS013"
    assert await chain.test(*text(call(world, world.batch((InnerCall(RECIPIENT, 0, b""),))))) is None


async def test_several_safes_act_in_one_transaction_or_none_does(chain: EmbeddedEthereum, world: World) -> None:
    """The second pays on what the first brings it; one unit more and neither has moved."""
    for more in (1, 0):
        before = state(chain)
        data = erc20.encode(erc20.Transfer(RECIPIENT, 20 + more))
        legs = [world.paying(OTHER, 20), plain_tx(31337, OTHER, TOKEN, 0, data, 0)]
        outer = atomic.encode(
            [atomic.SafeCall(each.safe, execute.encode(each, blob(each, world.keys[:2]))) for each in legs]
        )
        if more:
            with pytest.raises(Refused, match=r"chains\.ethereum-refused.*execution reverted"):
                await chain.broadcast(eip55.checksum(BATCH), outer)
            assert state(chain) == before
            assert await chain.executing(eip55.checksum(OTHER), "0x" + legs[1].digest.hex(), 0, chain.height) == []
            continue
        sent = await chain.broadcast(eip55.checksum(BATCH), outer)
        said = tuple(Executed(eip55.checksum(each.safe), "0x" + each.digest.hex()) for each in legs)
        assert (await chain.observe(sent)).executed == said
        for each in said:
            assert await chain.executing(each.safe, each.digest, 0, chain.height) == [sent]
            assert await chain.executing(each.safe, each.digest, chain.mined[sent] + 1, chain.height) == []
        assert chain.balances[TOKEN] == {SAFE: TOKENS - 20, OTHER: 0, RECIPIENT: 20}
        assert [chain.safes[each].nonce for each in (SAFE, OTHER)] == [2, 1]
        assert len(await chain.payments(sent)) == 2


async def test_what_stands_where(chain: EmbeddedEthereum) -> None:
    nothing = "0x" + keccak256(b"").hex()
    found = [await chain.code_hash(eip55.checksum(each)) for each in (BATCH, SAFE, RECIPIENT)]
    assert found == [atomic.code_hash(BATCH), chain.safes[SAFE].proxy_code, nothing]


async def test_who_is_there_and_who_is_not(chain: EmbeddedEthereum) -> None:
    assert await chain.chain() == "eip155:31337"
    holders, threshold = await chain.safe_owners(eip55.checksum(SAFE))
    assert (len(holders), threshold) == (3, 2)
    nobody = eip55.checksum(RECIPIENT)
    for asked in (chain.safe_nonce(nobody), chain.safe_owners(nobody), chain.token_balance(nobody, nobody)):
        with pytest.raises(Refused, match=r"chains\.no-contract"):
            await asked
    with pytest.raises(Malformed, match="E6"):
        await chain.safe_nonce("0x" + eip55.checksum(RECIPIENT)[2:].swapcase())
    with pytest.raises(Malformed):
        await chain.test("0x12", b"")


def text(one: tuple[Address, bytes]) -> tuple[str, bytes]:
    return eip55.checksum(one[0]), one[1]
