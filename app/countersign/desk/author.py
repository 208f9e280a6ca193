"""A person who signs events: an identity key in a token, and the drafting of what it signs.

- A draft is an event's payload; its `id` is fresh, its `at` is now. Whoever must sign signs those same bytes.
- Signatures of several people over one draft are merged into one event (maker and checker, administrators).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.desk.ports import Clock, Entropy, Signer
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT, Jws
from countersign.keys.public_key import PublicKey
from countersign.settlement import builder


@dataclass(frozen=True, slots=True)
class Author:
    """Who signs: the holder's id in the roster, the registered identity key, the token it lies in."""

    id: str
    key: PublicKey
    signer: Signer

    async def sign(self, payload: bytes, typ: str = EVENT) -> Jws:
        """One signature over a payload. Raises what the token raises; a false signature is refused before it is used."""
        signature = await self.signer.sign_message(self.key, jose.signing_input(payload, self.key, typ))
        return jose.attach(payload, typ, [(self.key, signature)])


@dataclass(frozen=True, slots=True)
class Scribe:
    """Drafts events of one desk."""

    desk: str
    clock: Clock
    entropy: Entropy

    def draft(self, kind: str, body: Mapping[str, object]) -> bytes:
        """An event's payload with a fresh id, dated now. Malformed if the body is not one of this type."""
        fresh = self.entropy.random_bytes(16).hex()
        return builder.payload(kind, self.desk, f"{kind}-{fresh}", self.clock.now_ms() // 1000, body)


async def signed(payload: bytes, authors: Sequence[Author], typ: str = EVENT) -> bytes:
    """The event's bytes with every author's signature over the same payload."""
    merged = await authors[0].sign(payload, typ)
    for author in authors[1:]:
        merged = jose.merge(merged, await author.sign(payload, typ))
    return jose.serialise(merged)


async def add_signature(event: bytes, author: Author, typ: str = EVENT) -> bytes:
    """The same event with one more signature."""
    known = jose.parse(event, typ)
    return jose.serialise(jose.merge(known, await author.sign(known.payload, typ)))
