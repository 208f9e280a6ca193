"""What `check` and `audit verify` answer: values only; their words come from `resources`, their form from the surface.

- A verdict names what was looked at; `as_of` is the log size before which history was judged, None for the present.
- The exit status is a property of the report, so that terminal, window and tests cannot disagree:
  2 iff a file does not parse in its own format; else 1 if a descriptor is refused, a finding fails or is blocked; 3 if a
  device or server was needed and absent; 0 otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from countersign.errors import CountersignError, Refused, Value
from countersign.review.finding import Finding, Status, Verdict

Progress = Callable[[int, int], None]
"""done, total (total 0: unknown)."""


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


AUDIT = "audit"
"""The check of findings that belong to the record itself and to no check of CHECKS.md."""


def noted(code: str, looked_at: str, expected: str, found: str, /, **values: Value) -> Finding:
    """A pass about the record itself; `code` is its sentence's, whole."""
    return Finding(AUDIT, Status.PASS, code, looked_at, expected, found, values)


def faulted(code: str, looked_at: str, expected: str, found: str, /, **values: Value) -> Finding:
    """A fail about the record itself."""
    return Finding(AUDIT, Status.FAIL, code, looked_at, expected, found, values)


def refused(error: CountersignError, looked_at: str, expected: str) -> Finding:
    """A named refusal as a fail: under its own check where it names one, else of the record."""
    return Finding(error.check or AUDIT, Status.FAIL, error.code, looked_at, expected, str(error), dict(error.values))


class Kind(StrEnum):
    """What a file is, by its content."""

    CONTRACT = "contract"
    EVENT = "event"
    OPENING = "opening"
    PROOF = "tlog-proof"
    PSBT = "PSBT"
    SAFE_TX = "Safe transaction"
    SERVICE = "Safe service answer"
    ENVELOPE = "envelope"
    PACK = "evidence pack"
    EXTRACT = "extract"
    KEY_RECORD = "BSMS key record"
    DESCRIPTOR_RECORD = "BSMS descriptor record"
    DESCRIPTOR = "descriptor"
    UNKNOWN = "unknown"


DESCRIBING = frozenset((Kind.KEY_RECORD, Kind.DESCRIPTOR_RECORD, Kind.DESCRIPTOR))
"""What says of a vault what it is: there is nothing in it to be signed, so no verdict, and a form of others is a refusal."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: its name as given, what it is, its SHA-256 (hex), and why it does not parse, if it does not."""

    name: str
    kind: Kind
    sha256: str
    error: CountersignError | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict over the files named in `about`."""

    about: tuple[str, ...]
    verdict: Verdict
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What people compare aloud: of which file, its SHA-256 (hex), twelve bytewords."""

    about: str
    sha256: str
    words: str


@dataclass(frozen=True, slots=True)
class HardwareScreen:
    """What a hardware wallet shows of a Safe transaction before it signs: of which file, what it is for, its digests.

    `digests`: name ("domain-hash", "message-hash", "safe-tx-hash", "calldata-digest") and 64 hexadecimal digits.
    """

    about: str
    chain_id: int
    safe: str
    nonce: int
    digests: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The answer of `check`."""

    files: tuple[FileReport, ...]
    judged: tuple[Judged, ...]
    fingerprints: tuple[Fingerprint, ...] = ()
    screens: tuple[HardwareScreen, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of every verdict."""
        return tuple(finding for each in self.judged for finding in each.verdict.findings)

    @property
    def status(self) -> int:
        """The exit status."""
        errors = [each for each in self.files if each.error is not None]
        if any(each.kind not in DESCRIBING or not isinstance(each.error, Refused) for each in errors):
            return 2
        told = self.judged or all(each.kind in DESCRIBING for each in self.files)
        return 0 if told and not errors and all(finding.ok for finding in self.findings) else 1


@dataclass(frozen=True, slots=True)
class Caused:
    """A state that a contract passed, and the log index of the entry that caused it."""

    contract: str
    state: str
    log_index: int


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The answer of `audit verify`. `source` is profile, pack, extract or output; `malformed` names parts that do not parse."""

    source: str
    desk: str
    size: int
    judged: tuple[Judged, ...]
    states: tuple[Caused, ...] = ()
    fingerprints: tuple[Fingerprint, ...] = ()
    malformed: tuple[tuple[str, CountersignError], ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding."""
        return tuple(finding for each in self.judged for finding in each.verdict.findings)

    @property
    def status(self) -> int:
        """The exit status."""
        if self.malformed:
            return 2
        return 0 if self.judged and all(finding.ok for finding in self.findings) else 1
