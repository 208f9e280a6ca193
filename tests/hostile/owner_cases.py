"""Hostile changes of a Safe's owners, each beside the honest one: other calls than were ordered, and orders that are none.

A call that is altered is ordered, logged and proved like the truth: the administrators' event says who is to own the Safe, the
bytes that it names do something else.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from countersign.ethereum import abi, multisend, owners, safe_file
from countersign.ethereum.abi import Address, address_word
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.owners import AddOwner, ChangeThreshold, RemoveOwner, SwapOwner
from countersign.ethereum.safe import DELEGATECALL, WITHOUT_CHAIN_ID, ClaimedSafeTx, SafeTx, SafeVersion, with_version
from countersign.ethereum.safe_storage import SENTINEL
from countersign.formats import eip55
from countersign.review.case import Case, Channel, InstructionFacts, JournalFacts, Shared, SignerFacts, TransportFacts
from countersign.settlement.records import Freeze, SafeUse
from countersign.settlement.stop_bodies import ASSET, BOOK, CONTRACT, PARTICIPANT, Scope
from hostile.ethereum_cases import ATTACKER, FRESH, high_s, of, stranger, with_v
from hostile.table import Hostile, each, overlaps
from support import owner_cases as ordered
from support import settlement_world as world
from support import trouble_world as trouble
from support.owner_cases import AS_IT_IS, COMES, EXCHANGED, GOES, MORE_SIGN, SAFE, Change, Order
from support.review_cases import Scene, signed_head

DAY = 86_400
CALL_ONLY = multisend.pinned(SafeVersion(1, 4, 1))
LISTED = ordered.listed(ordered.ground()).owners
OWNER = {
    name: Address(world.vault_key(name, "eip155", "harbour").public.ethereum_address()) for name in world.SAFE_OWNERS
}
GONE = OWNER[ordered.D]
OF_MERIDIAN = Address(world.vault_key(ordered.D, "eip155", "meridian").public.ethereum_address())


def honest(order: Order = GOES) -> Case:
    """Officer A signs what was ordered: officer D goes, unless another order is given."""
    return ordered.scene(order).safe_case()


def altered(change: Change, order: Order = GOES) -> Case:
    """The administrators' event names other bytes."""
    return ordered.scene(order, tx=change).safe_case()


def fields(order: Order = GOES, **changes: object) -> Case:
    """Other fields."""
    return altered(lambda tx: replace(tx, **changes), order)  # type: ignore[arg-type]


def calls(data: bytes, order: Order = GOES) -> Case:
    """Another call of the Safe to itself."""
    return fields(order, data=data)


def change(of_owners: owners.OwnerChange, order: Order = GOES) -> Case:
    """Another of the four calls."""
    return calls(owners.serialise(of_owners), order)


def goes(*, owner: Address = GONE, previous: Address | None = None, threshold: int = 2) -> Case:
    """Somebody goes."""
    before = owners.previous(LISTED, owner) if previous is None else previous
    return change(RemoveOwner(before, owner, threshold))


def on_safe(selector: str, *words: bytes, order: Order = GOES) -> Case:
    """A call of the Safe to itself, by its selector."""
    return calls(bytes.fromhex(selector) + b"".join(words), order)


def trailing(tx: SafeTx) -> SafeTx:
    """A byte behind the call."""
    return replace(tx, data=tx.data + b"\x00")


def padded(tx: SafeTx) -> SafeTx:
    """The padding before an address is not zero."""
    return replace(tx, data=tx.data[:4] + b"\x01" + tx.data[5:])


def in_a_batch(tx: SafeTx) -> SafeTx:
    """The ordered call, with another behind it, in one batch."""
    inner = (InnerCall(tx.safe, 0, tx.data), InnerCall(tx.safe, 0, owners.serialise(ChangeThreshold(1))))
    return replace(tx, to=CALL_ONLY, data=multisend.serialise(inner), operation=DELEGATECALL)


def other_hash(tx: SafeTx) -> bytes:
    """The file's safeTxHash is another one."""
    return safe_file.serialise(ClaimedSafeTx(tx, abi.Digest(bytes(32))))


def without_chain(tx: SafeTx) -> bytes:
    """The file's safeTxHash is that of a Safe before 1.3.0, whose digest names no chain."""
    return safe_file.serialise(ClaimedSafeTx(tx, with_version(tx, WITHOUT_CHAIN_ID).digest))


# --- The order itself


def claiming(name: str | None) -> Case:
    """The request claims another order; None: this one."""
    case = honest()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, prepared=name or case.instruction.prepared))


def by(*officers: str) -> Case:
    """Who ordered it, as the state has it: a lying desk's, for the machine refuses such an event."""
    case = honest()
    assert case.state is not None
    assert case.instruction is not None
    name = case.instruction.prepared or ""
    order = replace(case.state.orders[name], by=officers)
    return replace(case, state=replace(case.state, orders=case.state.orders.set(name, order)))


def other_bytes(*, other: bool) -> Case:
    """The request holds the bytes of another order than the one it claims."""
    scene = ordered.scene(GOES)
    data = safe_file.serialise(ordered.built(ordered.ground(), MORE_SIGN)) if other else scene.safe_tx
    return scene.safe_case(instruction=InstructionFacts("safe-tx", data, scene.prepared["safe-tx"], original=data))


def signed_by(officer: str, order: Order = GOES) -> Case:
    """Another owner is about to sign."""
    key = world.vault_key(officer, "eip155", "harbour").public
    scene = ordered.scene(order)
    return scene.safe_case(signer=SignerFacts(officer, key))


def in_place_of(*, first: bool) -> Case:
    """Another order took its place; the first one, or the one that did, is about to be signed."""
    desk = ordered.ground().copy()
    old, new = (safe_file.serialise(ordered.built(desk, order)) for order in (GOES, MORE_SIGN))
    before = ordered.logged(desk, GOES, old)
    after = ordered.logged(desk, MORE_SIGN, new, replaces=before)
    data, name = (old, before) if first else (new, after)
    return Scene(desk, (), b"", data, {"safe-tx": name}).safe_case()


def executed(*, done: bool) -> Case:
    """The Safe has executed the order, or not."""
    case = honest()
    assert case.state is not None
    assert case.instruction is not None
    name = case.instruction.prepared or ""
    order = replace(case.state.orders[name], done=40 if done else None)
    return replace(case, state=replace(case.state, orders=case.state.orders.set(name, order)))


def after(seconds: int) -> Case:
    """So many seconds after the order was logged, everything else as fresh as it should be."""
    scene = ordered.scene()
    now = scene.state.time_ms // 1_000 + seconds
    head = signed_head(scene.log.checkpoint(), [now - 60, now - 60]).serialise()
    return scene.safe_case(
        clock=scene.clock(now=now), head=scene.head(note=head), safes=scene.seen(scene.now - now + 12)
    )


# --- What stands against it


def withheld(entries: int) -> Case:
    """The head covers more entries than this machine could replay."""
    scene = ordered.scene()
    return scene.safe_case(state=replace(scene.state, size=scene.state.size - entries))


def frozen(order: Order, **scope: str) -> Case:
    """An order of compliance stops something while the change is under way."""
    scene = ordered.scene(order)
    found = Freeze("HC-2026-114", Scope(**scope), "ab" * 32, "Court order.", ("compliance", "officer-d"), 3)
    return scene.safe_case(state=replace(scene.state, freezes=scene.state.freezes.set(found.order, found)))


# --- Nonces, signatures, the chain


def said_nonce(number: int) -> Case:
    """The transaction has nonce 0, the administrators' event says another."""
    return ordered.scene(nonce=number).safe_case()


def signed_before(digest: str | None) -> Case:
    """This machine signed a transaction under this nonce (None: this very one)."""
    scene = ordered.scene()
    own = safe_file.parse(scene.safe_tx).tx.digest.hex()
    place = (world.ETHEREUM, world.safe_address("harbour"), 0)
    return scene.safe_case(journal=JournalFacts(nonces={place: digest or own}))


def instead(digest: str | None) -> Case:
    """This machine signed under this nonce what the order takes the place of (None), or another transaction."""
    scene = ordered.scene(AS_IT_IS)
    first = ordered.built(ordered.ground(), GOES)
    case, place = scene.safe_case(), (world.ETHEREUM, world.safe_address("harbour"), 0)
    assert case.instruction is not None
    facts = replace(case.instruction, replaced=(safe_file.serialise(first),))
    return replace(case, instruction=facts, journal=JournalFacts(nonces={place: digest or first.digest.hex()}))


def executed_on(**changes: object) -> Case:
    """An order after one that took effect by the log, and what officer A's own node says of the Safe, changed."""
    desk = ordered.ground().copy()
    first = ordered.logged(desk, MORE_SIGN, safe_file.serialise(ordered.built(desk, MORE_SIGN)))
    for officer in (ordered.A, ordered.C):
        desk.log(*world.share_step(first, officer, SAFE))
    desk.log(*trouble.broadcast(desk.state.instruction(first)))
    enough = desk.state.adopted().confirmations_on(world.ETHEREUM)
    desk.log(*trouble.observed(desk.state.instruction(first), enough))
    data = safe_file.serialise(ordered.built(desk, GOES, nonce=1))
    scene = Scene(desk, (), b"", data, {"safe-tx": ordered.logged(desk, GOES, data, nonce=1)})
    return scene.safe_case(safes=scene.seen(**{"nonce": 1, **changes}))


def used(use: SafeUse | None) -> Case:
    """What the log says of the Safe's numbers; None: as it is."""
    case = honest()
    assert case.state is not None
    return case if use is None else replace(case, state=replace(case.state, safes=case.state.safes.set(SAFE, use)))


def shares(*made: Callable[[bytes], Shared], order: Order = GOES) -> Case:
    """Shares that stand in the log."""
    scene = ordered.scene(order)
    case = scene.safe_case()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, shares=tuple(one(scene.safe_tx) for one in made)))


def said(**changes: object) -> Case:
    """What officer A's own node says of the Safe, changed."""
    scene = ordered.scene()
    return scene.safe_case(safes=scene.seen(**changes))


# --- A cold machine: what two officers attest


def cold(*officers: str, by: Channel = Channel.USB, **changes: object) -> Case:
    """Carried to officer A's machine after these officers attested the order; `changes` alter what they attested."""
    scene = ordered.scene().attest(*officers) if officers else ordered.scene()
    state = scene.state
    for name, found in state.attestations.items():
        state = replace(state, attestations=state.attestations.set(name, replace(found, **changes)))  # type: ignore[arg-type]
    way = TransportFacts(by, None, sender="officer-c", sequence=1)
    clock = scene.clock(confirmed=True)
    return scene.safe_case(channel=by, transport=way, clock=clock, state=state, safes=None)


def attested(**changes: object) -> Case:
    """The Safe that two attested, changed."""
    case = cold("compliance", "officer-d")
    assert case.state is not None
    (found,) = case.state.attestations.values()
    chains = tuple(replace(each, safes=tuple(replace(one, **changes) for one in each.safes)) for each in found.chains)  # type: ignore[arg-type]
    return cold("compliance", "officer-d", chains=chains)


def unrelated() -> Case:
    """Two attested, but another order: the log's attestation is kept under its own name."""
    case = cold("compliance", "officer-d", by=Channel.QR)
    assert case.state is not None
    ((name, found),) = case.state.attestations.items()
    attestations = case.state.attestations.delete(name).set("ab" * 32, found)
    return replace(case, state=replace(case.state, attestations=attestations))


BY_TWO, BY_TWO_QR = partial(cold, "compliance", "officer-d"), partial(cold, "compliance", "officer-d", by=Channel.QR)


def withdrawn(*, gone: bool) -> Case:
    """The key of the owner who is to come was withdrawn since, or not."""
    case = honest(COMES)
    assert case.state is not None
    roster, kid = case.state.roster, world.vault_key(ordered.NEW, "eip155", "harbour").kid
    if gone:
        roster = replace(roster, keys=roster.keys.delete(kid), retired=roster.retired.set(kid, roster.keys[kid]))
    return replace(case, state=replace(case.state, roster=roster))


BESIDE = overlaps("E4", "C7")
"""E4 wants the whole transaction as it was ordered; what it refuses cannot be read as payments."""
HARBOUR, MERIDIAN = world.OWNERS["harbour"], world.OWNERS["meridian"]
EXCHANGED_ON_CHAIN = tuple(sorted(eip55.checksum(each) for each in (*LISTED[1:], ATTACKER)))
SWAPPED = SwapOwner(owners.previous(LISTED, GONE), GONE, ATTACKER)
IN_FRONT = owners.previous(LISTED, GONE)
NOT_IN_FRONT = next(each for each in LISTED if each not in (GONE, IN_FRONT))
ANOTHER_LIST = tuple(eip55.checksum(each) for each in reversed(LISTED))
CONTRACT_HASH = next(iter(ordered.ground().state.contracts))


def e4(reason: str, near: Callable[[], Case], *cases: tuple[str, Callable[[], Case]]) -> list[Hostile]:
    """What E4 alone stops: C7 is blocked with it, for nothing else can be read as a payment."""
    return each("E4", reason, near, [(f"owners: {name}", hostile) for name, hostile in cases])


CASES: list[Hostile] = [
    Hostile("C4", "owners: ordered a day ago", "C4.request-too-old", partial(after, DAY + 1), partial(after, DAY)),
    Hostile("C5", "owners: no such order in the log", "C5.not-prepared", partial(claiming, "ab" * 32), partial(claiming, None),
            overlaps("C4", "C6", "C7", "E1", "E10", "E4", "E5", "E6", "E8", "E9")),
    *each("C5", "C5.not-administrators", partial(by, *ordered.BY), [
        ("owners: ordered by operations", partial(by, "operations", "officer-c")),
        ("owners: ordered by one administrator", partial(by, "compliance")),
        ("owners: ordered by one administrator twice", partial(by, "compliance", "compliance")),
        ("owners: ordered by one administrator and operations", partial(by, "compliance", "operations")),
    ]),
    Hostile("C5", "owners: who signs ordered it", "C5.own-order", partial(signed_by, ordered.D), partial(signed_by, ordered.C)),
    Hostile("C5", "owners: the bytes of another order", "C5.other-artefact", partial(other_bytes, other=True),
            partial(other_bytes, other=False), BESIDE),
    Hostile("C5", "owners: another order took its place", "C5.superseded", partial(in_place_of, first=True),
            partial(in_place_of, first=False), overlaps("E8")),
    Hostile("C5", "owners: executed already", "C5.order-done", partial(executed, done=True), partial(executed, done=False)),
    Hostile("L8", "owners: an entry withheld", "L8.entries-missing", partial(withheld, 1), partial(withheld, 0)),
    Hostile("L8", "owners: an owner comes, and its owner is frozen", "L8.frozen-owners",
            partial(frozen, COMES, kind=PARTICIPANT, lei=HARBOUR.lei), partial(frozen, GOES, kind=PARTICIPANT, lei=HARBOUR.lei)),
    Hostile("L8", "owners: an owner is exchanged, and its book is frozen", "L8.frozen-owners",
            partial(frozen, EXCHANGED, kind=BOOK, lei=HARBOUR.lei, book=HARBOUR.book),
            partial(frozen, EXCHANGED, kind=BOOK, lei=MERIDIAN.lei, book=MERIDIAN.book)),
    Hostile("L8", "owners: an owner comes, and an asset in it is frozen", "L8.frozen-owners",
            partial(frozen, COMES, kind=ASSET, asset=world.USDC), partial(frozen, COMES, kind=ASSET, asset=world.BTC)),
    Hostile("L8", "owners: an owner comes, and a contract of its owner is frozen", "L8.frozen-owners",
            partial(frozen, COMES, kind=CONTRACT, contract=CONTRACT_HASH),
            partial(frozen, MORE_SIGN, kind=CONTRACT, contract=CONTRACT_HASH)),
    Hostile("E1", "owners: chain id of another network", "E1.other-chain", partial(fields, chain_id=1), honest, BESIDE),
    Hostile("E1", "owners: another Safe", "E1.other-safe", partial(fields, safe=FRESH, to=FRESH), honest, BESIDE),
    Hostile("E1", "owners: a Safe whose digest names no chain", "E1.version", partial(altered, without_chain), honest),
    Hostile("E2", "owners: the file says another hash", "E2.other-digest", partial(altered, other_hash), honest),
    Hostile("E3", "owners: operation 1", "E3.delegatecall", partial(fields, operation=1), honest, BESIDE),
    *e4("E4.not-ordered", honest,
        ("another owner goes", partial(goes, owner=OWNER[ordered.A])),
        ("one more signature less with it", partial(goes, threshold=1)),
        ("a stranger comes", partial(change, AddOwner(ATTACKER, 2))),
        ("he is exchanged for a stranger", partial(change, SWAPPED)),
        ("he is exchanged for his own key of another Safe", partial(change, replace(SWAPPED, new=OF_MERIDIAN))),
        ("changeThreshold(1) instead", partial(change, ChangeThreshold(1))),
        ("wei with it", partial(fields, value=1)),
        ("to another contract", partial(fields, to=ATTACKER)),
        ("to the singleton itself", partial(fields, to=Address(eip55.parse(world.SAFE_SINGLETON)))),
        ("in a batch, with changeThreshold(1) behind it", partial(altered, in_a_batch)),
    ),
    *e4("ethereum.owner-selector", honest,
        ("enableModule", partial(on_safe, "610b5925", address_word(ATTACKER))),
        ("setGuard", partial(on_safe, "e19a9dd9", address_word(ATTACKER))),
        ("setFallbackHandler", partial(on_safe, "f08a0323", address_word(ATTACKER))),
        ("approveHash", partial(on_safe, "d4d9bdcd", bytes(32))),
        ("an empty call", partial(fields, data=b"")),
    ),
    *e4("ethereum.owner-length", honest,
        ("a byte behind the call", partial(altered, trailing)),
        ("a byte short", partial(altered, lambda tx: replace(tx, data=tx.data[:-1]))),
    ),
    *e4("ethereum.address-padding", honest, ("padding not zero", partial(altered, padded))),
    *e4("E4.not-a-neighbour", partial(goes, previous=IN_FRONT),
        ("a stranger in front of who goes", partial(goes, previous=ATTACKER)),
        ("who goes in front of himself", partial(goes, previous=GONE)),
    ),
    *e4("settlement.key-withdrawn", partial(withdrawn, gone=False),
        ("the key of who comes was withdrawn since", partial(withdrawn, gone=True)),
    ),
    *e4("E4.not-ordered", partial(honest, MORE_SIGN),
        ("a threshold of 2 where 3 was ordered", partial(change, ChangeThreshold(2), MORE_SIGN)),
        ("an owner with another threshold", partial(change, AddOwner(ATTACKER, 3), MORE_SIGN)),
    ),
    *e4("E4.not-ordered", partial(honest, EXCHANGED),
        ("exchanged, but for a stranger", partial(change, SWAPPED, EXCHANGED)),
        ("he stays, and another is exchanged", partial(change, replace(SWAPPED, old=LISTED[0], previous=SENTINEL), EXCHANGED)),
        ("he only goes", partial(change, RemoveOwner(IN_FRONT, GONE, 2), EXCHANGED)),
    ),
    *e4("E4.not-ordered", partial(honest, AS_IT_IS),
        ("taken back, and yet an owner goes", partial(change, RemoveOwner(IN_FRONT, GONE, 2), AS_IT_IS)),
        ("taken back, with a module", partial(on_safe, "610b5925", address_word(ATTACKER), order=AS_IT_IS)),
        ("taken back, with wei", partial(fields, AS_IT_IS, value=1)),
    ),
    *each("E7", "E7.refund", honest, [
        ("owners: gasToken", partial(fields, gas_token=FRESH)),
        ("owners: refundReceiver", partial(fields, refund_receiver=ATTACKER)),
        ("owners: huge baseGas", partial(fields, base_gas=10**18)),
        ("owners: gasPrice", partial(fields, gas_price=1)),
        ("owners: safeTxGas", partial(fields, safe_tx_gas=45_746)),
    ], *BESIDE),
    Hostile("E8", "owners: another nonce than ordered", "E8.other-nonce", partial(said_nonce, 1), partial(said_nonce, 0), BESIDE),
    Hostile("E8", "owners: another hash signed under this nonce", "E8.signed-before", partial(signed_before, "ab" * 32),
            partial(signed_before, None)),
    Hostile("E8", "owners: neither this nor what it takes the place of signed under this nonce", "E8.signed-before",
            partial(instead, "ab" * 32), partial(instead, None)),
    Hostile("E8", "owners: nonce executed already", "E8.not-next", partial(used, SafeUse(executed=0)), partial(used, None)),
    Hostile("E8", "owners: a settlement waits at the Safe", "E8.taken", partial(used, SafeUse("cd" * 32)), partial(used, None)),
    *each("E9", "E9.kind", partial(shares, of("officer-c")),
          [(f"owners: imported with v = {v}", partial(shares, with_v(v))) for v in (0, 1, 31)]),
    Hostile("E9", "owners: high S", "E9.high-s", partial(shares, high_s), partial(shares, of("officer-c"))),
    Hostile("E9", "owners: a stranger's", "E9.not-an-owner", partial(shares, stranger), partial(shares, of("officer-c"))),
    Hostile("E9", "owners: who only comes has signed", "E9.not-an-owner", partial(shares, of(ordered.NEW), order=COMES),
            partial(shares, of("officer-c"), order=COMES)),
    Hostile("E9", "owners: who only comes is to sign", "E9.no-own-key", partial(signed_by, ordered.NEW, COMES),
            partial(shares, of("officer-c"), order=COMES)),
    Hostile("E9", "owners: quorum there already", "E9.complete", partial(shares, of("officer-c"), of("officer-d")),
            partial(shares, of("officer-c"))),
    *each("E10", "E10.threshold", said, [("owners: a lower threshold already", partial(said, threshold=1))]),
    *each("E10", "E10.owners", said, [("owners: exchanged on its chain already", partial(said, owners=EXCHANGED_ON_CHAIN))]),
    *each("E10", "E10.modules", said, [("owners: a module", partial(said, modules=(eip55.checksum(ATTACKER),)))]),
    *each("E10", "E10.guard", said, [("owners: a guard", partial(said, guard=eip55.checksum(ATTACKER)))]),
    *each("E10", "E10.nonce", said, [("owners: its nonce used up", partial(said, nonce=1))]),
    Hostile("E10", "owners: the change before it is in the log and not on the chain", "E10.order-unseen",
            partial(executed_on, threshold=2, nonce=0), executed_on),
    *each("E10", "ethereum.owner-previous", partial(goes, previous=IN_FRONT), [
        ("owners: another owner in front than in the Safe's own list", partial(goes, previous=NOT_IN_FRONT)),
    ]),
    Hostile("E10", "owners: attested: who goes does not stand first in the Safe's own list", "ethereum.owner-previous",
            partial(attested, owners=ANOTHER_LIST), attested),
    Hostile("E10", "owners: attested by nobody, by USB", "E10.not-attested", cold, BY_TWO),
    Hostile("E10", "owners: attested by who signs, by USB", "L8.attested-by-signer",
            partial(cold, "compliance", "officer-a"), BY_TWO),
    Hostile("E10", "owners: attested for another order, by USB", "L8.attested-other",
            partial(BY_TWO, instructions=("ab" * 32,)), BY_TWO),
    Hostile("E10", "owners: attested: a lower threshold", "E10.threshold", partial(attested, threshold=1), attested),
    Hostile("E10", "owners: attested: exchanged on its chain already", "E10.owners",
            partial(attested, owners=EXCHANGED_ON_CHAIN), attested),
    Hostile("L8", "owners: by QR, attested by nobody", "L8.not-attested", partial(cold, by=Channel.QR), BY_TWO_QR, overlaps("E10")),
    Hostile("L8", "owners: by QR, another order attested", "L8.not-attested", unrelated, BY_TWO_QR, overlaps("E10")),
    Hostile("L8", "owners: by QR, attested in another history", "L8.other-history",
            partial(BY_TWO_QR, root="cd" * 32), BY_TWO_QR),
]  # fmt: skip
