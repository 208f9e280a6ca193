"""Officer D's air-gapped machine, a request open on it in which two vaults pay: a token's key in one, a device's in the other."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from countersign.airgap import envelope as envelopes
from countersign.airgap.envelope import Envelope
from countersign.airgap.request import RequestBody
from countersign.desk.author import Author, Scribe
from countersign.desk.cases import Basis
from countersign.desk.signing import Hand
from countersign.desk.vault_console import Vault
from countersign.desk.vault_intake import Opened
from countersign.review.case import Case, Channel
from countersign.settlement import contract as contracts
from countersign.settlement import events
from countersign.settlement.bodies import ShareAdded
from support import crossing_world, mixed_world
from support import settlement_world as world
from support.crossing_world import CrossingWorld, SoftwareToken
from support.review_cases import Plan, two_vault_trades, two_vaults

MINE, THEIRS = "meridian-btc", "harbour-btc"
"""Officer D's key of the first lies in a device, those of the second in a token."""
D = mixed_world.OFFICER


@dataclass
class Cold:
    """Operator D's machine with the request open on it."""

    vault: Vault
    token: SoftwareToken
    request: Opened
    folder: Path
    files: dict[Path, bytes]

    @property
    def signed(self) -> bytes:
        """What the device makes of the request."""
        return mixed_world.device().sign(self.request.artefact)

    async def answered_for(self) -> list[str]:
        """The vaults of whose shares the answer is."""
        parts = envelopes.peek(self.files[await self.vault.answer_to_usb(self.folder)]).answer.parts
        bodies = [events.parse(each.event).body for each in parts]
        return sorted(each.vault if isinstance(each, ShareAdded) else type(each).__name__ for each in bodies)

    def again(self) -> None:
        """Switched off and on, the same request taken in."""
        self.vault._open = self.request


def cold_machine(folder: Path) -> Cold:
    """The machine; its clock is not confirmed yet."""
    table, token = CrossingWorld(folder), SoftwareToken(D)
    case = two_vaults(plan=_plan())
    assert case.clock is not None
    clock = crossing_world.SetClock(world.Desk(now_ms=case.clock.now * 1_000))
    hand = Hand(D, token, Author(D, world.identity(D).public, token))
    scribe = Scribe(world.ORIGIN, clock, crossing_world.CountedEntropy("both"))
    vault = Vault(table.cold, hand, clock, scribe, table.courier, lambda: ())
    vault._open = opened(table, case)
    return Cold(vault, token, vault._open, folder, table.courier.files)


def _plan() -> Plan:
    """Meridian is paid where its slots with the device's key lie."""
    found = two_vault_trades()
    ours, theirs = found.terms
    coins, dollars = theirs.legs
    paid = replace(coins, destination=f"{world.BITCOIN}:{mixed_world.address(3)}")
    return replace(found, terms=(ours, replace(theirs, legs=(paid, dollars))), founding=mixed_world.put_in)


def opened(table: CrossingWorld, case: Case) -> Opened:
    """The case as a request that came by USB and was taken in."""
    assert case.state is not None
    assert case.state.policy is not None
    assert table.desk.state.policy is not None
    assert case.head is not None
    assert case.instruction is not None
    assert case.instruction.prepared is not None
    instruction, data = case.state.instruction(case.instruction.prepared), case.instruction.data
    facts = {contracts.parse(each.jws).hash: each for each in case.contracts}
    message = Envelope(
        desk=world.ORIGIN,
        sender="officer-a",
        recipient=D,
        session=bytes(16),
        sequence=1,
        request_id="request-1",
        settlement_id=instruction.cycle,
        contract_hashes=tuple(sorted(bytes.fromhex(each) for each in facts)),
        log_head=case.head.note,
        consistency_proof=(),
        body=RequestBody("psbt", data, 0, (), ()),
    )
    policy = replace(case.state.policy, witnesses=table.desk.state.policy.witnesses)
    state = replace(case.state, log="", policy=policy)  # the log and witnesses by which the machine was enrolled
    basis = Basis(state, case.head, facts, state.time_ms // 1_000)
    return Opened(b"request", sha256(b"request").digest(), message, Channel.USB, basis, instruction, None, None)
