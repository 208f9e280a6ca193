"""Which files belong together, and which logged instruction a transaction is held against."""

from itertools import permutations

import pytest

from countersign.desk import grounding
from countersign.desk.ground import Ground
from countersign.desk.matching import claim, instruction_for, trios
from countersign.desk.recognising import Recognised, recognise
from countersign.desk.replica import Replica
from countersign.store.profile import Profile
from support.finished_settlement import Finished

TRIOS = ("contract", "refused/altered", "refused/unlogged")


@pytest.fixture(scope="module")
def ground(auditor: Profile, over: Finished) -> Ground:
    return grounding.of_replica(Replica(auditor, over.clock))


def of(files: dict[str, bytes], *stems: str) -> list[Recognised]:
    kinds = ("event", "opening.json", "tlog-proof")
    return [recognise(f"{stem}.{kind}", files[f"{stem}.{kind}"]) for stem in stems for kind in kinds]


def test_several_trios_are_told_apart_in_any_order(files: dict[str, bytes], ground: Ground) -> None:
    given = of(files, *TRIOS)
    for order in list(permutations(given))[:: len(given) * 1000]:
        for known in (None, ground):
            found = {tuple(sorted(each.names)) for each in trios(order, known)}
            assert found == {(f"{stem}.event", f"{stem}.opening.json", f"{stem}.tlog-proof") for stem in TRIOS}


def test_a_single_trio_belongs_together_whatever_it_says(files: dict[str, bytes]) -> None:
    event, _, _ = of(files, "contract")
    _, opening, proof = of(files, "refused/altered")
    (found,) = trios([proof, event, opening], None)
    assert found.names == (event.name, opening.name, proof.name)
    assert trios([], None) == []


def test_a_false_piece_beside_true_ones_is_not_passed_over(files: dict[str, bytes], ground: Ground) -> None:
    given = of(files, "contract", "refused/altered")
    cut = recognise("cut", files["contract.event"][:-1])
    found = trios([*given[1:], cut], ground)
    assert any("cut" in each.names and each.opening is not None for each in found)


def test_a_contract_takes_the_event_that_carries_it(files: dict[str, bytes]) -> None:
    contract, stranger = (recognise(name, files[name]) for name in ("contract.json", "refused/unlogged.json"))
    parts = trios(of(files, "refused/altered", "contract"), None)
    pairs, rest = claim([stranger, contract], parts)
    assert [pair[1].names[:1] for pair in pairs] == [(), ("contract.event",)]
    assert [each.names[0] for each in rest] == ["refused/altered.event"]
    (alone,), _ = claim([stranger], trios(of(files, "contract"), None))
    assert alone[1].names[0] == "contract.event"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bitcoin/unsigned.psbt", "psbt"), ("bitcoin/share-1.psbt", "psbt"), ("bitcoin/combined.psbt", "psbt"),
        ("refused/altered.psbt", "psbt"), ("ethereum/safe_tx.json", "safe-tx"), ("refused/delegatecall.json", "safe-tx"),
    ],
)  # fmt: skip
def test_a_transaction_finds_its_instruction_with_contracts_and_without(
    name: str, kind: str, files: dict[str, bytes], ground: Ground, over: Finished
) -> None:
    parsed = recognise(name, files[name]).parsed
    for contracts in ([], [over.trade.hash]):
        found = instruction_for(ground, kind, files[name], parsed, contracts)  # type: ignore[arg-type]
        assert found is not None
        assert found.group.kind == kind


def test_bytes_that_do_not_parse_are_held_against_the_contracts_own(ground: Ground, over: Finished) -> None:
    assert instruction_for(ground, "psbt", b"psbt\xff", None, []) is None
    found = instruction_for(ground, "psbt", b"psbt\xff", None, [over.trade.hash])
    assert found is not None
    assert found.cycle == over.trade.cycle
