"""The examples in docs/formats/log.md and witness.md are true."""

import json
import re
from pathlib import Path

from countersign.audit import witness
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.quorum import Fresh, Quorum
from countersign.audit.tlog_proof import TlogProof
from countersign.audit.witness import AddCheckpoint, State
from support import small_log

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats"
EVENT = b'{"example":"event bytes"}'


def page(name: str) -> str:
    return (FORMATS / name).read_text("utf-8")


def example(name: str, label: str) -> str:
    """The fenced block of this label, with its final newline."""
    (found,) = re.findall(rf"```[a-z]+ {label}\n(.*?)```\n", page(name), re.DOTALL)
    return found


def test_the_example_on_the_log_page_verifies_from_event_to_quorum() -> None:
    opening = Opening.parse(example("log.md", "opening").rstrip("\n").encode())
    assert opening.entry(EVENT).hex() in page("log.md")
    assert opening.leaf(EVENT).hex() in page("log.md")
    proof = TlogProof.parse(example("log.md", "tlog-proof").encode())
    assert proof.index == opening.index
    assert proof.checkpoint == example("log.md", "checkpoint").encode()
    signed = SignedCheckpoint.parse(proof.checkpoint)
    proof.verify(opening.leaf(EVENT), signed.checkpoint)
    quorum = Quorum.parse(example("log.md", "vkeys").rstrip("\n").encode())
    assert quorum.verify(signed, Fresh(small_log.NOW)).checkpoint.size == 3


def test_the_example_request_is_answered_by_a_witness_in_the_example_state() -> None:
    state = State.parse(example("witness.md", "state").rstrip("\n").encode())
    request = example("witness.md", "request").encode()
    assert AddCheckpoint.parse(request).serialise() == request
    logs = {small_log.ORIGIN: (small_log.log_key(),)}
    response, after = witness.decide(state, request, logs, small_log.NOW, small_log.cosign_as(0))
    assert (response.status, after.heads[small_log.ORIGIN].size) == (200, 4)


def test_every_json_block_of_the_pages_parses() -> None:
    for name in ("log.md", "witness.md"):
        for block in re.findall(r"```json[a-z ]*\n(.*?)```\n", page(name), re.DOTALL):
            assert json.loads(block)
