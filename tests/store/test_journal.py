"""The journal is one object; what it has been told survives a restart, in one chain that verifies to its head."""

from countersign.store.chain import START
from countersign.store.signing import Intent, Share


def test_everything_told_stands_in_one_chain_after_a_restart(make_profile, open_again):
    with make_profile() as profile:
        profile.journal.see_settlement("S-1", 1, b"c" * 32)
        profile.journal.intend(Intent(b"i" * 32, "S-1", b"k" * 32, b"t" * 32, (b"d" * 32,), 1))
        profile.journal.record_share(Share(b"k" * 32, b"d" * 32, b"r" * 64))
        profile.journal.receive("officer-a", b"s", 1, b"e" * 32)
        head = profile.head()
    with open_again() as profile:
        assert profile.head() == head == profile._chain.verify(START)
        assert profile.journal.settlement_hash("S-1", 1) == b"c" * 32
        assert profile.journal.answered(b"k" * 32, b"d" * 32) == b"r" * 64
        assert profile.journal.received("officer-a", b"s", 1) == b"e" * 32
