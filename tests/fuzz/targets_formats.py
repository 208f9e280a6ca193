"""Targets of `formats/`, `keys/` and `airgap/`: spellings, keys and signatures, what crosses the gap."""

from countersign.airgap import bytewords, envelope, psbt_ur, request, ur
from countersign.airgap.answer import AnswerBody
from countersign.airgap.bytewords import Style
from countersign.airgap.fountain import Part
from countersign.errors import CountersignError
from countersign.formats import base58, base64url, bech32, caip, cbor, eip55, hexadecimal, ids, jcs, strict_json, times
from countersign.keys import cose, curve, der, ecdsa, jws, wrapping
from countersign.keys.public_key import Curve, PublicKey
from fuzz.target import Target, same, same_text, text

TAGS = frozenset((18, 310, 40310))
NETWORKS = ("bc", "tb", "bcrt")


def _bech32(found: str) -> None:
    hrp, values, constant = bech32.decode(found)
    assert bech32.encode(hrp, values, constant) == found.lower()


def _segwit(found: str) -> None:
    hrp = next((each for each in NETWORKS if found.lower().startswith(f"{each}1")), "bc")
    version, program = bech32.decode_segwit(hrp, found)
    assert bech32.encode_segwit(hrp, version, program) == found.lower()
    bech32.parse_segwit(hrp, found)


def _five_bits(data: bytes) -> None:
    assert bech32.from_five_bits(bech32.to_five_bits(data)) == data
    bech32.from_five_bits(each & 31 for each in data)


def _name(found: str) -> str:
    return ids.name(found, listed=(found,) if found[:1] == "L" else ())


def _price(found: str) -> None:
    assert ids.price_text(*ids.price(found)) == found


def _jwk(data: bytes) -> None:
    key = PublicKey.from_jwk(strict_json.parse(data))
    assert PublicKey.from_jwk(key.jwk()) == key


def _points(data: bytes) -> None:
    for read in (
        lambda: PublicKey.from_sec1(Curve.SECP256K1, data),
        lambda: PublicKey.from_sec1(Curve.P256, data),
        lambda: PublicKey.from_ed25519(data),
    ):
        try:
            found = read()
        except CountersignError:
            continue
        assert PublicKey.from_jwk(found.jwk()) == found


def _signature(data: bytes) -> None:
    """A digest, a recovery id, a signature: whoever it recovers to made it."""
    digest, number, rs = data[:32], data[32:33], data[33:]
    found = ecdsa.recover(digest, rs, number[0] if number else 9)
    low = ecdsa.normalise(Curve.SECP256K1, rs)
    assert found.verify_digest(digest, low)
    assert ecdsa.recovery_id(found, digest, rs) == number[0]
    curve.split(Curve.P256, rs)


def _scan(data: bytes) -> None:
    found = ur.Scan()
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        try:
            found.receive(line, 0)
        except CountersignError:
            continue


def _ur(found: str) -> None:
    one = ur.parse(found)
    written = ur.encode(one) if isinstance(one, ur.Message) else ur.encode_part(one)
    assert written == found.lower()


def _psbt_ur(data: bytes) -> None:
    for kind in ("psbt", "crypto-psbt", "countersign"):
        try:
            found = psbt_ur.decode(ur.Message(kind, data))
        except CountersignError:
            continue
        assert psbt_ur.decode(psbt_ur.encode(found, version=2)) == found


def _unsealed(data: bytes) -> None:
    found = envelope.unseal(data, _officers())
    assert found.envelope == envelope.peek(data)


def _officers() -> dict[str, PublicKey]:
    from support import settlement_world as world

    return {key.public.kid: key.public for key in map(world.identity, ("operations", "officer-a", "officer-c"))}


def _bodies(data: bytes) -> None:
    value = cbor.decode(data)
    for read in (request.RequestBody.parse, request.ProvenEvent.parse, AnswerBody.parse):
        try:
            found = read(value)
        except CountersignError:
            continue
        assert cbor.encode(found.members()) == data


def _bytewords(found: str) -> None:
    for style in Style:
        try:
            payload = bytewords.decode(found, style)
        except CountersignError:
            continue
        assert bytewords.encode(payload, style) == found


TARGETS = {
    "json": Target(strict_json.parse, ("contract.json", "result.json"), 1 << 16),
    "json-canonical": Target(
        same(strict_json.parse_canonical, jcs.encode), ("contract.event", "refusals.json"), 1 << 16
    ),
    "cbor": Target(
        same(lambda data: cbor.decode(data, tags=TAGS), cbor.encode),
        ("usb/request.countersign", "cbor-small"),
        1 << 16,
        200,
    ),
    "bech32": Target(text(_bech32), ("bech32", "bech32m", "address-testnet"), 256),
    "base58": Target(same_text(base58.decode, base58.encode), ("xpub",), 256),
    "segwit": Target(text(_segwit), ("address", "address-testnet", "address-taproot"), 256),
    "five-bits": Target(_five_bits, ("five-bits",), 256),
    "eip55": Target(text(lambda found: (eip55.parse_machine(found), eip55.parse(found))), ("ethereum-address",), 128),
    "chain": Target(same_text(caip.ChainId.parse), ("chain", "chain-bitcoin"), 128),
    "asset": Target(same_text(caip.AssetId.parse), ("asset", "asset-coin"), 256),
    "account": Target(same_text(caip.AccountId.parse), ("account", "account-bitcoin"), 256),
    "hexadecimal": Target(same_text(hexadecimal.decode, hexadecimal.encode), ("hex",), 4096),
    "base64url": Target(same_text(base64url.decode, base64url.encode), ("base64url",), 4096),
    "time": Target(same_text(times.parse, times.text), ("time",), 64),
    "date": Target(same_text(times.parse_date, times.date_text), ("date",), 64),
    "identifier": Target(same_text(ids.identifier), ("identifier",), 256),
    "lei": Target(same_text(ids.lei), ("lei",), 64),
    "name": Target(text(_name), ("name", "name-cjk", "name-arabic"), 1024),
    "amount": Target(same_text(ids.amount, ids.amount_text), ("amount",), 256),
    "price": Target(text(_price), ("price",), 256),
    "jwk": Target(_jwk, ("jwk", "jwk-ed25519"), 2048),
    "point": Target(_points, ("point", "point-long", "point-ed25519"), 128),
    "jws": Target(same(lambda data: jws.parse(data, jws.EVENT), jws.serialise), ("contract.event",), 1 << 16),
    "cose": Target(cose.decode, ("usb/answer.countersign",), 1 << 16),
    "der": Target(same(der.from_der, der.to_der), ("der",), 128),
    "recovery": Target(_signature, ("recovery",), 128),
    "wrapped-key": Target(lambda data: wrapping.unwrap(data, "a passphrase"), ("wrapped",), 256, 1 << 20),
    "bytewords": Target(text(_bytewords), ("bytewords-standard", "bytewords-uri", "bytewords-minimal"), 4096),
    "ur": Target(text(_ur), ("ur-single", "ur-part"), 1 << 14),
    "ur-scan": Target(_scan, ("ur-scan",), 1 << 15),
    "fountain-part": Target(same(Part.parse, Part.serialise), ("part",), 4096),
    "psbt-ur": Target(_psbt_ur, ("psbt-cbor", "psbt-cbor-tagged"), 4096),
    "envelope": Target(envelope.peek, ("usb/request.countersign", "usb/answer.countersign"), 1 << 16),
    "envelope-map": Target(same(envelope.parse, envelope.serialise), ("request-map", "answer-map"), 1 << 16),
    "envelope-body": Target(_bodies, ("request-body", "answer-body", "proven-event"), 1 << 16),
    "envelope-sealed": Target(_unsealed, ("usb/request.countersign", "usb/answer.countersign"), 1 << 16),
}
