"""What an officer confirms of a void: that nothing is paid; of a replacement: the same payments, a higher fee."""

from dataclasses import replace

import pytest

from countersign.desk.views import InstructionView
from countersign.ui.application import OfficerWindow
from support import window_world as world
from support.window_hands import key, seen, settled

NOTHING = "Nothing is paid. This ends the settlement: everything stays with, or returns to, the vaults that pay"
CHILD = "Nothing is paid. The change of a transaction that waits for a block comes home; the fee lifts both"
AGAIN = "The same payments as before, with a higher fee, in place of what you may have signed already"


def void(view: InstructionView) -> InstructionView:
    """The same instruction's void."""
    home = tuple(each for each in view.flows if each.role != "counterparty")
    return replace(view, lines=(), flows=home if view.kind == "psbt" else (), purpose="void")


async def at_sign(window: OfficerWindow) -> str:
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)
    assert AGAIN in seen(window) or seen(window).count(NOTHING) == 2
    key(window, "Ctrl+S")
    assert window.screen_key == "sign"
    return seen(window)


async def test_a_void_says_that_nothing_is_paid(window: OfficerWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    coins, call = world.bitcoin_view, world.ethereum_view
    monkeypatch.setattr(world, "bitcoin_view", lambda **given: void(coins(**given)))
    monkeypatch.setattr(world, "ethereum_view", lambda **given: void(call(**given)))
    text = await at_sign(window)
    assert NOTHING in text
    assert "nothing is paid" in text
    assert "The network fee is 0.00014100 BTC" in text
    assert " pays " not in text.replace("returns to, the vaults that pay", "")


async def test_a_child_says_that_it_pays_nobody_and_lifts_another(
    window: OfficerWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    coins = world.bitcoin_view
    monkeypatch.setattr(world, "bitcoin_view", lambda **given: replace(void(coins(**given)), purpose="child"))
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)
    assert CHILD in seen(window)
    key(window, "Ctrl+S")
    text = seen(window)
    assert CHILD in text
    assert "nothing is paid; the fee lifts another" in text
    assert "Meridian Capital pays" not in text


async def test_a_replacement_says_that_it_stands_in_the_place_of_another(
    window: OfficerWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    coins = world.bitcoin_view
    monkeypatch.setattr(world, "bitcoin_view", lambda **given: replace(coins(**given), purpose="replacement"))
    text = await at_sign(window)
    assert AGAIN in text
    assert "Meridian Capital pays 250.00000000 BTC to Harbour Prime" in text
    assert NOTHING not in text
