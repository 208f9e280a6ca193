"""A settlement that is over, with everything real behind it: the archive, the artefacts, the witnessed head, the files.

    over = finished()                              # contract to final, three refusals logged
    write_profile(tmp_path / "profile", over)      # an auditor's profile of it
    files = output_files(tmp_path, over)           # what a headless run leaves, but for its pictures

- Keys are software keys of `settlement_world`; the log and its two witnesses sign with the seeds of `review_cases`.
- The pictures are bytes that only look like pictures; everything else parses and verifies.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from countersign.airgap.answer import AnswerBody, Part
from countersign.airgap.envelope import Envelope, seal, unsigned
from countersign.airgap.request import Kind as Asked
from countersign.airgap.request import ProvenEvent, RequestBody
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.pin import Pin
from countersign.desk import anchor, evidence, export, output_names
from countersign.desk.anchor import Anchor
from countersign.desk.ports import Record
from countersign.desk.refusing import refusal_body
from countersign.desk.replica import Replica
from countersign.formats import jcs
from countersign.keys import jws as jose
from countersign.keys.wrapping import Cost
from countersign.rails import bitcoin, ethereum
from countersign.resources.text import sentence
from countersign.review.finding import Finding, Status
from countersign.settlement import builder, events, netting
from countersign.settlement.bodies import InstructionRefused
from countersign.settlement.contract import Contract
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State
from countersign.store import auditor
from countersign.store.profile import Kind, create, open_profile
from support import review_cases as cases
from support import settlement_world as world
from support.settlement_world import Desk, Trade
from support.software_keys import SoftwareKey

CHEAP = Cost(memory=64, passes=1, lanes=1)
REFUSALS = (
    ("altered-psbt", "altered", "B8"),
    ("delegatecall", "delegatecall", "E3"),
    ("unlogged-contract", "unlogged", "L3"),
)


@dataclass(frozen=True)
class StoppedClock:
    """A clock that stands at `at` (unix seconds)."""

    at: int

    def now_ms(self) -> int:
        """Milliseconds."""
        return self.at * 1000


@dataclass
class Finished:
    """The history and the bytes of one settlement."""

    desk: Desk
    trade: Trade
    artefacts: dict[str, bytes] = field(default_factory=dict)
    psbt: bytes = b""
    safe_tx: bytes = b""
    altered: bytes = b""
    delegatecall: bytes = b""
    unlogged: bytes = b""
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """What every machine replays."""
        return self.desk.state

    @property
    def now(self) -> int:
        """Ten minutes after the newest entry."""
        return self.desk.now_ms // 1000 + 600

    @property
    def clock(self) -> StoppedClock:
        """A clock at that moment."""
        return StoppedClock(self.now)

    def keep(self, data: bytes) -> str:
        """Keep an artefact; its hash."""
        digest = sha256(data).hexdigest()
        self.artefacts[digest] = data
        return digest

    def opening(self, index: int) -> Opening:
        """Time and salt of an entry."""
        return Opening(index, self.desk.entries[index].time_ms, sha256(f"salt {index}".encode()).digest())

    def log(self) -> Log:
        """The transparency log."""
        log = Log(world.ORIGIN)
        log.extend(self.opening(entry.index).entry(entry.event) for entry in self.desk.entries)
        return log

    def head(self) -> SignedCheckpoint:
        """The newest head, cosigned a minute ago."""
        return cases.signed_head(self.log().checkpoint(), [self.now - 60, self.now - 59])

    def proven(self, index: int) -> ProvenEvent:
        """An entry as an envelope carries it."""
        opening, log = self.opening(index), self.log()
        path = log.tree.inclusion_proof(index)
        return ProvenEvent(self.desk.entries[index].event, index, opening.time_ms, opening.salt, path)


def trust() -> Anchor:
    """The desk's anchor: its log, two witnesses inside, both needed."""
    return Anchor(cases.quorum(2), insiders=True)


@cache
def finished(until: str = "final") -> Finished:
    """The whole story, up to a state."""
    desk = Desk()
    body = world.founding_body() | {"log": str(cases.quorum().log)}
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], body)
    keys = sorted(str(key) for key in cases.quorum().witnesses)
    policy = world.policy_document(witnesses={"quorum": 2, "keys": keys})
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})
    for asset, price in ((world.BTC, "80000"), (world.USDC, "1")):
        desk.log("price.published", ["desk"], {"asset": asset, "price": price, "source": "Northgate reference"})
    desk.deposit("meridian", world.BTC, 3 * cases.COIN, 1)
    desk.deposit("harbour", world.USDC, 25_000_000_000_000, 1)
    over = Finished(desk, desk.trade(legal_text_sha256=sha256(LEGAL).hexdigest()))
    over.keep(LEGAL)
    agree(over)
    prepare(over)
    if until == "instructed":
        return over
    refuse(over)
    sign(over)
    deliver(over)
    return over


LEGAL = b"The parties agree.\n"


def agree(over: Finished) -> None:
    """Affirmed, endorsed, held, the cycle closed."""
    desk, trade = over.desk, over.trade
    desk.log("contract.affirmed", ["operations"], builder.contract_body(trade.contract))
    desk.log("contract.endorsed", ["compliance"], {"contract": trade.hash})
    for leg in (0, 1):
        desk.log("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg))
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))


def prepare(over: Finished) -> None:
    """Both instructions, and beside them the three things that will be refused."""
    desk, trade = over.desk, over.trade
    cycle = desk.state.cycles[trade.cycle]
    for group in cycle.groups:
        owed = netting.owed_by(cycle.obligations, group)
        if group.kind == "psbt":
            made = cases.built_psbt(desk, group, owed)
            over.psbt = cases.psbts.serialise(made)
            thief = replace(owed[0], destination=f"{world.BITCOIN}:{world.bitcoin_address('harbour', 2)}")
            over.altered = cases.psbts.serialise(cases.built_psbt(desk, group, [thief, *owed[1:]]))
            spends = cases.spends(desk, group, made)
            body = builder.psbt_instruction_body(cycle.id, [trade.hash], group.chain, over.keep(over.psbt), spends)
        else:
            vault = desk.state.roster.vaults[group.vaults[0]]
            assert isinstance(vault, SafeVault)
            tx = ethereum.build(owed, vault, 0)
            over.safe_tx, over.delegatecall = ethereum.serialise(tx), ethereum.serialise(replace(tx, operation=1))
            name = over.keep(over.safe_tx)
            body = builder.safe_instruction_body(cycle.id, [trade.hash], group.chain, vault.id, name, 0)
        desk.log("instruction.prepared", ["operations"], body)
    over.unlogged = jose.serialise(stranger().jws)


def stranger() -> Contract:
    """A contract that both signed and nobody logged."""
    return world.signed_contract(world.terms(77))


def refuse(over: Finished) -> None:
    """Officer A refuses all three."""
    things = {"altered": over.altered, "delegatecall": over.delegatecall, "unlogged": over.unlogged}
    for _, name, check in REFUSALS:
        data = things[name]
        kind = "contract" if name == "unlogged" else "instruction"
        subject = stranger().jws.payload if kind == "contract" else data
        body = refusal_body(kind, subject, [finding(check)], "not what was agreed")
        over.refused[name] = over.desk.log("instruction.refused", ["officer-a"], body).index
        over.keep(data)


def finding(check: str) -> Finding:
    """A fail of this check."""
    code = {"B8": "B8.not-owed", "E3": "E3.delegatecall", "L3": "L3.not-in-log"}[check]
    return Finding(check, Status.FAIL, code, "file", "as agreed", "otherwise")


def sign(over: Finished) -> None:
    """Officer A signs both, then officer C."""
    psbt, safe = over.desk.instructions(over.trade)
    for officer in ("officer-a", "officer-c"):
        for name, vault in ((psbt, "meridian-btc"), (safe, "harbour-safe")):
            data = share_of(over, officer, vault)
            body = world.share_body(name, officer, vault) | {"artefact": over.keep(data)}
            over.desk.log("share.added", ["desk", officer], body)


def share_of(over: Finished, officer: str, vault: str) -> bytes:
    """An officer's share."""
    if vault.endswith("btc"):
        return cases.psbt_share(over.psbt, officer).data
    return cases.safe_share(over.safe_tx, officer).data


def deliver(over: Finished) -> None:
    """Released by two, broadcast, observed, confirmed by both, final."""
    desk, trade = over.desk, over.trade
    psbt, safe = desk.instructions(trade)
    shares = {
        name: [over.artefacts[each.artefact] for each in desk.state.instructions[name].shares] for name in (psbt, safe)
    }
    done = bitcoin.finalise(bitcoin.combine(over.psbt, shares[psbt]))
    vault = desk.state.roster.vaults["harbour-safe"]
    assert isinstance(vault, SafeVault)
    call = ethereum.finalise(over.safe_tx, shares[safe], vault, desk.state.roster)
    desk.log("release.authorised", ["operations", "compliance"], world.release_body(trade, psbt, safe))
    sent = ((psbt, done.transaction, done.raw), (safe, trade.ethereum_transaction, call.calldata))
    for name, transaction, raw in sent:
        body = {"instruction": name, "transaction": transaction, "artefact": over.keep(raw)}
        desk.log("transaction.broadcast", ["desk", "operations"], body)
    fee = cases.facts(cases.psbts.parse(over.psbt)).fee
    for name, transaction, paid in ((psbt, done.transaction, fee), (safe, trade.ethereum_transaction, None)):
        desk.log("transaction.observed", ["desk", "operations"], world.observed_body(name, transaction, 1, paid))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})


def counted_entropy() -> Callable[[int], bytes]:
    """Bytes that look random, the same at each run."""
    state = [0]

    def take(count: int) -> bytes:
        state[0] += 1
        return hashlib.shake_256(state[0].to_bytes(8, "big")).digest(count)

    return take


def write_profile(directory: Path, over: Finished) -> None:
    """An auditor's profile that trusts exactly this desk."""
    settings = {anchor.SETTING: trust().serialise()}
    console = directory.with_name(directory.name + "-console")
    with create(console, Kind.CONSOLE, counted_entropy(), lambda: "a passphrase of tests", settings, CHEAP) as source:
        for entry in over.desk.entries:
            opening = over.opening(entry.index)
            source.archive.append(Record(entry.index, entry.time_ms, opening.salt, entry.event))
        for data in over.artefacts.values():
            source.artefacts.put(data)
        head = over.head()
        times = {str(key): over.now - 60 + place for place, key in enumerate(cases.quorum().witnesses)}
        source.journal.advance_pin(None, Pin(head, over.now, times))
        auditor.publish(source, directory, counted_entropy(), settings)


SAFE, BITCOIN_VAULT = "harbour-safe", "meridian-btc"


def request(over: Finished, vault: str = SAFE) -> bytes:
    """The request to officer C: the Ethereum one as it crosses by USB, or the Bitcoin one as by QR."""
    place, kind, data = (1, Asked.SAFE_TX, over.safe_tx) if vault == SAFE else (0, Asked.PSBT, over.psbt)
    named = over.state.instructions[over.desk.instructions(over.trade)[place]]
    agreed = over.state.contracts[over.trade.hash].causes["agreed"]
    events = tuple(over.proven(index) for index in sorted({agreed, named.index}))
    body = RequestBody(kind, data, named.index, (agreed,), events)
    return sealed(over, "operations", "officer-c", body)


def answer(over: Finished, vault: str = SAFE) -> bytes:
    """Officer C's share on its way back."""
    return envelope_answer(over, share_of(over, "officer-c", vault), vault)


def envelope_answer(over: Finished, data: bytes, vault: str = SAFE) -> bytes:
    """These bytes as officer C's share, with the event that was logged if it is that one."""
    named = over.desk.instructions(over.trade)[1 if vault == SAFE else 0]
    body = world.share_body(named, "officer-c", vault) | {"artefact": sha256(data).hexdigest()}
    kept = next((one for one in over.state.instructions[named].shares if one.artefact == body["artefact"]), None)
    event = world.event_bytes("share.added", ["officer-c"], body, id="crossing", at=over.desk.now_ms // 1000)
    if kept is not None:
        event = _of_officer_c(over.desk.entries[kept.index].event)
    return sealed(
        over, "officer-c", "operations", AnswerBody(sha256(request(over, vault)).digest(), (Part(event, data),))
    )


def _of_officer_c(event: bytes) -> bytes:
    """The logged event as it crossed: before the desk signed it too."""
    whole = jose.parse(event, "countersign-event+json")
    kid = world.identity("officer-c").kid
    return jose.serialise(jose.Jws(whole.payload, tuple(one for one in whole.signatures if one.kid == kid)))


def sealed(over: Finished, sender: str, recipient: str, body: RequestBody | AnswerBody) -> bytes:
    """An envelope under the sender's identity key."""
    key: SoftwareKey = world.identity(sender)
    found = Envelope(
        desk=world.ORIGIN,
        sender=sender,
        recipient=recipient,
        session=bytes(range(16)),
        sequence=1,
        request_id="request-1",
        settlement_id=over.trade.cycle,
        contract_hashes=(bytes.fromhex(over.trade.hash),),
        log_head=over.head().serialise(),
        consistency_proof=(),
        body=body,
    )
    return seal(found, key.public, key.sign(unsigned(found, key.public)))


def output_files(folder: Path, over: Finished) -> dict[str, bytes]:
    """Every file of an output directory, by name; its profile is written under `folder`."""
    write_profile(folder / "profile", over)
    with open_profile(folder / "profile") as opened:
        replica = Replica(opened, over.clock)
        live = {each.group.kind: each for each in over.state.live(over.state.cycle(over.trade.cycle))}
        files = {
            **export.contract_files(replica, over.trade.hash),
            **export.log_files(replica),
            **export.bitcoin_files(replica, live["psbt"], opened.artefacts),
            **export.ethereum_files(replica, live["safe-tx"], opened.artefacts),
            "evidence.zip": evidence.serialise(evidence.gather(replica, over.trade.hash)),
            "timings.json": jcs.encode({"all": "1.000"}),
        }
        for _, name, _ in REFUSALS:
            files |= export.logged(replica, over.refused[name], f"refused/{name}")
        states = export.states(replica, over.trade.hash)
    files |= _refused(over) | _crossed(over)
    files |= {f"profile/{each.name}": each.read_bytes() for each in sorted((folder / "profile").iterdir())}
    hashes = {name: sha256(data).hexdigest() for name, data in files.items()}
    result = {
        "schema": "countersign-result/1",
        "bitcoin_chain": world.BITCOIN,
        "ethereum_chain": world.ETHEREUM,
        "contract_sha256": over.trade.hash,
        "quorum": 2,
        "files": hashes,
        "states": states,
    }
    return files | {"result.json": jcs.encode(result)}


def _refused(over: Finished) -> dict[str, bytes]:
    listed = []
    for item, name, _ in REFUSALS:
        event = events.parse(over.desk.entries[over.refused[name]].event)
        assert isinstance(event.body, InstructionRefused)
        told = [(each.check, sentence(each.code, dict(each.values), export.ENGLISH)) for each in event.body.findings]
        fields = [{"check": c, "expected": "as agreed", "found": "otherwise", "explanation": t} for c, t in told]
        listed.append({"item": item, "findings": fields})
    return {
        "refused/altered.psbt": over.altered,
        "refused/delegatecall.json": over.delegatecall,
        "refused/unlogged.json": over.unlogged,
        "refusals.json": jcs.encode(listed),
    }


def _crossed(over: Finished) -> dict[str, bytes]:
    shown = {"request": request(over, BITCOIN_VAULT), "answer": answer(over, BITCOIN_VAULT)}
    index = {way: {"ur_type": "countersign", "sha256": sha256(data).hexdigest()} for way, data in shown.items()}
    pictures = {f"frames/{way}-0001.png": b"\x89PNG\r\n\x1a\n" + way.encode() for way in index}
    names = sorted(name for name in output_names.FIXED if name.startswith("screens/"))
    screens = {name: f"the screen of {name}".encode() for name in names}
    usb = {"usb/request.countersign": request(over), "usb/answer.countersign": answer(over)}
    return {"frames/index.json": jcs.encode(index)} | pictures | screens | usb


def read_pictures(over: Finished, pictures: Sequence[bytes]) -> tuple[str, bytes]:
    """What the pictures of `output_files` stand for."""
    way = request if b"request" in pictures[0] else answer
    return "countersign", way(over, BITCOIN_VAULT)


def write_output(directory: Path, files: dict[str, bytes]) -> None:
    """The files as a directory."""
    for name, data in files.items():
        place = directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
