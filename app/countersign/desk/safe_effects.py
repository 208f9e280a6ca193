"""The effects of a Safe transaction, decoded from its own bytes and set beside what the Safe owes.

- One line for each obligation, beside the call that stands for it (`rails.ethereum.readback`); in a batch each inner call
  is a payment of its own, and what no contract owes is named with its place.
- A Safe's change of its own owners, where it is the one that was ordered, says who goes and who comes (`owner_effects`).
- A delegate call is never shown as a transfer; only a batch of this Safe's own release is opened, everything else is
  said to run as the Safe itself.
- Nothing here judges; the checks do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from countersign.desk import owner_effects
from countersign.desk.effects import Decoded, line_of, told_of, words
from countersign.desk.money import Money, money
from countersign.desk.views import Flow, MatchLine
from countersign.errors import Refused
from countersign.ethereum import erc20, inspect, multisend, safe_file
from countersign.ethereum.inspect import AdminCall, CallFacts, Erc20Transfer, EtherTransfer, SelfCall, UnknownCall
from countersign.ethereum.safe import CALL, SafeTx
from countersign.formats import caip, eip55
from countersign.rails import ethereum as rail
from countersign.rails.safe_payments import Pair
from countersign.resources.counting import counted
from countersign.settlement.netting import Obligation
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.state import State


def ethereum_view(state: State, instruction: Instruction, data: bytes) -> Decoded:
    """A Safe transaction's effects. Malformed: C2.*, ethereum.*; Refused: desk.not-a-safe."""
    tx = safe_file.parse(data).tx
    owed = state.owed(instruction)
    vault = state.roster.vault(instruction.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    calls = _Calls(state.roster, tx, rail.readback(tx, vault, owed))
    order = state.orders.get(instruction.hash)
    wanted = instruction.void and inspect.read(tx).void if order is None else owner_effects.as_ordered(state, order, tx)
    return Decoded(
        lines=calls.lines(),
        extra=() if wanted else calls.extra(),
        flows=calls.flows(f"{state.roster.participant(vault.owner.lei).name}, {vault.id}"),
        fee=None,
        digests=(
            words("safe-tx-hash", tx.digest),
            words("domain-hash", tx.domain_hash),
            words("message-hash", tx.message_hash),
            words("calldata-digest", tx.calldata_digest),
        ),
        facts=(
            ("safe", eip55.checksum(tx.safe)),
            ("safe-version", vault.version),
            ("chain-id", str(tx.chain_id)),
            ("nonce", str(tx.nonce)),
            ("operation", "0 (call)" if tx.operation == CALL else "1 (delegate call)"),
            *calls.batch(),
            *(() if order is None else owner_effects.facts(owner_effects.change_of(state, order, data))),
            ("call-target", eip55.checksum(tx.to)),
            ("call-data", "0x" + tx.data.hex()),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Calls:
    """A Safe transaction's calls beside what is owed."""

    roster: Roster
    tx: SafeTx
    found: rail.Readback

    def lines(self) -> tuple[MatchLine, ...]:
        """One for each obligation, with the call that stands for it."""
        return tuple(self._line(pair.owed, pair.call) for pair in self.found.pairs if pair.owed is not None)

    def extra(self) -> tuple[str, ...]:
        """What no contract owes: calls, ether that travels with one, a refund of gas out of the Safe."""
        facts = inspect.read(self.tx)
        if self.found.opaque:
            told = [f"delegate call: the code at {eip55.checksum(self.tx.to)} would run as the Safe itself"]
        else:
            told = [each for pair in self._in_order() for each in self._beyond(pair, len(facts.batch))]
        if facts.batch and facts.ether:
            told.append(f"{facts.ether} wei with the batch")
        if facts.gas_refund:
            told.append(f"a gas refund out of the Safe: {', '.join(facts.gas_refund)}")
        return tuple(told)

    def flows(self, owner: str) -> tuple[Flow, ...]:
        """What leaves the Safe, one sum for each asset, and every payment in the order of the calls."""
        into: dict[str, Money] = {}
        out = []
        for pair in self._in_order():
            paid = None if pair.call is None else self._payment(pair.call)
            if paid is not None:
                before = into.get(paid[0].asset, replace(paid[0], units=0))
                into[paid[0].asset] = replace(before, units=before.units + paid[0].units)
                out.append(self._out(pair, *paid))
        safe = eip55.checksum(self.tx.safe)
        return (*(Flow("in", "vault", owner, safe, each) for each in into.values()), *out)

    def batch(self) -> tuple[tuple[str, str], ...]:
        """The fact that this is a batch, if it is one that this Safe may run."""
        calls = len(inspect.read(self.tx).batch)
        if self.found.opaque or not calls:
            return ()
        return (
            ("batch", f"MultiSendCallOnly {multisend.release(self.tx.to)}, {counted(calls, 'calls')}, all or none"),
        )

    def _in_order(self) -> list[Pair]:
        return sorted((pair for pair in self.found.pairs if pair.call is not None), key=lambda pair: pair.number)

    def _line(self, owed: Obligation, call: CallFacts | None) -> MatchLine:
        line, paid = line_of(self.roster, owed, paid=False), None if call is None else self._payment(call)
        if paid is None:
            return line
        return replace(line, paid=paid[0], paid_to=paid[1], matches=paid == (line.owed, line.owed_to))

    def _payment(self, facts: CallFacts) -> tuple[Money, str] | None:
        """What a call pays and to whom, if it is a payment at all."""
        chain = f"eip155:{self.tx.chain_id}"
        match facts.call:
            case Erc20Transfer(token, recipient, amount):
                return money(self.roster, f"{chain}/erc20:{eip55.checksum(token)}", amount), eip55.checksum(recipient)
            case EtherTransfer(recipient, amount):
                return money(self.roster, f"{chain}/slip44:60", amount), eip55.checksum(recipient)
        return None

    def _out(self, pair: Pair, paid: Money, to: str) -> Flow:
        """A payment, its receiver named only where it goes to the address that is owed."""
        owed = pair.owed
        if owed is None or caip.AccountId.parse(owed.destination).address != to:
            return Flow("out", "unknown", self._known(to)[2:-1], to, paid)
        return Flow("out", "counterparty", self.roster.participant(owed.receiver.lei).name, to, paid)

    def _known(self, place: str) -> str:
        """What is known of a place that nothing is owed to."""
        return told_of(self.roster, f"eip155:{self.tx.chain_id}", place)

    def _beyond(self, pair: Pair, calls: int) -> Iterator[str]:
        """What one call does that its obligation does not want."""
        assert pair.call is not None
        place = f"call {pair.number} of {calls}: " if calls else ""
        if pair.owed is None or not self._line(pair.owed, pair.call).matches:
            paid = self._payment(pair.call)
            yield place + _describe(pair.call) + ("" if paid is None else self._known(paid[1]))
        if pair.call.ether and not isinstance(pair.call.call, EtherTransfer):
            yield f"{place}{pair.call.ether} wei with the call"


def _describe(facts: CallFacts) -> str:
    """An effect that no contract owes, in plain values."""
    to = eip55.checksum(facts.target)
    match facts.call:
        case AdminCall(_, _, name):
            return f"{name} on {to}"
        case SelfCall():
            return f"{facts.call.said} on the Safe itself"
        case Erc20Transfer(token, recipient, amount):
            return f"transfer of {amount} base units of {eip55.checksum(token)} to {eip55.checksum(recipient)}"
        case EtherTransfer(recipient, amount):
            return f"{amount} wei to {eip55.checksum(recipient)}"
    selector = facts.call.selector if isinstance(facts.call, UnknownCall) else erc20.SELECTOR
    return f"a call to {to} that nobody here can read: 0x{selector.hex()}"
