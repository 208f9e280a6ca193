"""Effects decoded from the bytes themselves: alter the bytes, and the line no longer matches and the extra effect is named."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from countersign.demonstration import cast
from countersign.desk import drill, effects
from countersign.desk.effects import Decoded
from countersign.errors import Malformed
from countersign.ethereum import safe_file
from countersign.ethereum.safe import SafeTx
from support.software_stage import Table

ATTACKER = bytes.fromhex("00112233445566778899aabbccddeeff00112233")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """Both instructions prepared; looked at only."""
    table = Table.at(tmp_path_factory.mktemp("effects"))
    asyncio.run(table.until("step-prepare"))
    yield table
    table.stage.holds.close()


def bitcoin(table: Table, data: bytes | None = None) -> Decoded:
    return effects.bitcoin_view(table.desk.state, table.live("psbt"), data or table.artefact("psbt"))


def ethereum(table: Table, **changes: object) -> Decoded:
    tx = replace(safe_file.parse(table.artefact("safe-tx")).tx, **changes)  # type: ignore[arg-type]
    return effects.ethereum_view(table.desk.state, table.live("safe-tx"), safe_file.serialise(tx))


def tx_of(table: Table) -> SafeTx:
    return safe_file.parse(table.artefact("safe-tx")).tx


def destination(table: Table) -> str:
    return table.story.sale("x").first.destination


class TestBitcoin:
    def test_the_line_of_the_contract_matches_and_nothing_else_happens(self, prepared: Table) -> None:
        view = bitcoin(prepared)
        (line,) = view.lines
        assert (line.matches, line.payer, line.receiver) == (True, "Meridian Capital", "Harbour Prime")
        assert line.owed == line.paid
        assert (line.owed.units, line.owed.symbol, line.owed.decimals) == (25_000_000_000, "BTC", 8)
        assert line.paid_to == destination(prepared).rsplit(":", 1)[1]
        assert view.extra == ()

    def test_every_input_and_output_is_an_arrow_and_they_add_up(self, prepared: Table) -> None:
        view = bitcoin(prepared)
        into, out = ([flow for flow in view.flows if flow.side == side] for side in ("in", "out"))
        assert [flow.role for flow in into] == ["vault"] * 3
        assert sorted(flow.role for flow in out) == ["change", "counterparty", "fee"]
        assert sum(flow.money.units for flow in into) == sum(flow.money.units for flow in out)
        assert {flow.owner for flow in into} == {f"Meridian Capital, meridian-btc slot {slot}" for slot in range(3)}
        assert all(flow.address.startswith("bcrt1q") for flow in view.flows if flow.role != "fee")

    def test_the_fee_is_what_is_left_over(self, prepared: Table) -> None:
        view = bitcoin(prepared)
        assert view.fee is not None
        assert view.fee.units == next(flow.money.units for flow in view.flows if flow.role == "fee")

    def test_an_altered_recipient_is_no_match_and_is_named_as_an_extra_effect(self, prepared: Table) -> None:
        view = bitcoin(prepared, drill.altered_recipient(prepared.artefact("psbt"), destination(prepared)))
        (line,) = view.lines
        assert (line.matches, line.paid, line.paid_to) == (False, None, "")
        (extra,) = view.extra
        assert extra.startswith(f"{cast.SOLD} sat to bcrt1q")
        (unknown,) = [flow for flow in view.flows if flow.role == "unknown"]
        assert unknown.owner == ""
        assert unknown.address in extra

    def test_an_altered_amount_is_no_match(self, prepared: Table) -> None:
        data = prepared.artefact("psbt")
        wrong = data.replace(cast.SOLD.to_bytes(8, "little"), (cast.SOLD - 1).to_bytes(8, "little"))
        assert wrong != data
        view = bitcoin(prepared, wrong)
        assert [line.matches for line in view.lines] == [False]
        assert view.extra != ()

    def test_each_input_has_its_own_digest_and_every_digest_its_words(self, prepared: Table) -> None:
        digests = bitcoin(prepared).digests
        assert [each.label for each in digests] == ["txid"] + ["input-digest"] * 3
        assert len({each.hex for each in digests}) == 4
        assert all(len(each.words.split()) == 12 for each in digests)

    def test_an_altered_transaction_has_other_digests(self, prepared: Table) -> None:
        altered = bitcoin(prepared, drill.altered_recipient(prepared.artefact("psbt"), destination(prepared)))
        assert not {each.hex for each in altered.digests} & {each.hex for each in bitcoin(prepared).digests}

    def test_bytes_that_are_no_psbt_are_not_shown(self, prepared: Table) -> None:
        with pytest.raises(Malformed):
            bitcoin(prepared, b"psbt\xff\x00")

    def test_an_unregistered_asset_is_shown_in_base_units_under_its_id(self, prepared: Table) -> None:
        shown = effects.money(prepared.desk.state.roster, "eip155:31337/erc20:0xabc", 5)
        assert (shown.units, shown.symbol, shown.decimals, shown.asset) == (
            5,
            "base units",
            0,
            "eip155:31337/erc20:0xabc",
        )


class TestEthereum:
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

    def test_the_three_hashes_are_rebuilt_from_the_fields(self, prepared: Table) -> None:
        assert [each.label for each in ethereum(prepared).digests] == ["safe-tx-hash", "domain-hash", "message-hash"]
        one, other = ethereum(prepared).digests, ethereum(prepared, nonce=5).digests
        assert [a.hex == b.hex for a, b in zip(one, other, strict=True)] == [False, True, False]

    def test_the_facts_are_the_transactions_own(self, prepared: Table) -> None:
        facts = dict(ethereum(prepared, nonce=5).facts)
        assert (facts["nonce"], facts["chain-id"], facts["operation"]) == ("5", "31337", "0 (call)")
        assert facts["call-data"] == "0x" + tx_of(prepared).data.hex()
