"""Refusing: a first-class act. The failed findings are filled in, the officer adds a reason, the refusal is signed and logged.

`instruction.refused` names what it refuses by kind and SHA-256 of the bytes looked at: an instruction's artefact or a contract's
payload. It needs no instruction in the log: what is refused may never have been prepared.
"""

from collections.abc import Sequence
from hashlib import sha256

from countersign.review.finding import Finding, Status

INSTRUCTION, CONTRACT = "instruction", "contract"
MOST_FINDINGS = 200


def refusal_body(kind: str, data: bytes, findings: Sequence[Finding], reason: str) -> dict[str, object]:
    """The body of `instruction.refused`: the findings that forbid a signature, each with its code and values."""
    against = [each for each in findings if each.status in (Status.FAIL, Status.BLOCKED)][:MOST_FINDINGS]
    return {
        "kind": kind,
        "sha256": sha256(data).hexdigest(),
        "findings": [
            {
                "check": each.check,
                "code": each.reason,
                "values": {name: each.values[name] for name in sorted(each.values)},
            }
            for each in against
        ],
        "reason": reason,
    }


def of_officer(reason: str) -> Finding:
    """An officer's own refusal where every check passes: the finding says that a person refuses."""
    return Finding(
        "officer", Status.FAIL, "desk.officer-refuses", "settlement", "agreement", reason, {"reason": reason}
    )
