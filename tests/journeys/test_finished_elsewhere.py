"""What the story leaves, finished and verified with other people's code: nothing of ours is imported here but the run itself.

Bitcoin: Bitcoin Core's consensus code (py-bitcoinkernel), embit, bdkpython. Ethereum: eth-account, eth-abi, eth-keys. Contract:
joserfc. Log: hashlib and RFC 6962. Pictures: zxing, and a reading of BCR-2020-005 of forty lines.
"""

import base64
import binascii
import json
import struct
from hashlib import sha256
from pathlib import Path
from typing import Any

import bdkpython
import cbor2
import pbk
import pytest
import zxingcpp
from embit.descriptor import Descriptor
from embit.finalizer import finalize_psbt
from embit.psbt import PSBT
from eth_abi import decode as abi_decode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak
from joserfc import jws
from joserfc.jwk import import_key
from PIL import Image

from support.independent_verifier import verify
from support.story_run import Run

PSBTS = ("unsigned", "share-1", "share-2", "combined")
WORDS = """
able acid also apex aqua arch atom aunt away axis back bald barn belt beta bias blue body brag brew bulb buzz calm
cash cats chef city claw code cola cook cost crux curl cusp cyan dark data days deli dice diet door down draw drop
drum dull duty each easy echo edge epic even exam exit eyes fact fair fern figs film fish fizz flap flew flux foxy
free frog fuel fund gala game gear gems gift girl glow good gray grim guru gush gyro half hang hard hawk heat help
high hill holy hope horn huts iced idea idle inch inky into iris iron item jade jazz join jolt jowl judo jugs jump
junk jury keep keno kept keys kick kiln king kite kiwi knob lamb lava lazy leaf legs liar limp lion list logo loud
love luau luck lung main many math maze memo menu meow mild mint miss monk nail navy need news next noon note numb
obey oboe omit onyx open oval owls paid part peck play plus poem pool pose puff puma purr quad quiz race ramp real
redo rich road rock roof ruby ruin runs rust safe saga scar sets silk skew slot soap solo song stub surf swan taco
task taxi tent tied time tiny toil tomb toys trip tuna twin ugly undo unit urge user vast very veto vial vibe view
visa void vows wall wand warm wasp wave waxy webs what when whiz wolf work yank yawn yell yoga yurt zaps zero zest
zinc zone zoom
"""
PAIRS = {word[0] + word[-1]: value for value, word in enumerate(WORDS.split())}


def loaded(run: Run, name: str) -> Any:
    return json.loads(run.read(name))


def final(run: Run) -> bytes:
    return bytes.fromhex(run.read("bitcoin/final.hex").decode().strip())


# Bitcoin


def test_bitcoin_cores_own_code_accepts_every_input(story_run: Run) -> None:
    transaction, prevouts = pbk.Transaction(final(story_run)), loaded(story_run, "bitcoin/prevouts.json")
    scripts = [pbk.ScriptPubkey(bytes.fromhex(each["script_pubkey"])) for each in prevouts]
    spent = [pbk.TransactionOutput(code, each["satoshis"]) for code, each in zip(scripts, prevouts, strict=True)]
    data = pbk.script.PrecomputedTransactionData(transaction, spent)
    assert len(transaction.inputs) == len(prevouts) >= 3
    for index, (code, each) in enumerate(zip(scripts, prevouts, strict=True)):
        assert code.verify(each["satoshis"], transaction, data, index, pbk.ScriptVerificationFlags.ALL)


def test_bitcoin_cores_own_code_refuses_it_for_other_amounts(story_run: Run) -> None:
    transaction, (first, *others) = pbk.Transaction(final(story_run)), loaded(story_run, "bitcoin/prevouts.json")
    lied = [first | {"satoshis": first["satoshis"] + 1}, *others]
    spent = [
        pbk.TransactionOutput(pbk.ScriptPubkey(bytes.fromhex(each["script_pubkey"])), each["satoshis"]) for each in lied
    ]
    data = pbk.script.PrecomputedTransactionData(transaction, spent)
    code = pbk.ScriptPubkey(bytes.fromhex(first["script_pubkey"]))
    assert not code.verify(first["satoshis"] + 1, transaction, data, 0, pbk.ScriptVerificationFlags.ALL)


def test_embit_finishes_the_combined_psbt_to_the_same_bytes(story_run: Run) -> None:
    assert finalize_psbt(PSBT.parse(story_run.read("bitcoin/combined.psbt"))).serialize() == final(story_run)


def test_bdk_combines_the_shares_and_finishes_to_the_same_bytes(story_run: Run) -> None:
    unsigned, first, second = (bdk_psbt(story_run, name) for name in PSBTS[:3])
    done = unsigned.combine(first).combine(second).finalize()
    assert done.could_finalize, done.errors
    assert done.psbt.extract_tx().serialize() == final(story_run)


def bdk_psbt(run: Run, name: str) -> bdkpython.Psbt:
    return bdkpython.Psbt(base64.b64encode(run.read(f"bitcoin/{name}.psbt")).decode())


def test_the_unsigned_transaction_is_the_same_in_all_four(story_run: Run) -> None:
    found = {PSBT.parse(story_run.read(f"bitcoin/{name}.psbt")).tx.serialize() for name in PSBTS}
    assert len(found) == 1


def test_each_share_holds_one_signers_signature_on_every_input_and_no_other(story_run: Run) -> None:
    keys = [
        [list(each.partial_sigs) for each in PSBT.parse(story_run.read(f"bitcoin/share-{number}.psbt")).inputs]
        for number in (1, 2)
    ]
    assert all(len(found) == 1 for share in keys for found in share)
    assert all(one != other for one, other in zip(*keys, strict=True))
    combined = PSBT.parse(story_run.read("bitcoin/combined.psbt")).inputs
    assert [set(each.partial_sigs) for each in combined] == [
        {one[0], other[0]} for one, other in zip(*keys, strict=True)
    ]


def test_the_unsigned_psbt_holds_no_signature_and_every_previous_transaction(story_run: Run) -> None:
    inputs = PSBT.parse(story_run.read("bitcoin/unsigned.psbt")).inputs
    assert [len(each.partial_sigs) for each in inputs] == [0] * len(inputs)
    for each, prevout in zip(inputs, loaded(story_run, "bitcoin/prevouts.json"), strict=True):
        assert each.non_witness_utxo.txid() == each.txid
        assert each.non_witness_utxo.vout[each.vout].value == prevout["satoshis"]


def test_the_descriptors_cover_every_prevout_and_the_change(story_run: Run) -> None:
    lines = story_run.read("bitcoin/descriptor.txt").decode().splitlines()
    scripts = {Descriptor.from_string(line).script_pubkey().data.hex() for line in lines}
    assert {each["script_pubkey"] for each in loaded(story_run, "bitcoin/prevouts.json")} <= scripts
    outputs = PSBT.parse(story_run.read("bitcoin/unsigned.psbt")).tx.vout
    assert sum(output.script_pubkey.data.hex() in scripts for output in outputs) == 1


# Ethereum

TYPES = {
    "EIP712Domain": [{"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"}],
    "SafeTx": [
        {"name": "to", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "data", "type": "bytes"},
        {"name": "operation", "type": "uint8"},
        {"name": "safeTxGas", "type": "uint256"},
        {"name": "baseGas", "type": "uint256"},
        {"name": "gasPrice", "type": "uint256"},
        {"name": "gasToken", "type": "address"},
        {"name": "refundReceiver", "type": "address"},
        {"name": "nonce", "type": "uint256"},
    ],
}
NUMBERS = ("value", "safeTxGas", "baseGas", "gasPrice")


def digest(tx: dict[str, Any]) -> bytes:
    """The safeTxHash as eth-account computes it."""
    message = {field["name"]: tx[field["name"]] for field in TYPES["SafeTx"]} | {
        name: int(tx[name]) for name in NUMBERS
    }
    whole = {
        "types": TYPES,
        "primaryType": "SafeTx",
        "domain": {"chainId": tx["chainId"], "verifyingContract": tx["safe"]},
        "message": message,
    }
    signable = encode_typed_data(full_message=whole)
    return keccak(b"\x19" + signable.version + signable.header + signable.body)


def test_eth_account_computes_the_same_safe_tx_hash(story_run: Run) -> None:
    tx = loaded(story_run, "ethereum/safe_tx.json")
    assert "0x" + digest(tx).hex() == tx["safeTxHash"]
    assert "0x" + digest(tx | {"operation": 1}).hex() == loaded(story_run, "refused/delegatecall.json")["safeTxHash"]


def test_the_signatures_recover_to_owners_in_ascending_order(story_run: Run) -> None:
    safe, tx = loaded(story_run, "ethereum/safe.json"), loaded(story_run, "ethereum/safe_tx.json")
    found = loaded(story_run, "ethereum/signatures.json")
    owners = [each["owner"] for each in found]
    assert [Account._recover_hash(digest(tx), signature=each["signature"]) for each in found] == owners
    assert owners == sorted(owners, key=lambda owner: int(owner, 16))
    assert set(owners) < set(safe["owners"])
    assert len(owners) == safe["threshold"]


def test_the_call_decodes_to_the_transaction_and_the_signatures(story_run: Run) -> None:
    tx, call = (
        loaded(story_run, "ethereum/safe_tx.json"),
        story_run.read("ethereum/exec_transaction.hex").decode().strip(),
    )
    kinds = ["address", "uint256", "bytes", "uint8", "uint256", "uint256", "uint256", "address", "address", "bytes"]
    assert bytes.fromhex(call[2:10]) == keccak(text=f"execTransaction({','.join(kinds)})")[:4]
    decoded = abi_decode(kinds, bytes.fromhex(call[10:]))
    names = ["to", "value", "data", "operation", "safeTxGas", "baseGas", "gasPrice", "gasToken", "refundReceiver"]
    wanted = [tx[name].lower() if str(tx[name]).startswith("0x") else int(tx[name]) for name in names]
    assert ["0x" + each.hex() if isinstance(each, bytes) else each for each in decoded[:9]] == wanted
    signatures = b"".join(
        bytes.fromhex(each["signature"][2:]) for each in loaded(story_run, "ethereum/signatures.json")
    )
    assert decoded[9] == signatures


def test_the_inner_call_is_one_transfer_of_what_was_agreed(story_run: Run) -> None:
    tx, terms = loaded(story_run, "ethereum/safe_tx.json"), contract_terms(story_run)
    data = bytes.fromhex(tx["data"][2:])
    assert data[:4] == keccak(text="transfer(address,uint256)")[:4]
    recipient, amount = abi_decode(["address", "uint256"], data[4:])
    leg = terms["legs"][1]
    assert leg["asset"].lower().endswith(tx["to"].lower())
    assert leg["destination"].lower().endswith(recipient.lower())
    assert int(leg["amount"]) == amount == 20_000_000_000_000


# Contract


def contract_terms(run: Run) -> Any:
    return json.loads(unpadded(loaded(run, "contract.json")["payload"]))


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_joserfc_verifies_both_signatures_of_the_contract(story_run: Run) -> None:
    keys = {each["kid"]: each for each in loaded(story_run, "contract.jwks.json")["keys"]}
    whole = loaded(story_run, "contract.json")
    assert len(whole["signatures"]) == len(keys) == 2
    for each in whole["signatures"]:
        header = json.loads(unpadded(each["protected"]))
        key = import_key({name: value for name, value in keys[header["kid"]].items() if name != "kid"})
        compact = f"{each['protected']}.{whole['payload']}.{each['signature']}"
        assert jws.deserialize_compact(compact, key, algorithms=[header["alg"]]).payload == unpadded(whole["payload"])
        assert key.thumbprint() == header["kid"]


def test_the_contracts_hash_is_the_results(story_run: Run) -> None:
    payload = unpadded(loaded(story_run, "contract.json")["payload"])
    assert sha256(payload).hexdigest() == loaded(story_run, "result.json")["contract_sha256"]


def test_the_logged_event_carries_the_contract(story_run: Run) -> None:
    event = json.loads(unpadded(json.loads(story_run.read("contract.event"))["payload"]))
    assert event["type"] == "contract.affirmed"
    assert event["body"]["contract"] == loaded(story_run, "contract.json")


# Log


def leaf(run: Run, name: str) -> bytes:
    """RFC 6962's leaf of an entry, from the event's bytes and its opening."""
    opening = loaded(run, f"{name}.opening.json")
    moment = struct.pack(">Q", opening["time_ms"])
    entry = sha256(
        b"countersign/leaf/v1\n" + moment + bytes.fromhex(opening["salt"]) + run.read(f"{name}.event")
    ).digest()
    return sha256(b"\x00" + entry).digest()


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962's MTH over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def climbed(index: int, size: int, node: bytes, path: list[bytes]) -> bytes:
    """RFC 9162 §2.1.3.2."""
    place, last = index, size - 1
    for sibling in path:
        if place & 1 or place == last:
            node = sha256(b"\x01" + sibling + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + sibling).digest()
        place, last = place >> 1, last >> 1
    assert last == 0
    return node


@pytest.mark.parametrize("name", ["contract", "refused/altered", "refused/delegatecall", "refused/unlogged"])
def test_an_entry_lies_under_its_proofs_root(story_run: Run, name: str) -> None:
    lines = story_run.read(f"{name}.tlog-proof").decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    index, blank = int(lines[1].removeprefix("index ")), lines.index("")
    path, note = [base64.b64decode(line) for line in lines[2:blank]], lines[blank + 1 :]
    assert index == loaded(story_run, f"{name}.opening.json")["index"]
    assert climbed(index, int(note[1]), leaf(story_run, name), path) == base64.b64decode(note[2])


def test_the_entries_in_the_tiles_give_the_checkpoints_root(story_run: Run) -> None:
    _, size, stated, *_ = story_run.read("log/checkpoint").decode().split("\n")
    entries: list[bytes] = []
    for path in sorted((story_run.folder / "log" / "tile" / "entries").rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        while data:
            length = int.from_bytes(data[:2])
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
    assert len(entries) == int(size)
    leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
    assert root(leaves) == base64.b64decode(stated)
    assert leaf(story_run, "contract") in leaves


# Pictures


def text_of(path: Path) -> str:
    """What zxing reads in a picture."""
    with Image.open(path) as image:
        (code,) = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.QRCode))
    return str(code.text).lower()


def unworded(minimal: str) -> bytes:
    """BCR-2020-012 in its minimal style, checksum removed."""
    data = bytes(PAIRS[minimal[at : at + 2]] for at in range(0, len(minimal), 2))
    assert binascii.crc32(data[:-4]) == int.from_bytes(data[-4:])
    return data[:-4]


def message_of(paths: list[Path]) -> tuple[str, bytes]:
    """BCR-2020-005: the type, and the message of an animation from its first parts, each of which is one fragment."""
    found: dict[int, bytes] = {}
    for path in paths:
        kind, *rest = text_of(path).removeprefix("ur:").split("/")
        if len(rest) == 1:
            return kind, unworded(rest[0])
        number, count, length, checksum, fragment = cbor2.loads(unworded(rest[1]))
        found[number] = fragment
        if number == count:
            message = b"".join(found[place] for place in range(1, count + 1))[:length]
            assert binascii.crc32(message) == checksum
            return kind, message
    raise AssertionError("not all fragments were shown")


@pytest.mark.parametrize("name", ["request", "answer"])
def test_the_pictures_hold_the_message_that_the_index_names(story_run: Run, name: str) -> None:
    kind, message = message_of(sorted((story_run.folder / "frames").glob(f"{name}-*.png")))
    assert {"ur_type": kind, "sha256": sha256(message).hexdigest()} == loaded(story_run, "frames/index.json")[name]


@pytest.mark.parametrize("name", ["request", "answer"])
def test_picture_and_usb_messages_are_cose_sign1_of_one_form(story_run: Run, name: str) -> None:
    _, pictures = message_of(sorted((story_run.folder / "frames").glob(f"{name}-*.png")))
    for data in (pictures, story_run.read(f"usb/{name}.countersign")):
        outer = cbor2.loads(data)
        assert outer.tag == 18
        protected, unprotected, payload, signature = outer.value
        assert set(cbor2.loads(protected)) == {1, 4}
        assert unprotected == {}
        assert len(signature) == 64
        body = cbor2.loads(payload)
        assert body["desk"] == "demonstration.northgate.example/desk"
        assert bytes.fromhex(loaded(story_run, "result.json")["contract_sha256"]) in body["contract_hashes"]


def test_a_verifier_that_imports_nothing_of_ours_has_no_complaint(story_run: Run) -> None:
    assert verify(story_run.folder) == []
