"""Which payment of a contract was promised is kept: by every version of the contract, with all coins, once."""

from countersign.desk.records import Outpoint, Promise
from countersign.store.profile import Profile

FIRST = Promise(
    b"\x01" * 32, b"\x0a" * 32, (Outpoint("bip122:aa", b"\x11" * 32, 0), Outpoint("bip122:aa", b"\x12" * 32, 7))
)
SECOND = Promise(b"\x02" * 32, b"\x0b" * 32, (Outpoint("bip122:aa", b"\x13" * 32, 0),))


def test_a_payment_is_found_by_any_contract_that_it_pays_with_all_its_coins(profile: Profile) -> None:
    profile.journal.promise(["K-1", "K-2"], FIRST)
    profile.journal.promise(["K-2"], SECOND)
    assert profile.journal.promised(["K-1"]) == (("K-1", FIRST),)
    assert profile.journal.promised(["K-2"]) == (("K-2", FIRST), ("K-2", SECOND))
    assert profile.journal.promised(["K-1", "K-2"]) == (("K-1", FIRST), ("K-2", SECOND))
    assert profile.journal.promised(["K-3"]) == ()


def test_the_same_promise_again_changes_nothing(profile: Profile) -> None:
    profile.journal.promise(["K-1"], FIRST)
    before = profile.journal._chain.head()
    profile.journal.promise(["K-1"], FIRST)
    assert profile.journal._chain.head() == before
