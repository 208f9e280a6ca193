"""Whatever bytes arrive: every parser answers with a value or a named refusal, never with anything else.

The seeds are real files of a finished settlement; each is bent a few hundred times by a seeded generator (bits, pieces,
lengths, foreign fragments), so that a failing case can be repeated. What parses and has one spelling is written back the
same. A longer run differs by `ROUNDS` alone.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from countersign.airgap import envelope, ur
from countersign.airgap.fountain import Encoder, Part
from countersign.audit import note, quorum, tlog_proof
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.bitcoin import descriptor, inspect, psbt, transaction
from countersign.desk import bundles, evidence, extract, output_audit, recognising, stored_zip
from countersign.errors import CountersignError
from countersign.ethereum import execute, multisend, safe_file, service, signatures
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall
from countersign.formats import caip, cbor, jcs, strict_json, times
from countersign.keys import cose, ecdsa, jws, wrapping
from countersign.resources.text import SENTENCES
from countersign.settlement import contract, events
from countersign.signers import uri
from countersign.store import pin_file
from support import finished_settlement
from support import settlement_world as world
from support.extracts import extract_of

ROUNDS = 1_000
FRAGMENTS = [
    b"\xff" * 9, b"\0", b"\x7f\xff\xff\xff", b"\xfd\xff\xff", b"\xfe\xff\xff\xff\xff", b"[", b"{", b'"', b"\\ud800",
    b"1e3", b"-0", b"\xe2\x84\xaa", b"\xef\xbb\xbf", b"9" * 40, b"null", b"true", b'""', b"\n", b"\x9f", b"\x9b" + b"\xff" * 8,
    b"\xf9\x7e\x00", b"-1", b"\xc2\x85", b"0x", b"%ff", b"\xd8\x2a",
]  # fmt: skip
Read = Callable[[bytes], object]


def bent(chance: random.Random, seed: bytes) -> bytes:
    """A few changes to real bytes."""
    found = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, length = chance.randrange(len(found) + 1), chance.choice((1, 2, 8, 60, 400))
        match chance.randrange(6):
            case 0 if found:
                found[at % len(found)] ^= 1 << chance.randrange(8)
            case 1:
                found[at:at] = chance.choice(FRAGMENTS)
            case 2:
                del found[at : at + length]
            case 3:
                found[at:at] = found[at : at + length]
            case 4:
                piece = chance.choice(FRAGMENTS)
                found[at : at + len(piece)] = piece
            case _:
                del found[at:]
    return bytes(found)


def text(read: Callable[[str], object]) -> Read:
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def same(read: Callable[[bytes], object], write: Callable[..., bytes]) -> Read:
    """A reader whose writer gives the same bytes back."""

    def both(data: bytes) -> None:
        assert write(read(data)) == data

    return both


def coins(data: bytes) -> None:
    found = psbt.parse(data)
    inspect.facts(found)
    assert psbt.serialise(found) == data


def scanned(data: bytes) -> None:
    scan = ur.Scan()
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        scan.receive(line, 0)


PARSERS: dict[str, tuple[Read, tuple[str, ...]]] = {
    "strict JSON": (strict_json.parse, ("contract.json", "result.json")),
    "canonical JSON": (same(strict_json.parse_canonical, jcs.encode), ("contract.event", "refusals.json")),
    "CBOR": (same(lambda data: cbor.decode(data, tags=frozenset({18})), cbor.encode), ("usb/request.countersign",)),
    "COSE": (cose.decode, ("usb/answer.countersign",)),
    "envelope": (envelope.peek, ("usb/request.countersign", "usb/answer.countersign")),
    "JWS": (same(lambda data: jws.parse(data, jws.EVENT), jws.serialise), ("contract.event",)),
    "contract": (contract.parse, ("contract.json", "refused/unlogged.json")),
    "event": (events.parse, ("contract.event", "refused/altered.event")),
    "opening": (same(Opening.parse, Opening.serialise), ("contract.opening.json",)),
    "tlog-proof": (same(tlog_proof.TlogProof.parse, tlog_proof.TlogProof.serialise), ("contract.tlog-proof",)),
    "note": (note.Note.parse, ("log/checkpoint",)),
    "checkpoint": (SignedCheckpoint.parse, ("log/checkpoint",)),
    "vkeys": (quorum.Quorum.parse, ("vkeys.json",)),
    "descriptor": (text(descriptor.parse), ("descriptor",)),
    "PSBT": (coins, ("bitcoin/unsigned.psbt", "bitcoin/share-1.psbt", "bitcoin/combined.psbt")),
    "transaction": (transaction.parse, ("transaction",)),
    "Safe transaction": (same(safe_file.parse, safe_file.serialise), ("ethereum/safe_tx.json",)),
    "Safe service": (lambda data: service.parse(data, 1), ("service",)),
    "execTransaction": (execute.decode, ("call",)),
    "batch": (same(multisend.parse, multisend.serialise), ("batch",)),
    "signatures": (signatures.parse, ("ethereum/signatures.json",)),
    "UR": (text(ur.parse), ("ur",)),
    "UR scan": (scanned, ("scan",)),
    "fountain part": (Part.parse, ("part",)),
    "zip": (same(stored_zip.unpack, stored_zip.pack), ("small.zip",)),
    "evidence pack": (evidence.parse, ("evidence.zip",)),
    "extract": (extract.parse, ("extract.zip",)),
    "result": (output_audit.parse_result, ("result.json",)),
    "any file": (
        lambda data: recognising.recognise("file", data),
        ("contract.json", "contract.tlog-proof", "bitcoin/unsigned.psbt"),
    ),
    "keys": (evidence.parse_jwks, ("contract.jwks.json",)),
    "pin": (pin_file.parse, ("profile/pin.json",)),
    "PKCS#11 URI": (text(uri.parse), ("uri",)),
    "wrapped key": (lambda data: wrapping.unwrap(data, "a passphrase"), ("wrapped",)),
    "DER": (ecdsa.from_der, ("der",)),
    "account": (text(caip.AccountId.parse), ("account",)),
    "asset": (text(caip.AssetId.parse), ("asset",)),
    "time": (text(times.parse), ("time",)),
}


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder: Path = tmp_path_factory.mktemp("output")
    files = finished_settlement.output_files(folder, finished_settlement.finished())
    request = files["usb/request.countersign"]
    parts = ur.Parts(ur.Message("countersign", request), 400)
    shown = [parts.text(number) for number in range(1, parts.seq_len + 3)]
    row = strict_json.parse(files["ethereum/safe_tx.json"])
    return files | {
        "descriptor": files["bitcoin/descriptor.txt"].split(b"\n", 1)[0],
        "transaction": bytes.fromhex(files["bitcoin/final.hex"].decode()),
        "call": bytes.fromhex(files["ethereum/exec_transaction.hex"].decode().strip()[2:]),
        "batch": multisend.serialise([InnerCall(Address(bytes([at]) * 20), at, bytes(at)) for at in range(9)]),
        "service": jcs.encode({"results": [row]}),
        "ur": shown[0].upper().encode(),
        "scan": "\n".join(shown).encode(),
        "part": Encoder(request, 300).part(9).serialise(),
        "extract.zip": bundles.serialise(extract_of(finished_settlement.finished(), world.HARBOUR)),
        "small.zip": stored_zip.pack({"a": b"1", "b/c": b"22"}),
        "uri": b"pkcs11:token=The%20Token;serial=0a;model=x;id=%00%FF?module-path=/usr/lib/x.so",
        "wrapped": wrapping.wrap(b"s" * 32, "a passphrase", b"1" * 16, b"2" * 12, finished_settlement.CHEAP),
        "der": ecdsa.to_der(bytes(range(1, 65))),
        "account": b"eip155:31337:0x41675C099F32341bf84BFc5382aF534df5C7461a",
        "asset": b"eip155:1/erc20:0x41675C099F32341bf84BFc5382aF534df5C7461a",
        "time": b"2026-11-22T09:00:00Z",
    }


@pytest.mark.parametrize("name", PARSERS)
def test_any_bytes_are_a_value_or_a_named_refusal(name: str, seeds: dict[str, bytes]) -> None:
    read, wanted = PARSERS[name]
    chance = random.Random(name)
    refused: dict[str, CountersignError] = {}
    for each in wanted:
        for _ in range(ROUNDS // (10 if name in {"wrapped key", "UR scan"} else 1)):
            data = bent(chance, seeds[each])
            try:
                read(data)
            except CountersignError as error:
                refused[error.code] = error
    assert refused or name == "any file"
    assert all(error.code in SENTENCES for error in refused.values())
