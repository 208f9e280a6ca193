"""A token of a vault is lost in the middle of a settlement: its keys are withdrawn, the others bring it to its end."""

from dataclasses import replace

from countersign.demonstration import cast
from countersign.demonstration.stage import Bearer
from countersign.desk import founding
from countersign.desk.auditing import verify_profile
from countersign.desk.author import Author
from support.software_stage import SoftwareToken, Table, software_token


def second(table: Table, officer: str) -> SoftwareToken:
    """Another token for the same labels."""
    known = table.desk.state.roster.officer(officer)
    return software_token(f"{officer}, the second", [each.label for each in known.keys if each.label != "identity"])


def replaced(table: Table, officer: str) -> dict[str, object]:
    """The officer's entry with the keys of a second token in place of the first's."""
    known, token = table.desk.state.roster.officer(officer), second(table, officer)
    place = {"serial": token.serial, "label": token.label, "model": token.model}
    keys = [
        {"purpose": each.purpose.value, "jwk": token.public[each.label].jwk(), "token": place, "label": each.label,
         "online": each.online}
        for each in known.keys
    ]  # fmt: skip
    return {"id": known.id, "name": known.name, "roles": [role.value for role in known.roles], "keys": keys}


async def test_the_others_bring_the_settlement_to_its_end(table: Table) -> None:
    await table.until("step-prepare")
    entries = {"assets": [], "participants": [], "vaults": [], "destinations": [], "administrators": None}
    body = {**entries, "officers": [replaced(table, "officer-d")]}
    await founding.change_roster(table.desk, [table.author("compliance"), table.author("officer-d")], body)
    token = second(table, "officer-d")
    author = Author("officer-d", token.public["identity"], token)
    ring = replace(table.story.people["officer-d"].ring, keys=token.public)
    table.story.people = {**table.story.people, "officer-d": Bearer(author, ring, token)}
    roster = table.desk.state.roster
    assert {each.holder.id for each in roster.retired.values()} == {"officer-d"}
    assert all(roster.able(vault) for vault in roster.vaults.values())
    await table.until("step-final")
    assert table.contract_state == "final"
    await table.officer.synchronise()
    report = verify_profile(table.officer.replica.profile, None, table.stage.clock)
    assert report.status == 0
    assert cast.SELLER.coins in roster.vaults
