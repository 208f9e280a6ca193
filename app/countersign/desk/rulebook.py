"""The fingerprint of the rules that this program replays by: what they make is kept only for as long as they are the same.

- The rules are the code of `settlement.machine` and of every module of ours that it imports, however far.
- Compared is the code itself, not a number that somebody must remember to raise. A comment or an empty line changes
  nothing; another Python, whose code is another, does.

    >>> fingerprint() == fingerprint()
    True
"""

import dis
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from types import CodeType, ModuleType

from countersign.settlement import machine


@cache
def fingerprint() -> bytes:
    """32 bytes."""
    return of_modules(machine)


def of_modules(first: ModuleType) -> bytes:
    """The SHA-256 over a module's code and that of all modules of the same package that it imports, by name."""
    package = first.__name__.partition(".")[0]
    found, waiting = dict[str, bytes](), {first.__name__}
    while waiting:
        name = waiting.pop()
        code = _code_of(name)
        found[name] = sha256(repr(_plain(code)).encode()).digest()
        ours = {other for other in _imported(code) if other.partition(".")[0] == package and other in sys.modules}
        waiting |= ours - found.keys()
    return sha256(b"".join(name.encode() + b"\n" + found[name] for name in sorted(found))).digest()


def _code_of(name: str) -> CodeType:
    spec = sys.modules[name].__spec__
    loader = spec.loader if spec is not None else None
    code = loader.get_code(name) if loader is not None and hasattr(loader, "get_code") else None
    if not isinstance(code, CodeType):
        raise TypeError(f"{name} has no code")
    return code


def _imported(code: CodeType) -> Iterator[str]:
    """The names of modules that a module's own code may import: `a` and, for `from a import b`, `a.b`."""
    package = ""
    for each in dis.get_instructions(code):
        if each.opname == "IMPORT_NAME":
            package = str(each.argval)
            yield package
        elif each.opname == "IMPORT_FROM":
            yield f"{package}.{each.argval}"


def _plain(value: object) -> object:
    """What code does, without where it stands: no lines, no paths."""
    if isinstance(value, CodeType):
        names = (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars, value.co_flags)
        return value.co_code, value.co_exceptiontable, names, [_plain(each) for each in value.co_consts]
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, frozenset):  # its order is another in every process
        return sorted(repr(each) for each in value)
    return repr(value)
