"""A Safe transaction's effects decoded from the bytes: one call or a batch, beside what is owed; what is not owed is named."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from countersign.desk import safe_effects
from countersign.desk.effects import Decoded
from countersign.errors import Malformed
from countersign.ethereum import erc20, multisend, safe_file
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import SafeTx, SafeVersion
from countersign.formats import eip55
from support import settlement_world as world
from support.review_cases import EURC_ADDRESS, batch_plan, story
from support.software_stage import Table

ATTACKER = Address(bytes.fromhex("00112233445566778899aabbccddeeff00112233"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """Both instructions prepared; looked at only."""
    table = Table.at(tmp_path_factory.mktemp("effects"))
    asyncio.run(table.until("step-prepare"))
    yield table
    table.stage.holds.close()


def ethereum(table: Table, **changes: object) -> Decoded:
    tx = replace(tx_of(table), **changes)  # type: ignore[arg-type]
    return safe_effects.ethereum_view(table.desk.state, table.live("safe-tx"), safe_file.serialise(tx))


def tx_of(table: Table) -> SafeTx:
    return safe_file.parse(table.artefact("safe-tx")).tx


class TestOneCall:
    def test_the_line_of_the_contract_matches_and_nothing_else_happens(self, prepared: Table) -> None:
        view = ethereum(prepared)
        (line,) = view.lines
        assert (line.matches, line.payer, line.receiver) == (True, "Harbour Prime", "Meridian Capital")
        assert (line.owed.units, line.owed.symbol, line.owed.decimals) == (20_000_000_000_000, "USDC", 6)
        assert view.extra == ()
        assert [flow.role for flow in view.flows] == ["vault", "counterparty"]

    def test_a_delegate_call_is_never_shown_as_a_transfer(self, prepared: Table) -> None:
        view = ethereum(prepared, operation=1)
        (line,) = view.lines
        assert (line.matches, line.paid) == (False, None)
        assert view.flows == ()
        (extra,) = view.extra
        assert extra.startswith("delegate call")
        assert ("operation", "1 (delegate call)") in view.facts

    @pytest.mark.parametrize("name", ["recipient", "amount", "token"])
    def test_a_transfer_of_something_else_is_no_match_and_is_named(self, prepared: Table, name: str) -> None:
        data = tx_of(prepared).data
        match name:
            case "recipient":
                view = ethereum(prepared, data=data[:16] + ATTACKER + data[36:])
            case "amount":
                view = ethereum(prepared, data=data[:-1] + bytes([data[-1] ^ 1]))
            case _:
                view = ethereum(prepared, to=ATTACKER)
        assert [line.matches for line in view.lines] == [False]
        (extra,) = view.extra
        assert extra.startswith("transfer of ")
        if name == "token":
            assert view.flows[0].money.symbol == "base units"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"gas_price": 1}, "a gas refund out of the Safe"),
            ({"refund_receiver": ATTACKER}, "a gas refund out of the Safe"),
            ({"value": 7}, "7 wei with the call"),
        ],
        ids=["gas price", "refund receiver", "ether"],
    )
    def test_what_happens_beside_a_good_transfer_is_named(
        self, prepared: Table, changes: dict[str, object], words: str
    ) -> None:
        view = ethereum(prepared, **changes)
        assert any(words in each for each in view.extra)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (bytes.fromhex("095ea7b3") + bytes(64), "approve(address,uint256)"),
            (bytes.fromhex("a9059cbb") + bytes(63), "nobody here can read"),
            (bytes.fromhex("12345678"), "nobody here can read"),
        ],
        ids=["approve", "a transfer one byte short", "unknown"],
    )
    def test_a_call_that_is_no_payment_is_named_for_what_it_is(self, prepared: Table, data: bytes, words: str) -> None:
        view = ethereum(prepared, data=data)
        assert any(words in each for each in view.extra)
        assert view.flows == ()

    def test_ether_with_a_call_to_the_safe_itself_is_no_payment(self, prepared: Table) -> None:
        view = ethereum(prepared, to=tx_of(prepared).safe, data=b"")
        (extra,) = view.extra
        assert "the Safe itself" in extra

    def test_the_hashes_are_rebuilt_from_the_fields(self, prepared: Table) -> None:
        assert [each.label for each in ethereum(prepared).digests] == [
            "safe-tx-hash",
            "domain-hash",
            "message-hash",
            "calldata-digest",
        ]
        one, other = ethereum(prepared).digests, ethereum(prepared, nonce=5).digests
        assert [a.hex == b.hex for a, b in zip(one, other, strict=True)] == [False, True, False, True]

    def test_the_facts_are_the_transactions_own(self, prepared: Table) -> None:
        facts = dict(ethereum(prepared, nonce=5).facts)
        assert (facts["nonce"], facts["chain-id"], facts["operation"]) == ("5", "31337", "0 (call)")
        assert facts["call-data"] == "0x" + tx_of(prepared).data.hex()


class TestBatch:
    """Harbour's Safe pays dollars, euros and ether, to two places of Meridian's, in one transaction."""

    scene = story(plan=batch_plan())
    tx = safe_file.parse(scene.safe_tx).tx
    calls = multisend.parse(tx.data)

    def view(self, calls: Sequence[InnerCall] | None = None, **changes: object) -> Decoded:
        data = self.tx.data if calls is None else multisend.serialise(calls)
        tx = replace(self.tx, **{"data": data, **changes})  # type: ignore[arg-type]
        instruction = self.scene.state.instructions[self.scene.prepared["safe-tx"]]
        return safe_effects.ethereum_view(self.scene.state, instruction, safe_file.serialise(tx))

    def test_each_obligation_has_a_line_of_its_own_and_nothing_else_happens(self) -> None:
        view, meridian = self.view(), world.safe_address("meridian")
        assert [(line.owed.units, line.owed.symbol, line.owed_to) for line in view.lines] == [
            (world.USDC_UNITS, "USDC", meridian),
            (640_000_000_000, "EURC", meridian),
            (400 * 10**18, "ETH", meridian),
        ]
        assert all(line.matches and line.paid == line.owed and line.paid_to == line.owed_to for line in view.lines)
        assert view.extra == ()

    def test_what_leaves_the_safe_is_summed_and_every_payment_is_an_arrow(self) -> None:
        flows = self.view().flows
        into, out = ([flow for flow in flows if flow.side == side] for side in ("in", "out"))
        assert [(flow.money.units, flow.money.symbol) for flow in into] == [
            (world.USDC_UNITS, "USDC"),
            (640_000_000_000, "EURC"),
            (400 * 10**18, "ETH"),
        ]
        assert {(flow.role, flow.owner) for flow in into} == {("vault", "Harbour Prime, harbour-safe")}
        assert [flow.address for flow in out] == [line.owed_to for line in self.view().lines]
        assert {(flow.role, flow.owner) for flow in out} == {("counterparty", "Meridian Capital")}

    def test_the_facts_say_that_it_is_a_batch_and_through_what(self) -> None:
        facts = dict(self.view().facts)
        assert facts["batch"] == "MultiSendCallOnly 1.4.1, 3 calls, all or none"
        assert facts["operation"] == "1 (delegate call)"
        assert facts["call-target"] == "0x9641d764fc13c8B624c04430C7356C1C7C8102e2"

    def test_in_another_order_every_line_still_matches(self) -> None:
        view = self.view(self.calls[::-1])
        assert view.lines == self.view().lines
        assert view.extra == ()
        assert view.digests[0] != self.view().digests[0]
        assert [flow.money.symbol for flow in view.flows if flow.side == "out"] == ["ETH", "EURC", "USDC"]

    def test_a_changed_amount_is_said_on_its_own_line(self) -> None:
        transfer = erc20.decode(self.calls[1].data)
        data = erc20.encode(replace(transfer, amount=transfer.amount + 1))
        view = self.view((self.calls[0], replace(self.calls[1], data=data), self.calls[2]))
        assert [line.matches for line in view.lines] == [True, False, True]
        assert view.lines[1].paid is not None
        assert (view.lines[1].paid.units, view.lines[1].paid_to) == (640_000_000_001, world.safe_address("meridian"))
        moved = f"transfer of 640000000001 base units of {EURC_ADDRESS} to {world.safe_address('meridian')}"
        assert view.extra == (f"call 2 of 3: {moved} (registered for Meridian Capital)",)

    def test_another_recipient_gets_nobodys_name(self) -> None:
        view = self.view((*self.calls[:2], replace(self.calls[2], to=ATTACKER)))
        assert [line.matches for line in view.lines] == [True, True, False]
        (stranger,) = [flow for flow in view.flows if flow.role == "unknown"]
        assert (stranger.owner, stranger.address) == ("not registered", eip55.checksum(ATTACKER))
        assert view.extra == (f"call 3 of 3: {400 * 10**18} wei to {eip55.checksum(ATTACKER)} (not registered)",)

    def test_a_call_left_out_pays_nothing_on_its_line(self) -> None:
        view = self.view(self.calls[:2])
        assert [(line.matches, line.paid is None) for line in view.lines] == [
            (True, False),
            (True, False),
            (False, True),
        ]
        assert view.extra == ()

    @pytest.mark.parametrize(
        ("call", "words"),
        [
            (InnerCall(ATTACKER, 1, b""), f"1 wei to {eip55.checksum(ATTACKER)} (not registered)"),
            (
                InnerCall(tx.safe, 0, bytes.fromhex("694e80c3") + bytes(32)),
                "changeThreshold(threshold 0) on the Safe itself",
            ),
            (
                InnerCall(calls[0].to, 0, bytes.fromhex("095ea7b3") + bytes(64)),
                f"approve(address,uint256) on {world.USDC_ADDRESS}",
            ),
            (InnerCall(ATTACKER, 0, b"\x12\x34\x56\x78"), "nobody here can read: 0x12345678"),
            (InnerCall(calls[0].to, 0, calls[0].data + b"\x00"), "nobody here can read: 0xa9059cbb"),
        ],
        ids=["ether", "the Safe itself", "approve", "unknown", "a transfer one byte too long"],
    )
    def test_one_call_more_is_an_extra_effect(self, call: InnerCall, words: str) -> None:
        view = self.view((*self.calls, call))
        assert all(line.matches for line in view.lines)
        (extra,) = view.extra
        assert extra.startswith("call 4 of 4: ")
        assert words in extra

    def test_ether_beside_a_transfer_and_of_the_batch_itself_is_named(self) -> None:
        along = self.view((replace(self.calls[0], value=3), *self.calls[1:]))
        assert along.extra == ("call 1 of 3: 3 wei with the call",)
        assert self.view(value=5).extra == ("5 wei with the batch",)

    @pytest.mark.parametrize(
        "change",
        [
            {"to": multisend.pinned(SafeVersion(1, 3, 0))},
            {"to": Address(bytes.fromhex("38869bf66a61cf6bdb996a6ae40d5853fd43b526"))},
            {"data": tx.data + bytes(32)},
        ],
        ids=["another release", "plain MultiSend", "left over"],
    )
    def test_what_this_safe_may_not_run_is_never_shown_as_payments(self, change: dict[str, object]) -> None:
        view = self.view(**change)
        assert [(line.matches, line.paid) for line in view.lines] == [(False, None)] * 3
        assert view.flows == ()
        (extra,) = view.extra
        assert extra.startswith("delegate call: the code at ")
        assert "batch" not in dict(view.facts)

    def test_bytes_that_are_no_safe_transaction_are_not_shown(self) -> None:
        instruction = self.scene.state.instructions[self.scene.prepared["safe-tx"]]
        with pytest.raises(Malformed):
            safe_effects.ethereum_view(self.scene.state, instruction, b"{}")
