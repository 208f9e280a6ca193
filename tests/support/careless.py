"""Whoever signs with a secret number that they used before (CHECKS.md H8): from two such signatures anybody computes the key."""

from collections.abc import Iterable

from embit.ec import PrivateKey

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin import share as shares
from countersign.bitcoin.psbt import fields, of_maps
from countersign.keys import der
from support.hardware_wallet import Device
from support.software_keys import SoftwareKey

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def signature(secret: bytes, digest: bytes, nonce: int) -> bytes:
    """r‖s, low s, of a digest with this secret number."""
    r = int.from_bytes(PrivateKey(nonce.to_bytes(32, "big")).sec()[1:], "big") % ORDER
    s = (int.from_bytes(digest, "big") + r * int.from_bytes(secret, "big")) * pow(nonce, -1, ORDER) % ORDER
    return r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")


def given_back(device: Device, exported: bytes, nonces: Iterable[int]) -> bytes:
    """What a device gives back that signs coin after coin with these secret numbers."""
    parsed, maps, left = psbts.parse(exported), [], iter(nonces)
    own = {each.index: each for each in shares.requests(parsed, _children(device, parsed))}
    for index, found in enumerate(parsed.inputs):
        asked = own[index]
        place = next(path for key, path in found.items() if key == bytes((fields.KEY_PATH,)) + asked.public_key)
        steps = [int.from_bytes(place[at:][:4], "little") for at in (-8, -4)]
        raw = signature(device._account.derive(steps).key.secret, asked.digest, next(left))
        maps.append({**found, bytes((fields.PARTIAL_SIGNATURE,)) + asked.public_key: der.to_der(raw) + b"\x01"})
    return psbts.serialise(of_maps(parsed.globals, tuple(maps), parsed.outputs, parsed))


def _children(device: Device, parsed: psbts.Psbt) -> frozenset[bytes]:
    """The device's own key of every coin."""
    places = {device.child(branch, index) for branch in (0, 1) for index in range(20)}
    return frozenset(key[1:] for found in parsed.inputs for key in found if key[0] == fields.KEY_PATH) & places


class CarelessToken:
    """A token that signs with these secret numbers, one after another, and counts how often it was asked."""

    def __init__(self, keys: Iterable[SoftwareKey], nonces: Iterable[int]) -> None:
        self._secrets: dict[object, bytes] = {each.public: each.secret for each in keys}
        self._left = iter(nonces)
        self.asked = 0

    async def sign_digest(self, key: object, digest: bytes) -> bytes:
        """The signature of a digest."""
        self.asked += 1
        return signature(self._secrets[key], digest, next(self._left))

    async def sign_message(self, key: object, message: bytes) -> bytes:
        """A token signs no message here."""
        raise NotImplementedError
