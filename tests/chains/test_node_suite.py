"""What every node must do, embedded or real: the doubles and the adapters they stand for pass the same tests."""

import time
from collections.abc import Callable, Iterator

import pytest

from countersign.bitcoin import build, coins, combine, finalise, parent, ranged
from countersign.bitcoin.selection import Payer
from countersign.bitcoin.transaction import Output, Satoshis, display
from countersign.bitcoin.vault import RangedVault
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.desk.ports import EthereumNode, Observation
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import deployments, storage_root
from countersign.ethereum.abi import Address
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.rails import safe_state
from countersign.settlement.safe_state import SafeState
from support import bitcoin_chains, ethereum_chains
from support.bitcoin_chains import BitcoinChain
from support.bitcoin_node import RegtestNode
from support.bitcoin_vault import SoftwareVault, payment, software_vault
from support.ethereum_chains import FUNDS, EthereumChain
from support.ethereum_node import running_node
from support.extended_keys import ranged_text
from support.parts import bitcoind

AMOUNTS = (30_000_000, 40_000_000, 50_000_000)
RECIPIENT = Address(b"\xee" * 20)


@pytest.fixture(scope="module")
def regtest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegtestNode]:
    with RegtestNode(bitcoind(), tmp_path_factory.mktemp("bitcoind")) as node:
        node.mine(102)
        yield node


@pytest.fixture(params=["embedded", "real"])
def bitcoin(request: pytest.FixtureRequest) -> BitcoinChain:
    if request.param == "embedded":
        return bitcoin_chains.embedded_chain()
    return bitcoin_chains.real_chain(request.getfixturevalue("regtest"))


@pytest.fixture(scope="module")
def fresh_safe() -> Iterator[Callable[[], EthereumChain]]:
    with running_node() as node:
        yield ethereum_chains.real_chains(node)


@pytest.fixture(params=["embedded", "real"])
def ethereum(request: pytest.FixtureRequest) -> EthereumChain:
    if request.param == "embedded":
        return ethereum_chains.embedded_chain()
    made: EthereumChain = request.getfixturevalue("fresh_safe")()
    return made


# Bitcoin


def scripts(vault: SoftwareVault) -> list[bytes]:
    return [slot.script_pubkey for slot in vault.vault.slots]


def funded(chain: BitcoinChain, name: str) -> SoftwareVault:
    """A vault with a coin in each of its first three slots."""
    vault = software_vault(name)
    for slot, satoshis in enumerate(AMOUNTS):
        chain.pay(vault, slot, satoshis)
    return vault


async def spend(chain: BitcoinChain, vault: SoftwareVault, owed: int, signers: int = 2) -> bytes:
    """A finished spend of all the vault's coins as the node gives them, with change to slot 3."""
    held = []
    for coin in await chain.node.coins(scripts(vault)):
        slot = vault.vault.slots[scripts(vault).index(coin.script_pubkey)]
        held.append(coins.of(parent.read(coin.transaction), coin.vout, slot))
    payer = Payer(vault.vault.checksum, tuple(held), (payment(owed),), vault.vault.slots[3])
    unsigned = build.build([payer], 7).psbt
    signed = combine.combine(unsigned, *(signer.sign(unsigned) for signer in vault.signers[:signers]))
    return finalise.extract(finalise.finalise(signed))


async def test_bitcoin_is_regtest_and_grows(bitcoin: BitcoinChain) -> None:
    assert await bitcoin.node.chain() == "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
    before = await bitcoin.node.height()
    bitcoin.pay(software_vault("growing"), 0, 10_000)
    assert await bitcoin.node.height() > before


async def test_coins_come_oldest_first_each_proven_by_its_transaction(bitcoin: BitcoinChain) -> None:
    vault = funded(bitcoin, "coins")
    found = await bitcoin.node.coins(scripts(vault))
    assert [coin.satoshis for coin in found] == list(AMOUNTS)
    for coin in found:
        paying = parent.read(coin.transaction)
        assert display(paying.txid) == coin.txid
        assert paying.output(coin.vout) == Output(coin.script_pubkey, Satoshis(coin.satoshis))
        assert coin.confirmations >= 1
    assert list(await bitcoin.node.coins(scripts(vault)[1:2])) == [found[1]]
    assert not await bitcoin.node.coins(scripts(software_vault("nobody pays it")))
    assert not await bitcoin.node.coins([])


async def test_what_is_unspent_is_told_with_its_confirmations_and_nothing_else(bitcoin: BitcoinChain) -> None:
    vault = funded(bitcoin, "unspent")
    coins = await bitcoin.node.coins(scripts(vault))
    there = {f"{coin.txid}:{coin.vout}": coin.confirmations for coin in coins}
    nowhere = [f"{'ab' * 32}:0", f"{coins[0].txid}:9"]
    assert await bitcoin.node.unspent([*there, *nowhere]) == there
    assert await bitcoin.node.unspent([]) == {}
    with pytest.raises(Malformed, match=r"bitcoin\.txid"):
        await bitcoin.node.unspent(["0x" + "ab" * 32 + ":0"])
    await bitcoin.node.broadcast(await spend(bitcoin, vault, 100_000_000))
    bitcoin.pay(vault, 0, 10_000)
    assert await bitcoin.node.unspent(there) == {}


async def test_a_ranged_vaults_coins_are_found_on_both_branches_as_far_as_its_horizon(bitcoin: BitcoinChain) -> None:
    beside = funded(bitcoin, "beside a ranged one")
    held = ranged.parse(ranged_text("ranged"))
    places = [ranged.place(ranged.RECEIVE, 0), ranged.place(ranged.CHANGE, 3), ranged.place(ranged.RECEIVE, 5)]
    for satoshis, number in enumerate(places, 20_000):
        bitcoin.pay_to(held.at(number), satoshis)
    found = await bitcoin.node.coins(scripts(beside)[:1], [RangedVault(held, 4)])
    assert [(coin.satoshis, coin.script_pubkey) for coin in found] == [
        (AMOUNTS[0], scripts(beside)[0]),
        (20_000, held.at(places[0]).script_pubkey),
        (20_001, held.at(places[1]).script_pubkey),
    ]
    assert len(await bitcoin.node.coins([], [RangedVault(held, 5)])) == 3


async def test_a_fee_rate_is_a_whole_number_or_said_to_be_unknown(bitcoin: BitcoinChain) -> None:
    # A young regtest chain has seen too few fees to tell; the embedded one mines whatever is relayed.
    expected = 1 if isinstance(bitcoin.node, EmbeddedBitcoin) else None
    assert await bitcoin.node.fee_rate(6) == expected


async def test_a_spend_is_accepted_mined_and_moves_the_coins(bitcoin: BitcoinChain) -> None:
    vault = funded(bitcoin, "spending")
    raw = await spend(bitcoin, vault, 100_000_000)
    assert await bitcoin.node.test(raw) is None
    txid = await bitcoin.node.broadcast(raw)
    bitcoin.find_block()
    seen = await bitcoin.node.observe(txid)
    assert seen.accepted
    assert seen.confirmations >= 1
    assert seen.height is not None
    assert len(str(seen.block)) == 64
    (change,) = await bitcoin.node.coins(scripts(vault))
    assert (change.txid, change.script_pubkey) == (txid, scripts(vault)[3])
    assert change.transaction == raw
    # Which of the two a real node says depends on what its cache still holds.
    assert await bitcoin.node.test(raw) in ("txn-already-known", "missing-inputs")


async def test_a_coin_is_spent_once(bitcoin: BitcoinChain) -> None:
    vault = funded(bitcoin, "spending once")
    first, second = await spend(bitcoin, vault, 100_000_000), await spend(bitcoin, vault, 99_000_000)
    assert await bitcoin.node.test(second) is None
    await bitcoin.node.broadcast(first)
    bitcoin.find_block()
    assert await bitcoin.node.test(second) == "missing-inputs"
    for raw in (first, second):
        with pytest.raises(Refused, match=r"chains\.bitcoin-refused"):
            await bitcoin.node.broadcast(raw)


async def test_a_forged_spend_has_the_nodes_reason_and_moves_nothing(bitcoin: BitcoinChain) -> None:
    vault = funded(bitcoin, "forging")
    raw = await spend(bitcoin, vault, 100_000_000)
    forged = raw.replace((100_000_000).to_bytes(8, "little"), (100_000_001).to_bytes(8, "little"))
    reason = await bitcoin.node.test(forged)
    assert str(reason).endswith("(Signature must be zero for failed CHECK(MULTI)SIG operation)")
    with pytest.raises(Refused, match=r"chains\.bitcoin-refused"):
        await bitcoin.node.broadcast(forged)
    assert len(await bitcoin.node.coins(scripts(vault))) == 3
    assert await bitcoin.node.test(raw) is None


async def test_what_spends_a_coin_is_found_with_its_depth(bitcoin: BitcoinChain) -> None:
    vault = funded(bitcoin, "spenders")
    before = await bitcoin.node.coins(scripts(vault))
    outpoints = [f"{coin.txid}:{coin.vout}" for coin in before]
    start = int(time.time())
    assert await bitcoin.node.spenders(outpoints, start) == {}
    txid = await bitcoin.node.broadcast(await spend(bitcoin, vault, 100_000_000))
    bitcoin.find_block()
    found = await bitcoin.node.spenders([*outpoints, f"{'0a' * 32}:0"], start)
    assert set(found) == set(outpoints)
    (seen,) = set(found.values())
    assert (seen.transaction, seen.accepted) == (txid, True)
    block, depth = (await bitcoin.node.observe(txid)).block, seen.confirmations
    assert seen.block == block
    bitcoin.pay(software_vault("one more block"), 0, 10_000)
    assert (await bitcoin.node.spenders(outpoints[:1], start))[outpoints[0]].confirmations > depth
    assert await bitcoin.node.spenders([], start) == {}


@pytest.mark.parametrize("raw", [b"", b"\x00", bytes(100)])
async def test_what_is_no_transaction_is_not_decoded(bitcoin: BitcoinChain, raw: bytes) -> None:
    assert str(await bitcoin.node.test(raw)).startswith("TX decode failed")
    with pytest.raises(Refused, match="TX decode failed"):
        await bitcoin.node.broadcast(raw)


@pytest.mark.parametrize("txid", ["0a" * 32, "no txid"])
async def test_an_unknown_bitcoin_transaction_is_nowhere(bitcoin: BitcoinChain, txid: str) -> None:
    assert await bitcoin.node.observe(txid) == Observation(txid, False, 0, None, None)


# Ethereum


async def mined(node: EthereumNode, transaction: str) -> Observation:
    """Ask until it is mined: a node may answer before."""
    for _ in range(1000):
        if (seen := await node.observe(transaction)).height is not None:
            return seen
    raise AssertionError("not mined")


async def test_a_safe_and_a_token_are_read(ethereum: EthereumChain) -> None:
    node = ethereum.node
    assert await node.chain() == "eip155:31337"
    assert await node.safe_nonce(ethereum.safe_text) == 0
    holders, threshold = await node.safe_owners(ethereum.safe_text)
    assert set(holders) == {eip55.checksum(key.public.ethereum_address()) for key in ethereum.keys}
    assert threshold == 2
    assert await node.token_balance(ethereum.token_text, ethereum.safe_text) == FUNDS
    assert await node.token_balance(ethereum.token_text, eip55.checksum(RECIPIENT)) == 0
    assert await node.ether_balance(ethereum.safe_text) == await node.ether_balance(eip55.checksum(RECIPIENT)) == 0


async def test_two_owners_move_tokens(ethereum: EthereumChain) -> None:
    node = ethereum.node
    call = ethereum.call(await ethereum.transfer(RECIPIENT, 20))
    assert await node.test(ethereum.safe_text, call) is None
    seen = await mined(node, await node.broadcast(ethereum.safe_text, call))
    assert seen.accepted
    assert seen.confirmations >= 1
    assert len(str(seen.block)) == 66
    assert await node.safe_nonce(ethereum.safe_text) == 1
    assert await node.token_balance(ethereum.token_text, eip55.checksum(RECIPIENT)) == 20
    assert await node.token_balance(ethereum.token_text, ethereum.safe_text) == FUNDS - 20
    assert await node.test(ethereum.safe_text, call) == "GS026"


async def test_a_safes_number_is_read_as_of_a_block_that_is_deep_enough(ethereum: EthereumChain) -> None:
    node = ethereum.node
    await mined(node, await node.broadcast(ethereum.safe_text, ethereum.call(await ethereum.transfer(RECIPIENT, 20))))
    deep = 0
    while await node.safe_nonce(ethereum.safe_text, deep + 1):
        deep += 1  # so many blocks have seen it used
    assert deep in (1, 2)
    ethereum.pay(5)
    assert [await node.safe_nonce(ethereum.safe_text, deep + more) for more in (1, 2)] == [1, 0]


@pytest.mark.parametrize(
    "amount, who, reason",
    [(20, (0,), "GS020"), (20, (1, 0), "GS026"), (20, (0, 0), "GS026"), (FUNDS + 1, (0, 1), "GS013")],
)
async def test_the_contracts_reason_comes_through(
    ethereum: EthereumChain, amount: int, who: tuple[int, ...], reason: str
) -> None:
    call = ethereum.call(await ethereum.transfer(RECIPIENT, amount), who)
    assert await ethereum.node.test(ethereum.safe_text, call) == reason
    with pytest.raises(Refused) as caught:
        await ethereum.node.broadcast(ethereum.safe_text, call)
    assert (caught.value.code, caught.value.values["reason"]) == ("chains.ethereum-refused", reason)
    assert await ethereum.node.safe_nonce(ethereum.safe_text) == 0
    assert await ethereum.node.token_balance(ethereum.token_text, ethereum.safe_text) == FUNDS


async def test_a_batch_happens_whole_or_not_at_all(ethereum: EthereumChain) -> None:
    node, other = ethereum.node, Address(b"\xed" * 20)
    short = ethereum.call(await ethereum.transfers({RECIPIENT: 20, other: FUNDS - 19}))
    assert await node.test(ethereum.safe_text, short) == "GS013"
    whole = ethereum.call(await ethereum.transfers({RECIPIENT: 20, other: FUNDS - 20}))
    seen = await mined(node, await node.broadcast(ethereum.safe_text, whole))
    assert seen.accepted
    assert await node.safe_nonce(ethereum.safe_text) == 1
    held = [await node.token_balance(ethereum.token_text, eip55.checksum(place)) for place in (RECIPIENT, other)]
    assert held == [20, FUNDS - 20]
    assert await node.token_balance(ethereum.token_text, ethereum.safe_text) == 0


async def test_a_safe_or_token_that_is_not_there(ethereum: EthereumChain) -> None:
    node, nobody = ethereum.node, eip55.checksum(b"\x99" * 20)
    for asked in (node.safe_nonce(nobody), node.safe_owners(nobody), node.token_balance(nobody, nobody)):
        with pytest.raises(Refused, match=r"chains\.no-contract"):
            await asked
    assert await node.test(nobody, ethereum.call(await ethereum.transfer(RECIPIENT, 20))) is not None


async def test_an_address_that_is_not_canonical_is_malformed(ethereum: EthereumChain) -> None:
    for text in ("0x12", ethereum.safe_text.lower() + "00", "0x" + "Ee" * 20):
        with pytest.raises(Malformed):
            await ethereum.node.safe_nonce(text)


async def test_an_unknown_ethereum_transaction_is_nowhere(ethereum: EthereumChain) -> None:
    unknown = "0x" + "0a" * 32
    assert await ethereum.node.observe(unknown) == Observation(unknown, False, 0, None, None)


async def test_a_safe_is_read_whole_at_one_block(ethereum: EthereumChain) -> None:
    seen = await ethereum.node.safe_states([ethereum.safe_text])
    assert (seen.chain, len(seen.block)) == ("eip155:31337", 66)
    assert abs(seen.age(int(time.time()))) < 3_600
    listed, _ = await ethereum.node.safe_owners(ethereum.safe_text)  # in the Safe's own order
    assert set(listed) == {eip55.checksum(key.public.ethereum_address()) for key in ethereum.keys}
    release = SafeVersion(1, 4, 1)
    assert seen.safes == (
        SafeState(
            address=ethereum.safe_text,
            proxy_code=deployments.PROXY_CODE[release]["SafeProxy"],
            singleton=deployments.canonical("Safe", release).text,
            singleton_code=deployments.SINGLETON_CODE[release]["Safe"],
            multi_send_code=deployments.MULTI_SEND_CODE[release],
            version="1.4.1",
            owners=listed,
            threshold=2,
            modules=(),
            guard=None,
            module_guard=None,
            fallback_handler=deployments.canonical("CompatibilityFallbackHandler", release).text,
            nonce=0,
        ),
    )


async def test_the_root_of_a_safe_s_storage_is_that_of_what_it_says(ethereum: EthereumChain) -> None:
    node = ethereum.node
    before = await node.safe_states([ethereum.safe_text])
    await mined(node, await node.broadcast(ethereum.safe_text, ethereum.call(await ethereum.transfer(RECIPIENT, 20))))
    after = await node.safe_states([ethereum.safe_text])
    for seen in (before, after):
        assert await node.storage_root(ethereum.safe_text, seen.block) in safe_state.storage_roots(seen.safes[0])
    nobody = await node.storage_root(eip55.checksum(b"\x99" * 20), after.block)
    assert nobody == "0x" + storage_root.root({}).hex()
    with pytest.raises(Unavailable):
        await node.storage_root(ethereum.safe_text, "0x" + "ab" * 32)


async def test_a_safe_is_read_again_at_the_block_that_another_read(ethereum: EthereumChain) -> None:
    node = ethereum.node
    before = await node.safe_states([ethereum.safe_text])
    await mined(node, await node.broadcast(ethereum.safe_text, ethereum.call(await ethereum.transfer(RECIPIENT, 20))))
    after = await node.safe_states([ethereum.safe_text])
    assert (before.safes[0].nonce, after.safes[0].nonce) == (0, 1)
    assert after.number > before.number
    assert await node.safe_states([ethereum.safe_text], before.block) == before
    assert (await node.safe_states(())).safes == ()


async def test_a_block_or_safe_that_is_not_there(ethereum: EthereumChain) -> None:
    with pytest.raises(Unavailable, match=r"chains\.no-block"):
        await ethereum.node.safe_states([ethereum.safe_text], "0x" + "ab" * 32)
    for nobody in (eip55.checksum(b"\x99" * 20), ethereum.token_text):
        with pytest.raises(Refused, match=r"chains\.no-contract"):
            await ethereum.node.safe_states([nobody])


async def test_ether_that_is_paid_to_a_safe_says_so(ethereum: EthereumChain) -> None:
    node = ethereum.node
    first = ethereum.pay(5)
    (paid,) = await node.payments(first)
    assert (paid.token, paid.receiver, paid.amount, paid.place) == (None, ethereum.safe_text, 5, 0)
    depth = paid.confirmations
    ethereum.pay(7)
    assert (await node.payments(first))[0].confirmations > depth >= 1
    assert await node.ether_balance(ethereum.safe_text) == 12
    assert await node.ether_balance(eip55.checksum(b"\x99" * 20)) == 0
    assert await node.payments("0x" + "0a" * 32) == ()


async def test_a_batch_of_transfers_says_each_by_itself(ethereum: EthereumChain) -> None:
    node, other = ethereum.node, Address(b"\xed" * 20)
    sent = await node.broadcast(ethereum.safe_text, ethereum.call(await ethereum.transfers({RECIPIENT: 20, other: 30})))
    await mined(node, sent)
    found = await node.payments(sent)
    assert {each.payer for each in found} == {ethereum.safe_text}
    assert [(each.token, each.receiver, each.amount) for each in found] == [
        (ethereum.token_text, eip55.checksum(RECIPIENT), 20),
        (ethereum.token_text, eip55.checksum(other), 30),
    ]
    assert len({each.place for each in found}) == 2


async def test_payments_are_found_in_the_blocks_that_are_asked_about(ethereum: EthereumChain) -> None:
    node, recipient = ethereum.node, eip55.checksum(RECIPIENT)
    start = await node.newest_block()
    calls = [ethereum.call(await ethereum.transfer(RECIPIENT, 20))]
    sent = [await node.broadcast(ethereum.safe_text, calls[0])]
    await mined(node, sent[0])
    between = await node.newest_block()
    sent.append(await node.broadcast(ethereum.safe_text, ethereum.call(await ethereum.transfer(RECIPIENT, 30))))
    await mined(node, sent[1])
    tip = await node.newest_block()
    assert start < between < tip

    async def found(token: str | None, receiver: str, first: int = start + 1, last: int = tip) -> list[str]:
        return list(await node.paying(token, receiver, first, last))

    assert await found(ethereum.token_text, recipient) == [sent[1], sent[0]]  # the newest first
    assert await found(ethereum.token_text, recipient, last=between) == [sent[0]]
    assert await found(ethereum.token_text, recipient, first=between + 1) == [sent[1]]
    for token, receiver in (
        (ethereum.token_text, eip55.checksum(b"\x99" * 20)),
        (recipient, recipient),
        (None, recipient),
    ):
        assert await found(token, receiver) == []


async def test_ether_into_a_safe_is_found_and_tokens_beside_it_are_not(ethereum: EthereumChain) -> None:
    node, start = ethereum.node, await ethereum.node.newest_block()
    paid = ethereum.pay(5)
    span = start + 1, await node.newest_block()
    assert list(await node.paying(None, ethereum.safe_text, *span)) == [paid]
    assert list(await node.paying(ethereum.token_text, ethereum.safe_text, *span)) == []
