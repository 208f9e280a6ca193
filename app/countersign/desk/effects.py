"""The effects of a transaction, decoded from its own bytes and set beside what is owed: lines, flows, digests.

- Bitcoin: `rails.readback` sorts inputs and outputs; each obligation gets the output that discharges it, or the one that
  was probably meant to and does not, or none.
- What goes elsewhere is named where it can be: registered for somebody, or made to look like a registered address.
- Ethereum has a module of its own, `safe_effects`.
- Nothing here judges; the checks do. What could not be decoded is shown as unknown, never left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from countersign.airgap.phrase import Purpose, phrase
from countersign.bitcoin import address as addresses
from countersign.bitcoin import share
from countersign.bitcoin.inspect import OutputFacts, PsbtFacts, facts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk.money import Money, money
from countersign.desk.views import Digest, Flow, MatchLine
from countersign.errors import CountersignError
from countersign.formats import caip
from countersign.rails import bitcoin as rail
from countersign.rails import likely_output
from countersign.rails.bitcoin import Readback
from countersign.rails.wallets import Wallet, paying
from countersign.review import lookalike
from countersign.settlement.netting import Obligation
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Roster
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Decoded:
    """One transaction's effects beside what is owed. `extra` names effects beyond the contract; empty means none."""

    lines: tuple[MatchLine, ...]
    extra: tuple[str, ...]
    flows: tuple[Flow, ...]
    fee: Money | None
    digests: tuple[Digest, ...]
    facts: tuple[tuple[str, str], ...]


def words(label: str, digest: bytes) -> Digest:
    """A digest to compare with a device or to read out."""
    return Digest(label, digest.hex(), phrase(Purpose.SIGNING, digest))


def bitcoin_view(state: State, instruction: Instruction, data: bytes) -> Decoded:
    """A PSBT's effects. Malformed: B2.*."""
    psbt = parse_psbt(data)
    found, owed = facts(psbt), state.owed(instruction)
    wallets = [each.reaching(found) for each in paying(state, instruction.group.vaults)]
    sorted_out = rail.readback(found, wallets, owed)
    chain = caip.ChainId.parse(instruction.group.chain)
    coin = str(caip.coin(chain))
    flows = _Flows(state.roster, str(chain), coin, caip.hrp(chain), wallets, owed)
    extra = [flows.extra(found, index) for index in sorted_out.extra]
    return Decoded(
        lines=flows.lines(found, sorted_out),
        extra=tuple(extra + [f"input {index} of no registered vault" for index in sorted_out.foreign]),
        flows=flows.all(found, sorted_out),
        fee=None if found.fee is None else money(state.roster, coin, found.fee),
        digests=(words("txid", bytes(reversed(psbt.txid))), *_input_digests(psbt, wallets)),
        facts=(
            ("inputs", str(len(found.inputs))),
            ("outputs", str(len(found.outputs))),
            ("vsize", f"{found.vsize} vB"),
            ("lock-time", str(found.lock_time)),
            ("replaceable", "yes" if found.replaceable else "no"),
            ("vaults", ", ".join(instruction.group.vaults)),
        ),
    )


def _input_digests(psbt: Psbt, wallets: list[Wallet]) -> tuple[Digest, ...]:
    """What a token signs for each input; empty where the inputs are not provably a vault's (the checks say why)."""
    try:
        places = (
            each.descriptor(number)
            for fact in facts(psbt).inputs
            for each in wallets
            if (number := each.spent_place(fact)) is not None
        )
        keys = {place.public_keys[0] for place in places}
        return tuple(words("input-digest", each.digest) for each in share.requests(psbt, keys))
    except CountersignError:
        return ()


@dataclass(frozen=True, slots=True)
class _Flows:
    """Names the owner of every input and output."""

    roster: Roster
    chain: str
    coin: str
    prefix: str
    wallets: list[Wallet]
    owed: tuple[Obligation, ...]

    def all(self, found: PsbtFacts, sorted_out: Readback) -> tuple[Flow, ...]:
        """Inputs, outputs, fee, in order."""
        arrows = []
        for fact in found.inputs:
            spent = fact.spent or fact.claimed
            script, satoshis = (spent.script_pubkey, int(spent.satoshis)) if spent else (b"", 0)
            owner = self._owner(script, [(each, each.spent_place(fact)) for each in self.wallets])
            arrows.append(self._arrow("in", "vault", owner, script, satoshis))
        for output in found.outputs:
            role = "counterparty" if output.index in sorted_out.payments else "change"
            role = "unknown" if output.index in sorted_out.extra else role
            script, satoshis = output.output.script_pubkey, int(output.output.satoshis)
            owner = self._owner(script, [(each, each.change_place(output)) for each in self.wallets])
            arrows.append(self._arrow("out", role, owner, script, satoshis))
        if found.fee is not None:
            arrows.append(Flow("out", "fee", "", "", money(self.roster, self.coin, found.fee)))
        return tuple(arrows)

    def lines(self, found: PsbtFacts, sorted_out: Readback) -> tuple[MatchLine, ...]:
        """Every obligation beside what discharges it, or beside what does not and comes next."""
        outputs = [found.outputs[index] for index in sorted_out.extra]
        beside = likely_output.beside(sorted_out.missing, outputs, self._address)
        waiting: dict[Obligation, list[int]] = {}
        for number, owed in enumerate(sorted_out.missing):
            waiting.setdefault(owed, []).append(number)
        return tuple(self._line(owed, waiting.get(owed, []), beside) for owed in self.owed)

    def _line(self, owed: Obligation, waiting: list[int], beside: Mapping[int, OutputFacts]) -> MatchLine:
        if not waiting:
            return line_of(self.roster, owed, paid=True)
        line, meant = line_of(self.roster, owed, paid=False), beside.get(waiting.pop(0))
        if meant is None:
            return line
        paid = money(self.roster, self.coin, int(meant.output.satoshis))
        return replace(line, paid=paid, paid_to=self._address(meant.output.script_pubkey))

    def extra(self, found: PsbtFacts, index: int) -> str:
        """An output that is neither owed nor change, in plain values."""
        output = found.outputs[index].output
        place = self._address(output.script_pubkey)
        return f"{output.satoshis} sat to {place}{told_of(self.roster, self.chain, place)}"

    def _arrow(self, side: str, role: str, owner: str, script: bytes, satoshis: int) -> Flow:
        address = self._address(script)
        known = owner or told_of(self.roster, self.chain, address)[2:-1]
        return Flow(side, role, known, address, money(self.roster, self.coin, satoshis))

    def _owner(self, script: bytes, places: list[tuple[Wallet, int | None]]) -> str:
        for each, number in places:
            if number is not None:
                owner = self.roster.participant(each.vault.owner.lei).name
                return f"{owner}, {each.id} {each.spelled(number)}"
        for owed in self.owed:
            if rail.script_of(owed) == script:
                return self.roster.participant(owed.receiver.lei).name
        return ""

    def _address(self, script: bytes) -> str:
        try:
            return addresses.address(script, self.prefix)
        except CountersignError:
            return f"script {script.hex()}"


def told_of(roster: Roster, chain: str, address: str) -> str:
    """What is known of a place that nothing is owed to, in brackets behind it; empty where nothing is."""
    if (owner := lookalike.owner_of(roster, chain, address)) is not None:
        return f" (registered for {owner})"
    like = lookalike.registered_like(roster, chain, address)
    if like is None:
        return " (not registered)"
    return f" (not registered, made to look like {like.owner}: {like.others} of {like.length} characters differ)"


def line_of(roster: Roster, owed: Obligation, *, paid: bool) -> MatchLine:
    """An obligation beside exactly what it wants, or beside nothing."""
    amount, place = money(roster, owed.asset, owed.amount), caip.AccountId.parse(owed.destination).address
    return MatchLine(
        chain=owed.chain,
        payer=roster.participant(owed.payer.lei).name,
        receiver=roster.participant(owed.receiver.lei).name,
        owed=amount,
        owed_to=place,
        paid=amount if paid else None,
        paid_to=place if paid else "",
        matches=paid,
    )
