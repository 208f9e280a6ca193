"""A Bitcoin vault that is enrolled, as its cosigners compare it at a terminal: as it will stand in the roster, on its own chain."""

from collections.abc import Sequence
from dataclasses import replace

from countersign.cli import describing
from countersign.cli.words import words
from countersign.desk import describing as descriptions
from countersign.desk.vault_enrolment import Planned
from countersign.formats import caip
from countersign.settlement.roster import RangedVault


def lines(planned: Planned, officer: str) -> list[str]:
    """Whose it is, whether it is new, every key, the addresses of its places, whose the keys are."""
    vault = planned.vault
    whose = words("Vault {id} of {owner}, book {book}, on {chain}", id=vault.id, owner=vault.owner.lei,
                  book=vault.owner.book, chain=vault.chain)  # fmt: skip
    return [whose, _kind(planned), *_described(planned), *_people(planned, officer)]


def _kind(planned: Planned) -> str:
    """What becomes of the description: a vault, slots more of one that stands, or nothing new."""
    if planned.trial.slots is not None:
        numbers = ", ".join(map(str, planned.trial.slots))
        return words("The vault stands; it gains the slots {numbers}", numbers=numbers)
    if planned.trial.owed:
        return words("A new vault")
    return words("The vault stands as it is described; it is tried again")


def _described(planned: Planned) -> list[str]:
    """The description with its places as the vault has them, on its own chain."""
    view, hrp = descriptions.of(planned.described), caip.hrp(caip.ChainId.parse(planned.vault.chain))
    places = planned.described.places[: view.slots or 1]
    addresses = tuple((hrp, planned.spelled(at), place.address(hrp)) for at, place in enumerate(places))
    return describing.description_lines(replace(view, addresses=addresses))


def _people(planned: Planned, officer: str) -> list[str]:
    """Whose the keys are, place by place."""
    if isinstance(planned.vault, RangedVault):
        keys = _numbered(planned.holders)
        return [words("Keys by officer: {keys}; the key of {officer} is there once", keys=keys, officer=officer)]
    found = [planned.holders_at(at) for at in range(len(planned.described.places))]
    lines = [words("Keys of {place} by officer: {keys}", place=planned.spelled(at), keys=_numbered(each))
             for at, each in enumerate(found)]  # fmt: skip
    mine = sum(officer in each for each in found)
    told = words("{officer} has one key in {count} of these {all} slots", officer=officer, count=mine, all=len(found))
    return [*lines, told]


def _numbered(officers: Sequence[str]) -> str:
    return ", ".join(f"{number} {each}" for number, each in enumerate(officers, 1))
