"""Making an auditor's profile: a read-only copy of what may be shown, trusting exactly one desk.

- It takes the archive, the artefacts, the pinned log heads and the settings handed in; no intent, share, nonce or
  session of ours.
- Its key lies in it and it holds no secret: whoever may have the directory may read it.
- It verifies like any other store: chain, pin, every page; and it is opened immutable for ever after.
"""

from collections.abc import Mapping
from pathlib import Path

from countersign.store.passphrases import Entropy
from countersign.store.profile import Kind, Profile, create


def publish(source: Profile, directory: Path, entropy: Entropy, settings: Mapping[str, bytes]) -> None:
    """Writes an auditor's profile into `directory`, which is absent or empty. Raises what `profile.create` raises."""
    with create(directory, Kind.AUDITOR, entropy, settings=settings) as copy:
        copy.archive.extend(source.archive.records())
        for digest in source.artefacts.digests():
            copy.artefacts.put(source.artefacts.get(digest))
        for pin in source.journal.pins():
            copy.journal.advance_pin(None, pin)
