"""A share: one signer's partial signatures over one PSBT, and nothing else.

- the unsigned transaction is the same bytes; every other map is empty but for that signer's signatures;
- a signer signs every input whose script holds one of their keys, with exactly one key each;
- `requests` says what a token must sign, `make` puts its answers into a share, `accept` is the other side's judgement:
  each signature verified under its key over the digest recomputed from the PSBT that was sent, never from the share;
- `extract` cuts a share out of what a foreign device gives back, which is often the whole PSBT.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from countersign.bitcoin import inspect, script, signatures
from countersign.bitcoin.psbt import Fields, Psbt, bare, fields, of_maps
from countersign.bitcoin.sighash import Bip143
from countersign.errors import Refused
from countersign.keys import ecdsa

_SIGNATURE = bytes((fields.PARTIAL_SIGNATURE,))


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """One digest that one key is asked to sign."""

    index: int
    public_key: bytes
    digest: bytes


def requests(psbt: Psbt, keys: AbstractSet[bytes]) -> tuple[SigningRequest, ...]:
    """What the holder of `keys` (33 bytes each) is to sign, in the order of the inputs.

    Refused: B3.* and B4.* of an input, B6.own-key-twice, B6.no-own-key if no input knows any of the keys.
    """
    midstates = Bip143.of(psbt.unsigned)
    wanted = []
    for index in range(len(psbt.inputs)):
        spend = signatures.vault_input(psbt, index)
        own = [key for key in script.parse_multisig(spend.witness_script).keys if key in keys]
        if len(own) > 1:
            raise Refused("B6.own-key-twice", input=index)
        if own:
            digest = midstates.digest(index, spend.witness_script, spend.spent.satoshis)
            wanted.append(SigningRequest(index, own[0], digest))
    if not wanted:
        raise Refused("B6.no-own-key")
    return tuple(wanted)


def make(psbt: Psbt, signed: Mapping[SigningRequest, bytes]) -> Psbt:
    """The share of these answers: each request with its r‖s (64 bytes, low-S). They are not verified here."""
    empty = bare(psbt)
    maps: list[Fields] = list(empty.inputs)
    for request, signature in signed.items():
        maps[request.index] = {_SIGNATURE + request.public_key: signatures.encode(signature)}
    return of_maps(empty.globals, tuple(maps), empty.outputs, empty)


def accept(psbt: Psbt, share: Psbt, keys: AbstractSet[bytes]) -> Mapping[SigningRequest, bytes]:
    """Refuse `share` unless it is the whole and valid share of the holder of `keys` over `psbt`; what they signed, r‖s each.

    Refused: B13.other-transaction, bitcoin.share-not-bare, bitcoin.share-incomplete, bitcoin.share-stranger (a key that
    is not the signer's), B3.*, B4.*, B5.sighash, B6.*, B11.*.
    """
    if share.unsigned != psbt.unsigned:
        raise Refused("B13.other-transaction")
    if len(share.globals) != 1 or any(share.outputs):
        raise Refused("bitcoin.share-not-bare")
    wanted = {request.index: request for request in requests(psbt, keys)}
    answers: dict[SigningRequest, bytes] = {}
    for index, found in enumerate(share.inputs):
        asked = wanted.get(index)
        given = None if asked is None else found.get(_SIGNATURE + asked.public_key)
        if asked is None or given is None or len(found) != 1:
            _refuse_other(found, asked, index)
        else:
            signatures.check(asked.public_key, given, asked.digest, index)
            answers[asked] = ecdsa.from_der(given[:-1])
    return answers


def _refuse_other(found: Fields, wanted: SigningRequest | None, index: int) -> None:
    """Refuse what is not exactly the one signature that was asked for; nothing at all is right where none was."""
    given = inspect.partial_signatures(found)
    if len(given) != len(found):
        raise Refused("bitcoin.share-not-bare")
    for signature in given:
        if wanted is None or signature.public_key != wanted.public_key:
            raise Refused("bitcoin.share-stranger", input=index, key=signature.public_key.hex())
    if wanted is None:
        return
    raise Refused("bitcoin.share-incomplete", input=index)


def extract(psbt: Psbt, returned: Psbt, keys: AbstractSet[bytes]) -> Psbt:
    """The share of the holder of `keys` in what a device gave back, and nothing else of it. Refused: as `accept`.

    Some programs sign every input with a single key, whether its script names the key or not: what nobody asked for is
    left behind.
    """
    if returned.unsigned != psbt.unsigned:
        raise Refused("B13.other-transaction")
    empty = bare(psbt)
    own = {each.index: _SIGNATURE + each.public_key for each in requests(psbt, keys)}
    maps = tuple(
        {key: value for key, value in found.items() if key == own.get(index)}
        for index, found in enumerate(returned.inputs)
    )
    share = of_maps(empty.globals, maps, empty.outputs, empty)
    accept(psbt, share, keys)
    return share
