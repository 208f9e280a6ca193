"""An unregistered address is held against every registered one of its chain, and a registered one has a name."""

from countersign.review.lookalike import owner_of, registered_like
from support import settlement_world as world
from support.review_cases import story

ROSTER = story().state.roster
SAFE = world.safe_address("harbour")


def poisoned(address: str) -> str:
    """The same ends, another middle."""
    middle = "0" * (len(address) - 12)
    return address[:6] + middle + address[-6:]


def test_a_safe_and_a_bitcoin_destination_are_recognised_in_their_likeness() -> None:
    found = registered_like(ROSTER, world.ETHEREUM, poisoned(SAFE))
    assert found is not None
    assert (found.address, found.owner, found.length) == (SAFE, "Harbour Prime", 42)
    assert 20 < found.others <= 30
    place = world.bitcoin_address("harbour", 3)
    like = registered_like(ROSTER, world.BITCOIN, place[:12] + "q" * (len(place) - 24) + place[-12:])
    assert like is not None
    assert like.address == place


def test_the_address_itself_one_of_another_chain_and_any_other_are_like_nothing() -> None:
    assert registered_like(ROSTER, world.ETHEREUM, SAFE) is None
    assert registered_like(ROSTER, world.BITCOIN, poisoned(SAFE)) is None
    assert registered_like(ROSTER, world.ETHEREUM, "0x" + "7" * 40) is None


def test_the_nearest_of_several_is_named() -> None:
    other = world.safe_address("meridian")
    assert registered_like(ROSTER, world.ETHEREUM, SAFE[:-1] + ("0" if SAFE[-1] != "0" else "1")).address == SAFE  # type: ignore[union-attr]
    assert registered_like(ROSTER, world.ETHEREUM, other[:-1] + ("0" if other[-1] != "0" else "1")).address == other  # type: ignore[union-attr]


def test_whose_a_registered_address_is() -> None:
    assert owner_of(ROSTER, world.ETHEREUM, SAFE) == "Harbour Prime"
    assert owner_of(ROSTER, world.ETHEREUM, poisoned(SAFE)) is None
