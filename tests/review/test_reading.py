"""One reading: every part parsed once, an error kept, obligations recomputed and never taken from the request."""

from dataclasses import replace

from countersign.bitcoin.psbt import Psbt
from countersign.errors import CountersignError, Malformed, Refused
from countersign.keys import jws
from countersign.review.case import Case, ContractFacts, InstructionFacts, Mode, Shared
from countersign.review.checks import verdict
from countersign.review.reading import Reading
from support import settlement_world as world
from support.review_cases import psbt_share, story


def test_an_empty_case_has_nothing() -> None:
    reading = Reading(Case(Mode.LOOK))
    assert (reading.psbt, reading.safe_tx, reading.record, reading.group, reading.owed) == (None, None, None, None, ())
    assert (reading.wallets, reading.vaults, reading.fee_caps, reading.partial_signatures) == (None, (), (), ())
    assert isinstance(reading.obligations, Refused)
    assert isinstance(reading.signed_head, Malformed)


def test_what_does_not_parse_is_kept_as_its_error() -> None:
    facts = InstructionFacts("psbt", b"no psbt", shares=(Shared("k", b"no share"),))
    reading = Reading(Case(Mode.LOOK, contracts=(ContractFacts(b"{}"),), instruction=facts))
    assert isinstance(reading.psbt, Malformed)
    assert [isinstance(share, CountersignError) for share in reading.psbt_shares] == [True]
    assert isinstance(reading.contract(ContractFacts(b"{}")), CountersignError)
    assert reading.contract_hash(ContractFacts(b"{}")) is None
    safe = Reading(Case(Mode.LOOK, instruction=InstructionFacts("safe-tx", b"[]")))
    assert isinstance(safe.safe_tx, Malformed)


def test_obligations_are_those_of_the_contracts() -> None:
    reading = Reading(story().psbt_case())
    (owed,) = reading.owed
    assert (owed.vault, owed.amount) == ("meridian-btc", world.BTC_UNITS)
    assert [cap.cap for cap in reading.fee_caps] == [world.FEE_CAP]


def test_a_contract_whose_payer_has_no_vault_obliges_nobody_and_caps_no_fee() -> None:
    case, trade = story().psbt_case(), story().trades[0]
    parties = tuple(replace(each, book="MAIN") for each in trade.contract.terms.parties)
    signed = world.signed_contract(replace(trade.contract.terms, parties=parties))
    reading = Reading(replace(case, contracts=(replace(case.contracts[0], jws=jws.serialise(signed.jws)),)))
    assert isinstance(reading.obligations, Refused)
    assert (reading.owed, reading.fee_caps) == ((), ())
    assert not verdict(reading.case).may_sign


def test_without_a_prepared_instruction_the_only_group_of_its_kind_is_meant() -> None:
    case = story().safe_case()
    assert case.instruction is not None
    reading = Reading(replace(case, instruction=replace(case.instruction, prepared=None)))
    assert reading.group is not None
    assert reading.group.vaults == ("harbour-safe",)


def test_signatures_are_those_of_the_file_and_of_shares_over_the_same_transaction() -> None:
    scene = story()
    case = scene.psbt_case()
    assert case.instruction is not None
    given = (psbt_share(scene.psbt, "officer-c"),)
    reading = Reading(replace(case, instruction=replace(case.instruction, shares=given)))
    assert isinstance(reading.psbt, Psbt)
    assert [index for index, _ in reading.partial_signatures] == [0, 1, 2]
