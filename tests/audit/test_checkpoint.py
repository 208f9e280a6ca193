"""Checkpoints: the documents' examples, and L1's rules for origin, size, root and extension lines."""

import base64

import pytest

from countersign.audit import cosignature
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.errors import Malformed
from support import small_log
from support.vectors import load_vectors

# c2sp.org/tlog-checkpoint, the document's example, typed in so that a clone alone proves something.
SPEC = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_documents_example_parses() -> None:
    head = Checkpoint.parse(SPEC, origin="example.com/behind-the-sofa")
    assert (head.size, head.root.hex()[:8], head.extensions) == (20852163, "0ac5186a", ())
    assert head.text() == SPEC


def test_published_examples_parse_and_tell_their_cosignature_time() -> None:
    for case in load_vectors("tlog/signed_note.json")["spec_examples"]:
        signed = SignedCheckpoint.parse(case["note"].encode(), origin="example.com/behind-the-sofa")
        assert signed.serialise() == case["note"].encode()
        if "cosignature_time" in case:
            assert cosignature.timestamp(signed.note.signatures[1].data) == case["cosignature_time"]


def test_the_published_tree_text_parses_and_its_broken_forms_do_not() -> None:
    tree = load_vectors("tlog/signed_note.json")["tree"]
    head = Checkpoint.parse(tree["golden"], origin="go.sum database tree")
    assert (head.size, head.text()) == (tree["size"], tree["golden"])
    codes = []
    for text in tree["invalid"]:
        with pytest.raises(Malformed) as error:
            Checkpoint.parse(text, origin="go.sum database tree")
        codes.append(error.value.code)
    assert codes == ["L1.origin", "L1.size", "L1.root"]


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text, code",
    [
        (f"o\n01\n{ROOT}\n", "L1.size-leading-zero"),
        (f"o\n00\n{ROOT}\n", "L1.size-leading-zero"),
        (f"o\n-1\n{ROOT}\n", "L1.size"),
        (f"o\n+1\n{ROOT}\n", "L1.size"),
        (f"o\n1 \n{ROOT}\n", "L1.size"),
        (f"o\n１\n{ROOT}\n", "L1.size"),
        (f"o\n{2**64}\n{ROOT}\n", "L1.size"),
        (f"o\n1\n{ROOT[:-1]}\n", "L1.root"),
        (f"o\n1\n{ROOT[:-2]}B=\n", "L1.root"),
        (f"o\n1\n{base64.b64encode(bytes(31)).decode()}\n", "L1.root"),
        (f"o\n1\n{base64.b64encode(bytes(33)).decode()}\n", "L1.root"),
        (f"o\n1\n{ROOT}", "L1.lines"),
        ("o\n1\n", "L1.lines"),
        (f"\n1\n{ROOT}\n", "L1.lines"),
        (f"o\n1\n{ROOT}\n\n", "L1.lines"),
        (f"o\n1\n{ROOT}\nextension\n", "L1.extension"),
        (f"O\n1\n{ROOT}\n", "L1.origin"),
    ],
)
def test_another_form_is_malformed(text: str, code: str) -> None:
    with pytest.raises(Malformed) as error:
        Checkpoint.parse(text, origin="o")
    assert error.value.code == code


@pytest.mark.parametrize("size", [0, 1, 10, 2**53 - 1])
def test_its_near_miss_parses(size: int) -> None:
    text = f"o\n{size}\n{ROOT}\n"
    assert Checkpoint.parse(text, origin="o").text() == text


def test_foreign_logs_may_have_extension_lines_and_ours_may_not() -> None:
    text = f"o\n1\n{ROOT}\nfirst extension\nsecond\n"
    head = Checkpoint.parse(text, foreign=True)
    assert (head.extensions, head.text()) == (("first extension", "second"), text)
    with pytest.raises(Malformed, match=r"L1\.extension"):
        Checkpoint.parse(text)


def test_a_signed_checkpoint_comes_back_the_same() -> None:
    signed = small_log.signed(small_log.filled_log(5).checkpoint(), witnesses=[0, 1])
    assert SignedCheckpoint.parse(signed.serialise(), origin=small_log.ORIGIN) == signed
    assert len(signed.note.signatures) == 3
