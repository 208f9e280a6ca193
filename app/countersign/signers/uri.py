"""PKCS#11 URIs: how a profile names a token or a key. RFC 7512, read strictly.

    pkcs11:token=officer-a;serial=9f2c64bd1a0e77c3;model=SoftHSM%20v2?module-path=/usr/lib/softhsm/libsofthsm2.so

- Path attributes stand before the `?`, split at `;`; query attributes behind it, split at `&`. No empty one.
- Characters are those of the RFC's `pk11-pchar` and `pk11-qchar`; all else is percent-encoded. No blank, no newline.
- A path attribute and a standard query attribute occur once; a vendor's query attribute may be repeated.
- Every value but `id` is UTF-8. `type` is one of the RFC's five; a version's halves and a slot id fit their C types.
- A URI that carries a PIN or says where one lies (`pin-value`, `pin-source`, in the query or anywhere) is refused:
  a PIN comes from a person.
- `slot-id` and the slot's texts are read, and identify nothing (H2): only serial, label and model together do.
- `serialise(parse(text)) == text`, but for the scheme, which is written in lower case.

    >>> parse("pkcs11:token=The%20Token;id=%00%FF").text("token")
    'The Token'
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from countersign.errors import Malformed, Refused
from countersign.signers.facts import TokenIdentity

LIMIT = 4_096
"""Characters."""
SCHEME = "pkcs11:"
TYPES = frozenset({"public", "private", "cert", "secret-key", "data"})
PIN_ATTRIBUTES = frozenset({"pin-value", "pin-source"})
STANDARD_QUERY = frozenset({"pin-value", "pin-source", "module-name", "module-path"})

_UNRESERVED = r"A-Za-z0-9\-._~"
_SHARED = r":\[\]@!$'()*+,="
_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_VALUE = re.compile(rf"[{_UNRESERVED}{_SHARED}&%]*\Z")
_QUERY_VALUE = re.compile(rf"[{_UNRESERVED}{_SHARED}/?|%]*\Z")
_VERSION = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,3}))?\Z")
_SLOT = re.compile(r"[0-9]{1,20}\Z")
_PATH_SAFE = "-._~:[]@!$'()*+,=&"
_QUERY_SAFE = "-._~:[]@!$'()*+,=/?|"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One `name=value`, the value as it is spelt."""

    name: str
    spelling: str

    @property
    def value(self) -> bytes:
        """The value, percent-decoded."""
        return unquote_to_bytes(self.spelling)


@dataclass(frozen=True, slots=True)
class Pkcs11Uri:
    """A parsed URI: its path and query attributes in the order written."""

    path: tuple[Attribute, ...]
    query: tuple[Attribute, ...]

    def text(self, name: str) -> str | None:
        """The text of a path attribute, or of a query attribute that occurs once; None if it is absent."""
        found = [attribute for attribute in self.path + self.query if attribute.name == name]
        return found[0].value.decode() if len(found) == 1 else None

    @property
    def id(self) -> bytes | None:
        """CKA_ID, or None."""
        return next((attribute.value for attribute in self.path if attribute.name == "id"), None)

    def token_identity(self) -> TokenIdentity:
        """The token it names. Raises Malformed unless token, serial and model are all there (H2)."""
        serial, label, model = (self.text(name) for name in ("serial", "token", "model"))
        if not serial or not label or not model:
            raise Malformed("signers.uri-identity")
        return TokenIdentity(serial, label, model)


def parse(text: str) -> Pkcs11Uri:
    """Read a URI. Raises Malformed (signers.uri-…) or Refused (signers.uri-pin)."""
    if len(text) > LIMIT:
        raise Malformed("signers.uri-length", length=len(text))
    if text[: len(SCHEME)].lower() != SCHEME:
        raise Malformed("signers.uri-scheme")
    path_text, mark, query_text = text[len(SCHEME) :].partition("?")
    path = _attributes(path_text, ";", _PATH_VALUE)
    query = _attributes(query_text, "&", _QUERY_VALUE)
    if mark and not query:
        raise Malformed("signers.uri-syntax", position=1)
    _refuse_repeats([one.name for one in path])
    _refuse_repeats([one.name for one in query if one.name in STANDARD_QUERY])
    for one in path:
        _check_value(one)
    for one in query:
        _check_text(one)
    return Pkcs11Uri(path, query)


def serialise(uri: Pkcs11Uri) -> str:
    """The URI as text, every value as it was spelt."""
    path = ";".join(f"{one.name}={one.spelling}" for one in uri.path)
    query = "&".join(f"{one.name}={one.spelling}" for one in uri.query)
    return SCHEME + path + ("?" + query if query else "")


def of_token(identity: TokenIdentity, module: str | None = None) -> Pkcs11Uri:
    """The URI of a token, and of the module that reaches it."""
    named = (("token", identity.label), ("serial", identity.serial), ("model", identity.model))
    path = tuple(Attribute(name, quote(value, safe=_PATH_SAFE)) for name, value in named)
    query = (Attribute("module-path", quote(module, safe=_QUERY_SAFE)),) if module else ()
    return Pkcs11Uri(path, query)


def of_key(identity: TokenIdentity, key_id: bytes, label: str) -> Pkcs11Uri:
    """The URI of a private key in a token."""
    spelt = "".join(f"%{byte:02X}" for byte in key_id)
    key = (Attribute("object", quote(label, safe=_PATH_SAFE)), Attribute("type", "private"), Attribute("id", spelt))
    return Pkcs11Uri(of_token(identity).path + key, ())


def _attributes(text: str, separator: str, allowed: re.Pattern[str]) -> tuple[Attribute, ...]:
    parts = text.split(separator) if text else []
    return tuple(_attribute(part, position, allowed) for position, part in enumerate(parts, 1))


def _attribute(part: str, position: int, allowed: re.Pattern[str]) -> Attribute:
    name, equals, spelling = part.partition("=")
    if name.lower() in PIN_ATTRIBUTES:
        raise Refused("signers.uri-pin")
    if not equals or not _NAME.match(name):
        raise Malformed("signers.uri-syntax", position=position)
    if _ESCAPE.search(spelling):
        raise Malformed("signers.uri-encoding", attribute=name[:32])
    if not allowed.match(spelling):
        raise Malformed("signers.uri-character", attribute=name[:32])
    return Attribute(name, spelling)


def _refuse_repeats(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise Malformed("signers.uri-repeated", attribute=name[:32])


def _check_value(one: Attribute) -> None:
    if one.name == "id":
        return
    _check_text(one)
    value = one.value.decode()
    if one.name == "type" and value not in TYPES:
        raise Malformed("signers.uri-type")
    if one.name == "library-version" and not _version(value):
        raise Malformed("signers.uri-version")
    if one.name == "slot-id" and not (_SLOT.match(value) and int(value) < 2**64):
        raise Malformed("signers.uri-slot")


def _check_text(one: Attribute) -> None:
    try:
        one.value.decode()
    except UnicodeDecodeError:
        raise Malformed("signers.uri-text", attribute=one.name[:32]) from None


def _version(value: str) -> bool:
    halves = _VERSION.match(value)
    return halves is not None and all(int(half) <= 255 for half in halves.groups() if half)
