"""One order on every machine: verify, journal, sign, verify, journal, export. A pulled token loses nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.psbt import serialise as serialise_psbt
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk import cases, own_keys, preparing, signing
from countersign.desk.author import Author, signed
from countersign.desk.ports import Coin, Journal
from countersign.desk.records import Intent
from countersign.desk.safe_reader import SafeReader
from countersign.desk.signing import Hand, Made
from countersign.errors import Conflict, CountersignError, Refused, Unavailable
from countersign.ethereum.abi import Address
from countersign.formats import eip55
from countersign.keys.public_key import PublicKey
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.rails import wallets
from countersign.settlement import builder
from countersign.settlement.roster import SafeVault
from support.software_keys import SoftwareKey
from support.software_stage import SoftwareToken, Table, silent

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture
async def prepared(table: Table) -> Table:
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    return table


def token(table: Table) -> SoftwareToken:
    return table.stage.bearers["officer-a"]


def journal(table: Table) -> Journal:
    return table.officer.replica.profile.journal


def refused_checks(error: CountersignError) -> set[str]:
    assert isinstance(error, Refused)
    return {finding.check for finding in error.findings if finding.status.value in ("fail", "blocked")}  # type: ignore[attr-defined]


async def circumstances(table: Table, kind: str) -> cases.Circumstances:
    """The moment, with what officer A's own node says of the Safe."""
    replica = table.officer.replica
    seen = await SafeReader(table.stage.nodes).look(table.live(kind), replica.state.roster)
    return cases.Circumstances(now=table.stage.clock.seconds, store=cases.store_facts(replica.profile), safes=seen)


async def make(table: Table, kind: str, hand: Hand | None = None) -> Made:
    """A share made at officer A's machine and given to nobody."""
    console = table.officer
    replica, instruction = console.replica, table.live(kind)
    return await signing.sign(
        hand or console.hand,
        cases.basis(replica, (table.story.contract,)),
        instruction,
        table.artefact(kind),
        await circumstances(table, kind),
        replica.profile,
        table.desk.scribe,
        silent,
    )


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
async def test_the_intent_is_durable_before_the_token_is_asked(prepared: Table, kind: str) -> None:
    instruction, seen = table_hash(prepared, kind), []

    def look(key: PublicKey, digest: bytes) -> None:
        intents = journal(prepared).intents(instruction)
        seen.append(any(digest in each.digests and each.key == key.thumbprint() for each in intents))

    token(prepared).before = look
    await prepared.officer.sign(prepared.live(kind).hash, silent)
    assert seen == [True] * (3 if kind == "psbt" else 1)


def table_hash(table: Table, kind: str) -> bytes:
    return bytes.fromhex(table.live(kind).hash)


async def test_the_intent_names_every_coin_that_is_promised(prepared: Table) -> None:
    await make(prepared, "psbt")
    coins = cases.outpoints(prepared.live("psbt").group.chain, parse_psbt(prepared.artefact("psbt")))
    assert len(coins) == 3
    assert all(journal(prepared).signed_outpoint(coin) for coin in coins)


async def test_a_token_pulled_half_way_loses_nothing_and_resumes_where_it_stopped(prepared: Table) -> None:
    pulled = iter([False, True])

    def pull(_key: PublicKey, _digest: bytes) -> None:
        if next(pulled, False):
            raise Unavailable("signers.removed", token="officer-a")

    token(prepared).before = pull
    with pytest.raises(Unavailable):
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    (first,) = token(prepared).signed
    recorded = answers(prepared)
    assert prepared.live("psbt").shares == ()
    await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert len(token(prepared).signed) == 3
    assert token(prepared).signed.count(first) == 1
    assert recorded.items() <= answers(prepared).items()
    assert [share.officer for share in prepared.live("psbt").shares] == ["officer-a"]


def answers(table: Table) -> Mapping[bytes, bytes]:
    """Every recorded signature of officer A, by digest."""
    found = {}
    for digest in token(table).signed:
        for key in token(table).labels.values():
            answer = journal(table).answered(key.public.thumbprint(), digest)
            if answer is not None:
                found[digest] = answer
    return found


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
async def test_the_same_request_again_is_answered_from_the_record(prepared: Table, kind: str) -> None:
    first = await make(prepared, kind)
    signed = list(token(prepared).signed)
    again = await make(prepared, kind)
    assert again.shares[0].share == first.shares[0].share
    assert token(prepared).signed == signed


class Hesitant(SoftwareToken):
    """A token that lets others go first before it signs."""

    async def sign_digest(self, key: PublicKey, digest: bytes) -> bytes:
        await asyncio.sleep(0)
        return await super().sign_digest(key, digest)


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
async def test_two_calls_at_once_ask_the_token_once(prepared: Table, kind: str) -> None:
    slow = Hesitant(token(prepared).name, token(prepared).labels)
    hand = replace(prepared.officer.hand, token=slow)
    first, second = await asyncio.gather(make(prepared, kind, hand), make(prepared, kind, hand))
    assert first.shares[0].share == second.shares[0].share
    assert len(slow.signed) == (3 if kind == "psbt" else 1)


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
async def test_another_transaction_over_the_same_coins_or_nonce_is_refused(prepared: Table, kind: str) -> None:
    made = await make(prepared, kind)
    (intent, *_) = journal(prepared).intents(table_hash(prepared, kind))
    other = replace(intent, transaction=b"\x42" * 32, digests=(b"\x43" * 32,))
    with pytest.raises(Conflict) as refused:
        journal(prepared).intend(other)
    assert refused.value.code == ("B12.promised" if kind == "psbt" else "E8.promised")
    journal(prepared).intend(intent)
    assert (await make(prepared, kind)).shares[0].share == made.shares[0].share


async def test_coins_promised_elsewhere_stop_the_signature_by_its_check(prepared: Table) -> None:
    instruction = prepared.live("psbt")
    coin = cases.outpoints(instruction.group.chain, parse_psbt(prepared.artefact("psbt")))[0]
    key = own_keys.vault_keys(prepared.desk.state.roster, "officer-a", instruction)[0].key
    promise = Intent(b"\x01" * 32, "another", key.thumbprint(), b"\x02" * 32, (b"\x03" * 32,), 1, outpoints=(coin,))
    journal(prepared).intend(promise)
    with pytest.raises(Refused) as refused:
        await prepared.officer.sign(instruction.hash, silent)
    assert refused.value.code == "desk.checks-forbid"
    assert refused_checks(refused.value) == {"B12"}
    assert token(prepared).signed == []


def over_another_digest(key: SoftwareKey, digest: bytes) -> bytes:
    return key.sign_digest(bytes(reversed(digest)))


def high_s(key: SoftwareKey, digest: bytes) -> bytes:
    whole = key.sign_digest(digest)
    return whole[:32] + (ORDER - int.from_bytes(whole[32:])).to_bytes(32)


def short(key: SoftwareKey, digest: bytes) -> bytes:
    return key.sign_digest(digest)[:63]


def long(key: SoftwareKey, digest: bytes) -> bytes:
    return key.sign_digest(digest) + b"\x00"


@pytest.mark.parametrize("answer", [over_another_digest, high_s, short, long])
async def test_a_false_signature_is_neither_recorded_nor_exported(prepared: Table, answer) -> None:  # type: ignore[no-untyped-def]
    token(prepared).answer = answer
    with pytest.raises(Refused) as refused:
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert "H7" in refused_checks(refused.value)
    assert answers(prepared) == {}
    assert prepared.live("psbt").shares == ()
    token(prepared).answer = None
    await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert len(prepared.live("psbt").shares) == 1


async def test_a_locked_token_is_not_asked(prepared: Table) -> None:
    token(prepared).unlocked = False
    with pytest.raises(Refused) as refused:
        await make(prepared, "psbt")
    assert "H3" in refused_checks(refused.value)
    assert token(prepared).signed == []


async def test_a_token_swapped_for_one_of_the_same_label_is_not_asked(prepared: Table) -> None:
    class Twin(SoftwareToken):
        serial = "serial-of-another"  # type: ignore[assignment]

    known = token(prepared)
    twin = Twin(known.name, known.labels)
    hand = Hand("officer-a", twin, Author("officer-a", known.public["identity"], twin))
    with pytest.raises(Refused) as refused:
        await make(prepared, "psbt", hand)
    assert "H2" in refused_checks(refused.value)
    assert twin.signed == []
    assert (await make(prepared, "psbt")).verdict.may_sign


async def test_whoever_owns_no_key_of_the_vault_cannot_sign(prepared: Table) -> None:
    other = prepared.stage.bearers["operations"]
    hand = Hand("operations", other, prepared.author("operations"))
    with pytest.raises(Refused) as refused:
        await make(prepared, "psbt", hand)
    assert refused.value.code == "desk.not-an-owner"


async def test_a_refusal_carries_every_finding(prepared: Table) -> None:
    token(prepared).unlocked = False
    with pytest.raises(Refused) as refused:
        await make(prepared, "safe-tx")
    checks = {finding.check for finding in refused.value.findings}  # type: ignore[attr-defined]
    assert {"C1", "C5", "L3", "E2", "E3", "E8", "H2", "H3", "S1"} <= checks


async def test_a_share_holds_this_officers_signatures_on_every_input_and_nobody_elses(prepared: Table) -> None:
    made = await make(prepared, "psbt")
    keys = [each.key for each in own_keys.vault_keys(prepared.desk.state.roster, "officer-a", prepared.live("psbt"))]
    bitcoin_rail.accept_share(prepared.artefact("psbt"), made.shares[0].share, keys)
    unsigned, share = parse_psbt(prepared.artefact("psbt")), parse_psbt(made.shares[0].share)
    assert bytes(unsigned.txid) == bytes(share.txid)


async def test_the_contracts_id_is_remembered_with_its_hash(prepared: Table) -> None:
    await make(prepared, "psbt")
    assert journal(prepared).settlement_hash("MH-2026-0001", 1) == bytes.fromhex(prepared.story.contract)


async def test_the_safes_nonce_is_promised_with_the_safe_and_its_chain(prepared: Table) -> None:
    await make(prepared, "safe-tx")
    (intent,) = journal(prepared).intents(table_hash(prepared, "safe-tx"))
    vault = prepared.desk.state.roster.vault("harbour-safe")
    assert intent.nonce is not None
    assert (intent.nonce.chain, eip55.checksum(intent.nonce.safe)) == (vault.chain, vault.address)  # type: ignore[union-attr]


class BothHats(Story):
    """A founding that gives officer A the operations role too."""

    def founding_body(self, cold):  # type: ignore[no-untyped-def]
        body = super().founding_body(cold)
        for entry in body["officers"]:  # type: ignore[union-attr]
            if entry["id"] == "officer-a":
                entry["roles"] = ["operations", "signing"]
        return body


async def test_whoever_prepared_it_does_not_sign_it(table: Table) -> None:
    table.story = BothHats(table.stage, table.stage.folder / "out")
    await table.until("step-contract")
    await table.officer.unlock(table.stage.ask_pin)
    from countersign.desk import preparing

    await preparing.prepare(table.desk, table.author("officer-a"), table.story.cycle, rate=4)
    await table.officer.synchronise()
    with pytest.raises(Refused) as refused:
        await make(table, "psbt")
    assert refused_checks(refused.value) == {"C5"}
    assert token(table).signed == []


async def test_both_hats_may_sign_what_somebody_else_prepared(table: Table) -> None:
    table.story = BothHats(table.stage, table.stage.folder / "out")
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    assert (await make(table, "psbt")).verdict.may_sign


@pytest.mark.parametrize(
    ("flags", "tries"),
    [({}, "ok"), ({"pin_count_low": True}, "low"), ({"pin_final_try": True}, "last"), ({"pin_locked": True}, "locked")],
)
async def test_what_a_token_says_of_its_pin_is_shown(prepared: Table, flags: dict[str, bool], tries: str) -> None:
    for name, value in flags.items():
        setattr(token(prepared), name, value)
    assert (await signing.token_view(token(prepared), "Ada Vale")).tries == tries


async def test_the_last_try_is_taken_only_where_a_person_confirmed_it(table: Table) -> None:
    await table.until("step-found")
    token(table).pin_final_try = True
    with pytest.raises(Refused) as refused:
        await table.officer.unlock(table.stage.ask_pin)
    assert refused.value.code == "H5.final-try"
    assert (await table.officer.unlock(table.stage.ask_pin, last_try=True)).unlocked


async def test_the_pin_is_asked_once(table: Table) -> None:
    await table.until("step-found")
    asked = []

    async def ask(code: str) -> str:
        asked.append(code)
        return "246813"

    assert (await table.officer.unlock(ask)).unlocked
    assert len(asked) == 1


async def again(table: Table, coins: Sequence[Coin]) -> None:
    """Operations prepares the Bitcoin leg in the first request's place: over these coins, or over the same bytes."""
    desk, old = table.desk, table.live("psbt")
    (wallet,) = wallets.paying(desk.state, old.group.vaults)
    artefact, spends = old.artefact, old.spends
    if coins:
        funds = bitcoin_rail.Funds(wallet, tuple((each.transaction, each.vout) for each in coins), 4)
        psbt = bitcoin_rail.build(desk.state.owed(old), [funds], cast.RATE).psbt
        artefact = (await desk.put_artefact(serialise_psbt(psbt))).hex()
        spends = preparing.spends_of(facts(psbt), [wallet])
    contracts = desk.state.cycle(old.cycle).contracts
    body = builder.psbt_instruction_body(old.cycle, contracts, old.group.chain, artefact, spends)
    await desk.submit(await signed(desk.scribe.draft("instruction.prepared", body), [table.author("operations")]))
    await table.officer.synchronise()


@pytest.mark.parametrize("over", ["other coins", "the same bytes"])
async def test_a_contract_is_not_paid_again_over_other_coins_by_who_signed_its_payment_before(
    prepared: Table, over: str
) -> None:
    (wallet,) = wallets.paying(prepared.desk.state, prepared.live("psbt").group.vaults)
    first = await prepared.desk.bitcoin(wallet.vault.chain).coins(*wallet.watched)
    await make(prepared, "psbt")  # and whoever was given it withholds it: the log shows no share
    others = prepared.stage.bitcoin.fund_all([Output(each.script_pubkey, Satoshis(each.satoshis)) for each in first])
    await again(prepared, others if over == "other coins" else ())
    if over == "the same bytes":
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
        assert [share.officer for share in prepared.live("psbt").shares] == ["officer-a"]
        return
    with pytest.raises(Refused) as refused:
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert refused_checks(refused.value) == {"B12"}
    assert "B12.paid-before" in {each.reason for each in refused.value.findings}  # type: ignore[attr-defined]


async def safe_again(table: Table, nonce: int) -> None:
    """Operations prepares the Safe's leg in the first request's place, under this number, which is the Safe's next."""
    desk, old = table.desk, table.live("safe-tx")
    vault = desk.state.roster.vault(old.group.vaults[0])
    assert isinstance(vault, SafeVault)
    table.stage.ethereum.safes[Address(eip55.parse(vault.address))].nonce = nonce
    data = ethereum_rail.serialise(ethereum_rail.build(desk.state.owed(old), vault, nonce))
    contracts = desk.state.cycle(old.cycle).contracts
    artefact = (await desk.put_artefact(data)).hex()
    body = builder.safe_instruction_body(old.cycle, contracts, old.group.chain, vault.id, artefact, nonce)
    await desk.submit(await signed(desk.scribe.draft("instruction.prepared", body), [table.author("operations")]))
    await table.officer.synchronise()


@pytest.mark.parametrize("number", [0, 1])
async def test_a_contract_is_not_paid_again_under_another_number_by_who_signed_its_payment_before(
    prepared: Table, number: int
) -> None:
    """Whoever kept the first signatures executes them: that is what used the first number."""
    await make(prepared, "safe-tx")  # and whoever was given it withholds it: the log shows no share
    await safe_again(prepared, number)
    if number == 0:  # only one of the two can be executed
        await prepared.officer.sign(prepared.live("safe-tx").hash, silent)
        assert [share.officer for share in prepared.live("safe-tx").shares] == ["officer-a"]
        return
    with pytest.raises(Refused) as refused:
        await prepared.officer.sign(prepared.live("safe-tx").hash, silent)
    assert refused_checks(refused.value) == {"E8"}
    assert "E8.paid-before" in {each.reason for each in refused.value.findings}  # type: ignore[attr-defined]


async def test_nothing_is_prepared_over_a_coin_that_the_desks_node_does_not_see_confirmed(prepared: Table) -> None:
    """One share over it, and the settlement could never end: neither it nor its void would ever be mined."""
    chain, psbt = prepared.stage.bitcoin, prepared.live("psbt")
    (wallet,) = wallets.paying(prepared.desk.state, psbt.group.vaults)
    paid = [Output(wallet.descriptor(0).script_pubkey, Satoshis(2 * cast.SOLD))]
    invented = EmbeddedBitcoin().fund_all(paid)
    with pytest.raises(Refused, match=r"desk\.coin-not-there"):
        await again(prepared, invented)
    await again(prepared, chain.fund_all(paid))
    assert prepared.live("psbt").hash != psbt.hash
