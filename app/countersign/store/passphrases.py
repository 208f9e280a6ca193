"""Secrets that lie on a disk under a passphrase that a person types: the store's key, a witness's seed.

- The passphrase comes through a callable, is asked once and is not kept; salt and nonce are fresh.
- What is too short to be worth its name is refused before anything is written.
"""

from collections.abc import Callable
from pathlib import Path

from countersign.errors import Refused
from countersign.keys import wrapping
from countersign.store.durable import read_small

AskPassphrase = Callable[[], str]
Entropy = Callable[[int], bytes]
SHORTEST = 8


def wrap(secret: bytes, ask: AskPassphrase, entropy: Entropy, cost: wrapping.Cost) -> bytes:
    """`secret` under the passphrase that `ask` gives, of at least 8 characters. Refused("store.short-passphrase")."""
    passphrase = ask()
    if len(passphrase) < SHORTEST:
        raise Refused("store.short-passphrase", least=SHORTEST)
    return wrapping.wrap(secret, passphrase, entropy(wrapping.SALT_LENGTH), entropy(wrapping.NONCE_LENGTH), cost)


def unwrap(path: Path, ask: AskPassphrase) -> bytes:
    """The secret in a file. Refused("keys.wrong-passphrase"), Malformed(keys.wrapping-…), Unavailable("store.missing-file")."""
    wrapped = read_small(path)
    return wrapping.unwrap(wrapped, ask())
