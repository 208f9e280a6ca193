"""A vault in software for the Bitcoin tests: keys from seeds, slots, parents that pay into them, one signer's share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import coincurve
from coincurve._libsecp256k1 import ffi, lib

from countersign.bitcoin import coins, compact_size, descriptor, parent, share, vault
from countersign.bitcoin.coins import Coin
from countersign.bitcoin.parent import Parent
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.bitcoin.vault import SlotVault
from countersign.keys.curve import Curve
from support.software_keys import SoftwareKey


@dataclass(frozen=True, slots=True)
class Signer:
    """One person's key for every slot of one vault."""

    keys: tuple[SoftwareKey, ...]

    @property
    def public(self) -> frozenset[bytes]:
        """The 33-byte keys."""
        return frozenset(key.public.data for key in self.keys)

    def sign(self, psbt: Psbt) -> Psbt:
        """This signer's share of `psbt`."""
        by_public = {key.public.data: key for key in self.keys}
        asked = share.requests(psbt, self.public)
        return share.make(psbt, {one: by_public[one.public_key].sign_digest(one.digest) for one in asked})


@dataclass(frozen=True, slots=True)
class SoftwareVault:
    """A slot vault with the software keys of its signers."""

    vault: SlotVault
    signers: tuple[Signer, ...]


def software_vault(name: str, threshold: int = 2, cosigners: int = 3, slots: int = 4) -> SoftwareVault:
    """The vault that this name always gives."""
    signers = tuple(
        Signer(tuple(SoftwareKey.generate(Curve.SECP256K1, f"{name}/{who}/{slot}") for slot in range(slots)))
        for who in range(cosigners)
    )
    descriptors = (
        descriptor.of_keys(threshold, [signer.keys[slot].public.data for signer in signers]) for slot in range(slots)
    )
    return SoftwareVault(vault.of(descriptors), signers)


def funding(outputs: Sequence[Output], nonce: int = 0) -> Parent:
    """A made-up parent paying `outputs`; `nonce` makes its txid another."""
    spent = b"\x11" * 28 + nonce.to_bytes(8, "little")
    body = b"".join(output.serialise() for output in outputs)
    return parent.read(
        b"\x02\x00\x00\x00\x01"
        + spent
        + b"\x00\xff\xff\xff\xff"
        + compact_size.encode(len(outputs))
        + body
        + b"\x00" * 4
    )


def funded(held: SlotVault, amounts: Iterable[int], nonce: int = 0) -> tuple[Coin, ...]:
    """One coin of each amount, each from a parent of its own, in the vault's slots by turns."""
    made = []
    for number, satoshis in enumerate(amounts):
        slot = held.slots[number % len(held.slots)]
        paying = funding([Output(b"\x51", Satoshis(7)), Output(slot.script_pubkey, Satoshis(satoshis))], nonce + number)
        made.append(coins.of(paying, 1, slot))
    return tuple(made)


def payment(satoshis: int, tag: int = 1) -> Output:
    """An output to a made-up P2WPKH script."""
    return Output(b"\x00\x14" + bytes((tag,)) * 20, Satoshis(satoshis))


def sign_with_entropy(secret: bytes, digest: bytes, entropy: bytes) -> bytes:
    """A DER signature whose RFC 6979 nonce takes 32 bytes of extra entropy: valid, and another than without."""
    data = ffi.new("unsigned char[32]", entropy)
    return bytes(
        coincurve.PrivateKey(secret).sign(
            digest, hasher=None, custom_nonce=(lib.secp256k1_nonce_function_rfc6979, data)
        )
    )
