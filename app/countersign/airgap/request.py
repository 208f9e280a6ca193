"""The body of a request: one instruction to sign, and every event that proves it.

Part of the envelope (DESIGN.md §5, §3 "What a cold machine can know"); docs/formats/envelope.md.

- `events` are events of the log with their openings, strictly ascending by index, each once. `instruction` and
  `contracts` point into them by index, so nothing is carried twice and nothing can differ from itself.
- `contracts` is empty where the instruction settles none: a Safe changes its own owners.
- By QR an event carries its inclusion proof to the envelope's `log_head`. By USB the events are every one since the
  recipient's head, the head's root follows from the leaves, and `proof` may be empty. Which of the two must hold is
  judged by L3 and L4, not here: this module reads form only.
- `attested` is the RFC 6962 consistency proof from the checkpoint that the carried `state.attested` names to the
  envelope's `log_head`; empty where none is carried.
- `artefact` is the unsigned PSBT, or the SafeTx as RFC 8785 JSON; `kind` says which.

    >>> from countersign.airgap.request import Kind
    >>> Kind("psbt")
    <Kind.PSBT: 'psbt'>
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from countersign.airgap import members
from countersign.errors import Malformed

EVENTS_LIMIT: Final = 10_000
PROOF_LIMIT: Final = 63
_KEYS: Final = ("kind", "artefact", "instruction", "contracts", "events", "attested")
_ENTRY_KEYS: Final = ("event", "index", "time_ms", "salt", "proof")


class Kind(StrEnum):
    """What the artefact is."""

    PSBT = "psbt"
    SAFE_TX = "safe-tx"


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event's bytes, its opening (index, sequenced at in ms, 32-byte salt), and its RFC 6962 inclusion proof."""

    event: bytes
    index: int
    time_ms: int
    salt: bytes
    proof: tuple[bytes, ...]

    @classmethod
    def parse(cls, value: object) -> "ProvenEvent":
        """From its CBOR map. Malformed("airgap.*")."""
        where = "body.events"
        found = members.entries(value, where, _ENTRY_KEYS)
        return cls(
            members.octets(found["event"], f"{where}.event"),
            members.unsigned(found["index"], f"{where}.index"),
            members.unsigned(found["time_ms"], f"{where}.time_ms"),
            members.octets(found["salt"], f"{where}.salt", size=32),
            members.hashes(found["proof"], f"{where}.proof", most=PROOF_LIMIT),
        )

    def members(self) -> dict[str, object]:
        """As a CBOR map."""
        return {
            "event": self.event,
            "index": self.index,
            "time_ms": self.time_ms,
            "salt": self.salt,
            "proof": list(self.proof),
        }


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What a signer is asked to sign, and its proof. `instruction` and `contracts` are log indexes in `events`."""

    kind: Kind
    artefact: bytes
    instruction: int
    contracts: tuple[int, ...]
    events: tuple[ProvenEvent, ...]
    attested: tuple[bytes, ...] = ()

    def event(self, index: int) -> ProvenEvent:
        """The carried event with that log index. Malformed("airgap.event-absent")."""
        for found in self.events:
            if found.index == index:
                return found
        raise Malformed("airgap.event-absent", index=index)

    @classmethod
    def parse(cls, value: object) -> "RequestBody":
        """From its CBOR map. Malformed("airgap.*")."""
        found = members.entries(value, "body", _KEYS)
        contracts = members.array(found["contracts"], "body.contracts", most=EVENTS_LIMIT)
        body = cls(
            _kind(found["kind"]),
            members.octets(found["artefact"], "body.artefact"),
            members.unsigned(found["instruction"], "body.instruction"),
            tuple(members.unsigned(index, "body.contracts") for index in contracts),
            tuple(map(ProvenEvent.parse, members.array(found["events"], "body.events", most=EVENTS_LIMIT))),
            members.hashes(found["attested"], "body.attested", most=PROOF_LIMIT),
        )
        body._check()
        return body

    def _check(self) -> None:
        if not self.contracts and self.kind is Kind.PSBT:
            raise Malformed("airgap.member", where="body.contracts", expected="at least one contract")
        members.ascending(self.contracts, "body.contracts")
        indexes = [event.index for event in self.events]
        members.ascending(indexes, "body.events")
        for index in {self.instruction, *self.contracts} - set(indexes):
            raise Malformed("airgap.event-absent", index=index)

    def members(self) -> dict[str, object]:
        """As a CBOR map."""
        return {
            "kind": self.kind.value,
            "artefact": self.artefact,
            "instruction": self.instruction,
            "contracts": list(self.contracts),
            "events": [event.members() for event in self.events],
            "attested": list(self.attested),
        }


def _kind(value: object) -> Kind:
    found = members.text(value, "body.kind")
    if found not in tuple(Kind):
        raise Malformed("airgap.member", where="body.kind", expected=" or ".join(Kind))
    return Kind(found)
