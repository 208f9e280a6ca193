"""Hostile voids and replacements, each beside the honest one."""

from dataclasses import replace
from functools import partial

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin import standard
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt
from countersign.ethereum.abi import Address
from countersign.ethereum.safe import SafeTx
from countersign.formats import eip55
from countersign.rails.bitcoin_respend import respend
from countersign.review.case import Case, JournalFacts
from hostile.bitcoin_changes import ATTACKERS_SCRIPT, extra, recipient
from hostile.ethereum_cases import ATTACKER
from hostile.table import Hostile, each, overlaps
from support import alter
from support import declared_cases as declared
from support import settlement_world as world
from support.declared_cases import PsbtChange, alone, replacement_case, void_case
from support.review_cases import RATE, bitcoin, coins, story, wallet

void_psbt, void_safe = partial(void_case, "psbt"), partial(void_case, "safe-tx")


def other_coins(_: Psbt) -> Psbt:
    """A void of the vault's other coins."""
    scene = declared.shared_story()
    old = declared.live(scene, "psbt")
    paying = wallet(scene.desk, "meridian-btc")
    due = declared.owed(scene, old)
    elsewhere = bitcoin.build(due, [bitcoin.Funds(paying, coins(paying, 7), 3)], RATE).psbt
    return respend(psbts.serialise(elsewhere), [paying], settled=due, owed=(), rate=3, spare={}).psbt


def leaves_out_a_coin(_: Psbt) -> Psbt:
    """Of the coins it replaces, one stays unspent: what stood before might be mined as well."""
    scene = declared.stuck()
    old = declared.live(scene, "psbt")
    vault, due = wallet(scene.desk, "meridian-btc"), declared.owed(scene, old)
    others = [coins(vault)[2], *coins(vault, 7)]
    return bitcoin.build(due, [bitcoin.Funds(vault, tuple(others), 3)], 5).psbt


def paying(more: int, *, and_its_relay: bool = False) -> PsbtChange:
    """The fee of what is replaced and so many satoshis more, for its own relay beside or not."""
    was = facts(psbts.parse(declared.stuck().psbt)).fee or 0

    def change(psbt: Psbt) -> Psbt:
        found = facts(psbt)
        wanted = (standard.least_replacement_fee(was, found.vsize) if and_its_relay else was) + more
        return alter.paid(psbt, alter.add(alter.change_at(psbt), (found.fee or 0) - wanted))

    return change


def void_signed_elsewhere() -> Case:
    """This machine signed the coins into a transaction that nobody declared a void of."""
    case = void_psbt()
    return replace(case, journal=JournalFacts(outpoints=dict.fromkeys(case.journal.outpoints, "ab" * 32)))


def void_signed_otherwise() -> Case:
    """This machine signed another hash under the nonce than the one the void is declared against."""
    case = void_safe()
    return replace(case, journal=JournalFacts(nonces=dict.fromkeys(case.journal.nonces, "ab" * 32)))


def pays_with_the_call(tx: SafeTx) -> SafeTx:
    """A payment dressed as a void."""
    return replace(tx, to=ATTACKER, value=1)


def ends_the_original() -> Case:
    """The PSBT is about to be signed while the other leg is being voided."""
    scene = declared.shared_story()
    tx = declared.void_safe(scene)
    declared.declare(scene, "safe-tx", declared._bytes(tx), "void")
    return scene.psbt_case()


def at_nonce(number: int) -> Case:
    """The void's own nonce, and in the event the one of what it voids."""
    return void_safe(safe=lambda tx: replace(tx, nonce=number))


def replaced_unknown() -> Case:
    """The transaction to be replaced is not on this machine."""
    case = replacement_case()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, replaced=()), journal=JournalFacts())


def to_another_safe(tx: SafeTx) -> SafeTx:
    """An empty call to somebody else's Safe."""
    return replace(tx, to=Address(eip55.parse(world.safe_address("meridian"))))


CASES: list[Hostile] = [
    Hostile(
        "B8",
        "a void that pays a stranger one satoshi",
        "B8.extra",
        partial(void_psbt, psbt=extra(ATTACKERS_SCRIPT, 1)),
        void_psbt,
        overlaps("C7"),
    ),
    Hostile("B12", "a void of other coins", "B12.void-coins", partial(void_psbt, psbt=other_coins), void_psbt),
    Hostile(
        "B12",
        "a void that only operations declared",
        "B12.not-dual",
        lambda: alone(void_psbt(journal=JournalFacts())),
        void_psbt,
        overlaps("C5"),
    ),
    Hostile(
        "B12",
        "a void against something else than this machine signed",
        "B12.signed-before",
        void_signed_elsewhere,
        void_psbt,
    ),
    Hostile(
        "B12",
        "a replacement with one output changed",
        "B12.replacement-outputs",
        partial(replacement_case, psbt=recipient(1)),
        replacement_case,
        overlaps("B8"),
    ),
    Hostile(
        "B12",
        "a replacement with a lower fee",
        "B12.replacement-fee",
        lambda: replacement_case(psbt=paying(-1)),
        replacement_case,
    ),
    Hostile(
        "B12",
        "a replacement with the same fee",
        "B12.replacement-fee",
        lambda: replacement_case(psbt=paying(0)),
        replacement_case,
    ),
    Hostile(
        "B12",
        "a replacement that pays a satoshi too little for its own relay",
        "B12.replacement-fee",
        lambda: replacement_case(psbt=paying(-1, and_its_relay=True)),
        lambda: replacement_case(psbt=paying(0, and_its_relay=True)),
    ),
    Hostile(
        "B12",
        "a replacement that leaves a coin out",
        "B12.replacement-coins",
        partial(replacement_case, psbt=leaves_out_a_coin),
        replacement_case,
    ),
    Hostile(
        "B12",
        "a replacement that only operations declared",
        "B12.not-dual",
        lambda: alone(replacement_case(journal=JournalFacts())),
        replacement_case,
        overlaps("C5"),
    ),
    Hostile("B12", "a replacement of what is not here", "B12.replaced-absent", replaced_unknown, replacement_case),
    Hostile(
        "C5",
        "the original while its settlement is voided",
        "C5.voiding",
        ends_the_original,
        lambda: story().psbt_case(),
    ),
    *each(
        "E4",
        "E4.not-void",
        void_safe,
        [
            ("a void with a value", partial(void_safe, safe=lambda tx: replace(tx, value=1))),
            ("a void with data", partial(void_safe, safe=lambda tx: replace(tx, data=b"\x01"))),
            ("a void that pays", partial(void_safe, safe=pays_with_the_call)),
            ("a void to another Safe", partial(void_safe, safe=to_another_safe)),
        ],
        "C7",
    ),
    Hostile(
        "E8", "a void of another nonce", "E8.other-nonce", partial(at_nonce, 1), partial(at_nonce, 0), overlaps("E10")
    ),
    Hostile(
        "E8",
        "a void that only operations declared",
        "E8.not-dual",
        lambda: alone(void_safe()),
        void_safe,
        overlaps("C5"),
    ),
    Hostile(
        "E8",
        "a void against another hash than this machine signed",
        "E8.signed-before",
        void_signed_otherwise,
        void_safe,
    ),
]
