"""Which secret number each signature was made with, wherever it is met (CHECKS.md H8): its r says so.

- Two digests under one r give a key away to whoever reads both signatures; children of one extended key are one key for that.
- A machine that signs has the journal's register. The desk enters there whatever a log would show besides, before it shows it:
  other machines' shares, and the tests that come with a vault. A second one is kept from the log, and from its readers.
- `Register` is for whoever audits: it begins with nothing and reads the whole log. It accuses nobody over a signature that
  does not verify.

    seen = Register(); seen.repeated(verify_share(state, instruction, vault, kids, prepared, share))
"""

from collections.abc import Iterable, Mapping

from countersign.bitcoin.share import SigningRequest
from countersign.desk.records import Share
from countersign.keys.public_key import PublicKey

R = 32


def root_of(key: PublicKey, registered: PublicKey) -> bytes:
    """The thumbprint of the registered key that another is a child of; empty where the key is the registered one."""
    return b"" if key == registered else registered.thumbprint()


def signed_by(keys: Mapping[PublicKey, PublicKey], answers: Mapping[SigningRequest, bytes]) -> tuple[Share, ...]:
    """Verified answers (r‖s) of these keys, each with its registered one."""
    by_point = {key.data: key for key in keys}
    found = ((by_point[asked.public_key], asked.digest, signature) for asked, signature in answers.items())
    return tuple(Share(key.thumbprint(), digest, each, root_of(key, keys[key])) for key, digest, each in found)


class Register:
    """Every r that was read so far, by the registered key."""

    def __init__(self) -> None:
        self._digests: dict[tuple[bytes, bytes], bytes] = {}

    def repeated(self, shares: Iterable[Share]) -> bool:
        """Enter them; whether any of them has the r of another digest under its key."""
        known = [self._digests.setdefault((each.root or each.key, each.signature[:R]), each.digest) == each.digest
                 for each in shares]  # fmt: skip
        return not all(known)
