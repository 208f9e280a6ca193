"""A vault's spend through a real regtest Bitcoin Core: accepted and mined; Core's own PSBT code agrees to the byte."""

import base64
from collections.abc import Iterator

import pytest

from countersign.bitcoin import (
    build,
    coins,
    combine,
    descriptor,
    finalise,
    inspect,
    parent,
    psbt,
    ranged,
    share,
    transaction,
    vault_test,
    verify,
)
from countersign.bitcoin.selection import Payer
from countersign.bitcoin.transaction import Output, Satoshis
from support.bitcoin_node import RegtestNode, RpcError
from support.bitcoin_vault import SoftwareVault, software_vault
from support.extended_keys import account, ranged_text, sortedmulti
from support.parts import bitcoind

ENROLLED = software_vault("enrolled")
ENROLMENT = vault_test.create(ENROLLED.vault.slots, bytes(range(32)))
AMOUNTS = (30_000_000, 40_000_000, 50_000_000)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegtestNode]:
    with RegtestNode(bitcoind(), tmp_path_factory.mktemp("bitcoind")) as running:
        running.mine(101)
        yield running


def deposit(node: RegtestNode, held: SoftwareVault) -> tuple[coins.Coin, ...]:
    """One mined coin in each of the first three slots, read from the real parents."""
    found = []
    for slot, satoshis in zip(held.vault.slots, AMOUNTS, strict=False):
        # Core writes parents into a PSBT without their witnesses; so do we here, to compare bytes.
        paying = parent.read(node.raw(node.pay(slot.address("bcrt"), satoshis))).without_witness()
        places = [n for n in range(len(paying.spans)) if (out := paying.output(n)) and out.satoshis == satoshis]
        found.append(coins.of(paying, places[0], slot))
    node.mine()
    return tuple(found)


def instruction(node: RegtestNode, held: SoftwareVault) -> tuple[psbt.Psbt, Output]:
    """An unsigned PSBT that spends all three slots, with change to the fourth."""
    script = bytes.fromhex(node.rpc("getaddressinfo", node.rpc("getnewaddress"))["scriptPubKey"])
    owed = Output(script, Satoshis(100_000_000))
    payer = Payer(held.vault.checksum, deposit(node, held), (owed,), held.vault.slots[3])
    built = build.build([payer], 7)
    return psbt.parse(psbt.serialise(built.psbt)), owed


def core(text: str) -> psbt.Psbt:
    return psbt.parse(base64.b64decode(text))


def text(given: psbt.Psbt) -> str:
    return base64.b64encode(psbt.serialise(given)).decode()


def test_core_derives_our_addresses_from_our_descriptors(node: RegtestNode) -> None:
    for slot in software_vault("real").vault.slots:
        assert node.rpc("deriveaddresses", slot.text) == [slot.address("bcrt")]
        assert node.rpc("getdescriptorinfo", slot.text)["checksum"] == slot.checksum


def test_core_derives_our_addresses_of_extended_keys(node: RegtestNode) -> None:
    """Both branches of a ranged vault from one text (BIP-389), and a slot that mixes a token key with an extended one."""
    held = ranged.parse(ranged_text("real"))
    assert node.rpc("getdescriptorinfo", held.text)["checksum"] == held.checksum
    for branch, found in enumerate(node.rpc("deriveaddresses", held.text, [7, 9])):
        assert found == [held.at(ranged.place(branch, index)).address("bcrt") for index in (7, 8, 9)]
        assert node.rpc("deriveaddresses", held.branch(branch), [7, 9]) == found
    token, device = software_vault("real").vault.slots[0].keys[0].text, account("real/0").expression
    mixed = descriptor.parse(sortedmulti(2, token, f"{device}/0/7"))
    assert node.rpc("deriveaddresses", mixed.text) == [mixed.address("bcrt")]
    assert node.rpc("getdescriptorinfo", mixed.text)["checksum"] == mixed.checksum


def test_a_two_of_three_spend_of_three_real_inputs_is_accepted_and_mined(node: RegtestNode) -> None:
    held = software_vault("real")
    unsigned, owed = instruction(node, held)
    assert len(unsigned.inputs) == 3
    shares = []
    for signer in held.signers[:2]:
        given = psbt.parse(psbt.serialise(signer.sign(unsigned)))
        share.accept(unsigned, given, signer.public)
        shares.append(given)
    combined = combine.combine(unsigned, *shares)
    data = finalise.extract(finalise.finalise(combined))
    verify.verify(data, [inspect.spent_output(unsigned, index) for index in range(3)])
    (verdict,) = node.rpc("testmempoolaccept", [data.hex()])
    assert verdict["allowed"], verdict
    tx = transaction.parse(data)
    assert verdict["vsize"] == transaction.virtual_size(transaction.weight(tx)) <= inspect.facts(unsigned).vsize
    txid = node.rpc("sendrawtransaction", data.hex())
    assert txid == transaction.display(unsigned.txid)
    node.mine()
    mined = node.rpc("getrawtransaction", txid, True)
    assert mined["confirmations"] == 1
    assert node.raw(txid) == data
    assert owed in [Output(bytes(out.scriptPubKey), out.nValue) for out in tx.vout]


def test_core_combines_and_finalises_to_the_same_bytes_and_sees_the_same_fee(node: RegtestNode) -> None:
    held = software_vault("real combine")
    unsigned, _ = instruction(node, held)
    shares = [signer.sign(unsigned) for signer in held.signers[1:]]
    combined = combine.combine(unsigned, *shares)
    assert core(node.rpc("combinepsbt", [text(unsigned), *map(text, shares)])) == combined
    finished = node.rpc("finalizepsbt", text(combined))
    assert finished["complete"]
    assert bytes.fromhex(finished["hex"]) == finalise.extract(finalise.finalise(combined))
    seen = node.rpc("decodepsbt", text(unsigned))
    assert int(seen["fee"] * 10**8) == inspect.facts(unsigned).fee
    analysed = node.rpc("analyzepsbt", text(combined))
    assert analysed["next"] == "finalizer"


def test_one_signature_short_or_of_another_input_is_not_mined(node: RegtestNode) -> None:
    held = software_vault("real hostile")
    unsigned, _ = instruction(node, held)
    whole = combine.combine(unsigned, *(signer.sign(unsigned) for signer in held.signers[:2]))
    data = finalise.extract(finalise.finalise(whole))
    signature = transaction.parse(data).wit.vtxinwit[2].scriptWitness.stack[1]
    flipped = bytearray(data)
    flipped[data.index(signature) + len(signature) - 5] ^= 1
    (verdict,) = node.rpc("testmempoolaccept", [bytes(flipped).hex()])
    assert not verdict["allowed"]
    spent = [inspect.spent_output(unsigned, index) for index in range(3)]
    with pytest.raises(Exception, match=r"B13\.signature"):
        verify.verify(bytes(flipped), spent)
    (near,) = node.rpc("testmempoolaccept", [data.hex()])
    assert near["allowed"]
    verify.verify(data, spent)


def test_an_rpc_error_is_named(node: RegtestNode) -> None:
    with pytest.raises(RpcError, match="-22"):
        node.rpc("decoderawtransaction", "00")


def refusal(node: RegtestNode, raw: bytes) -> object:
    (found,) = node.rpc("testmempoolaccept", [raw.hex()])
    assert not found["allowed"]
    return found["reject-reason"]


def signed() -> psbt.Psbt:
    """The test with two of three cosigners' signatures."""
    return combine.combine(ENROLMENT, *(signer.sign(ENROLMENT) for signer in ENROLLED.signers[:2]))


def invented() -> bytes:
    (data,) = ENROLMENT.parents
    return data


def mined(node: RegtestNode, coinbase: bytes) -> object:
    """What the node says of a block, its work done, that holds this coinbase alone."""
    template = node.rpc("getblocktemplate", {"rules": ["segwit"]})
    head = b"".join(
        (
            template["version"].to_bytes(4, "little"),
            bytes.fromhex(template["previousblockhash"])[::-1],
            transaction.double_sha256(coinbase),
            template["curtime"].to_bytes(4, "little"),
            bytes.fromhex(template["bits"])[::-1],
        )
    )
    target = int(template["target"], 16)
    tried = (head + nonce.to_bytes(4, "little") for nonce in range(10_000))
    header = next(each for each in tried if int.from_bytes(transaction.double_sha256(each), "little") <= target)
    return node.rpc("submitblock", (header + b"\x01" + coinbase).hex())


def test_a_finished_test_spends_nothing_and_its_coins_are_not_made(node: RegtestNode) -> None:
    raw = finalise.extract(finalise.finalise(signed()))
    assert refusal(node, raw) == "missing-inputs"
    assert refusal(node, invented()) == "coinbase"


def test_no_block_makes_its_coins_though_the_same_block_with_its_height_is_taken(node: RegtestNode) -> None:
    height = node.rpc("getblockcount") + 1
    assert mined(node, invented()) == "bad-cb-height"
    number = height.to_bytes(height.bit_length() // 8 + 1, "little")
    script = bytes((len(number),)) + number + b"\x20"
    assert mined(node, invented().replace(b"\x22\x00\x20", bytes((len(script) + 32,)) + script, 1)) is None
    assert node.rpc("getblockcount") == height


def test_the_psbt_is_one_that_core_reads(node: RegtestNode) -> None:
    found = node.rpc("decodepsbt", base64.b64encode(psbt.serialise(ENROLMENT)).decode())
    assert found["fee"] == 0
    assert found["tx"]["vout"][0]["scriptPubKey"]["address"] == ENROLLED.vault.slots[0].address("bcrt")
