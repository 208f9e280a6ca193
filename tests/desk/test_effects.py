"""Effects decoded from the bytes themselves: alter the bytes, and the line no longer matches and the extra effect is named."""

import asyncio
from collections.abc import Iterator

import pytest

from countersign.bitcoin import address
from countersign.demonstration import cast
from countersign.desk import drill, effects
from countersign.desk.effects import Decoded
from countersign.errors import Malformed
from countersign.review.checks import verdict
from hostile import ranged_cases
from support.software_stage import Table


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """Both instructions prepared; looked at only."""
    table = Table.at(tmp_path_factory.mktemp("effects"))
    asyncio.run(table.until("step-prepare"))
    yield table
    table.stage.holds.close()


def bitcoin(table: Table, data: bytes | None = None) -> Decoded:
    return effects.bitcoin_view(table.desk.state, table.live("psbt"), data or table.artefact("psbt"))


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
        assert (line.matches, line.paid) == (False, line.owed)
        assert line.paid_to != line.owed_to
        (extra,) = view.extra
        assert extra.startswith(f"{cast.SOLD} sat to bcrt1q")
        (unknown,) = [flow for flow in view.flows if flow.role == "unknown"]
        assert unknown.owner == "not registered"
        assert extra == f"{cast.SOLD} sat to {unknown.address} (not registered)"
        assert line.paid_to == unknown.address

    def test_an_altered_amount_is_no_match(self, prepared: Table) -> None:
        data = prepared.artefact("psbt")
        wrong = data.replace(cast.SOLD.to_bytes(8, "little"), (cast.SOLD - 1).to_bytes(8, "little"))
        assert wrong != data
        view = bitcoin(prepared, wrong)
        (line,) = view.lines
        assert line.paid is not None
        assert (line.matches, line.paid.units, line.paid_to) == (False, cast.SOLD - 1, line.owed_to)
        (extra,) = view.extra
        assert extra.endswith("(registered for Harbour Prime)")

    def test_an_address_made_to_be_mistaken_is_called_so(self, prepared: Table) -> None:
        place = destination(prepared).rsplit(":", 1)[1]
        script = address.script_of(place, "bcrt")
        alike = script[:9] + bytes(each ^ 0x55 for each in script[9:])
        view = bitcoin(prepared, prepared.artefact("psbt").replace(script, alike))
        (extra,) = view.extra
        assert "not registered, made to look like Harbour Prime: " in extra
        (unknown,) = [flow for flow in view.flows if flow.role == "unknown"]
        assert unknown.owner.startswith("not registered, made to look like Harbour Prime: ")

    def test_an_output_that_is_gone_has_nothing_beside_it(self, prepared: Table) -> None:
        data = prepared.artefact("psbt")
        script = address.script_of(destination(prepared).rsplit(":", 1)[1], "bcrt")
        paying = cast.SOLD.to_bytes(8, "little") + bytes((len(script),)) + script
        lost = (cast.SOLD - 7).to_bytes(8, "little") + bytes((len(script),)) + b"\x00\x20" + bytes(32)
        (line,) = bitcoin(prepared, data.replace(paying, lost)).lines
        assert (line.matches, line.paid, line.paid_to) == (False, None, "")

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


def test_the_window_calls_change_what_the_checks_call_change_as_far_as_the_psbt_itself_reaches() -> None:
    for index, strange in ((ranged_cases.LIMIT, 0), (ranged_cases.LIMIT + 1, 1)):
        case = ranged_cases.altered(ranged_cases.change_at(index))
        assert case.state is not None
        assert case.instruction is not None
        prepared = case.state.instruction(case.instruction.prepared or "")
        assert len(effects.bitcoin_view(case.state, prepared, case.instruction.data).extra) == strange
        assert verdict(case).may_sign is not bool(strange)
