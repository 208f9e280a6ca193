"""What a relayer sent is there again when the store is opened anew; each transaction once, by chain and account."""

from countersign.desk.records import Outgoing

FIRST = Outgoing("eip155:1", b"\x01" * 20, 0, b"\x02raw")


def test_what_was_sent_is_there_again_once_and_in_order(make_profile, open_again):
    second = Outgoing("eip155:1", b"\x01" * 20, 0, b"\x02dearer")
    elsewhere, another = Outgoing("eip155:5", b"\x01" * 20, 7, b"x"), Outgoing("eip155:1", b"\x03" * 20, 9, b"y")
    with make_profile() as profile:
        for each in (FIRST, second, elsewhere, another, FIRST):
            profile.journal.keep(each)
    with open_again() as profile:
        assert profile.journal.sent("eip155:1", b"\x01" * 20) == (FIRST, second)
        assert profile.journal.sent("eip155:5", b"\x01" * 20) == (elsewhere,)
        assert profile.journal.sent("eip155:2", b"\x01" * 20) == ()
