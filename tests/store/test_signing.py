"""The signing record: an intent binds coins and nonces, the same is answered again, another is refused (B12, E8,
H8)."""

from dataclasses import replace

import pytest

from countersign.errors import Conflict, Refused
from countersign.store.signing import Declared, Intent, Outpoint, SafeNonce, Share
from support.r_register import journal

KEY = b"k" * 32
CHAIN = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
COIN = Outpoint(CHAIN, b"c" * 32, 1)
OTHER_COIN = Outpoint(CHAIN, b"c" * 32, 2)
NONCE = SafeNonce("eip155:31337", b"s" * 20, 7)
FIRST = Intent(b"i" * 32, "S-1", KEY, b"t" * 32, (b"d" * 32,), 100, (COIN,), NONCE)
SECOND = replace(FIRST, instruction=b"j" * 32, transaction=b"u" * 32, digests=(b"e" * 32,))


def share(digest=b"d" * 32, r=b"r" * 32, s=b"s" * 32, key=KEY):
    return Share(key, digest, r + s)


def test_an_intent_is_read_back_whole_after_a_restart(make_profile, open_again):
    with make_profile() as profile:
        profile.journal.intend(replace(FIRST, declared=Declared("void", (b"x" * 32,))))
    with open_again() as profile:
        assert profile.journal.intents(b"i" * 32) == (replace(FIRST, declared=Declared("void", (b"x" * 32,))),)


def test_the_same_intent_again_changes_nothing(profile):
    profile.journal.intend(FIRST)
    head = profile.head()
    profile.journal.intend(FIRST)
    assert profile.head() == head


@pytest.mark.parametrize(
    ("second", "code"),
    [(replace(SECOND, nonce=None), "B12.promised"), (replace(SECOND, outpoints=()), "E8.promised")],
)
def test_another_transaction_over_a_promised_coin_or_nonce_is_refused_whole(profile, second, code):
    profile.journal.intend(FIRST)
    with pytest.raises(Conflict) as refusal:
        profile.journal.intend(replace(second, outpoints=(*second.outpoints, OTHER_COIN)))
    assert refusal.value.code == code
    assert profile.journal.signed_outpoint(OTHER_COIN) == ()


def test_the_near_miss_over_another_coin_and_nonce_is_accepted(profile):
    profile.journal.intend(FIRST)
    profile.journal.intend(replace(SECOND, outpoints=(OTHER_COIN,), nonce=replace(NONCE, nonce=8)))
    assert [signed.transaction for signed in profile.journal.signed_outpoint(OTHER_COIN)] == [SECOND.transaction]


def test_a_declared_exception_must_name_every_earlier_transaction_of_the_same_settlement(profile):
    profile.journal.intend(FIRST)
    declared = Declared("replacement", (FIRST.transaction,))
    for wrong in (replace(SECOND, declared=Declared("void", (b"?" * 32,))),
                  replace(SECOND, declared=declared, settlement="S-2")):  # fmt: skip
        with pytest.raises(Conflict):
            profile.journal.intend(wrong)
    profile.journal.intend(replace(SECOND, declared=declared))
    assert [signed.transaction for signed in profile.journal.signed_nonce(NONCE)] == [b"t" * 32, b"u" * 32]


def test_a_share_is_answered_again_after_a_restart_and_never_replaced(make_profile, open_again):
    with make_profile() as profile:
        profile.journal.intend(FIRST)
        profile.journal.record_share(share())
    with open_again() as profile:
        assert profile.journal.answered(KEY, b"d" * 32) == b"r" * 32 + b"s" * 32
        profile.journal.record_share(share())
        with pytest.raises(Conflict) as refusal:
            profile.journal.record_share(share(r=b"q" * 32))
        assert refusal.value.code == "store.already-answered"
        assert profile.journal.answered(b"l" * 32, b"d" * 32) is None


def test_a_share_without_its_intent_is_refused(profile):
    with pytest.raises(Refused) as refusal:
        profile.journal.record_share(share())
    assert refusal.value.code == "store.no-intent"


def test_one_r_over_two_digests_stops_the_key_for_good(make_profile, open_again):
    with make_profile() as profile:
        profile.journal.intend(replace(FIRST, digests=(b"d" * 32, b"e" * 32)))
        profile.journal.record_share(share())
        with pytest.raises(Refused) as refusal:
            profile.journal.record_share(share(digest=b"e" * 32, s=b"z" * 32))
        assert refusal.value.code == "H8.repeated-r"
    with open_again() as profile:
        assert profile.journal.key_stopped(KEY)
        assert profile.journal.answered(KEY, b"e" * 32) is None
        with pytest.raises(Refused) as refusal:
            profile.journal.intend(replace(SECOND, outpoints=(), nonce=None))
        assert refusal.value.code == "H8.key-stopped"
        profile.journal.intend(replace(SECOND, outpoints=(), nonce=None, key=b"l" * 32))


def test_a_log_with_two_faces_freezes_all_signing(make_profile, open_again):
    with make_profile() as profile:
        profile.journal.freeze_signing("log.example/desk", b"v" * 32)
    with open_again() as profile:
        assert profile.journal.signing_frozen() == b"v" * 32
        with pytest.raises(Refused) as refusal:
            profile.journal.intend(FIRST)
        assert refusal.value.code == "L4.signing-frozen"


def test_one_r_under_two_children_of_one_key_stops_them_all(make_profile, open_again):
    """Whoever knows the extended key computes both private keys from the two signatures."""
    root, child, sibling = b"x" * 32, b"k" * 32, b"l" * 32
    with make_profile() as profile:
        profile.journal.intend(replace(FIRST, root=root))
        profile.journal.intend(replace(FIRST, key=sibling, digests=(b"e" * 32,), root=root))
        profile.journal.record_share(replace(share(), root=root))
        with pytest.raises(Refused) as refusal:
            profile.journal.record_share(replace(share(digest=b"e" * 32, s=b"z" * 32, key=sibling), root=root))
        assert (refusal.value.code, refusal.value.values["key"]) == ("H8.repeated-r", root.hex())
    with open_again() as profile:
        assert profile.journal.intents(FIRST.instruction)[0] == replace(FIRST, root=root)
        for key in (child, sibling, b"m" * 32):
            with pytest.raises(Refused) as refusal:
                profile.journal.intend(replace(SECOND, outpoints=(), nonce=None, key=key, root=root))
            assert refusal.value.code == "H8.key-stopped"


def test_one_r_under_keys_that_are_not_one_roots_is_no_alarm(profile):
    other = b"l" * 32
    profile.journal.intend(replace(FIRST, root=b"x" * 32))
    profile.journal.intend(replace(FIRST, key=other, digests=(b"e" * 32,), root=b"y" * 32))
    profile.journal.record_share(replace(share(), root=b"x" * 32))
    profile.journal.record_share(replace(share(digest=b"e" * 32, key=other), root=b"y" * 32))
    assert profile.journal.answered(other, b"e" * 32) is not None
    profile.journal.intend(
        replace(SECOND, outpoints=(), nonce=None, key=other, root=b"y" * 32)
    )  # neither key is stopped


@pytest.fixture(params=["store", "double"])
def register(request, profile):
    """The journal, and what stands for it where a vault's test is signed."""
    return profile.journal if request.param == "store" else journal()


def test_an_r_without_an_intent_is_entered_and_stops_its_key_when_it_comes_back(register):
    register.register((share(), share(digest=b"e" * 32, r=b"q" * 32)))
    register.register((share(), share(s=b"z" * 32)))  # the same digest: the same secret number gives nothing away
    register.register((share(digest=b"e" * 32, key=b"l" * 32),))  # another key
    register.require_may_sign([KEY, b"l" * 32])
    with pytest.raises(Refused) as refusal:
        register.register((share(digest=b"f" * 32),))
    assert (refusal.value.code, refusal.value.values["key"]) == ("H8.repeated-r", KEY.hex())
    with pytest.raises(Refused) as refusal:
        register.require_may_sign([b"l" * 32, KEY])
    assert refusal.value.code == "H8.key-stopped"
    register.require_may_sign([b"l" * 32])


def test_an_r_without_an_intent_is_of_its_registered_key(register):
    register.register((replace(share(), root=b"x" * 32),))
    with pytest.raises(Refused):
        register.register((replace(share(digest=b"e" * 32, key=b"l" * 32), root=b"x" * 32),))
    register.require_may_sign([KEY, b"l" * 32])
    with pytest.raises(Refused) as refusal:
        register.require_may_sign([b"x" * 32])
    assert refusal.value.code == "H8.key-stopped"


def test_nothing_signs_where_signing_is_frozen(register):
    register.require_may_sign([KEY])
    register.freeze_signing("log.example/desk", b"v" * 32)
    with pytest.raises(Refused) as refusal:
        register.require_may_sign([KEY])
    assert refusal.value.code == "L4.signing-frozen"


def test_every_r_of_a_set_is_kept_even_where_one_repeats(make_profile, open_again):
    with make_profile() as profile:
        profile.journal.register((share(),))
        with pytest.raises(Refused):
            profile.journal.register((share(digest=b"e" * 32), share(digest=b"f" * 32, r=b"q" * 32)))
    with open_again() as profile:
        assert profile.journal.key_stopped(KEY)
        with pytest.raises(Refused):
            profile.journal.register((share(digest=b"g" * 32, r=b"q" * 32),))
