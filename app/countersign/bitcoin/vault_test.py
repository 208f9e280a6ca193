"""The transaction that a vault's cosigners sign before the vault is used, and that no chain can ever take (decision 0017).

    parent    version 2, one input: no outpoint (32 zero bytes, ffffffff), scriptSig  00 20 <commitment>  (as BIP-322's to_spend)
              one output of 10,000 satoshis to each place that is tried
    test      spends them all, back to the first place's address

- The coins do not exist and cannot: a transaction whose input has no outpoint is valid only as a coinbase, and a coinbase's
  script begins with its block's height (BIP-34), never with 00. A signature commits to those coins, so it is good nowhere else.
- Tokens and third-party devices sign it like any other transaction of the vault: nobody needs a message signature.
- The one output carries no key path, so a device shows its address, the vault's first, on its own screen.
- The commitment (32 bytes) is to what is enrolled; every machine makes the same bytes of the same vault.

    psbt = create(places, sha256(description).digest())
"""

from collections.abc import Sequence

from countersign.bitcoin import build, coins, compact_size, parent
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output, Satoshis

SATOSHIS = 10_000
"""Of each invented coin: above dust, so that no device balks."""
_NOWHERE = bytes(32) + b"\xff" * 4


def create(places: Sequence[Descriptor], commitment: bytes) -> Psbt:
    """The unsigned test of these places; the first one is paid. `commitment`: 32 bytes."""
    if len(commitment) != 32 or not places:
        raise ValueError("a test commits to 32 bytes and tries at least one place")
    invented = parent.read(_parent([Output(each.script_pubkey, Satoshis(SATOSHIS)) for each in places], commitment))
    spent = [coins.of(invented, vout, place) for vout, place in enumerate(places)]
    back = Output(places[0].script_pubkey, Satoshis(SATOSHIS * len(places)))
    return build.create(spent, [(back, None)])


def _parent(outputs: Sequence[Output], commitment: bytes) -> bytes:
    script = b"\x00\x20" + commitment
    return b"".join(
        (
            (2).to_bytes(4, "little"),
            compact_size.encode(1),
            _NOWHERE,
            compact_size.encode(len(script)),
            script,
            bytes(4),
            compact_size.encode(len(outputs)),
            *(each.serialise() for each in outputs),
            bytes(4),
        )
    )
