"""What the journeys of stops share: one settlement on a software stage, moved on step by step and looked at.

await agreed(table, terms)                # logged, endorsed, held; its hash
cycle = await instructed(table, contract)
await signed_by_both(table, cycle)        # officer A online, officer C cold, by USB
await delivered(table, cycle)             # released, broadcast, observed
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

from countersign.demonstration import cast
from countersign.desk import attesting, bundle, deals, founding, preparing, releasing
from countersign.desk.author import signed
from countersign.desk.safe_reader import SafeReader
from countersign.errors import CountersignError, Refused
from countersign.formats import bech32
from countersign.rails import bitcoin as bitcoin_rail
from countersign.settlement import builder
from countersign.settlement import contract as contracts
from countersign.settlement.contract import Contract, Finality, Leg, Notional, Terms
from countersign.settlement.ledger import Account, Balance
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Party
from support.software_stage import Table, silent

SELLER, BUYER = Party(cast.MERIDIAN, "main"), Party(cast.HARBOUR, "main")
OUTSIDE = f"{cast.BITCOIN}:{bech32.encode_segwit('bcrt', 0, sha256(b'a place of its own').digest())}"
"""Meridian's place outside this custody."""


def sale(table: Table, name: str = "MH-2026-0007") -> Terms:
    """250 BTC against 20,000,000 USDC."""
    return deals.spot_terms(cast.ORIGIN, table.story.sale(name))


def award(table: Table, disputed: str, units: int, ruling: bytes) -> Terms:
    """What a ruling says: so many satoshis from the seller to the buyer, and nothing back."""
    sold = sale(table, "AWARD-1")
    return replace(
        sold,
        template="award",
        replaces=disputed,
        legs=(replace(sold.legs[0], amount=units),),
        notional=Notional(units * 80_000 // 10**8, "80000", "Northgate reference"),
        finality=Finality(((cast.BTC, cast.CONFIRMATIONS),), mutual=False),
        legal_text_sha256=sha256(ruling).hexdigest(),
    )


def withdrawal(table: Table, units: int) -> Terms:
    """The seller sends its own satoshis away."""
    sold = sale(table, "W-1")
    return replace(
        sold,
        template="withdrawal",
        parties=(SELLER,),
        legs=(Leg(0, 0, cast.BTC, units, OUTSIDE),),
        notional=Notional(units * 80_000 // 10**8, "80000", "Northgate reference"),
        finality=Finality(((cast.BTC, cast.CONFIRMATIONS),), mutual=False),
    )


async def agreed(table: Table) -> str:
    """The sale, signed by both, logged, endorsed, both holds placed; its hash."""
    parties = [table.author("meridian"), table.author("harbour")]
    data = await deals.sign_contract(sale(table), parties)
    found, _ = await deals.import_contract(table.desk, table.author("operations"), data)
    await table.desk.put_artefact(table.stage.legal_text)
    return await held(table, found.hash)


async def requested(table: Table, terms: Terms) -> Contract:
    """A withdrawal that its owner signed and filed."""
    found = contracts.parse(await deals.sign_contract(terms, [table.author("meridian")]))
    draft = table.desk.scribe.draft("withdrawal.requested", builder.contract_body(found))
    await table.desk.submit(await signed(draft, [table.author("meridian")]))
    return found


async def held(table: Table, contract: str) -> str:
    """Endorsed, every hold placed."""
    await deals.endorse(table.desk, table.author("compliance"), contract)
    await deals.place_holds(table.desk, contract)
    return contract


async def instructed(table: Table, contract: str, cycle: str = "cycle-1") -> str:
    """Its gross cycle closed, its instructions prepared and taken in by officer A; the cycle."""
    await deals.close_cycle(table.desk, cycle, [contract])
    await preparing.prepare(table.desk, table.author("operations"), cycle, rate=cast.RATE)
    await table.officer.synchronise()
    return cycle


def live(table: Table, cycle: str) -> tuple[Instruction, ...]:
    """The cycle's instructions."""
    return table.desk.state.live(table.desk.state.cycle(cycle))


async def signed_online(table: Table, cycle: str) -> None:
    """Officer A signs every instruction with token A."""
    await table.officer.unlock(table.stage.ask_pin)
    for each in live(table, cycle):
        await table.officer.sign(each.hash, silent)


async def signed_cold(table: Table, cycle: str, *, by_qr: bool = False) -> None:
    """Every request crosses to the cold vault, which signs; the answers come back."""
    for each in live(table, cycle):
        await cold_sees(table, each.hash, by_qr=by_qr)
        await cold_signs(table)


async def attested(table: Table, cycle: str) -> None:
    """Compliance and officer D attest a cycle with what their nodes say of its Safes; officer A takes it in."""
    await table.officer.synchronise()
    replica, safes = table.officer.replica, SafeReader(table.stage.nodes)
    half = await attesting.attest(replica, cycle, table.author("compliance"), table.desk.scribe, safes)
    await table.desk.submit(await attesting.join(replica, half, table.author("officer-d"), safes))
    await table.officer.synchronise()


async def cold_sees(table: Table, instruction: str, *, by_qr: bool = False) -> dict[str, object]:
    """What the cold vault says of a request that reaches it, once two officers attested what they still can."""
    state = table.desk.state
    if bundle.attestation(state, state.instruction(instruction)) is None:
        with suppress(Refused):  # what stands no more is attested by nobody
            await attested(table, state.instruction(instruction).cycle)
    table.story.stick.mkdir(parents=True, exist_ok=True)
    if not by_qr:
        file = await table.officer.request_to_usb(instruction, table.story.stick)
        return dict(await table.stage.vault.take_from_usb(file))
    frames = await table.officer.request_frames(instruction)
    pictures = table.stage.pictures.write(table.story.folder / "frames", "request", frames)
    return dict(await table.stage.vault.take_pictures(pictures))


async def signed_by_both(table: Table, cycle: str, *, by_qr: bool = False) -> None:
    """The quorum of every instruction: one share online, one cold."""
    await signed_online(table, cycle)
    await signed_cold(table, cycle, by_qr=by_qr)


async def delivered(table: Table, cycle: str) -> None:
    """Released by two, broadcast, observed; final."""
    desk, operations = table.desk, table.author("operations")
    release = await releasing.make_release(desk, cycle, operations, "compliance")
    await releasing.check_release(desk, release, table.author("compliance"))
    await releasing.broadcast(desk, cycle, operations)
    await releasing.observe(desk, cycle, operations)
    await releasing.make_final(desk, cycle)


async def books_balance(table: Table) -> bool:
    """Whether the ledger says of every vault what its chain says."""
    found = await releasing.books(table.desk, (cast.BTC, table.stage.outside.token()))
    return all(book.ledger == book.chain for book in found)


async def online_objects(table: Table, contract: str) -> set[str]:
    """The checks that object on officer A's machine to what is to be signed for a contract."""
    await table.officer.synchronise()
    review = await table.officer.review(contract)
    verdicts = [review.contract_verdict, *(each.verdict for each in review.instructions)]
    return {finding.check for verdict in verdicts for finding in verdict.against}


def objections(seen: dict[str, object]) -> list[str]:
    """The checks that object in what the cold vault said."""
    found = seen["against"]
    assert isinstance(found, list)
    return found


async def refusal(call: Callable[[], object]) -> str:
    """The code with which something is refused."""
    try:
        await call()  # type: ignore[misc]
    except CountersignError as error:
        return error.code
    return ""


def stands(table: Table, contract: str) -> str:
    """Where a contract stands."""
    return table.desk.state.contract(contract).state.value


def balance(table: Table, party: Party, asset: str) -> Balance:
    """What a party's account holds, pocket by pocket."""
    return table.desk.state.ledger.balance(Account(party.lei, party.book, asset))


async def place_outside(table: Table) -> None:
    """Administrators register Meridian's place outside this custody; its cooling period passes."""
    body = {
        "assets": [],
        "participants": [],
        "officers": [],
        "vaults": [],
        "destinations": [
            {"account": OUTSIDE, "owner": {"lei": SELLER.lei, "book": SELLER.book}, "vault": None},
        ],
        "administrators": None,
    }
    administrators = [table.author("compliance"), table.author("officer-d")]
    await founding.change_roster(table.desk, administrators, body)
    table.stage.clock.seconds += 172_800 + 60


async def cold_signs(table: Table) -> None:
    """The cold vault signs what it was shown; its answer comes back."""
    await table.stage.vault.sign()
    table.story.stick.mkdir(parents=True, exist_ok=True)
    await table.officer.take_from_usb(await table.stage.vault.answer_to_usb(table.story.stick))
    await table.officer.synchronise()


async def paid(table: Table, account: str) -> int:
    """Satoshis that lie at a place on the embedded Bitcoin chain."""
    return sum(coin.satoshis for coin in await table.stage.bitcoin.coins([bitcoin_rail.script_at(account)]))
