"""The story, read aloud: Meridian Capital sells 250 BTC to Harbour Prime for 20,000,000 USDC.

Played once without a window, with real SoftHSM tokens, the cold vault in a process of its own; everything below looks at what
that run left behind.
"""

import asyncio
import base64
import json
import re
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from countersign.bootstrap.stage import DemonstrationStage
from countersign.demonstration import cast, headless
from countersign.errors import Conflict
from countersign.formats import jcs
from countersign.store.profile import open_profile
from support.story_run import Run

STATES = ["agreed", "endorsed", "held", "instructed", "partly signed", "signed", "released", "settling", "final"]
CAUSES = {
    "agreed": "contract.affirmed",
    "endorsed": "contract.endorsed",
    "held": "hold.placed",
    "instructed": "instruction.prepared",
    "partly signed": "share.added",
    "signed": "share.added",
    "released": "release.authorised",
    "settling": "transaction.broadcast",
    "final": "settlement.final",
}
FILES = {
    "result.json", "refusals.json", "timings.json", "evidence.zip", "vkeys.json",
    "contract.json", "contract.jwks.json", "contract.event", "contract.opening.json", "contract.tlog-proof",
    "log/checkpoint",
    "bitcoin/unsigned.psbt", "bitcoin/share-1.psbt", "bitcoin/share-2.psbt", "bitcoin/combined.psbt",
    "bitcoin/final.hex", "bitcoin/prevouts.json", "bitcoin/descriptor.txt",
    "ethereum/safe.json", "ethereum/safe_tx.json", "ethereum/signatures.json", "ethereum/exec_transaction.hex",
    "frames/index.json", "usb/request.countersign", "usb/answer.countersign",
    "refused/altered.psbt", "refused/delegatecall.json", "refused/unlogged.json",
    *(f"refused/{name}.{end}" for name in ("altered", "delegatecall", "unlogged")
      for end in ("event", "opening.json", "tlog-proof")),
}  # fmt: skip
OTHERS = re.compile(
    r"log/tile/(\d+|entries)/\d{3}(\.p/\d{1,3})?|frames/(request|answer)-\d{4}\.png|profile/[a-z.]+|screens/[a-z]+-(light|dark)\.(png|txt)"
)


def result(run: Run) -> Any:
    return json.loads(run.read("result.json"))


def unpadded(text: str) -> bytes:
    """Base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def event_at(run: Run, index: int) -> Any:
    """The payload of a logged event, from the evidence pack."""
    with zipfile.ZipFile(run.folder / "evidence.zip") as pack:
        return json.loads(unpadded(json.loads(pack.read(f"events/{index}.event"))["payload"]))


def test_every_step_is_announced_in_its_order(story_run: Run) -> None:
    assert story_run.said == [key for _, key, _ in story_run.story.steps] + ["step-files"]


def test_the_contract_goes_from_agreed_to_final_each_state_by_its_event(story_run: Run) -> None:
    states = result(story_run)["states"]
    assert [each["state"] for each in states] == STATES
    indices = [each["log_index"] for each in states]
    assert indices == sorted(set(indices))
    assert {each["state"]: event_at(story_run, each["log_index"])["type"] for each in states} == CAUSES
    assert {each["contract"] for each in states} == {result(story_run)["contract_sha256"]}


def test_three_things_are_refused_by_named_checks(story_run: Run) -> None:
    refusals = json.loads(story_run.read("refusals.json"))
    assert [each["item"] for each in refusals] == ["altered-psbt", "delegatecall", "unlogged-contract"]
    for each, check in zip(refusals, ("B8", "E3", "L3"), strict=True):
        found = {finding["check"]: finding for finding in each["findings"]}
        assert check in found
        assert all(set(finding) == {"check", "expected", "found", "explanation"} for finding in each["findings"])
        assert found[check]["explanation"].endswith((".", "?"))


@pytest.mark.parametrize(
    ("file", "kind"),
    [("altered.psbt", "instruction"), ("delegatecall.json", "instruction"), ("unlogged.json", "contract")],
)
def test_the_refusals_are_signed_and_logged_and_name_what_they_refuse(story_run: Run, file: str, kind: str) -> None:
    name = file.split(".")[0]
    event = json.loads(story_run.read(f"refused/{name}.event"))
    payload = json.loads(unpadded(event["payload"]))
    assert (payload["type"], payload["body"]["kind"]) == ("instruction.refused", kind)
    data = story_run.read(f"refused/{file}")
    if kind == "contract":
        data = unpadded(json.loads(data)["payload"])
    assert payload["body"]["sha256"] == sha256(data).hexdigest()
    assert len(event["signatures"]) == 1


def test_what_is_refused_differs_from_what_is_accepted_by_one_field(story_run: Run) -> None:
    accepted, altered = story_run.read("bitcoin/unsigned.psbt"), story_run.read("refused/altered.psbt")
    differing = [place for place, (one, other) in enumerate(zip(accepted, altered, strict=True)) if one != other]
    assert differing
    assert differing[-1] - differing[0] < 32
    safe, call = (
        json.loads(story_run.read("ethereum/safe_tx.json")),
        json.loads(story_run.read("refused/delegatecall.json")),
    )
    assert {name for name in safe if safe[name] != call[name]} == {"operation", "safeTxHash"}
    logged, unlogged = (
        json.loads(unpadded(json.loads(story_run.read(name))["payload"]))
        for name in ("contract.json", "refused/unlogged.json")
    )
    assert {name for name in logged if logged[name] != unlogged[name]} == {"id"}


def test_the_same_usb_file_again_is_answered_from_the_record(story_run: Run) -> None:
    assert story_run.story.repeated["answered"] is True
    assert story_run.again["answered"] is True
    assert story_run.answered_again == story_run.read("usb/answer.countersign")


def test_another_envelope_under_the_same_sequence_is_refused(story_run: Run) -> None:
    assert story_run.story.other_envelope_refused.startswith("T1.")
    assert story_run.other_envelope.startswith("T1.")


def test_the_books_balance(story_run: Run) -> None:
    books = {(book.vault, book.asset): (book.ledger, book.chain) for book in story_run.story.books}
    assert all(ledger == chain for ledger, chain in books.values())
    token = story_run.story.stage.outside.token()
    assert books[cast.BUYER.coins, cast.BTC][0] == 25_000_000_000
    assert books[cast.SELLER.safe, token][0] == 20_000_000_000_000


def test_the_cold_process_can_open_no_internet_socket(story_run: Run) -> None:
    assert story_run.isolation["opened"] == {"AF_INET": False, "AF_INET6": False}
    assert story_run.isolation["filter"] is True


def test_every_file_is_there_and_nothing_else(story_run: Run) -> None:
    names = {path.relative_to(story_run.folder).as_posix() for path in story_run.folder.rglob("*") if path.is_file()}
    assert names >= FILES
    assert {name for name in names - FILES if not OTHERS.fullmatch(name)} == set()
    assert set(result(story_run)["files"]) == names - {"result.json"}


def test_every_hash_is_the_files(story_run: Run) -> None:
    for name, digest in result(story_run)["files"].items():
        assert sha256(story_run.read(name)).hexdigest() == digest, name


def test_nothing_half_written_is_left_beside_it(story_run: Run) -> None:
    assert [path.name for path in story_run.folder.parent.iterdir()] == [story_run.folder.name]


def test_signed_files_are_canonical_and_have_no_final_newline(story_run: Run) -> None:
    for name in FILES:
        if name.endswith((".json", ".event")):
            data = story_run.read(name)
            assert jcs.encode(json.loads(data)) == data, name


def test_hex_and_numbers_are_spelt_as_the_output_page_says(story_run: Run) -> None:
    assert re.fullmatch(rb"[0-9a-f]+\n", story_run.read("bitcoin/final.hex"))
    assert re.fullmatch(rb"0x6a761202[0-9a-f]+\n", story_run.read("ethereum/exec_transaction.hex"))
    assert set(map(type, (each["satoshis"] for each in json.loads(story_run.read("bitcoin/prevouts.json"))))) == {int}
    safe_tx = json.loads(story_run.read("ethereum/safe_tx.json"))
    assert {name for name, value in safe_tx.items() if isinstance(value, int)} == {"chainId", "nonce", "operation"}
    for name in ("value", "safeTxGas", "baseGas", "gasPrice"):
        assert re.fullmatch(r"0|[1-9][0-9]*", safe_tx[name]), name
    safe = json.loads(story_run.read("ethereum/safe.json"))
    assert set(safe) == {"chainId", "address", "version", "singleton", "owners", "threshold", "nonce"}
    assert [type(safe[name]) for name in ("chainId", "threshold", "nonce")] == [int, int, int]
    signatures = json.loads(story_run.read("ethereum/signatures.json"))
    assert len(signatures) == safe["threshold"] == 2
    assert all(re.fullmatch(r"0x[0-9a-f]{128}1[bc]", each["signature"]) for each in signatures)
    assert all(re.fullmatch(r"[0-9]+\.[0-9]{3}", each) for each in json.loads(story_run.read("timings.json")).values())
    for line in story_run.read("bitcoin/descriptor.txt").decode().splitlines():
        assert re.fullmatch(r"wsh\(sortedmulti\(2,.+\)\)#[0-9a-z]{8}", line)


def test_the_result_says_what_it_should(story_run: Run) -> None:
    found = result(story_run)
    assert set(found) == {
        "schema", "bitcoin_chain", "ethereum_chain", "contract_sha256", "quorum", "files", "states",
    }  # fmt: skip
    assert found["schema"] == "countersign-result/1"
    assert (found["bitcoin_chain"], found["ethereum_chain"], found["quorum"]) == (cast.BITCOIN, cast.ETHEREUM, 2)


def test_no_file_of_the_profile_is_changed_by_opening_it(story_run: Run) -> None:
    before = {path: path.read_bytes() for path in (story_run.folder / "profile").iterdir()}
    with open_profile(story_run.folder / "profile") as profile:
        assert profile.archive.size() > 20
    assert {path: path.read_bytes() for path in (story_run.folder / "profile").iterdir()} == before


@pytest.mark.long
def test_another_run_agrees_in_the_states_and_in_nothing_secret(story_run: Run, new_run: Callable[[], Run]) -> None:
    other = new_run()
    assert [each["state"] for each in result(other)["states"]] == STATES
    assert [each["log_index"] for each in result(other)["states"]] == [
        each["log_index"] for each in result(story_run)["states"]
    ]
    for name in ("vkeys.json", "contract.jwks.json", "bitcoin/descriptor.txt", "bitcoin/final.hex"):
        assert other.read(name) != story_run.read(name), name
    assert (
        json.loads(other.read("contract.opening.json"))["salt"]
        != json.loads(story_run.read("contract.opening.json"))["salt"]
    )
    assert not set(json.loads(other.read("ethereum/safe.json"))["owners"]) & set(
        json.loads(story_run.read("ethereum/safe.json"))["owners"]
    )


@pytest.mark.parametrize("inside", ["a file", "a folder with a file"])
def test_a_place_that_is_not_empty_is_left_alone(tmp_path: Path, inside: str) -> None:
    out = tmp_path / "taken"
    kept = out if inside == "a file" else out / "mine.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine", "utf-8")
    with pytest.raises(Conflict) as refused:
        asyncio.run(headless.play(DemonstrationStage(tmp_path / "work"), out, lambda *_: None, None))
    assert refused.value.code == "demonstration.out-not-empty"
    assert kept.read_text("utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name != "work"] == ["taken"]
