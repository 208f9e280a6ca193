"""D3: names, ids, amounts and places that could be mistaken for others are refused at every entrance; the near miss enters.

Switched off: with its guard replaced by one that lets everything pass, what was refused stands in the state.
"""

import copy
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from countersign.couriers.usb import UsbFolder
from countersign.desk import trade_file
from countersign.errors import CountersignError, Malformed
from countersign.ethereum import safe_file
from countersign.formats import eip55, ids, jcs
from countersign.formats.strict_json import JsonValue
from countersign.resources import governance_words
from countersign.settlement import body_readers, roster_change, roster_words
from countersign.settlement.contract import parse_terms, terms_object
from support import settlement_world as world
from support.review_cases import story

Enter = Callable[[str], object]


def _put(document: object, place: Sequence[str | int], text: str) -> None:
    *way, last = place
    for step in way:
        document = document[step]  # type: ignore[index]
    document[last] = text  # type: ignore[index]


def founding(*place: str | int) -> Enter:
    """A text of the founding: roster and token registry are read by the same readers ever after."""

    def enter(text: str) -> object:
        body = copy.deepcopy(world.founding_body())
        _put(body, place, text)
        return body_readers.READERS["desk.founded"](body, "body")

    return enter


def terms(*place: str | int) -> Enter:
    """A text of a contract."""

    def enter(text: str) -> object:
        found: JsonValue = copy.deepcopy(terms_object(world.terms(1)))
        _put(found, place, text)
        return parse_terms(jcs.encode(found))

    return enter


def event(kind: str, body: dict[str, object], field: str) -> Enter:
    """A text of another event's body."""
    return lambda text: body_readers.READERS[kind]({**body, field: text}, "body")


def in_trade_file(column: str) -> Enter:
    row = {"lei": world.MERIDIAN, "book": "main", "contract": "MH-1", "side": "deliver", "asset": world.BTC,
           "amount": "5", "state": "final"}  # fmt: skip

    def enter(text: str) -> object:
        lines = [",".join(trade_file.COLUMNS), ",".join({**row, column: text}[each] for each in trade_file.COLUMNS)]
        return trade_file.parse(("\n".join(lines) + "\n").encode())

    return enter


def in_safe_file(field: str) -> Enter:
    def enter(text: str) -> object:
        data = story().safe_case().instruction.data.decode()  # type: ignore[union-attr]
        return safe_file.parse(re.sub(rf'"{field}":"[^"]*"', f'"{field}":"{text}"', data, count=1).encode())

    return enter


NAMES: dict[str, Enter] = {
    "a participant's name": founding("participants", 0, "name"),
    "an officer's name": founding("officers", 0, "name"),
    "the custodian's name": founding("custodian", "name"),
    "a contract's forum": terms("dispute", "forum"),
    "a contract's rules": terms("dispute", "rules"),
    "the source of a price": terms("notional", "source"),
}
IDS: dict[str, Enter] = {
    "an asset's symbol": founding("assets", 1, "symbol"),
    "an officer's id": founding("officers", 0, "id"),
    "a vault's id": founding("vaults", 0, "id"),
    "a book": founding("participants", 0, "books", 0),
    "a contract's id": terms("id"),
    "a contract's id in a trade file": in_trade_file("contract"),
}
PROSE: dict[str, Enter] = {
    "a token's label": founding("officers", 0, "keys", 0, "token", "label"),
    "a key's label": founding("officers", 0, "keys", 0, "label"),
    "a reason": event("lending.recalled", {"loan": "loan-1"}, "reason"),
}
AMOUNTS: dict[str, Enter] = {
    "a leg's amount": terms("legs", 0, "amount"),
    "a fee's cap": terms("fees", world.BTC),
    "a Safe transaction's value": in_safe_file("value"),
    "an amount in a trade file": in_trade_file("amount"),
}
PLACES: dict[str, Enter] = {
    "a registered place": founding("destinations", 0, "account"),
    "a contract's destination": terms("legs", 0, "destination"),
}
TOKENS: dict[str, Enter] = {
    "the token registry": founding("assets", 1, "id"),
    "a contract's token": terms("legs", 1, "asset"),
}

HIDDEN = {
    "right-to-left override": "Meri\u202edian", "zero width space": "Meri\u200bdian", "soft hyphen": "Meri\u00addian",
    "tag character": "Meridian\U000e0041", "variation selector": "Meridian\ufe0f", "line break": "Meri\ndian",
    "Hangul filler": "Meridian\u3164", "not composed": "Me\u0301ridian", "Hebrew letter": "Meridian א",
    "tower of marks": "Mx\u0302\u0302\u0302\u0302ridian", "mark without a letter": "\u0338Meridian",
    "Arabic number": "Meridian ٣", "private letter": "Meri\ue000dian",
}  # fmt: skip
MIXED = {
    "Cyrillic letter": "Mеridian", "Greek letter": "Meridiaν", "full-width digit": "Meridian ２",
    "mathematical letter": "𝐌eridian", "no-break space": "Meridian\u00a0Capital", "two spaces": "Meridian  Capital",
}  # fmt: skip
NUMBERS = {
    "full-width digits": "１２３", "Arabic digits": "٣", "exponent": "1e3", "sign": "+5", "zeros before": "007",
    "underscore": "1_000", "thousands": "1,000", "zero width": "1\u200b0", "a point": "1.0", "a line break": "1\n",
}  # fmt: skip
BTC_PLACE, TOKEN = world.destination("harbour", world.BTC), world.USDC
DISGUISED = {
    "Cyrillic letter": BTC_PLACE.replace("a", "а", 1) if "a" in BTC_PLACE[-50:] else BTC_PLACE[:-1] + "а",
    "capital letter": BTC_PLACE[:-1] + BTC_PLACE[-1].upper() + "Q", "zero width space": BTC_PLACE[:-4] + "\u200b" + BTC_PLACE[-4:],
    "space behind": BTC_PLACE + " ",
    "right-to-left mark": BTC_PLACE + "\u200f", "full-width colon": BTC_PLACE.replace(":", "：", 1),
}  # fmt: skip
OTHER_CASE = {
    "checksum of another spelling": TOKEN[:-1] + TOKEN[-1].swapcase() if TOKEN[-1].isalpha() else TOKEN.upper(),
    "Cyrillic letter": TOKEN.replace("e", "е", 1), "zero width space": TOKEN + "\u200b",
}  # fmt: skip

REFUSED: list[tuple[str, Enter, str, str]] = [
    (entrance, enter, what, text)
    for entrances, texts in (
        (NAMES, HIDDEN | MIXED), (IDS, HIDDEN | MIXED), (PROSE, HIDDEN), (AMOUNTS, NUMBERS), (PLACES, DISGUISED),
        (TOKENS, OTHER_CASE),
    )
    for entrance, enter in entrances.items()
    for what, text in texts.items()
]  # fmt: skip


@pytest.mark.parametrize("entrance", dict.fromkeys(entrance for entrance, *_ in REFUSED))
def test_what_could_be_mistaken_is_refused_at_this_entrance(entrance: str) -> None:
    for _, enter, what, text in (each for each in REFUSED if each[0] == entrance):
        try:
            enter(text)
        except CountersignError:
            continue
        raise AssertionError(f"{entrance} takes {what}: {text!r}")


@pytest.mark.parametrize(
    ("entrances", "text"),
    [(NAMES, "Zürich & Söhne (2)"), (IDS, "Main-2"), (PROSE, "Zahlung, 東京 2"), (AMOUNTS, "1000"), (PLACES, BTC_PLACE),
     (TOKENS, TOKEN)],
)  # fmt: skip
def test_the_near_miss_enters(entrances: dict[str, Enter], text: str) -> None:
    for enter in entrances.values():
        enter(text)


def _let_all_pass(off: pytest.MonkeyPatch) -> None:
    off.setattr(ids, "hidden", lambda _: False)
    off.setattr(ids, "towering", lambda _: ())
    off.setattr(ids, "_refuse_right_to_left", lambda _: None)
    off.setattr(ids, "_refuse_mixed_scripts", lambda _: None)
    off.setattr(ids, "unicodedata", SimpleNamespace(normalize=lambda _, text: text))
    off.setattr(ids, "_IDENTIFIER", re.compile(r".*\Z", re.DOTALL))
    off.setattr(ids, "_AMOUNT", re.compile(r".*\Z", re.DOTALL))


@pytest.mark.parametrize(
    ("entrances", "text"),
    [(NAMES, "Offshоre\u202e Bx\u0302\u0302\u0302\u0302nk"), (IDS, "mаin\u200b"), (AMOUNTS, "１２３")],
)
def test_switched_off_the_same_enters(entrances: dict[str, Enter], text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """These texts occur here only: readers remember what they passed."""
    for enter in entrances.values():
        with pytest.raises(CountersignError):
            enter(text)
    _let_all_pass(monkeypatch)
    for enter in entrances.values():
        enter(text)


def test_a_file_whose_name_deceives_is_not_seen_on_a_stick(tmp_path: Path) -> None:
    for name in ("request\u202enosretnuoc.", "rеquest.countersign", "-rf", ".hidden", "a b.countersign", "x\ny"):
        (tmp_path / name).write_bytes(b"request")
        with pytest.raises(Malformed):
            UsbFolder(tmp_path).read(name)
    (tmp_path / "request.countersign").write_bytes(b"request")
    assert [each.name for each in UsbFolder(tmp_path).entries()] == ["request.countersign"]


BOTH = ("compliance", "officer-d")
OTHER = "0x" + "5" * 40


def changed(entries: dict[str, object]) -> str | None:
    """What the log says to these entries of the roster; None: it takes them."""
    return world.founded().attempt("roster.changed", BOTH, {**world.no_entries(), **entries})


def asset(symbol: str, decimals: int, chain: str = world.ETHEREUM) -> dict[str, object]:
    return {"assets": [{"id": f"{chain}/erc20:{OTHER}", "symbol": symbol, "decimals": decimals}]}


def named(owner: str, name: str) -> dict[str, object]:
    return {"participants": [world.participant_entry(owner, name=name)]}


TWINS: list[tuple[str, dict[str, object]]] = [
    ("settlement.name-taken", named("harbour", "MERIDIAN CAPITAL")),
    ("settlement.name-taken", named("harbour", "Northgate trust")),
    ("settlement.name-taken", {"officers": [{**world.officer_entry("officer-c"), "name": world.NAMES["officer-a"]}]}),
    ("settlement.symbol-taken", asset("usdc", 6)),
    ("settlement.symbol-taken", asset("BTC", 8)),
    ("settlement.symbol-taken", asset("USDC.", 6)),
    ("settlement.symbol-taken", asset("-BTC", 8)),
    ("settlement.name-taken", named("harbour", "Meridian CapitaI")),
]


def test_nobody_is_called_like_another_and_no_token_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and symbols are what screens say of who and what: the same but for capitals is one to a reader."""
    for code, entries in TWINS:
        assert changed(entries) == code, entries
    for entries in (
        named("harbour", "Harbour Prime 2"),
        named("harbour", "Meridian Capita"),
        asset("EURC", 6),
        asset("USDC.e", 6),
        asset("USDC", 6, "eip155:1"),
    ):
        assert changed(entries) is None, entries
    monkeypatch.setattr(roster_change, "_require_own_name", lambda *_: None)
    monkeypatch.setattr(roster_change, "_require_own_symbol", lambda *_: None)
    for _, entries in TWINS:
        assert changed(entries) is None, entries


def test_a_chain_s_coin_has_its_chain_s_decimals(monkeypatch: pytest.MonkeyPatch) -> None:
    """With twenty a hundred ether would stand on every screen as one. What a token has, its contract says."""

    def coin(decimals: int) -> dict[str, object]:
        return {"assets": [{"id": f"{world.ETHEREUM}/slip44:60", "symbol": "ETH", "decimals": decimals}]}

    for decimals in (20, 17, 0):
        assert changed(coin(decimals)) == "settlement.coin-decimals"
    assert changed(coin(18)) is None
    monkeypatch.setattr(roster_change, "_require_own_decimals", lambda *_: None)
    assert changed(coin(20)) is None


def test_who_signs_a_new_place_is_told_which_registered_one_it_was_made_to_be_mistaken_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """D2: the difference from the registry, before an address is in it."""
    safe = world.safe_address("harbour")
    twin = eip55.checksum(bytes.fromhex(safe[2:8] + "5" * 28 + safe[-6:]))
    stranger = eip55.checksum(b"\x55" * 20)

    def told(address: str) -> list[str]:
        desk = world.founded()
        owner = {"lei": world.OWNERS["meridian"].lei, "book": "main"}
        place = {"account": f"{world.ETHEREUM}:{address}", "owner": owner, "vault": None}
        before = desk.state.roster
        desk.log("roster.changed", BOTH, {**world.no_entries(), "destinations": [place]})
        found = roster_words.differences(before, desk.state.roster, cooling=172_800)
        return [governance_words.said(each.then.code, each.then.values) for each in found if each.then is not None]

    assert [safe in each and twin in each for each in told(twin)] == [False, True]
    assert len(told(stranger)) == 1
    monkeypatch.setattr(roster_words, "_alike", lambda *_: ())
    assert len(told(twin)) == 1
