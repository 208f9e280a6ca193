"""The anchor of a profile: the one desk it trusts, by the log's key, its witnesses and how many of them are needed.

- It comes from the enrolment (people compare its twelve words), never from a file that is being checked.
- Once the replayed log has a policy, the policy's witnesses and quorum hold.
- The log's key is the enrolled one, or one that it was changed to by `log.rotated`: this machine replayed the
  administrators' signatures over that itself. A head is signed with the key in force after its last entry.

    {"insiders":false,"log":"northgate.example/desk+…","quorum":2,"witnesses":["…","…"]}
"""

from dataclasses import dataclass, replace

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
        """The quorum that holds in a state. Refused("desk.other-log") if its log never had the key that was enrolled."""
        log = self.key(state)
        if state.policy is None:
            return replace(self.quorum, log=log)
        keys = tuple(VerifierKey.parse(text) for text in state.policy.witnesses.keys)
        return Quorum(log, keys, state.policy.witnesses.quorum, state.policy.checkpoint_age_seconds)

    def key(self, state: State, size: int | None = None) -> VerifierKey:
        """The log's key in a state; `size`: the one that signs heads of so many entries. Refused("desk.other-log")."""
        enrolled = str(self.quorum.log)
        if not state.log:
            return self.quorum.log
        if enrolled not in {state.log, *(former.log for former in state.former_logs)}:
            raise Refused("desk.other-log", enrolled=self.quorum.log.name)
        older = [former.log for former in state.former_logs if size is not None and size <= former.size]
        wanted = older[0] if older else state.log
        return self.quorum.log if wanted == enrolled else VerifierKey.parse(wanted)

    def of_size(self, state: State, size: int) -> Quorum:
        """The quorum that holds in a state, with the log's key for heads of `size` entries. Raises as `now`."""
        return replace(self.now(state), log=self.key(state, size))


def require(setting: bytes | None) -> Anchor:
    """A profile's anchor. Malformed("desk.no-anchor") where none was enrolled."""
    if setting is None:
        raise Malformed("desk.no-anchor")
    return Anchor.parse(setting)
