"""What is built to be signed is read back first."""

import pytest

from countersign.errors import Malformed
from countersign.settlement import builder, events
from support import settlement_world as world


def test_a_payload_is_what_the_parser_reads() -> None:
    body = {"contract": "ab" * 32}
    payload = builder.payload("contract.endorsed", world.ORIGIN, "endorse-1", world.START, body)
    assert payload == (
        b'{"at":"2026-11-22T09:00:00Z","body":{"contract":"' + b"ab" * 32 + b'"},'
        b'"desk":"northgate.example/desk","id":"endorse-1","type":"contract.endorsed"}'
    )
    event = events.from_jws(world.sign(payload, events.TYP, ["compliance"]))
    assert (event.id, event.at, event.body.contract) == ("endorse-1", world.START, "ab" * 32)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "body"), [("contract.endorsed", {}), ("no.such", {}), ("contract.endorsed", {"contract": 1})]
)
def test_nothing_malformed_is_built(kind: str, body: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        builder.payload(kind, world.ORIGIN, "x", world.START, body)
