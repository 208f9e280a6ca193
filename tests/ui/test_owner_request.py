"""A change of a Safe's owners on the air-gapped machine's screens: who goes and who comes, whole, before anything is signed."""

from pathlib import Path

import pytest

from countersign.desk.owner_views import GOES as OUT
from countersign.desk.views import VaultRequestView
from countersign.review.case import Channel
from countersign.ui.application import VaultWindow
from support import window_world as world
from support.crossing_world import CrossingWorld, show
from support.owner_cases import GOES, SAFE
from support.window_hands import click, enabled, seen, settled


async def request(folder: Path, *, attested: bool = True) -> VaultRequestView:
    """What the vault's own console shows of an order that officer D go."""
    crossing = CrossingWorld(folder)
    name = crossing.order_owners(GOES, attested=attested)
    await crossing.vault.confirm_clock(True)
    return await show(crossing, await crossing.crossing.request(name, "officer-c", Channel.QR), Channel.QR)


async def opened(vault: VaultWindow, cold: world.VaultDouble, view: VaultRequestView) -> str:
    cold.opened = view
    await vault.refresh()
    click(vault, "Yes, it is right")
    await settled(vault)
    return seen(vault)


async def test_it_says_who_goes_who_stands_in_front_and_who_ordered_it(
    vault: VaultWindow, cold: world.VaultDouble, tmp_path: Path
) -> None:
    view = await request(tmp_path)
    text = await opened(vault, cold, view)
    assert "Is this who shall own the Safe?" in text
    assert f"Who owns the Safe {SAFE}" in text
    assert view.change is not None
    for each in view.change.owners:
        assert each.name in text
        assert f"Address of {each.name}: {each.address}" in text
    assert "2 of 3 sign, then 2 of 2" in text
    assert view.change.in_front is not None
    assert f"Before the one who goes, in the Safe's own list: {view.change.in_front.address}" in text
    assert "Dora Finch and Conrad Lake" in text
    assert "Nothing is paid. The Safe calls itself" in text
    assert "Extra effects: none" in text
    assert "Attested by" in text
    assert enabled(vault, "Go on to sign")


async def test_what_is_confirmed_before_signing_names_who_goes(
    vault: VaultWindow, cold: world.VaultDouble, tmp_path: Path
) -> None:
    view = await request(tmp_path)
    await opened(vault, cold, view)
    click(vault, "Go on to sign")
    text = seen(vault)
    assert view.change is not None
    (gone,) = (each for each in view.change.owners if each.fate == OUT)
    assert f"Goes: Dora Finch, {gone.address}" in text
    assert "How many sign: 2 of 3, then 2 of 2" in text


async def test_what_nobody_attested_cannot_be_signed(
    vault: VaultWindow, cold: world.VaultDouble, tmp_path: Path
) -> None:
    text = await opened(vault, cold, await request(tmp_path, attested=False))
    assert "Not attested" in text
    assert not enabled(vault, "Go on to sign")


@pytest.mark.parametrize("size", [(1440, 900), (1200, 760)], ids=str)
async def test_every_owner_fits_the_page(
    vault: VaultWindow, cold: world.VaultDouble, tmp_path: Path, size: tuple[int, int]
) -> None:
    vault.resize(*size)
    await opened(vault, cold, await request(tmp_path))
    body = vault.vault.review.body
    assert body.horizontalScrollBar().maximum() == 0
