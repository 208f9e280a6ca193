"""An evidence pack: one settlement with everything that it rests on, in one file that needs no server to be verified.

DESIGN.md §2, docs/formats/evidence.md. The file is a stored zip (`stored_zip`) of

    manifest.json           {"contract_sha256","desk","files":{name: sha256},"schema":"countersign-evidence/1"}
    checkpoint              the witnessed head that every proof leads to
    events/<index>.{event,opening.json,tlog-proof}
    artefacts/<sha256>      what those events name, as far as it is kept
    jwks.json, vkeys.json   the signers' keys; the log's and its witnesses'

- In it: every event of the settlement, of what it replaced and of the orders that stopped it, and every founding, roster,
  policy, price and deposit event that it rests on. What was netted is one settlement: all contracts of its cycle, for the
  obligations follow from all of them only.
- What it shares with a participant's extract stands in `bundles`. `serialise(parse(x)) == x`.
- A change of owners that took effect at a Safe that pays is what its shares rest on: it is in it, with its own.
- A signer's key counts only if a logged roster event in the pack registers it.
- A pack is whole or refused: the bytes of every instruction, share and finished transaction that its events name are in it.
  Legal texts and orders' papers are in it where they are kept; `absent` names those that are not.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Self

from countersign.desk import bundles
from countersign.desk.bundles import Bundle
from countersign.desk.ground import Exhibit
from countersign.errors import Malformed, Refused, Unavailable
from countersign.formats import jcs, shape, strict_json
from countersign.keys.public_key import PublicKey
from countersign.settlement import audience, events, stops
from countersign.settlement.bodies import (
    ContractAffirmed,
    ContractProposed,
    DepositCredited,
    InstructionPrepared,
    ShareAdded,
    TransactionBroadcast,
    WithdrawalRequested,
)
from countersign.settlement.events import Event
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.records import ContractRecord
from countersign.settlement.roster import Party, Roster
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade, FreezeLifted, FreezeOrdered
from countersign.settlement.trouble_bodies import TransactionReplaced

if TYPE_CHECKING:
    from countersign.desk.ports import Artefacts, Record
    from countersign.desk.replica import Replica
    from countersign.desk.views import EvidenceView

SCHEMA = "countersign-evidence/1"
JWKS = "jwks.json"
GROUNDS = frozenset({"desk.founded", "roster.changed", "policy.adopted", "log.rotated", "price.published"})
"""What every settlement rests on, whoever it concerns; deposits are chosen by account."""

SIGNED = (InstructionPrepared, OwnersOrdered, ShareAdded, TransactionBroadcast)
"""The events whose artefacts a verdict cannot do without."""

_ARTEFACT = re.compile(r"artefacts/([0-9a-f]{64})\Z")
_BREATH = 256
"""So many entries are looked at before others may go on."""


@dataclass(frozen=True)
class Pack(Bundle):
    """A pack's parts. `artefacts` are by SHA-256 (hex). Nothing is verified yet."""

    SCHEMA: ClassVar[str] = SCHEMA
    contract: str
    artefacts: Mapping[str, bytes]
    keys: tuple[PublicKey, ...]

    @property
    def claims(self) -> dict[str, str]:
        """The contract by which the settlement is named."""
        return {"contract_sha256": self.contract}

    @property
    def beside(self) -> dict[str, bytes]:
        """The signers' keys and the artefacts."""
        return {JWKS: jwks(self.keys)} | {f"artefacts/{digest}": data for digest, data in self.artefacts.items()}

    @property
    def absent(self) -> tuple[str, ...]:
        """The SHA-256 (hex) of every artefact that its events name and that is not in it, ascending."""
        named = {digest for each in self.exhibits for digest in artefacts_of(events.parse(each.event))}
        return tuple(sorted(named - set(self.artefacts)))


def jwks(keys: Iterable[PublicKey]) -> bytes:
    """`jwks.json`: RFC 7517 keys with their thumbprints as `kid`, in the order of those."""
    return jcs.encode({"keys": [key.jwk() | {"kid": key.kid} for key in sorted(keys, key=lambda each: each.kid)]})


def parse_jwks(data: bytes) -> tuple[PublicKey, ...]:
    """What `jwks` wrote. Malformed("C2.…" | "keys.…" | "desk.jwks-kid")."""
    found = shape.record(strict_json.parse_canonical(data, limit=4 << 20), "jwks", {"keys": shape.array(_jwk)})
    keys: tuple[PublicKey, ...] = found["keys"]
    if jwks(keys) != data:
        raise Malformed("desk.jwks-kid")
    return keys


def _jwk(value: object, where: str) -> PublicKey:
    return PublicKey.from_jwk(value)


def serialise(pack: Pack) -> bytes:
    """The file's bytes. Malformed("desk.pack-too-large")."""
    return bundles.serialise(pack)


def parse(data: bytes) -> Pack:
    """A file's bytes, strictly. Malformed: desk.pack-…, C2.…, L1.…, L2.…, L3.…, what the parts' parsers raise."""
    claimed, files = bundles.opened(data, SCHEMA, {"contract_sha256": shape.sha256_hex})
    found = Pack(
        desk=claimed["desk"],
        contract=claimed["contract_sha256"].hex(),
        checkpoint=bundles.checkpoint(files),
        exhibits=bundles.exhibits(files),
        artefacts={match[1]: data for name, data in files.items() if (match := _ARTEFACT.match(name))},
        keys=parse_jwks(bundles.part(files, JWKS)),
        vkeys=bundles.vkeys(files),
    )
    for digest, content in bundles.same(found, files).artefacts.items():
        if sha256(content).hexdigest() != digest:
            raise Malformed("desk.pack-artefact", name=digest)
    return found


def gather(replica: Replica, contract: str) -> Pack:
    """The pack of one settlement, from a machine's own history.

    Refused for a contract not in the log, Refused("desk.pack-lacks") for bytes that are not kept here,
    Unavailable("desk.nothing-pinned").
    """
    making = _Making(replica, contract)
    for held in making.records():
        making.look(held)
    return making.made()


async def gathered(replica: Replica, contract: str) -> Pack:
    """The same, while others go on. Raises as `gather`."""
    making = _Making(replica, contract)
    for place, held in enumerate(making.records()):
        if place % _BREATH == 0:
            await asyncio.sleep(0)
        making.look(held)
    return making.made()


async def written(replica: Replica, contract: str) -> EvidenceView:
    """The pack as a file. Raises as `gather` and `serialise`."""
    from countersign.desk.views import EvidenceView  # what a window shows; no command pays for it

    pack = await gathered(replica, contract)
    return EvidenceView(await asyncio.to_thread(serialise, pack), pack.words, pack.absent)


class _Making:
    """A pack on its way: each archived entry is looked at once, all of them under one head."""

    def __init__(self, replica: Replica, contract: str) -> None:
        self._replica, self._state = replica, replica.state
        self._record = self._state.contract(contract)
        pin = replica.replayed
        if pin is None:
            raise Unavailable("desk.nothing-pinned")
        self._size, self._signed, self._tree = pin.size, pin.signed, replica.log.tree
        self._circle = Circle.of(self._state, self._record)
        self._exhibits: list[Exhibit] = []
        self._named: dict[str, Event] = {}
        self._signers: set[str] = set()

    def records(self) -> Iterator[Record]:
        """Every entry under the head."""
        return self._replica.records(0, self._size)

    def look(self, held: Record) -> None:
        """Take an entry in, if it belongs to the settlement."""
        event = events.parse(held.event) if held.index in self._state.events else None
        if event is None or not self._circle.holds(self._state, event):
            return
        path = self._tree.inclusion_proof(held.index, self._size)
        self._exhibits.append(bundles.exhibit(held, path, self._signed))
        self._named |= dict.fromkeys(artefacts_of(event), event)
        whole = audience.carried(event)
        ours = whole is not None and whole.hash in self._circle.hashes
        self._signers.update(event.jws.kids, whole.jws.kids if whole is not None and ours else ())

    def made(self) -> Pack:
        """The whole pack."""
        artefacts = kept(self._replica.profile.artefacts, self._named)
        for digest, event in sorted(self._named.items()):
            if digest not in artefacts and isinstance(event.body, SIGNED):
                raise Refused("desk.pack-lacks", artefact=digest, type=event.type, id=self._record.terms.id)
        return Pack(
            desk=self._replica.anchor.origin,
            contract=self._record.hash,
            checkpoint=self._signed,
            exhibits=tuple(self._exhibits),
            artefacts=artefacts,
            keys=_registered(self._state.roster, self._signers),
            vkeys=self._replica.anchor.now(self._state),
        )


def belongs(state: State, record: ContractRecord, event: Event) -> bool:
    """Whether an accepted event is the settlement's own, or one that it rests on: what it replaced, what stopped it."""
    return Circle.of(state, record).holds(state, event)


@dataclass(frozen=True)
class Circle:
    """The contracts that one settlement rests on: its cycle's, those of cycles that were called off, what each replaced.

    `payers`: the accounts (owner, asset) that pay for them, fees among it. `orders`: changes of owners that took effect at
    the Safes that pay, by the hash of their event.
    """

    records: tuple[ContractRecord, ...]
    hashes: frozenset[str]
    payers: frozenset[tuple[Party, str]]
    orders: frozenset[str]

    @classmethod
    def of(cls, state: State, record: ContractRecord) -> Self:
        """The circle of one contract, in time linear in the contracts of all cycles."""
        cycles = defaultdict[str, list[tuple[str, ...]]](list)
        for cycle in state.cycles.values():
            for name in cycle.contracts:
                cycles[name].append(cycle.contracts)
        found, left = dict[str, ContractRecord](), [record]
        while left:
            each = left.pop()
            found[each.hash] = each
            mates = (state.contracts[name] for names in cycles.pop(each.hash, ()) for name in names)
            left += (near for near in (*mates, *state.replaced(each)) if near.hash not in found)
        return cls(
            tuple(found.values()),
            frozenset(found),
            frozenset(_payers(found.values())),
            frozenset(_orders(state, found)),
        )

    def holds(self, state: State, event: Event) -> bool:
        """Whether an accepted event belongs to them."""
        if event.type in GROUNDS:
            return True
        if isinstance(event.body, DepositCredited):
            return (event.body.owner, event.body.asset) in self.payers
        scope = stops.scope_of(state, event.body)
        if scope is not None:
            return any(stops.within(scope, each) for each in self.records)
        if event.hash in self.orders or getattr(event.body, "instruction", None) in self.orders:
            return True
        return not self.hashes.isdisjoint(audience.contracts_of(state, event))


def _payers(records: Iterable[ContractRecord]) -> Iterator[tuple[Party, str]]:
    for each in records:
        for at, leg in enumerate(each.terms.legs):
            payer, fee = each.terms.payer(leg), each.terms.fee(at)
            yield payer, leg.asset
            if fee is not None:
                yield payer, fee[0]


def _orders(state: State, contracts: Container[str]) -> Iterator[str]:
    """The changes of owners that took effect at the Safes of these contracts' cycles, and what each took the place of."""
    paying = {
        vault
        for cycle in state.cycles.values()
        if any(name in contracts for name in cycle.contracts)
        for group in cycle.groups
        for vault in group.vaults
    }
    at = {name: each.instruction.group.vaults[0] for name, each in state.orders.items()}
    done = {at[name] for name, each in state.orders.items() if each.done is not None}
    return (name for name, vault in at.items() if vault in paying & done)


def artefacts_of(event: Event) -> tuple[str, ...]:
    """The SHA-256 (hex) of every artefact that an event names."""
    match event.body:
        case InstructionPrepared() | OwnersOrdered() | ShareAdded() | TransactionBroadcast() | TransactionReplaced():
            return (event.body.artefact,)
        case ContractAffirmed() | ContractProposed() | WithdrawalRequested() | AwardMade():
            return (event.body.contract.terms.legal_text_sha256,)
        case FreezeOrdered() | FreezeLifted():
            return (event.body.document_sha256,)
        case _:
            return ()


def kept(artefacts: Artefacts, named: Iterable[str]) -> dict[str, bytes]:
    """Those artefacts whose bytes are here, by SHA-256."""
    found = {}
    for digest in sorted(set(named)):
        try:
            found[digest] = artefacts.get(bytes.fromhex(digest))
        except Unavailable:
            continue
    return found


def _registered(roster: Roster, kids: Iterable[str]) -> tuple[PublicKey, ...]:
    return tuple(roster.ever(kid).key for kid in sorted(kids) if kid in roster.keys or kid in roster.retired)
