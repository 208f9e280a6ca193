"""A workstation's own desk: what it is told once and for all, and what is done at it beside the officers' work.

- A station is the embedded desk of one workstation (DESIGN.md §9) with a log key of its own, an identity key in a token, and
  witnesses that run elsewhere. Its facts stand in its encrypted store; nothing in a file beside it is believed.
- It is founded by a paper that the administrators signed (`founding_paper`); the desk signs last.
- What people have signed elsewhere is logged as it is: an event, or a proposal that enough have signed.

    receipt = await found(desk, [first, second], now_ms)
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from countersign.audit.note import VerifierKey
from countersign.audit.quorum import Quorum
from countersign.desk import admitting, deals, founding_paper, telling
from countersign.desk.anchor import Anchor
from countersign.desk.author import add_signature
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.founding_plan import Place
from countersign.desk.ports import Receipt
from countersign.errors import Conflict, Refused
from countersign.formats import jcs, shape, strict_json
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT
from countersign.settlement import events
from countersign.settlement.events import Event

SETTING = "station"
NODES = "nodes"
"""The setting that says which nodes the desk follows (docs/formats/nodes.md)."""
_TEXT = shape.string(maximum=4_096)
_KEY = shape.string(VerifierKey.parse, maximum=512)
_WITNESS = shape.fields({"key": _KEY, "url": _TEXT})
_TOKEN = shape.fields(
    {"module": shape.nullable(_TEXT), "softhsm": shape.nullable(_TEXT), "serial": _TEXT, "label": _TEXT, "model": _TEXT}
)
_FIELDS = {
    "log": _KEY,
    "quorum": shape.integer(1, 64),
    "witnesses": shape.array(_WITNESS, minimum=1, maximum=64),
    "also": shape.array(_WITNESS, maximum=64),
    "token": _TOKEN,
    "kid": _TEXT,
}
_BARE = {"payload": shape.string(maximum=jose.LIMIT), "signatures": shape.array(shape.anything, maximum=64)}


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where a token is reached: a PKCS#11 module's full path, or SoftHSM's folder; and which token it is."""

    module: str | None
    softhsm: str | None
    serial: str
    label: str
    model: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a station was told when it was made. `log`: the first log key; `kid`: the desk's own key in its token.

    `also`: witnesses that came later; they are asked as well, and count once a policy names them.
    """

    log: VerifierKey
    quorum: int
    witnesses: tuple[Place, ...]
    token: TokenPlace
    kid: str
    also: tuple[Place, ...] = ()

    def with_witness(self, new: Place) -> "Facts":
        """The facts with one more witness, or with another address of one that is asked: no trust changes by that.

        Conflict("desk.witness-known") where it is asked there already; Malformed("L5.key-role", "L5.same-key", shape.…).
        """
        if new in (*self.witnesses, *self.also):
            raise Conflict("desk.witness-known", witness=new.key.name, url=new.url)
        first = tuple(new if each.key == new.key else each for each in self.witnesses)
        later = tuple(new if each.key == new.key else each for each in self.also)
        if (first, later) == (self.witnesses, self.also):
            later = (*later, new)
        keys = tuple(each.key for each in (*first, *later))
        _ = Quorum(self.log, keys, 1)  # none of them counts twice, none is a log's
        return Facts.parse(replace(self, witnesses=first, also=later).serialise())

    @property
    def anchor(self) -> Anchor:
        """Whom consoles of this desk trust."""
        return Anchor(Quorum(self.log, tuple(each.key for each in self.witnesses), self.quorum))

    def serialise(self) -> bytes:
        """The setting's bytes."""
        token = self.token
        places: dict[str, Any] = {
            "module": token.module, "softhsm": token.softhsm, "serial": token.serial, "label": token.label,
            "model": token.model,
        }  # fmt: skip
        return jcs.encode(
            {
                "log": str(self.log),
                "quorum": self.quorum,
                "witnesses": [_place(each) for each in self.witnesses],
                "also": [_place(each) for each in self.also],
                "token": places,
                "kid": self.kid,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "Facts":
        """What `serialise` wrote. Malformed."""
        found = shape.record(strict_json.parse_canonical(data), SETTING, _FIELDS)
        first, also = (tuple(Place(**each) for each in found[name]) for name in ("witnesses", "also"))
        return cls(found["log"], found["quorum"], first, TokenPlace(**found["token"]), found["kid"], also)


def _place(each: Place) -> dict[str, str]:
    return {"key": str(each.key), "url": each.url}


async def found(desk: EmbeddedDesk, papers: Sequence[bytes], now_ms: int) -> Receipt:
    """Sign beside the administrators and log the founding; where this very founding is logged, have it witnessed again.

    Tokens of chains that the desk follows already are probed. Raises as `founding_paper.look`, `admitting`;
    Refused("desk.founding-unsigned", "desk.founding-other-log", "settlement.founded-already").
    """
    paper = founding_paper.merged(papers)
    if desk.state.desk:
        first = desk.archive.record(0)
        if events.parse(first.event).hash != founding_paper.parse(paper).hash:
            raise Refused("settlement.founded-already", desk=desk.state.desk)
        await desk.sequencer.renew()
        return Receipt(0, first.time_ms, founding_paper.parse(paper).hash)
    view = founding_paper.look(paper, now_ms)
    if (view.log, view.desk_key) != (str(desk.sequencer.quorum.log), desk.author.key.kid):
        raise Refused("desk.founding-other-log", log=view.log, here=str(desk.sequencer.quorum.log))
    if not view.complete:
        raise Refused("desk.founding-unsigned", missing=", ".join(view.missing), wanted=view.wanted)
    await admitting.require_founded_on(founding_paper.body(founding_paper.parse(paper)), desk.nodes.ethereum)
    return await desk.sequencer.submit(await add_signature(paper, desk.author))


async def log(desk: EmbeddedDesk, data: bytes, papers: Sequence[bytes] = ()) -> tuple[Event, Receipt]:
    """Log what was signed elsewhere, with the desk's own signature where its kind needs it. `papers`: what it names by hash.

    Malformed; Refused("desk.unsigned"): nobody has signed it; what `EmbeddedDesk.submit` raises, with nothing logged.
    """
    event = _signed(data)
    for each in papers:
        if not _names(event, each):
            raise Refused("desk.paper-unnamed", paper=sha256(each).hexdigest(), id=event.id)
    for each in papers:
        await desk.put_artefact(each)
    receipt = await desk.submit(data)
    desk.proposals.drop(event.hash)
    return event, receipt


def sorted_out(given: Sequence[bytes], papers: Sequence[bytes]) -> list[list[bytes]]:
    """For each of several events the documents that it names. Malformed; Refused("desk.unsigned", "desk.paper-unnamed")."""
    found = [_signed(each) for each in given]
    for each in papers:
        if not any(_names(event, each) for event in found):
            raise Refused("desk.paper-unnamed", paper=sha256(each).hexdigest(), id=", ".join(each.id for each in found))
    return [[each for each in papers if _names(event, each)] for event in found]


def _names(event: Event, paper: bytes) -> bool:
    return sha256(paper).hexdigest() in event.jws.payload.decode()


async def close(desk: EmbeddedDesk, ids: Sequence[str]) -> Receipt:
    """Close a cycle now over held contracts (ids or hashes): gross over one, netted over several. Raises as `telling.only`;
    Refused: what the rules say."""
    held = [telling.only(desk.state, each).hash for each in ids]
    numbers = itertools.count(1)
    names = (f"cycle-{held[0][:16]}-{number}" for number in numbers)
    return await deals.close_cycle(desk, next(each for each in names if each not in desk.state.cycles), held)


def _signed(data: bytes) -> Event:
    bare = strict_json.parse_canonical(data, limit=jose.LIMIT)
    if isinstance(bare, dict) and bare.get("signatures") == []:
        found = shape.record(bare, "event", _BARE)
        raise Refused("desk.unsigned", size=len(found["payload"]))
    return events.from_jws(jose.parse(data, EVENT))
