"""What the desk verifies before it signs beside an officer: shares by their bytes, chains by its own node."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import pytest

from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.psbt import serialise as serialise_psbt
from countersign.chains.outside import SOMEBODY, TOKEN
from countersign.demonstration import cast
from countersign.desk import cases, ceremony, founding, own_keys, reconciling, releasing, signing, vouching
from countersign.desk.author import signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Coin, Observation, Receipt
from countersign.desk.vouching import Nodes
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.ethereum import safe_storage
from countersign.ethereum.abi import Address, word
from countersign.ethereum.arrivals import Arrival
from countersign.ethereum.storage_root import mapped
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.rails import bitcoin as rail
from countersign.settlement import events
from countersign.settlement.ledger import Account, Ledger
from countersign.settlement.roster import SafeVault
from support.refusals import refused
from support.software_stage import Table, admit_ether, silent

PARTIAL_SIGNATURE = b"\x02"


async def submit(table: Table, kind: str, who: str, body: Mapping[str, object]) -> Receipt:
    return await table.desk.submit(await signed(table.desk.scribe.draft(kind, body), [table.author(who)]))


async def refusal(table: Table, kind: str, who: str, body: Mapping[str, object]) -> str:
    """The code with which the desk refuses an event; nothing was logged."""
    before = table.desk.state
    with pytest.raises(CountersignError) as caught:
        await submit(table, kind, who, body)
    assert table.desk.state == before
    return caught.value.code


def deposit(table: Table, coin: Coin, **changes: object) -> dict[str, object]:
    owner = {"lei": cast.SELLER.lei, "book": "main"}
    found = {"owner": owner, "vault": cast.SELLER.coins, "asset": cast.BTC, "amount": str(coin.satoshis)}
    return {**found, "reference": f"{coin.txid}:{coin.vout}", "confirmations": coin.confirmations, **changes}


def pay_vault(table: Table, satoshis: int = 700_000) -> Coin:
    address = ceremony.registered_address(table.desk.state.roster.vault(cast.SELLER.coins), 0)
    return table.stage.bitcoin.fund(rail.script_at(f"{cast.BITCOIN}:{address}"), satoshis)


def safe_of(table: Table, vault: str = cast.BUYER.safe) -> str:
    """A Safe's address."""
    found = table.desk.state.roster.vault(vault)
    assert isinstance(found, SafeVault)
    return found.address


class TestDeposits:
    @pytest.fixture
    async def table(self, table: Table) -> Table:
        return await table.until("step-found")

    async def test_a_coin_that_the_desks_node_sees_is_credited(self, table: Table) -> None:
        coin = pay_vault(table)
        await submit(table, "deposit.credited", "operations", deposit(table, coin))
        assert f"{cast.BITCOIN} {coin.txid}:{coin.vout}" in table.desk.state.deposits

    @pytest.mark.parametrize(
        "changes",
        [{"amount": "700001"}, {"reference": "ab" * 32 + ":0"}, {"confirmations": 100_000}],
        ids=["another amount", "another coin", "more confirmations than there are"],
    )
    async def test_a_coin_that_it_does_not_see_so_is_not(self, table: Table, changes: dict[str, object]) -> None:
        body = deposit(table, pay_vault(table), **changes)
        assert await refusal(table, "deposit.credited", "operations", body) == "desk.deposit-not-seen"

    def into_safe(self, table: Table, amount: int, reference: str, **changes: object) -> dict[str, object]:
        owner = {"lei": cast.BUYER.lei, "book": "main"}
        found = {"owner": owner, "vault": cast.BUYER.safe, "asset": table.stage.outside.token()}
        return {**found, "amount": str(amount), "reference": reference, "confirmations": 1, **changes}

    async def test_tokens_that_lie_in_the_safe_are_credited(self, table: Table) -> None:
        reference = table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        await submit(table, "deposit.credited", "operations", self.into_safe(table, 5_000_000, reference))
        assert f"{cast.ETHEREUM} {reference}" in table.desk.state.deposits

    async def test_the_first_units_of_a_token_are_credited_only_once_it_was_probed(self, table: Table) -> None:
        """A desk may be founded before it follows a node: nothing of a token enters its books unprobed."""
        reference = table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        body = self.into_safe(table, 5_000_000, reference)
        draft = table.desk.scribe.draft("deposit.credited", body)
        event = events.parse(await signed(draft, [table.author("operations")]))
        table.stage.ethereum.decimals[TOKEN] = 18
        fresh = replace(table.desk.state, ledger=Ledger())  # no unit of it was credited yet
        with refused("ethereum.token-decimals", Refused, found=18, decimals=6):
            await vouching.vouch(fresh, event, table.desk.artefacts, table.desk.nodes)
        await vouching.vouch(
            table.desk.state, event, table.desk.artefacts, table.desk.nodes
        )  # it was probed before its first
        del table.stage.ethereum.decimals[TOKEN]
        await vouching.vouch(fresh, event, table.desk.artefacts, table.desk.nodes)

    async def test_an_officer_s_console_probes_a_token_too_before_the_first_units_of_it_are_credited(
        self, table: Table, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever controls the desk admits what it likes: the console's own node is asked, and the desk never."""
        reference = table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        asked, operations = list[bytes](), table.author("operations")

        async def submit_nothing(_: EmbeddedDesk, event: bytes) -> Receipt:
            asked.append(event)
            raise Refused("desk.not-asked")

        monkeypatch.setattr(EmbeddedDesk, "submit", submit_nothing)
        credit = partial(founding.credit_payment, table.desk, operations, cast.BUYER.safe, table.stage.outside.token())
        table.stage.ethereum.decimals[TOKEN] = 18
        fresh = replace(table.desk.state, ledger=Ledger())  # no unit of it was credited yet
        monkeypatch.setattr(EmbeddedDesk, "state", fresh)
        with refused("ethereum.token-decimals", Refused, found=18, decimals=6):
            await credit(reference)
        assert not asked
        del table.stage.ethereum.decimals[TOKEN]
        with refused("desk.not-asked", Refused):
            await credit(reference)

    async def test_nothing_is_credited_in_a_safe_that_is_not_as_it_is_registered(self, table: Table) -> None:
        reference = table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        body, there = self.into_safe(table, 5_000_000, reference), Address(eip55.parse(safe_of(table)))
        table.stage.ethereum.safes[there].modules = (SOMEBODY,)
        assert await refusal(table, "deposit.credited", "operations", body) == "desk.safe-differs"
        table.stage.ethereum.safes[there].modules = ()
        for slot in (safe_storage.MODULES, safe_storage.OWNERS):  # no list leads to him, and he acts
            table.stage.ethereum.safes[there].hidden = {mapped(slot, SOMEBODY): word(1)}
            assert await refusal(table, "deposit.credited", "operations", body) == "desk.safe-keeps-more"
        table.stage.ethereum.safes[there].hidden = {}
        await submit(table, "deposit.credited", "operations", body)

    @pytest.mark.parametrize("amount", [5_000_001, 4_999_999, 1])
    async def test_another_amount_than_its_log_says_is_not(self, table: Table, amount: int) -> None:
        table.stage.outside.pay_tokens(safe_of(table), 5_000_000)  # not credited yet: the Safe holds enough
        reference = table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        body = self.into_safe(table, amount, reference)
        assert await refusal(table, "deposit.credited", "operations", body) == "desk.deposit-not-seen"

    @pytest.mark.parametrize("place", ["1", "7"])
    async def test_another_log_of_the_same_transaction_is_not(self, table: Table, place: str) -> None:
        table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        reference = table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        body = self.into_safe(table, 5_000_000, f"{reference.partition(':')[0]}:{place}")
        assert await refusal(table, "deposit.credited", "operations", body) == "desk.deposit-not-seen"

    async def test_ether_is_compared_with_the_chain_and_what_nobody_credited_is_a_break(self, table: Table) -> None:
        await admit_ether(table)
        operations = table.author("operations")
        for reference in [table.stage.outside.pay_ether(safe_of(table), 10**18) for _ in range(2)]:
            await founding.credit_payment(table.desk, operations, cast.BUYER.safe, cast.ETHER, reference)
        (book,) = [each for each in await releasing.books(table.desk, [cast.ETHER]) if each.ledger]
        assert (book.ledger, book.chain) == (2 * 10**18, 2 * 10**18)
        report = await reconciling.reconcile(table.desk)
        assert report.breaks == ()
        table.stage.outside.pay_ether(safe_of(table), 5)  # nobody credits it
        report = await reconciling.reconcile(table.desk)
        assert [(each.about, each.there) for each in report.breaks] == [(cast.BUYER.safe, "5")]

    async def test_a_transfer_that_no_block_holds_is_not(self, table: Table) -> None:
        table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        body = self.into_safe(table, 5_000_000, "0x" + "ab" * 32 + ":0")
        assert await refusal(table, "deposit.credited", "operations", body) == "desk.deposit-not-seen"

    async def test_a_transfer_of_another_token_or_to_another_safe_is_not(self, table: Table) -> None:
        holder, chain = Address(eip55.parse(safe_of(table))), table.stage.ethereum
        seller = Address(eip55.parse(safe_of(table, cast.SELLER.safe)))
        fake = Address(b"\x66" * 20)
        for name, arrival in (
            ("fake", Arrival(fake, SOMEBODY, holder, 5_000_000)),
            ("other", Arrival(TOKEN, SOMEBODY, seller, 5_000_000)),
            ("ether", Arrival(None, SOMEBODY, holder, 5_000_000)),
        ):
            table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
            transaction = "0x" + keccak256(name.encode()).hex()
            chain.mine(transaction, [arrival])
            body = self.into_safe(table, 5_000_000, f"{transaction}:0")
            assert await refusal(table, "deposit.credited", "operations", body) == "desk.deposit-not-seen", name

    async def test_what_a_safe_of_this_custody_pays_is_no_deposit(self, table: Table) -> None:
        holder, seller = (Address(eip55.parse(safe_of(table, name))) for name in (cast.BUYER.safe, cast.SELLER.safe))
        table.stage.outside.pay_tokens(safe_of(table), 5_000_000)  # so that the Safe holds enough
        for payer in (seller, holder):
            transaction = "0x" + keccak256(b"delivered" + payer).hex()
            table.stage.ethereum.mine(transaction, [Arrival(TOKEN, payer, holder, 5_000_000)])
            body = self.into_safe(table, 5_000_000, f"{transaction}:0")
            assert await refusal(table, "deposit.credited", "operations", body) == "desk.deposit-from-custody"

    async def test_what_the_safe_holds_no_more_is_not_credited(self, table: Table) -> None:
        reference = table.stage.outside.pay_tokens(safe_of(table), 5_000_000)
        balances = table.stage.ethereum.balances[TOKEN]
        holder = Address(eip55.parse(safe_of(table)))
        balances[holder] -= 1
        body = self.into_safe(table, 5_000_000, reference)
        assert await refusal(table, "deposit.credited", "operations", body) == "desk.deposit-not-held"
        balances[holder] += 1
        await submit(table, "deposit.credited", "operations", body)

    async def test_ether_is_credited_once_after_its_confirmations_and_never_twice(self, table: Table) -> None:
        await admit_ether(table)
        reference = table.stage.outside.pay_ether(safe_of(table), 3 * 10**18)
        ether = {"asset": cast.ETHER}
        body = self.into_safe(table, 3 * 10**18, reference, **ether)
        await submit(table, "deposit.credited", "operations", body)
        account = Account(cast.BUYER.lei, "main", cast.ETHER)
        assert table.desk.state.ledger.balance(account).available == 3 * 10**18
        assert await refusal(table, "deposit.credited", "operations", body) == "settlement.deposit-credited"
        # Even if some other log of a payment that does not exist were named, the Safe does not hold it twice.
        transaction = "0x" + keccak256(b"counted again").hex()
        holder = Address(eip55.parse(safe_of(table)))
        table.stage.ethereum.mine(transaction, [Arrival(None, SOMEBODY, holder, 3 * 10**18)])
        again = self.into_safe(table, 3 * 10**18, f"{transaction}:0", **ether)
        assert await refusal(table, "deposit.credited", "operations", again) == "desk.deposit-not-held"

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"amount": str(3 * 10**18 + 1)}, "desk.deposit-not-seen"),
            ({"confirmations": 10_000}, "desk.deposit-not-seen"),
            ({"vault": cast.SELLER.safe, "owner": {"lei": cast.SELLER.lei, "book": "main"}}, "desk.deposit-not-seen"),
            ({"asset": cast.BTC}, "settlement.deposit-vault"),
        ],
    )
    async def test_ether_that_was_paid_otherwise_is_not(
        self, table: Table, changes: dict[str, object], code: str
    ) -> None:
        await admit_ether(table)
        reference = table.stage.outside.pay_ether(safe_of(table), 3 * 10**18)
        body = self.into_safe(table, 3 * 10**18, reference, asset=cast.ETHER)
        assert await refusal(table, "deposit.credited", "operations", body | changes) == code
        await submit(table, "deposit.credited", "operations", body)

    async def test_ether_between_two_safes_of_this_custody_is_a_delivery(self, table: Table) -> None:
        await admit_ether(table)
        table.stage.outside.pay_ether(safe_of(table), 3 * 10**18)
        seller, holder = (Address(eip55.parse(safe_of(table, name))) for name in (cast.SELLER.safe, cast.BUYER.safe))
        transaction = "0x" + keccak256(b"ether delivered").hex()
        table.stage.ethereum.mine(transaction, [Arrival(None, seller, holder, 10**18)])
        body = self.into_safe(table, 10**18, f"{transaction}:0", asset=cast.ETHER)
        assert await refusal(table, "deposit.credited", "operations", body) == "desk.deposit-from-custody"

    async def test_without_a_node_of_its_own_the_desk_vouches_for_nothing(self, table: Table) -> None:
        blind = replace(table.desk, nodes=Nodes())
        with pytest.raises(Unavailable) as refused:
            await founding.credit_coins(blind, table.author("operations"), cast.SELLER.coins, cast.BTC)
        assert refused.value.code == "desk.no-node"


class TestShares:
    @pytest.fixture
    async def table(self, table: Table) -> Table:
        await table.until("step-prepare")
        await table.officer.unlock(table.stage.ask_pin)
        return table

    async def test_a_whole_share_is_vouched_for(self, table: Table) -> None:
        await table.officer.sign(table.live("psbt").hash, silent)
        event = (await table.desk.records(0))[table.live("psbt").shares[0].index].event
        assert table.desk.author.key.kid in events.parse(event).jws.kids

    @pytest.mark.parametrize("damage", ["one input unsigned", "another digest's signature", "unsigned"])
    async def test_a_false_share_is_not_logged(self, table: Table, damage: str) -> None:
        data = damaged(table, damage, await self._good(table))
        body = await self._body(table, data)
        assert (await refusal(table, "share.added", "officer-a", body)).split(".")[0] in ("B11", "bitcoin")

    async def test_a_share_whose_bytes_the_desk_has_not_is_not_logged(self, table: Table) -> None:
        body = await self._body(table, await self._good(table))
        absent = {**body, "artefact": "ab" * 32}
        assert (await refusal(table, "share.added", "officer-a", absent)).startswith("store.")

    async def test_a_share_of_an_unknown_instruction_is_not_logged(self, table: Table) -> None:
        body = await self._body(table, await self._good(table))
        code = await refusal(table, "share.added", "officer-a", {**body, "instruction": "ab" * 32})
        assert code == "settlement.unknown-instruction"

    async def test_the_good_share_beside_them_is_logged(self, table: Table) -> None:
        await submit(table, "share.added", "officer-a", await self._body(table, await self._good(table)))
        assert len(table.live("psbt").shares) == 1

    async def _good(self, table: Table) -> bytes:
        replica = table.officer.replica
        made = await signing.sign(
            table.officer.hand,
            cases.basis(replica, (table.story.contract,)),
            table.live("psbt"),
            table.artefact("psbt"),
            cases.Circumstances(now=table.stage.clock.seconds, store=cases.store_facts(replica.profile)),
            replica.profile,
            table.desk.scribe,
            silent,
        )
        return made.shares[0].share

    async def _body(self, table: Table, share: bytes) -> dict[str, object]:
        keys = own_keys.vault_keys(table.desk.state.roster, "officer-a", table.live("psbt"))
        spent = {spend.slot for spend in table.live("psbt").spends}
        vault = table.desk.state.roster.vault(cast.SELLER.coins)
        slots = {kid for slot in vault.slots if slot.number in spent for kid in slot.keys}  # type: ignore[union-attr]
        return {
            "instruction": table.live("psbt").hash,
            "vault": cast.SELLER.coins,
            "keys": sorted(each.key.kid for each in keys if each.key.kid in slots),
            "artefact": (await table.desk.put_artefact(share)).hex(),
        }


def damaged(table: Table, how: str, share: bytes) -> bytes:
    """A share that is not what it claims to be."""
    if how == "unsigned":
        return table.artefact("psbt")
    psbt = parse_psbt(share)
    first, second = dict(psbt.inputs[0]), psbt.inputs[1]
    (mine,) = [key for key in first if key[:1] == PARTIAL_SIGNATURE]
    if how == "one input unsigned":
        del first[mine]
    else:
        (first[mine],) = [value for key, value in second.items() if key[:1] == PARTIAL_SIGNATURE]
    return serialise_psbt(replace(psbt, inputs=(first, *psbt.inputs[1:])))


class Unlike:
    """The desk's node, but what it observes is changed."""

    def __init__(self, node: object, **changes: object) -> None:
        self._node, self._changes = node, changes

    def __getattr__(self, name: str) -> object:
        return getattr(self._node, name)

    async def observe(self, transaction: str) -> Observation:
        return replace(await self._node.observe(transaction), **self._changes)  # type: ignore[attr-defined]


def seen_by(table: Table, **changes: object) -> EmbeddedDesk:
    """The desk with nodes that see something else."""
    bitcoin, ethereum = Unlike(table.stage.bitcoin, **changes), Unlike(table.stage.ethereum, **changes)
    return replace(table.desk, nodes=Nodes({cast.BITCOIN: bitcoin}, {cast.ETHEREUM: ethereum}))  # type: ignore[dict-item]


class TestTransactions:
    @pytest.fixture
    async def table(self, table: Table) -> Table:
        return await table.until("step-release")

    async def test_what_officer_and_desk_both_see_is_logged(self, table: Table) -> None:
        assert len(await releasing.observe(table.desk, table.story.cycle, table.author("operations"))) == 2

    @pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
    @pytest.mark.parametrize(
        "changes",
        [{"accepted": False, "executed": ()}, {"block": "ab" * 32}, {"confirmations": 0}],
        ids=["gone", "other block", "late"],
    )
    async def test_what_the_desks_node_does_not_see_is_not(
        self, table: Table, kind: str, changes: dict[str, object]
    ) -> None:
        instruction = table.live(kind)
        body = await releasing.unlogged(table.desk, instruction)
        assert body is not None
        event = await signed(table.desk.scribe.draft("transaction.observed", body), [table.author("operations")])
        with pytest.raises(Refused) as refused:
            await seen_by(table, **changes).submit(event)
        assert refused.value.code == "desk.transaction-not-seen"
        await table.desk.submit(event)

    async def test_a_fee_that_the_bytes_do_not_say_is_refused(self, table: Table) -> None:
        body = await releasing.unlogged(table.desk, table.live("psbt"))
        assert body is not None
        false = {**body, "fees": {cast.SELLER.coins: "1"}}
        assert await refusal(table, "transaction.observed", "operations", false) == "desk.other-fee"

    async def test_the_fee_is_what_inputs_leave_over(self, table: Table) -> None:
        fees = vouching.fees_of(table.desk.state, table.live("psbt"), table.artefact("psbt"))
        assert fees == {cast.SELLER.coins: facts(parse_psbt(table.artefact("psbt"))).fee}


class TestBroadcasts:
    @pytest.fixture
    async def table(self, table: Table) -> Table:
        await table.until("step-usb")
        release = await releasing.make_release(table.desk, table.story.cycle, table.author("operations"), "compliance")
        await releasing.check_release(table.desk, release, table.author("compliance"))
        return table

    async def body(self, table: Table, transaction: str, raw: bytes) -> dict[str, object]:
        digest = await table.desk.put_artefact(raw)
        return {"instruction": table.live("psbt").hash, "transaction": transaction, "artefact": digest.hex()}

    async def test_a_transaction_that_was_not_sent_is_not_logged_as_sent(self, table: Table) -> None:
        done = releasing.finish(table.desk, table.live("psbt"))
        body = await self.body(table, done.transaction, done.raw)
        assert await refusal(table, "transaction.broadcast", "operations", body) == "desk.transaction-not-seen"
        await table.stage.bitcoin.broadcast(done.raw)
        await submit(table, "transaction.broadcast", "operations", body)

    async def test_the_bytes_must_be_the_transaction_named(self, table: Table) -> None:
        done = releasing.finish(table.desk, table.live("psbt"))
        body = await self.body(table, "ab" * 32, done.raw)
        assert await refusal(table, "transaction.broadcast", "operations", body) == "desk.other-transaction"

    async def test_another_transaction_that_its_chain_has_is_not_logged_as_the_instructions(self, table: Table) -> None:
        """Its own could never be observed any more, nor a deposit that the other one made be credited."""
        coin = pay_vault(table)
        body = await self.body(table, coin.txid, coin.transaction)
        assert await refusal(table, "transaction.broadcast", "operations", body) == "desk.other-transaction"
        done = releasing.finish(table.desk, table.live("psbt"))
        await table.stage.bitcoin.broadcast(done.raw)
        await submit(table, "transaction.broadcast", "operations", await self.body(table, done.transaction, done.raw))
