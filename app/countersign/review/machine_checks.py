"""H2, H3, H4, H7, T1–T4, S1: the token, the transport and the store, from the facts that their adapters report.

- Before a signature the token's facts are looked at (H2, H3); after it the signature itself (H4, H7). A case without a
  token is not about to be signed on this machine: H is then not applicable, with that reason.
- T1 judges envelope and session; T2 to T4 are the codecs' own rules, reported here under their names.
- S1 is what the store found when it was opened.
"""

from collections.abc import Iterator

from countersign.errors import CountersignError
from countersign.keys.ecdsa import is_low_s
from countersign.keys.public_key import Curve
from countersign.review.case import Channel, Mode
from countersign.review.check import Check
from countersign.review.finding import Finding, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading


def token_identity(reading: Reading) -> Iterator[Finding]:
    """H2: serial, label and model are the registered ones, and the registered public key is in the token."""
    token = reading.case.token
    if token is None:
        device = reading.case.signer is not None and reading.case.signer.device
        yield not_applicable("H2", "H2.device") if device else not_applicable("H2", "H2.no-token")
        return
    registered = " · ".join(token.registered)
    found = " · ".join((token.serial, token.label, token.model))
    if found != registered:
        yield failed("H2", "other-token", "token", registered, found, expected=registered, found=found)
    elif not token.key_found:
        yield failed("H2", "no-key", "token", "the registered public key", "not in this token", token=token.label)
    else:
        yield passed("H2", "registered-token", "token", registered, found)


def key_attributes(reading: Reading) -> Iterator[Finding]:
    """H3: the private key never leaves the token and does nothing but sign."""
    token = reading.case.token
    if token is None:
        device = reading.case.signer is not None and reading.case.signer.device
        yield not_applicable("H3", "H2.device") if device else not_applicable("H3", "H2.no-token")
        return
    if token.copies != 1:
        yield failed("H3", "copies", "key", "exactly one private key", str(token.copies), copies=token.copies)
    for name, expected, found in token.gate:
        yield failed("H3", "attribute", "key", f"{name} {expected}", f"{name} {found}",
                     attribute=name, expected=expected, found=found)  # fmt: skip
    if token.copies == 1 and not token.gate:
        yield passed("H3", "key-guarded", "key", "sign only, never extractable", "as wanted")


def digest_length(reading: Reading) -> Iterator[Finding]:
    """H4: the token was handed exactly 32 bytes (a longer input is silently truncated by some tokens)."""
    signature = reading.case.signature
    if signature is None:
        yield not_applicable("H4", "H7.not-signed-yet")
    elif signature.digest_length != 32:
        yield failed(
            "H4", "length", "digest", "32 bytes", f"{signature.digest_length} bytes", length=signature.digest_length
        )
    else:
        yield passed("H4", "length-in-order", "digest", "32 bytes", "32 bytes")


def signature_verified(reading: Reading) -> Iterator[Finding]:
    """H7: what came back is a low-S signature of the registered key over the digest rebuilt here."""
    signature = reading.case.signature
    if signature is None:
        yield not_applicable("H7", "H7.not-signed-yet")
        return
    raw = signature.signature
    expected = "64 bytes, low S, of the registered key over this digest"
    if len(raw) != 64:
        yield failed("H7", "signature-length", "signature", expected, f"{len(raw)} bytes", length=len(raw))
        return
    try:
        low = is_low_s(Curve.SECP256K1, raw)
    except CountersignError:
        yield failed("H7", "out-of-range", "signature", expected, "r or s out of range")
        return
    if not low:
        yield failed("H7", "high-s", "signature", expected, "high S")
    elif not signature.key.verify_digest(signature.digest, raw):
        yield failed("H7", "not-this-digest", "signature", expected, "does not verify")
    else:
        yield passed("H7", "verified", "signature", expected, "verified by independent code")


def envelope(reading: Reading) -> Iterator[Finding]:
    """T1: a known sender's envelope to this machine and desk, in session order."""
    transport = reading.case.transport
    cold = reading.case.channel is not Channel.ONLINE
    if transport is None and cold and reading.case.mode is Mode.SIGN:
        yield failed(
            "T1", "bare", "envelope", "an envelope of a known sender", "none", channel=reading.case.channel.value
        )
    elif transport is None:
        yield not_applicable("T1", "T1.no-envelope")
    elif transport.opened is not None:
        yield from_error(
            "T1", transport.opened, "envelope", "a known sender, this recipient, this desk, the next sequence"
        )
    else:
        found = f"{transport.sender}, sequence {transport.sequence}"
        yield passed(
            "T1", "in-order", "envelope", "a known sender, this recipient, this desk, the next sequence", found
        )


def usb_read(reading: Reading) -> Iterator[Finding]:
    """T2: what the USB reader refused; a fault that is nobody else's on this way in is its own."""
    transport, expected = reading.case.transport, "a regular file on the medium, of bounded size, unchanged while read"
    if transport is None or transport.channel is not Channel.USB:
        yield not_applicable("T2", "T2.other-channel")
    elif transport.codec is not None and transport.codec.check != "T4":
        yield from_error("T2", transport.codec, "USB", expected)
    else:
        yield passed("T2", "in-bounds", "USB", expected, "in order")


def ur_frames(reading: Reading) -> Iterator[Finding]:
    """T3: what the frames' codec refused; a fault of the picture reader counts here too."""
    transport, expected = reading.case.transport, "parts of one UR message, within bounds"
    if transport is None or transport.channel is not Channel.QR:
        yield not_applicable("T3", "T3.other-channel")
    elif transport.codec is not None and transport.codec.check != "T4":
        yield from_error("T3", transport.codec, "QR", expected)
    else:
        yield passed("T3", "in-bounds", "QR", expected, "in order")


def envelope_cbor(reading: Reading) -> Iterator[Finding]:
    """T4: deterministic CBOR within bounds."""
    transport, expected = reading.case.transport, "deterministic CBOR within bounds"
    if transport is None or transport.channel is Channel.ONLINE:
        yield not_applicable("T4", "T4.other-channel")
    elif transport.codec is not None and transport.codec.check == "T4":
        yield from_error("T4", transport.codec, "envelope", expected)
    else:
        yield passed("T4", "in-bounds", "envelope", expected, "in order")


def store_open(reading: Reading) -> Iterator[Finding]:
    """S1: every PRAGMA reads back as wanted; every page authenticates."""
    store = reading.case.store
    if store is None:
        yield not_applicable("S1", "S1.no-store")
        return
    wrong = [(name, expected, found) for name, expected, found in store.pragmas if expected != found]
    for name, expected, found in wrong:
        yield failed("S1", "pragma", "store", f"{name} = {expected}", f"{name} = {found}", pragma=name, found=found)
    if store.integrity != "ok":
        yield failed("S1", "integrity", "store", "ok", store.integrity, found=store.integrity[:80])
    if not wrong and store.integrity == "ok":
        yield passed("S1", "store-in-order", "store", f"{len(store.pragmas)} settings and every page", "as wanted")


CHECKS = (
    Check("H2", "TOKEN-IDENTITY", token_identity),
    Check("H3", "KEY-ATTRIBUTES", key_attributes, ("H2",)),
    Check("H4", "DIGEST-LENGTH", digest_length),
    Check("H7", "SIGNATURE", signature_verified, ("H4",)),
    Check("T2", "USB-READ", usb_read),
    Check("T3", "UR", ur_frames),
    Check("T4", "CBOR", envelope_cbor, ("T2", "T3")),
    Check("T1", "ENVELOPE", envelope, ("T2", "T3", "T4")),
    Check("S1", "STORE", store_open),
)
