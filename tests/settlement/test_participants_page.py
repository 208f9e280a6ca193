"""A broker needs nothing of ours: the program of docs/formats/participants.md makes files that the machine takes.

What the program's code blocks import is Python's own library and `cryptography`; a test holds them to it.
"""

import ast
import base64
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countersign.formats import times
from countersign.keys import jws as jose
from countersign.settlement import contract, events, machine
from support import settlement_world as world
from support.published_schema import FOLDER, fits
from support.settlement_world import BTC, USDC, Desk

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "participants.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SELLER, BUYER = (Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in (7, 8))


@pytest.fixture
def desk() -> Desk:
    """A desk at which both institutions have registered the brokers' own keys."""
    found, program = world.founded(), run({})
    entries = [
        world.participant_entry(owner, keys=[program.public_jwk(key) | {"kid": kid(program, key)}])
        for owner, key in (("meridian", SELLER), ("harbour", BUYER))
    ]
    found.log("roster.changed", ["compliance", "officer-d"], world.no_entries() | {"participants": entries})
    return found


def kid(program: Any, key: Ed25519PrivateKey) -> str:
    return str(program.thumbprint(program.public_jwk(key)))


def run(given: dict[str, object], blocks: int = 1) -> Any:
    names: dict[str, object] = dict(given)
    for block in BLOCKS[:blocks]:
        exec(block, names)  # noqa: S102  (the page's own program is what is tested)
    return SimpleNamespace(**{name: value for name, value in names.items() if not name.startswith("__")})


def files(desk: Desk) -> Any:
    given = {
        "DESK": world.ORIGIN, "CUSTODIAN": world.NORTHGATE, "SELLER": world.MERIDIAN, "BUYER": world.HARBOUR,
        "BTC": BTC, "USDC": USDC, "BUYER_BTC": world.destination("harbour", BTC),
        "SELLER_USDC": world.destination("meridian", USDC), "SELLER_OUTSIDE": world.outside("meridian", BTC),
        "NOW": times.text(desk.now_ms // 1_000), "seller": SELLER, "buyer": BUYER,
    }  # fmt: skip
    return run(given, blocks=2)


SCHEMAS: dict[str, dict[str, Any]] = {
    typ: json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    for typ, name in ((contract.TYP, "contract"), (events.TYP, "events"))
}
CONTRACTS = {"proposal", "agreed", "amended"}
EVENTS = {
    "decline": "contract.declined", "cancel": "contract.cancelled", "confirm": "delivery.confirmed",
    "withdrawal": "withdrawal.requested", "lend": "lending.authorised", "recall": "lending.recalled",
    "dispute": "dispute.opened", "retract": "dispute.retracted", "resolve": "dispute.resolved",
}  # fmt: skip
"""Every file that the page's program makes."""


def unpacked(text: str) -> Any:
    """The JSON value within a base64url text without padding, read by nothing of ours."""
    return json.loads(base64.urlsafe_b64decode(text + "=="))


def fitting(payload: object, typ: str) -> bool:
    """Whether a payload fits the published schema of its type: of the events' choices exactly one."""
    schema = SCHEMAS[typ]
    return sum(fits(payload, each) for each in schema.get("oneOf", [schema])) == 1


def shortened(value: Any) -> list[Any]:
    """The value without one of its named fields, at every depth; a list may be shorter, a map from assets too."""
    if not isinstance(value, dict | list):
        return []
    places = list(value) if isinstance(value, dict) else range(len(value))
    found = []
    for place in places:
        if isinstance(value, dict) and "/" not in place:
            found.append({name: each for name, each in value.items() if name != place})
        for inner in shortened(value[place]):
            changed = value.copy()
            changed[place] = inner
            found.append(changed)
    return found


def take(desk: Desk, event: bytes) -> None:
    desk.append(machine.Entry(len(desk.entries), desk.now_ms, event))


def filed(desk: Desk, kind: str, data: bytes) -> None:
    """What the importing officer does with a contract file."""
    desk.log(kind, ["operations"], world.builder.contract_body(contract.parse(data)))


def test_the_program_imports_nothing_of_ours() -> None:
    imported = {
        name.name.split(".")[0] if isinstance(node, ast.Import) else str(node.module).split(".")[0]
        for block in BLOCKS
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported == {"base64", "hashlib", "json", "cryptography"}


def test_the_lists_of_files_are_all_that_the_program_makes(desk: Desk) -> None:
    made = vars(files(desk))
    assert {name for name, value in made.items() if isinstance(value, bytes)} == CONTRACTS | set(EVENTS)


@pytest.mark.parametrize("name", sorted(CONTRACTS | set(EVENTS)))
def test_each_file_fits_the_published_schema(desk: Desk, name: str) -> None:
    whole = json.loads(getattr(files(desk), name))
    [typ] = {unpacked(each["protected"])["typ"] for each in whole["signatures"]}
    assert typ == (contract.TYP if name in CONTRACTS else events.TYP)
    payload = unpacked(whole["payload"])
    assert fitting(payload, typ)
    assert name in CONTRACTS or payload["type"] == EVENTS[name]
    for less in shortened(payload):
        assert not fitting(less, typ)
    assert not fitting({**payload, "note": "x"}, typ)


def test_the_contract_within_a_withdrawal_fits_its_schema_too(desk: Desk) -> None:
    within = unpacked(json.loads(files(desk).withdrawal)["payload"])["body"]["contract"]
    assert fitting(unpacked(within["payload"]), contract.TYP)


def test_what_one_proposes_the_other_affirms(desk: Desk) -> None:
    made = files(desk)
    filed(desk, "contract.proposed", made.proposal)
    assert desk.state.contract(made.contract).state.value == "proposed"
    filed(desk, "contract.affirmed", made.agreed)
    assert desk.state.contract(made.contract).state.value == "agreed"


def test_both_amend_by_a_later_version_and_the_older_one_is_superseded(desk: Desk) -> None:
    made = files(desk)
    filed(desk, "contract.affirmed", made.agreed)
    filed(desk, "contract.affirmed", made.amended)
    later = contract.parse(made.amended)
    assert (desk.state.contract(made.contract).state.value, later.terms.version) == ("superseded", 2)
    assert desk.state.contract(later.hash).state.value == "agreed"
    half = contract.parse(made.proposal).jws
    assert desk.attempt("contract.affirmed", ["operations"], {"contract": jose.to_object(half)}) is not None


def test_what_was_declined_is_not_affirmed_later(desk: Desk) -> None:
    made = files(desk)
    filed(desk, "contract.proposed", made.proposal)
    take(desk, made.decline)
    assert desk.state.contract(made.contract).state.value == "declined"
    late = world.builder.contract_body(contract.parse(made.agreed))
    assert desk.attempt("contract.affirmed", ["operations"], late) == "settlement.wrong-state"


def test_both_cancel_one_file(desk: Desk) -> None:
    made = files(desk)
    filed(desk, "contract.affirmed", made.agreed)
    take(desk, made.cancel)
    assert desk.state.contract(made.contract).state.value == "cancelled"


def test_delivery_is_confirmed_by_file(desk: Desk) -> None:
    made = files(desk)
    filed(desk, "contract.affirmed", made.agreed)
    trade = world.Trade(7, contract.parse(made.agreed))
    for step in desk.story(trade):
        if step[0] == "delivery.confirmed":
            break
        if step[0] != "contract.affirmed":
            desk.log(*step)
    take(desk, made.confirm)
    assert desk.state.contract(made.contract).confirmed == (world.HARBOUR,)


def test_a_withdrawal_is_requested_by_file(desk: Desk) -> None:
    made = files(desk)
    take(desk, made.withdrawal)
    assert desk.state.contract(made.name_of(made.canonical(made.outwards))).state.value == "agreed"


def test_a_loan_needs_the_custodians_signature_beside_the_brokers(desk: Desk) -> None:
    made = files(desk)
    alone = jose.parse(made.lend, events.TYP)
    beside = world.sign(alone.payload, events.TYP, ["compliance"])
    take(desk, jose.serialise(jose.merge(alone, beside)))
    assert desk.state.loans["loan-7"].principal == 100_000_000
    take(desk, made.recall)
    assert desk.state.loans["loan-7"].principal == 0


def held(desk: Desk, made: Any) -> None:
    filed(desk, "contract.affirmed", made.agreed)
    desk.log("contract.endorsed", ["compliance"], {"contract": made.contract})
    for leg in (0, 1):
        desk.log(
            "hold.placed", ["desk"], world.builder.hold_body(contract.parse(made.agreed).terms, made.contract, leg)
        )


def test_a_dispute_is_opened_and_taken_back_by_file(desk: Desk) -> None:
    made = files(desk)
    held(desk, made)
    take(desk, made.dispute)
    assert desk.state.contract(made.contract).state.value == "disputed"
    take(desk, made.retract)
    assert desk.state.contract(made.contract).state.value == "held"


def test_a_dispute_is_resolved_by_both_in_one_file(desk: Desk) -> None:
    made = files(desk)
    held(desk, made)
    take(desk, made.dispute)
    take(desk, made.resolve)
    assert desk.state.contract(made.contract).state.value == "cancelled"


def test_one_changed_byte_is_refused(desk: Desk) -> None:
    made = files(desk)
    for at in range(0, len(made.agreed), 97):
        altered = made.agreed[:at] + bytes([made.agreed[at] ^ 1]) + made.agreed[at + 1 :]
        with pytest.raises(world.CountersignError):
            filed(desk, "contract.affirmed", altered)
