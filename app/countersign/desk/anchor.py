"""The anchor of a profile: the one desk it trusts, by the log's key, its witnesses and how many of them are needed.

- It comes from the enrolment (people compare its twelve words), never from a file that is being checked.
- Once the replayed log has a policy, the policy's witnesses and quorum hold; the log's key stays the enrolled one.

    {"insiders":false,"log":"northgate.example/desk+…","quorum":2,"witnesses":["…","…"]}
"""

from dataclasses import dataclass

from countersign.audit.note import VerifierKey
from countersign.audit.quorum import Quorum
from countersign.errors import Malformed, Refused
from countersign.formats import jcs, shape, strict_json
from countersign.settlement.state import State

SETTING = "anchor"
INSIDERS = "insiders"


@dataclass(frozen=True, slots=True)
class Anchor:
    """`insiders`: the witnesses run inside the desk's process, which counts in the demonstration only (DESIGN.md §11)."""

    quorum: Quorum
    insiders: bool = False

    @property
    def origin(self) -> str:
        """The desk: its log's origin."""
        return self.quorum.origin

    def serialise(self) -> bytes:
        """The setting's bytes."""
        return jcs.encode(
            {
                "log": str(self.quorum.log),
                "quorum": self.quorum.k,
                "witnesses": [str(key) for key in self.quorum.witnesses],
                INSIDERS: self.insiders,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "Anchor":
        """What `serialise` wrote. Malformed."""
        found = shape.record(
            strict_json.parse_canonical(data),
            "anchor",
            {
                "log": shape.string(VerifierKey.parse),
                "quorum": shape.integer(1, 64),
                "witnesses": shape.array(shape.string(VerifierKey.parse), minimum=1, maximum=64),
                INSIDERS: shape.boolean,
            },
        )
        return cls(Quorum(found["log"], found["witnesses"], found["quorum"]), found[INSIDERS])

    def now(self, state: State) -> Quorum:
        """The quorum that holds in a state. Refused("desk.other-log") if the log names another key than was enrolled."""
        if state.log and state.log != str(self.quorum.log):
            raise Refused("desk.other-log", enrolled=self.quorum.log.name)
        if state.policy is None:
            return self.quorum
        keys = tuple(VerifierKey.parse(text) for text in state.policy.witnesses.keys)
        return Quorum(self.quorum.log, keys, state.policy.witnesses.quorum)


def require(setting: bytes | None) -> Anchor:
    """A profile's anchor. Malformed("desk.no-anchor") where none was enrolled."""
    if setting is None:
        raise Malformed("desk.no-anchor")
    return Anchor.parse(setting)
