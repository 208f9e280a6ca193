"""A file that describes a vault or one of its keys: descriptors a line each, or a BSMS record (BIP-129), open or encrypted.

    read(b"wsh(sortedmulti(2,[…]tpub…/<0;1>/*,…))#checksum\\n")     a vault of extended keys
    read(b"wsh(…)#…\\nwsh(…)#…\\n")                                 a vault of slots, numbered from 0
    read(b"BSMS 1.0\\n…")                                           a key record, or a descriptor record
    read(b"5f1e…", token)                                          either of them, encrypted with the session's token

- What is no form of ours is a `Described` with its form and the refusal, so that it can be shown; what is no descriptor at
  all is Malformed.
- Descriptors carry their checksum. Lines end with LF; behind the last one it may be missing.
- A descriptor names no chain: `prefixes` are those of the address formats that its keys allow; a record's first address says one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.bitcoin import bsms, bsms_encryption, descriptor, descriptor_checksum, forms, network, ranged
from countersign.bitcoin import vault as vaults
from countersign.bitcoin.bip32 import Network
from countersign.bitcoin.bsms import DescriptorRecord, KeyRecord
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.forms import Form
from countersign.bitcoin.key_expression import RANGE, DescriptorKey, KeyExpression
from countersign.bitcoin.ranged import RangedDescriptor
from countersign.bitcoin.vault import SlotVault
from countersign.errors import CountersignError, Malformed, Refused

MAX_BYTES = 256 << 10
_MAGIC = b"BSMS "
_KEY_RECORD_ENDS = 4
_TEST = ("tb", "bcrt")


@dataclass(frozen=True, slots=True)
class Described:
    """What a file says of a vault. Exactly one of `vault` and `refusal` is there."""

    texts: tuple[str, ...]
    """The descriptors as written, a slot each; one where the keys range."""
    record: DescriptorRecord | None
    form: Form | None
    """The form where it is not ours."""
    vault: SlotVault | RangedDescriptor | None
    refusal: CountersignError | None

    @property
    def places(self) -> tuple[Descriptor, ...]:
        """The places that are shown and tried: every slot, or the first of either branch."""
        if isinstance(self.vault, RangedDescriptor):
            return self.vault.at(0), self.vault.at(1)
        return () if self.vault is None else self.vault.slots

    @property
    def keys(self) -> Sequence[KeyExpression | DescriptorKey]:
        """The cosigners' keys: of the ranged descriptor, or of slot 0."""
        if isinstance(self.vault, RangedDescriptor):
            return self.vault.keys
        return () if self.vault is None else self.vault.slots[0].keys

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The prefixes of the chains that this vault may be on: a record's own, or those that the keys allow."""
        if self.record is not None:
            return (_prefix(self.record),)
        found = network.of_keys([key for place in self.places for key in place.keys])
        return {Network.MAIN: ("bc",), Network.TEST: _TEST, None: ("bc", *_TEST)}[found]

    def serialise(self) -> str:
        """The vault's own text: its descriptors with their checksums, a line each. Refused: what refuses the vault."""
        if self.refusal is not None or self.vault is None:
            raise self.refusal or Refused("bitcoin.descriptor-not-ranged")
        return self.vault.serialise() if isinstance(self.vault, SlotVault) else f"{self.vault.text}\n"


def read(data: bytes, token: bytes | None = None) -> KeyRecord | Described:
    """What the file holds. `token`: the session's, for what is encrypted; of a key record it must then be the record's.

    Malformed: bitcoin.descriptor-*, bitcoin.bsms-*, bitcoin.describes-nothing, -described-size. Refused: bitcoin.bsms-*.
    """
    if len(data) > MAX_BYTES:
        raise Malformed("bitcoin.described-size", size=len(data), limit=MAX_BYTES)
    if token is not None and not data.startswith(_MAGIC):
        data = bsms_encryption.decrypt(token, data)
    if not data.startswith(_MAGIC):
        return _lines(data)
    if data.removesuffix(b"\n").count(b"\n") == _KEY_RECORD_ENDS:
        return bsms.parse_key_record(data, _token(data) if token is None else token)
    return _record(bsms.parse_descriptor_record(data))


def describes(data: bytes) -> bool:
    """Whether the file wants to be one of these, by its first bytes; an encrypted record says nothing of itself."""
    if data.startswith(_MAGIC):
        return True
    line = data[:4096].partition(b"\n")[0].partition(b"#")[0]
    names = tuple(f"{name}(".encode() for name in forms.TOP)
    return line.startswith(names)


def _token(data: bytes) -> bytes:
    """The token that a key record names."""
    try:
        return bsms_encryption.read_token(data.split(b"\n", 2)[1].decode("ascii"))
    except UnicodeDecodeError:
        raise Malformed("bitcoin.bsms-text") from None


def _lines(data: bytes) -> Described:
    try:
        texts = tuple(data.decode("ascii").removesuffix("\n").split("\n"))
    except UnicodeDecodeError:
        raise Malformed("bitcoin.describes-nothing") from None
    if not describes(data):
        raise Malformed("bitcoin.describes-nothing")
    try:
        return Described(texts, None, None, _vault(texts), None)
    except Refused as error:
        return _refused(texts, None, error)


def _vault(texts: Sequence[str]) -> SlotVault | RangedDescriptor:
    if len(texts) == 1 and RANGE in texts[0]:
        return ranged.parse(texts[0])
    return vaults.of(map(descriptor.parse, texts))


def _record(record: DescriptorRecord) -> Described:
    texts = (record.template,)
    try:
        found = record.vault(_prefix(record))
    except Refused as error:
        return _refused(texts, record, error)
    vault = found if isinstance(found, RangedDescriptor) else vaults.of([found])
    return Described((found.text,), record, None, vault, None)


def _refused(texts: tuple[str, ...], record: DescriptorRecord | None, error: Refused) -> Described:
    bodies = [text.partition("#")[0] for text in texts]
    if record is None:
        for text in texts:
            descriptor_checksum.split(text)
    form = next((form for body in bodies if (form := forms.recognise(body)) is not None), None)
    return Described(texts, record, form, None, error)


def _prefix(record: DescriptorRecord) -> str:
    """The prefix of the record's first address; the main network's where it is of another kind, which is no vault of ours."""
    found = record.first_address.partition("1")[0]
    return found if found in _TEST else "bc"
