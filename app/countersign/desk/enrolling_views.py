"""Read models of a vault's enrolment at a console, and what a window may ask of it. Typed values, no sentence.

- A file is read once (`Opened`): what is compared, signed and proposed later are these bytes, whatever becomes of the file.
- A session's token opens encrypted BSMS records; it is in no repr.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from countersign.desk.describing import DescriptionView, KeyView
from countersign.desk.governance_views import ProposalView
from countersign.errors import CountersignError

NEW, SLOTS, AGAIN = "new", "slots", "again"
"""A vault that is entered; slots that a standing one gains; a standing one that is tried once more, or at last."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A descriptor file or a BSMS record as it was when it was chosen."""

    file: Path
    data: bytes = field(repr=False)
    session: bytes | None = field(repr=False)
    view: DescriptionView


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which vault is enrolled: its description, what it shall be called, whose it is, on which chain (CAIP-2).

    `own`: the key record that this officer's own device made, None for a token's key.
    """

    description: Opened
    name: str
    lei: str
    book: str
    chain: str
    own: Opened | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """Whose a vault may be: (LEI, book, name of the participant); and on which Bitcoin chains (CAIP-2)."""

    owners: tuple[tuple[str, str, str], ...]
    chains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """One key of the described vault and the officer whom it is registered for. `place`: "slot 3"; empty where it ranges.

    `withdrawn`: it was theirs; its token is not known any more, and it signs nothing.
    """

    number: int
    place: str
    key: KeyView
    officer: str
    name: str
    own: bool
    label: str
    token: str
    model: str
    serial: str
    online: bool
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """A described vault as it would be registered: nothing of the roster stands against it.

    `own`: at how many of `places` this officer's own key stands, once at each; 0 with the reason in `own_fault`.
    `addresses`: place and address of each. `by_device`: the own key lies in a device, not in a token. `kind`: NEW, SLOTS, AGAIN.
    """

    wanted: Wanted
    owner: str
    threshold: int
    cosigners: int
    extended: bool
    keys: tuple[EnrolledKey, ...]
    addresses: tuple[tuple[str, str], ...]
    words: str
    own: int
    own_fault: CountersignError | None
    by_device: bool
    kind: str = NEW

    @property
    def places(self) -> int:
        """At how many places every cosigner has a key: slots, or 1 where the keys range."""
        return len({each.place for each in self.keys})


@dataclass(frozen=True, slots=True)
class CosignerTest:
    """One cosigner, and the files with their test signatures; no file: it is missing."""

    officer: str
    name: str
    own: bool
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class TestsView:
    """Whose test signatures are there, each verified; which files were refused, and why; the files that hold them (`good`)."""

    cosigners: tuple[CosignerTest, ...]
    refused: tuple[tuple[Path, CountersignError], ...]
    good: tuple[bytes, ...] = field(repr=False)

    @property
    def missing(self) -> tuple[str, ...]:
        """Who has not signed, by name."""
        return tuple(each.name for each in self.cosigners if not each.files)


class Enrolling(Protocol):
    """A Bitcoin vault's enrolment at one console, over the files that `countersign vault-enrol` reads and writes."""

    def choices(self) -> Choices: ...

    async def open(self, file: Path, session: str) -> Opened:
        """A file in its parts; `session`: the token in hex, or empty."""

    async def plan(self, wanted: Wanted) -> EnrolmentView:
        """The vault that the description would become, judged as the desk will; the own key found in it, or why not."""

    async def compare(self, wanted: Wanted, typed: str) -> None:
        """The words that the other cosigners read, as typed: refused unless they are this vault's."""

    async def device_test(self, wanted: Wanted, typed: str, version: int = 0) -> bytes:
        """The unsigned test for the officer's own device, once the words were compared."""

    async def take_test(self, wanted: Wanted, returned: bytes) -> bytes:
        """The officer's test signatures out of what the device gave back."""

    async def sign_test(self, wanted: Wanted, typed: str) -> bytes:
        """The officer's test signatures by the token of this seat, once the words were compared."""

    async def tests(self, wanted: Wanted, files: Sequence[Path]) -> TestsView:
        """Whose test signatures these files hold."""

    async def propose(self, wanted: Wanted, tests: Sequence[bytes], untested: str = "") -> ProposalView:
        """The vault for the administrators, once every cosigner has signed its test, or with the reason why one has not; signed
        if this officer may."""

    async def propose_device(self, record: Opened, serial: str, model: str, *, online: bool) -> ProposalView:
        """That the key in a device's record is registered as this officer's."""

    async def assemble(self, threshold: int, records: Sequence[Opened], chain: str) -> bytes:
        """The descriptor record of these key records, in their order."""
