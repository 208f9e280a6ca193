"""Everything that can go wrong on purpose, in four kinds, split by who must act.

    CountersignError
    ├── Malformed      its sender must mend it: the bytes are not what they claim to be
    ├── Refused        a rule says no; carries every finding that led there
    ├── Unavailable    a device, a server, a file is not there now; try again
    └── Conflict       somebody moved first; carries what is known

- An error carries a stable `code` and typed `values`, never a sentence: sentences live in `resources/`, so that
  the window, the terminal, JSON and a signed refusal say the same thing.
- A code is `<CHECK>.<slug>` where CHECKS.md names the rule (`B2.truncated`), else `<room>.<slug>` (`store.wrong-key`).
- Values are short and public. A PIN, a passphrase or a key never becomes a value.
- Anything that is not one of these is our own bug.

    >>> str(Malformed("C2.duplicate-key", key="amount"))
    'C2.duplicate-key (key=amount)'
"""

from collections.abc import Mapping

Value = str | int
Values = Mapping[str, Value]


class CountersignError(Exception):
    """Something that was foreseen. `code` is stable; `values` fill the sentence that `resources` keeps for it."""

    def __init__(self, code: str, /, **values: Value) -> None:
        super().__init__(code)
        self.code = code
        self.values: Values = values

    @property
    def check(self) -> str | None:
        """The check of CHECKS.md whose rule this is ("B2"), or None."""
        head = self.code.split(".", 1)[0]
        return head if head[:1] in "CBELHDTS" and head[1:].isdigit() else None

    def __str__(self) -> str:
        if not self.values:
            return self.code
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.values.items())})"


class Malformed(CountersignError):
    """The bytes are not what they claim to be. Nothing was changed; the sender must mend and send again."""


class Refused(CountersignError):
    """A rule says no. `findings` holds whatever the rule's room wants to show for it."""

    def __init__(self, code: str, /, findings: tuple[object, ...] = (), **values: Value) -> None:
        super().__init__(code, **values)
        self.findings = findings


class Unavailable(CountersignError):
    """A device, network or file is not there now. Nothing was lost; trying again is safe."""


class Conflict(CountersignError):
    """Somebody moved first, or the record knows another answer. `values` carry what is known."""
