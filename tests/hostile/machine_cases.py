"""Hostile tokens, ways in and stores: scripted facts, each beside the honest ones (CHECKS.md: H and S are scripted)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256

from countersign.airgap import fountain
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import cbor
from countersign.keys.curve import ORDER, Curve
from countersign.review.case import Case, Channel, SignatureFacts, TransportFacts
from hostile.table import Hostile
from support import settlement_world as world
from support.review_cases import store, story, token

DIGEST = sha256(b"a digest that was rebuilt").digest()
KEY = world.vault_key("officer-a", "bip122", "meridian", 0)


def with_token(**changes: object) -> Case:
    """Another token."""
    return story().psbt_case(token=token(**changes))


def with_signature(signature: bytes, *, length: int = 32) -> Case:
    """What the token returned, and how many bytes it was handed."""
    return story().psbt_case(signature=SignatureFacts(KEY.public, DIGEST, signature, length))


def good() -> bytes:
    """The right signature."""
    return KEY.sign_digest(DIGEST)


def high_s() -> bytes:
    """The same with the other s."""
    made = good()
    return made[:32] + (ORDER[Curve.SECP256K1] - int.from_bytes(made[32:])).to_bytes(32)


def arrived(channel: Channel, *, opened: CountersignError | None = None, codec: CountersignError | None = None) -> Case:
    """A request that came by `channel`, with what envelope and codec said."""
    way = TransportFacts(channel, opened, codec, sender="officer-a", sequence=1)
    scene = story().attest("compliance", "officer-d") if channel is Channel.QR else story()
    return scene.psbt_case(channel=channel, transport=way)


def refusal(call: Callable[[], object]) -> CountersignError:
    """What a codec really says of these bytes."""
    try:
        call()
    except CountersignError as error:
        return error
    raise AssertionError("accepted")


def cbor_of(data: bytes) -> Case:
    """An envelope of these bytes, by USB."""
    return arrived(Channel.USB, codec=refusal(lambda: cbor.decode(data)))


def a_million_parts() -> CountersignError:
    """A fountain part that says that it is one of a million."""
    part = cbor.encode([1, 1_000_000, 1_000_000, 0, b"x"])
    return refusal(lambda: fountain.Part.parse(part))


def with_store(**changes: object) -> Case:
    """A store that opened otherwise."""
    return story().psbt_case(store=store(**changes))


def later_part() -> Case:
    """A sequence number beyond the part count is in order."""
    message = bytes(range(100))
    encoder, decoder = fountain.Encoder(message, 20), fountain.Decoder()
    for number in range(6, 60):
        part = fountain.Part.parse(encoder.part(number).serialise())
        assert part.seq_num > part.seq_len
        decoder.receive(part, now=0)
    return arrived(Channel.QR)


usb, qr = partial(arrived, Channel.USB), partial(arrived, Channel.QR)
WRONG_SERIAL: dict[str, object] = {"serial": "another serial"}

CASES: list[Hostile] = [
    Hostile(
        "H2", "another token under the same label", "H2.other-token", partial(with_token, **WRONG_SERIAL), with_token
    ),
    Hostile("H2", "the key is not in it", "H2.no-key", partial(with_token, key_found=False), with_token),
    Hostile(
        "H3",
        "extractable",
        "H3.attribute",
        partial(with_token, gate=(("CKA_EXTRACTABLE", "false", "true"),)),
        with_token,
    ),
    Hostile(
        "H3", "may decrypt", "H3.attribute", partial(with_token, gate=(("CKA_DECRYPT", "false", "true"),)), with_token
    ),
    Hostile("H3", "two private keys under one id", "H3.copies", partial(with_token, copies=2), with_token),
    Hostile(
        "H4",
        "64 bytes handed over",
        "H4.length",
        lambda: with_signature(good(), length=64),
        lambda: with_signature(good()),
    ),
    Hostile(
        "H4",
        "16 bytes handed over",
        "H4.length",
        lambda: with_signature(good(), length=16),
        lambda: with_signature(good()),
    ),
    Hostile(
        "H7",
        "signature over another digest",
        "H7.not-this-digest",
        lambda: with_signature(KEY.sign_digest(bytes(32))),
        lambda: with_signature(good()),
    ),
    Hostile("H7", "high S", "H7.high-s", lambda: with_signature(high_s()), lambda: with_signature(good())),
    Hostile(
        "H7", "63 bytes", "H7.signature-length", lambda: with_signature(good()[:63]), lambda: with_signature(good())
    ),
    Hostile(
        "H7",
        "65 bytes",
        "H7.signature-length",
        lambda: with_signature(good() + b"\x00"),
        lambda: with_signature(good()),
    ),
    Hostile(
        "H7",
        "r is zero",
        "H7.out-of-range",
        lambda: with_signature(bytes(32) + good()[32:]),
        lambda: with_signature(good()),
    ),
    Hostile(
        "T1",
        "an old envelope again",
        "T1.sequence-reused",
        lambda: usb(opened=Refused("T1.sequence-reused", sequence=1, sender="officer-a")),
        usb,
    ),
    Hostile("T1", "no envelope on a cold machine", "T1.bare", lambda: replace(usb(), transport=None), usb),
    Hostile("T1", "an unknown sender", "T1.unknown-key", lambda: usb(opened=Refused("T1.unknown-key", kid="k")), usb),
    Hostile(
        "T2",
        "a symbolic link",
        "T2.link",
        lambda: usb(codec=Malformed("T2.link", name="request.countersign")),
        usb,
        parser=True,
    ),
    Hostile(
        "T2",
        "a file that changed between look and read",
        "T2.changed",
        lambda: usb(codec=Malformed("T2.changed", name="request.countersign")),
        usb,
        parser=True,
    ),
    Hostile("T3", "a million parts", "T3.seq-len", lambda: qr(codec=a_million_parts()), later_part, parser=True),
    Hostile("T4", "9A FF FF FF FF", "T4.items", partial(cbor_of, bytes.fromhex("9affffffff")), usb, parser=True),
    Hostile("T4", "200 kB of 0x81", "T4.depth", partial(cbor_of, b"\x81" * 200_000), usb, parser=True),
    Hostile("T4", "a trailing byte", "T4.trailing", partial(cbor_of, b"\x00\x00"), usb, parser=True),
    Hostile(
        "S1",
        "a setting that did not take",
        "S1.pragma",
        partial(with_store, pragmas=(("journal_mode", "wal", "delete"), ("synchronous", "2", "2"))),
        with_store,
    ),
    Hostile(
        "S1",
        "a page that does not authenticate",
        "S1.integrity",
        partial(with_store, integrity="HMAC check failed on page 7"),
        with_store,
    ),
]
