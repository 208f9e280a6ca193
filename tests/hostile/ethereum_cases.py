"""Hostile Safe transactions, each beside the honest one."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256

from countersign.ethereum import abi, erc20, safe_file
from countersign.ethereum.abi import Address, address_word, word
from countersign.ethereum.safe import WITHOUT_CHAIN_ID, ClaimedSafeTx, SafeTx, with_version
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.keys.curve import ORDER, Curve
from countersign.rails import ethereum
from countersign.review.case import Case, JournalFacts, Mode, PaidBefore, PaidSeen, Shared
from countersign.settlement import builder
from countersign.settlement.contract import Terms
from countersign.settlement.house_records import Reconciled
from hostile.table import Hostile, each, overlaps
from support import settlement_world as world
from support.barred import barred
from support.review_cases import Plan, Scene, ether_plan, safe_share, story
from support.software_keys import SoftwareKey

Change = Callable[[SafeTx], SafeTx | bytes]
FRESH = Address(keccak256(b"a fresh contract")[12:])
ATTACKER = Address(keccak256(b"attacker")[12:])
MULTI_SEND = Address(bytes.fromhex("38869bf66a61cf6bdb996a6ae40d5853fd43b526"))
CALL_ONLY_TEXT = "0x9641d764fc13c8B624c04430C7356C1C7C8102e2"
CALL_ONLY = Address(eip55.parse(CALL_ONLY_TEXT))
NEEDED = 2
"""The confirmations that the policy wants of Ethereum."""


def honest() -> Case:
    """The Safe transaction as it should be."""
    return story().safe_case()


def altered(**fields: object) -> Case:
    """The story in which operations prepared a Safe transaction with other fields."""
    return story(safe=lambda tx: replace(tx, **fields)).safe_case()  # type: ignore[arg-type]


def with_data(change: Callable[[bytes], bytes]) -> Case:
    """Other call data."""
    return story(safe=lambda tx: replace(tx, data=change(tx.data))).safe_case()


def transfer(*, to: bytes | None = None, times: int = 1, more: int = 0) -> Case:
    """A transfer to another recipient, or of another amount."""

    def change(data: bytes) -> bytes:
        found = erc20.decode(data)
        return erc20.encode(erc20.Transfer(Address(to or found.recipient), found.amount * times + more))

    return with_data(change)


def to_itself() -> Case:
    """A transfer back to the Safe."""
    return transfer(to=eip55.parse(world.safe_address("harbour")))


def call(selector: str, *words: bytes, to: Address | None = None, operation: int = 0) -> Case:
    """Another call, to the Safe itself unless another target is given."""

    def change(tx: SafeTx) -> SafeTx:
        return replace(tx, to=to or tx.safe, data=bytes.fromhex(selector) + b"".join(words), operation=operation)

    return story(safe=change).safe_case()


def on_token(selector: str, *words: bytes) -> Case:
    """Another call to the registered token."""
    return call(selector, *words, to=Address(eip55.parse(world.USDC_ADDRESS)))


def other_hash() -> Case:
    """The file's safeTxHash is another one."""
    return story(safe=lambda tx: safe_file.serialise(ClaimedSafeTx(tx, abi.Digest(bytes(32))))).safe_case()


def without_chain() -> Case:
    """The file's safeTxHash is that of a Safe before 1.3.0, whose digest names no chain."""

    def change(tx: SafeTx) -> bytes:
        return safe_file.serialise(ClaimedSafeTx(tx, with_version(tx, WITHOUT_CHAIN_ID).digest))

    return story(safe=change).safe_case()


# --- E4: a token that is the Safe's own machinery


def _machinery_terms() -> Terms:
    found = world.terms(1)
    asset = f"{world.ETHEREUM}/erc20:{CALL_ONLY_TEXT}"
    leg = replace(found.legs[1], asset=asset)
    confirmations = ((world.BTC, 3), (asset, 2))
    return replace(found, legs=(found.legs[0], leg), finality=replace(found.finality, confirmations=confirmations))


def _machinery_asset(body: dict[str, object]) -> None:
    asset = f"{world.ETHEREUM}/erc20:{CALL_ONLY_TEXT}"
    body["assets"].append({"id": asset, "symbol": "USDX", "decimals": 6})  # type: ignore[attr-defined]


_MACHINERY = f"{world.ETHEREUM}/erc20:{CALL_ONLY_TEXT}"
MACHINERY = Plan(
    (_machinery_terms(),),
    _machinery_asset,
    (("harbour", _MACHINERY, 25_000_000_000_000),),
    ((_MACHINERY, "1"),),
)


# --- E6


def ether(**fields: object) -> Case:
    """The story with ether, with other fields."""
    return story(plan=ether_plan(), safe=lambda tx: replace(tx, **fields)).safe_case()  # type: ignore[arg-type]


# --- E8, E9


def nonce(prepared: int) -> Case:
    """The transaction has nonce 0, the event says `prepared`."""
    return story(nonce=prepared, safe=lambda tx: replace(tx, nonce=0)).safe_case()


def signed_before(digest: str | None) -> Case:
    """This machine signed a transaction under this nonce (None: this very one)."""
    scene = story()
    own = safe_file.parse(scene.safe_tx).tx.digest.hex()
    place = (world.ETHEREUM, world.safe_address("harbour"), 0)
    return scene.safe_case(journal=JournalFacts(nonces={place: digest or own}))


def again(number: int = 1, **first: object) -> Case:
    """The leg again under the next number, on the machine that signed the first; `first`: what the log says of that one."""
    scene = story()
    trade, old = scene.trades[0], scene.state.instructions[scene.prepared["safe-tx"]]
    tx = replace(safe_file.parse(scene.safe_tx).tx, nonce=number)
    data = safe_file.serialise(tx)
    body = builder.safe_instruction_body(
        trade.cycle, [trade.hash], world.ETHEREUM, "harbour-safe", sha256(data).hexdigest(), number
    )
    scene.desk.log("instruction.prepared", ["operations"], body)
    (name,) = (
        each.hash for each in scene.state.instructions.values() if each.nonce == number and each.hash != old.hash
    )
    changed = scene.state.instructions.set(old.hash, replace(scene.state.instructions[old.hash], **first))  # type: ignore[arg-type]
    # What used the first number is unknown to the log: the books were compared since.
    compared = Reconciled(scene.state.size, "cd" * 32, 4, 0, scene.state.size)
    scene.desk.state = replace(scene.state, instructions=changed, reconciled=compared)
    later = Scene(scene.desk, scene.trades, scene.psbt, data, {**scene.prepared, "safe-tx": name})
    digest, place = safe_file.parse(scene.safe_tx).tx.digest.hex(), (world.ETHEREUM, world.safe_address("harbour"), 0)
    before = PaidBefore(trade.contract.terms.id, digest, old.hash, (), place)
    return later.safe_case(journal=JournalFacts(payments=(before,)), safes=later.seen(nonce=number))


def again_beside(*, same: bool) -> Case:
    """As `again`; under the first number another request is gone for good, for the `same` contract or another settlement's."""
    case, scene = again(), story()
    assert case.state is not None
    first = scene.state.instructions[scene.prepared["safe-tx"]]
    return replace(case, state=barred(case.state, first, same=same))


def looked(barred: int, made_by: str = "") -> Case:
    """The log says that the first is gone for good; what this machine's own node says of it."""
    case = again(for_good=True)
    return replace(case, paid={case.journal.payments[0].transaction: PaidSeen(made_by, barred)})


def executed(nonce_: int | None) -> Case:
    """The last nonce that the log saw executed."""
    scene = story()
    use = replace(scene.state.safes["harbour-safe"], executed=nonce_)
    return scene.safe_case(state=replace(scene.state, safes=scene.state.safes.set("harbour-safe", use)))


def taken() -> Case:
    """The Safe waits for another instruction."""
    scene = story()
    use = replace(scene.state.safes["harbour-safe"], pending=world.digest("another"))
    return scene.safe_case(state=replace(scene.state, safes=scene.state.safes.set("harbour-safe", use)))


def shares(*made: Callable[[bytes], Shared]) -> Case:
    """Shares that stand in the log."""
    scene = story()
    case = scene.safe_case()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, shares=tuple(each(scene.safe_tx) for each in made)))


def of(officer: str) -> Callable[[bytes], Shared]:
    """An officer's share."""
    return lambda data: safe_share(data, officer)


def with_v(v: int) -> Callable[[bytes], Shared]:
    """Officer C's signature with another v."""

    def made(data: bytes) -> Shared:
        share = safe_share(data, "officer-c")
        return replace(share, data=share.data[:64] + bytes((v,)))

    return made


def high_s(data: bytes) -> Shared:
    """Officer C's signature with the other s, and the v that goes with it."""
    share = safe_share(data, "officer-c")
    s = ORDER[Curve.SECP256K1] - int.from_bytes(share.data[32:64])
    return replace(share, data=share.data[:32] + s.to_bytes(32) + bytes((55 - share.data[64],)))


def cut(data: bytes) -> Shared:
    """64 bytes."""
    share = safe_share(data, "officer-c")
    return replace(share, data=share.data[:64])


def stranger(data: bytes) -> Shared:
    """A stranger's signature over the right digest."""
    key = SoftwareKey.generate(Curve.SECP256K1, "stranger")
    rs = key.sign_digest(safe_file.parse(data).tx.digest)
    return Shared(key.kid, ethereum.make_share(data, key.public, rs))


def imported(*, ascending: bool) -> Case:
    """Both owners' signatures in one file, looked at before execution; in the Safe's order or the other."""
    scene = story()
    case = scene.safe_case()
    made = sorted(
        (safe_share(scene.safe_tx, name) for name in ("officer-c", "officer-d")), key=_owner, reverse=not ascending
    )
    assert case.instruction is not None
    blob = Shared("", b"".join(share.data for share in made))
    return replace(case, mode=Mode.LOOK, instruction=replace(case.instruction, shares=(blob,)))


def _owner(share: Shared) -> bytes:
    name = next(n for n in world.COSIGNERS if world.vault_key(n, "eip155", "harbour").kid == share.key)
    return world.vault_key(name, "eip155", "harbour").public.ethereum_address()


ONE = address_word(ATTACKER), word(1)
CASES: list[Hostile] = [
    Hostile("E1", "chain id of another network", "E1.other-chain", partial(altered, chain_id=1), honest),
    Hostile("E1", "another Safe", "E1.other-safe", partial(altered, safe=FRESH), honest),
    Hostile("E1", "a Safe whose digest names no chain", "E1.version", without_chain, honest),
    Hostile("E2", "the file says another hash", "E2.other-digest", other_hash, honest),
    Hostile("E3", "operation 1", "E3.delegatecall", partial(altered, operation=1), honest, overlaps("C7")),
    Hostile(
        "E3",
        "operation 1 to a fresh contract, dressed as a transfer",
        "E3.delegatecall",
        partial(altered, operation=1, to=FRESH),
        honest,
        overlaps("E5", "C7"),
    ),
    Hostile(
        "E3",
        "plain MultiSend",
        "E3.delegatecall-known",
        partial(call, "8d80ff0a", word(32), word(0), to=MULTI_SEND, operation=1),
        honest,
        overlaps("E4", "E5", "C7"),
    ),
    *each(
        "E4",
        "E4.self-call",
        honest,
        [
            ("addOwnerWithThreshold", partial(call, "0d582f13", *ONE)),
            ("changeThreshold(1)", partial(call, "694e80c3", word(1))),
            ("enableModule", partial(call, "610b5925", address_word(ATTACKER))),
            ("approveHash", partial(call, "d4d9bdcd", bytes(32))),
            ("setFallbackHandler", partial(call, "f08a0323", address_word(ATTACKER))),
        ],
        "E5",
        "C7",
    ),
    *each(
        "E4",
        "E4.admin-call",
        honest,
        [
            ("approve(max)", partial(on_token, "095ea7b3", address_word(ATTACKER), b"\xff" * 32)),
            ("permit", partial(on_token, "d505accf", *[word(0)] * 7)),
            ("transferFrom", partial(on_token, "23b872dd", address_word(ATTACKER), address_word(ATTACKER), word(1))),
            ("increaseAllowance", partial(on_token, "39509351", *ONE)),
        ],
        "E5",
        "C7",
    ),
    Hostile(
        "E4",
        "a token that is MultiSendCallOnly",
        "E4.safe-machinery",
        lambda: story(plan=MACHINERY).safe_case(),
        honest,
    ),
    Hostile("E5", "67 bytes", "E5.length", partial(with_data, lambda data: data[:-1]), honest, overlaps("C7")),
    Hostile("E5", "69 bytes", "E5.length", partial(with_data, lambda data: data + b"\x00"), honest, overlaps("C7")),
    Hostile(
        "E5",
        "padding not zero",
        "E5.padding",
        partial(with_data, lambda data: data[:4] + b"\x01" + data[5:]),
        honest,
        overlaps("C7"),
    ),
    Hostile("E5", "a fake USDC", "E5.token", partial(altered, to=FRESH), honest, overlaps("C7")),
    Hostile("E5", "amount × 10^12", "E5.amount", partial(transfer, times=10**12), transfer),
    Hostile("E5", "one unit more", "E5.amount", partial(transfer, more=1), transfer),
    Hostile("E5", "another recipient", "E5.recipient", partial(transfer, to=ATTACKER), transfer, overlaps("C7")),
    Hostile("E5", "back to the Safe", "E5.to-nobody", to_itself, transfer),
    Hostile("E5", "ether with it", "E5.ether-with-it", partial(altered, value=1), honest, overlaps("C7")),
    Hostile("E6", "one wei more", "E6.amount", partial(ether, value=5_000 * 10**18 + 1), ether),
    Hostile("E6", "another recipient", "E6.recipient", partial(ether, to=ATTACKER), ether, overlaps("C7")),
    Hostile("E6", "data with it", "E6.no-payment", partial(ether, data=b"\x12\x34\x56\x78"), ether, overlaps("C7")),
    *each(
        "E7",
        "E7.refund",
        honest,
        [
            ("gasToken", partial(altered, gas_token=FRESH)),
            ("refundReceiver", partial(altered, refund_receiver=ATTACKER)),
            ("huge baseGas", partial(altered, base_gas=10**18)),
            ("gasPrice", partial(altered, gas_price=1)),
            ("safeTxGas", partial(altered, safe_tx_gas=45_746)),
        ],
    ),
    Hostile("E8", "another nonce than prepared", "E8.other-nonce", partial(nonce, 1), partial(nonce, 0)),
    Hostile(
        "E8",
        "another hash signed under this nonce",
        "E8.signed-before",
        partial(signed_before, "ab" * 32),
        partial(signed_before, None),
    ),
    Hostile(
        "E8",
        "the same contract again under the next number, its first signatures withheld",
        "E8.paid-before",
        again,
        partial(again, for_good=True),
    ),
    Hostile(
        "E8",
        "the same contract again, whose own withheld execution bars another settlement's call under the first number",
        "E8.paid-before",
        partial(again_beside, same=False),
        partial(again_beside, same=True),
    ),
    Hostile(
        "E8",
        "the same contract again, the log says falsely that the first is gone for good: its number is not used",
        "E8.not-over",
        partial(looked, 0),
        partial(looked, NEEDED),
    ),
    Hostile(
        "E8",
        "the same contract again, and by this machine's own node the first is what used its number",
        "E8.paid-on-chain",
        partial(looked, NEEDED, "0x" + "5a" * 32),
        partial(looked, NEEDED),
    ),
    Hostile("E8", "nonce executed already", "E8.not-next", partial(executed, 0), partial(executed, None)),
    Hostile("E8", "another instruction waits", "E8.taken", taken, honest),
    *each(
        "E9",
        "E9.kind",
        partial(shares, of("officer-c")),
        [(f"imported with v = {v}", partial(shares, with_v(v))) for v in (0, 1, 31, 32, 29)],
    ),
    Hostile("E9", "high S", "E9.high-s", partial(shares, high_s), partial(shares, of("officer-c"))),
    Hostile("E9", "64 bytes", "E9.length", partial(shares, cut), partial(shares, of("officer-c"))),
    Hostile("E9", "a stranger's", "E9.not-an-owner", partial(shares, stranger), partial(shares, of("officer-c"))),
    Hostile(
        "E9",
        "one owner twice",
        "E9.twice",
        partial(shares, of("officer-c"), of("officer-c")),
        partial(shares, of("officer-c")),
    ),
    Hostile(
        "E9", "owners not ascending", "E9.order", partial(imported, ascending=False), partial(imported, ascending=True)
    ),
    Hostile(
        "E9",
        "quorum there already",
        "E9.complete",
        partial(shares, of("officer-c"), of("officer-d")),
        partial(shares, of("officer-c")),
    ),
]
