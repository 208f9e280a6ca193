"""A plain PSBT as a UR, for other vendors' devices.

Implements BCR-2020-006 (registry of UR types): a PSBT is a CBOR byte string.

- Written: type `psbt` (version 2), untagged; type `crypto-psbt` (version 1) when a device asks for it.
- Read: both types, untagged or under the tag that belongs to the type (40310 and 310).
- What lies inside is B2's matter, not this module's.

    >>> decode(encode(b"psbt\\xff"))
    b'psbt\\xff'
"""

from typing import Final

from countersign.airgap.ur import Message
from countersign.errors import Malformed
from countersign.formats import cbor

_TAG: Final = {"psbt": 40310, "crypto-psbt": 310}


def encode(psbt: bytes, *, version: int = 2) -> Message:
    """The message for a PSBT; `version` 2 writes `psbt`, 1 writes `crypto-psbt`."""
    return Message("crypto-psbt" if version == 1 else "psbt", cbor.encode(psbt))


def decode(message: Message) -> bytes:
    """The PSBT's bytes. Malformed("T3.type" | "T3.psbt-form" | T4.*)."""
    if message.type not in _TAG:
        raise Malformed("T3.type", found=message.type)
    tag = _TAG[message.type]
    value = cbor.decode(message.cbor, tags=frozenset((tag,)))
    if isinstance(value, cbor.Tag):
        value = value.value
    if not isinstance(value, bytes):
        raise Malformed("T3.psbt-form")
    return value
