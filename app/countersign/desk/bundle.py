"""What a request carries across the gap: an instruction and the events that prove it, chosen by the way it travels.

DESIGN.md §3 "What a cold machine can know".

- By USB: every event since the last head that the recipient has replayed, with its opening. The recipient rebuilds
  the root from the leaves, so no event carries a proof.
- By QR: only what `settlement.excerpt` takes in and this instruction rests on (roster, policy and orders since that
  head, the newest prices before the contract, before its instructions and now, the events of the contract and of those it
  replaced, its cycle, the live instructions, what two officers attested of them), each with its inclusion proof, and the
  proof that the head extends the attested checkpoint. Of a leg that was prepared before (`afresh.py`), those requests, and
  that they failed.
- An order that a Safe change its owners settles nothing: by QR it travels with the orders whose place it took.
- The contract's and the instruction's own events are always among them, whatever the recipient has already.
- Entries that the replay refused are the desk's fault and are never carried by QR; by USB they are, as part of the
  history.
"""

from collections.abc import Iterable, Sequence

from countersign.airgap.request import Kind, ProvenEvent, RequestBody
from countersign.desk import afresh
from countersign.desk.ports import Record
from countersign.desk.replica import Replica
from countersign.errors import Refused
from countersign.review.case import Channel
from countersign.settlement import attesting, events, owning
from countersign.settlement.bodies import PricePublished
from countersign.settlement.owners_order import attested_as
from countersign.settlement.records import Attestation, ContractRecord, ContractState, Instruction
from countersign.settlement.state import State

_STANDING = frozenset({"roster.changed", "policy.adopted", "freeze.ordered", "freeze.lifted"})
_OWN = ("contract.", "withdrawal.", "dispute.", "award.")


def request_body(
    replica: Replica, instruction: Instruction, artefact: bytes, channel: Channel, replayed: int
) -> RequestBody:
    """The body of a request to a recipient whose archive holds the log's first `replayed` entries.

    Refused("desk.not-agreed") for a contract that only one party has signed.
    """
    records = settled(replica.state, instruction)
    own = {instruction.index, *map(_affirmed, records)}
    if channel is Channel.USB:
        carried = tuple(_event(replica.record(index), ()) for index in sorted(own | _since(replica, replayed)))
    else:
        needed = sorted(own | _excerpt(replica, instruction, records, replayed))
        carried = tuple(_event(replica.record(index), _path(replica, index)) for index in needed)
    found = attestation(replica.state, instruction) if channel is Channel.QR else None
    return RequestBody(
        kind=Kind(instruction.group.kind),
        artefact=artefact,
        instruction=instruction.index,
        contracts=tuple(sorted(map(_affirmed, records))),
        events=carried,
        attested=() if found is None else tuple(replica.log.tree.consistency_proof(found.size, replica.log.size)),
    )


def attestation(state: State, instruction: Instruction) -> Attestation | None:
    """What two officers attested of exactly the instructions that are live now, and of what failed; None where it is stale, or
    nobody did."""
    name = attested_as(instruction)
    found, live = state.attestations.get(name), tuple(sorted(each.hash for each in attesting.live(state, name)))
    if found is None or (found.instructions, found.failed) != (live, state.failures(name)):
        return None
    return found


def settled(state: State, instruction: Instruction) -> tuple[ContractRecord, ...]:
    """The contracts that an instruction settles; none for a Safe's change of its own owners."""
    return tuple(state.contract(each) for each in state.settles(instruction))


def _affirmed(record: ContractRecord) -> int:
    index = record.cause(ContractState.AGREED)
    if index is None:
        raise Refused("desk.not-agreed", contract=record.hash)
    return index


def _since(replica: Replica, replayed: int) -> set[int]:
    return set(range(replayed, replica.log.size))


def _excerpt(replica: Replica, instruction: Instruction, records: Sequence[ContractRecord], replayed: int) -> set[int]:
    """The indexes that the recipient needs to judge this instruction, as far as an excerpt may carry them."""
    state = replica.state
    live = attesting.live(state, attested_as(instruction))
    chosen = {each.index for each in live}
    if instruction.hash in state.orders:
        chosen |= {each.instruction.index for each in owning.line(state, instruction.hash)}
    else:
        chosen.add(state.cycle(instruction.cycle).index)
    attested = attestation(state, instruction)
    if attested is not None:
        chosen.add(attested.index)
    for record in (each for settled in records for each in state.replaced(settled)):
        chosen |= {each.index for each in record.concerns if each.type.startswith(_OWN)}
    kinds = {record.index: events.parse(record.event) for record in _accepted(replica, replayed)}
    chosen |= {index for index, event in kinds.items() if event.type in _STANDING}
    if instruction.hash not in state.orders:
        chosen |= afresh.beside(state, live, kinds)
    prices = {index: event.body.asset for index, event in kinds.items() if isinstance(event.body, PricePublished)}
    later = [*(each.index for each in live), replica.log.size]
    return chosen | _newest_prices(prices, records, later)


def _newest_prices(prices: dict[int, str], records: Sequence[ContractRecord], later: Sequence[int]) -> set[int]:
    """For each event that brought a contract, each instruction and the end: the last price before it of every asset."""
    found = set()
    for record in records:
        brought = [record.cause(state) for state in (ContractState.PROPOSED, ContractState.AGREED)]
        for place in (index for index in (*brought, *later) if index is not None):
            for asset in {leg.asset for leg in record.terms.legs}:
                before = [index for index, priced in prices.items() if priced == asset and index < place]
                found |= set(before[-1:])
    return found


def _accepted(replica: Replica, start: int) -> Iterable[Record]:
    records = replica.profile.archive.records(start, replica.log.size)
    return (record for record in records if record.index in replica.state.events)


def _path(replica: Replica, index: int) -> tuple[bytes, ...]:
    return tuple(replica.log.tree.inclusion_proof(index, replica.log.size))


def _event(record: Record, proof: tuple[bytes, ...]) -> ProvenEvent:
    return ProvenEvent(record.event, record.index, record.time_ms, record.salt, proof)
