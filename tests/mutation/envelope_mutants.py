"""Mutants of what crosses the air gap: the sealed bytes, members changed under the old signature, or sealed by another."""

from functools import partial
from random import Random

import cbor2

from countersign.airgap import envelope
from countersign.errors import CountersignError
from countersign.formats import base64url
from mutation import bent
from mutation.subject import SAME_EFFECTS, Mutator, Subject
from support.envelopes import OPERATIONS, REQUEST, VAULT, answer_to, sealed
from support.software_keys import SoftwareKey

KEYS = {key.public.kid: key.public for key in (OPERATIONS, VAULT)}
TAG = 18


def subjects() -> list[Subject]:
    """A request and its answer."""
    request = sealed(REQUEST, OPERATIONS)
    answer = sealed(answer_to(request), VAULT)
    return [_subject("request envelope", request, VAULT), _subject("answer envelope", answer, OPERATIONS)]


def _subject(name: str, honest: bytes, other: SoftwareKey) -> Subject:
    kinds: dict[str, Mutator] = {
        **bent.kinds(honest),
        "a member, old signature": partial(_member, honest, None),
        "a member, sealed by another": partial(_member, honest, other),
        "headers": partial(_headers, honest),
    }
    return Subject(name, honest, kinds, partial(_accepted, honest), partial(_judge, honest))


def _accepted(honest: bytes, data: bytes) -> bool:
    """Whether it opens as what the honest sender sent."""
    try:
        found = envelope.unseal(data, KEYS)
    except CountersignError:
        return False
    return found.kid == base64url.encode(_parts(honest)[0][4])


def _judge(honest: bytes, data: bytes) -> str:
    """ECDSA over the same payload may have another signature; the payload's bytes may not differ."""
    if _parts(data)[1] == _parts(honest)[1]:
        return SAME_EFFECTS
    return f"another payload: {data.hex()}"


def _parts(data: bytes) -> tuple[dict[int, bytes], bytes]:
    """The protected header and the payload, by cbor2 alone."""
    protected, _, payload, _ = cbor2.loads(data).value
    return cbor2.loads(protected), payload


def _member(honest: bytes, key: SoftwareKey | None, chance: Random) -> bytes:
    """One member of the map another. Who else seals it puts their own key's id, or the honest sender's, in the header."""
    protected, unprotected, payload, signature = cbor2.loads(honest).value
    found = cbor2.loads(payload)
    name = chance.choice(list(found))
    found[name] = _other(found[name], chance)
    payload = cbor2.dumps(found, canonical=True)
    if key is not None:
        if chance.random() < 0.5:
            algorithm = cbor2.loads(protected)[1]
            protected = cbor2.dumps({1: algorithm, 4: base64url.decode(key.public.kid)}, canonical=True)
        signature = key.sign(
            cbor2.dumps(["Signature1", protected, b"countersign/envelope/v1", payload], canonical=True)
        )
    return cbor2.dumps(cbor2.CBORTag(TAG, [protected, unprotected, payload, signature]), canonical=True)


def _headers(honest: bytes, chance: Random) -> bytes:
    """Another algorithm, another key id, something unprotected, another tag."""
    protected, unprotected, payload, signature = cbor2.loads(honest).value
    header, tag = cbor2.loads(protected), TAG
    match chance.randrange(4):
        case 0:
            header[1] = chance.choice((-7, -8, -35, -47, 0))
        case 1:
            header[4] = bent.byte(header[4], chance)
        case 2:
            unprotected = {chance.choice((1, 4, 33)): b"x"}
        case _:
            tag = chance.choice((16, 17, 98, 61))
    return cbor2.dumps(
        cbor2.CBORTag(tag, [cbor2.dumps(header, canonical=True), unprotected, payload, signature]), canonical=True
    )


def _other(value: object, chance: Random) -> object:
    match value:
        case bytes() if value:
            return bent.byte(value, chance)
        case list() if value:
            return value[:-1] if chance.random() < 0.5 else [*value, value[0]]
        case dict() if value:
            name = chance.choice(list(value))
            return {**value, name: _other(value[name], chance)}
    return bent.leaf(chance, value)
