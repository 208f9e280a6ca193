"""The names of an output directory are fixed: the log's files by its size, frames without a gap, nothing else."""

from countersign.desk.output_names import FIXED, expected, judged


def reasons(names: frozenset[str], size: int) -> dict[str, str]:
    return {str(each.values["name"]): each.reason for each in judged(names, size)}


def test_the_names_of_a_whole_directory_are_in_order() -> None:
    shown = {f"frames/{way}-{number:04}.png" for way in ("request", "answer") for number in (1, 2, 3)}
    whole = expected(shown, 30)
    assert shown | {"log/tile/0/000.p/30", "log/tile/entries/000.p/30"} | FIXED == whole
    assert reasons(whole, 30) == {}


def test_what_is_too_many_or_too_few_is_named() -> None:
    whole = expected((), 300)
    assert {"log/tile/0/000", "log/tile/0/001.p/44", "log/tile/1/000.p/1"} <= whole
    assert reasons(whole | {"note.txt"}, 300) == {"note.txt": "desk.audit-stray"}
    assert reasons(whole - {"timings.json"}, 300) == {"timings.json": "desk.audit-absent"}
    gap = (whole - {"frames/answer-0001.png"}) | {"frames/answer-0002.png"}
    assert reasons(gap, 300) == {
        "frames/answer-0001.png": "desk.audit-absent", "frames/answer-0002.png": "desk.audit-stray",
    }  # fmt: skip
    assert "log/tile/1/000.p/1" in reasons(whole, 30)
