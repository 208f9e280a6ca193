"""The signature beside a report: what an officer's key says of a PDF that this program painted (docs/formats/report.md).

- `NAME.pdf.jws` is a general JWS (`keys/jws.py`) of its own type over an RFC 8785 payload: the SHA-256 of `NAME.pdf`, the
  desk, the officer, the time, and the log's head as of which the report was made.
- One officer signs it, with the identity key that signs events. Being of another type it can never be taken for an event.
- What the report is about stands in the payload too (search, how many settlements, whose story), so that a program can
  file it without reading the PDF.

    jws = await sign(claim, hand.author)
    parse(jws).claim == claim
"""

from dataclasses import dataclass
from hashlib import sha256

from countersign.desk.author import Author
from countersign.formats import ids, jcs, shape, times
from countersign.formats.strict_json import parse_canonical
from countersign.keys import jws as jose
from countersign.keys.jws import Jws
from countersign.settlement import readers

TYP = "countersign-report+json"
SCHEMA = "countersign-report/1"
SUFFIX = ".jws"
LONGEST = 512
"""Characters of a search that a report can carry."""


@dataclass(frozen=True, slots=True)
class Head:
    """As of what a report is made: the desk, the officer (id), the moment (unix seconds), the log's size and root."""

    desk: str
    officer: str
    at: int
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What is signed. `contract`: the settlement whose story is told; empty where none is. `sha256`: the PDF's."""

    head: Head
    sha256: bytes
    length: int
    search: str
    listed: int
    contract: str

    @classmethod
    def of(cls, head: Head, pdf: bytes, search: str, listed: int, contract: str) -> "Claim":
        """The claim about these very bytes."""
        return cls(head, sha256(pdf).digest(), len(pdf), search, listed, contract)

    def payload(self) -> bytes:
        """The RFC 8785 bytes that are signed."""
        return jcs.encode(
            {
                "schema": SCHEMA,
                "desk": self.head.desk,
                "officer": self.head.officer,
                "at": times.text(self.head.at),
                "log": {"size": self.head.size, "root": self.head.root.hex()},
                "file": {"bytes": self.length, "sha256": self.sha256.hex()},
                "search": self.search,
                "listed": self.listed,
                "contract": self.contract or None,
            }
        )


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A parsed signature file. Nothing of it is verified yet (`report_checking`)."""

    claim: Claim
    jws: Jws


async def sign(claim: Claim, author: Author) -> bytes:
    """The signature file's bytes. Malformed if the claim is none; raises what the token raises."""
    payload = claim.payload()
    _claim(payload)
    return jose.serialise(await author.sign(payload, TYP))


def parse(data: bytes) -> SignedReport:
    """What `sign` wrote. Malformed: the codes of `keys.jws.parse`, C2.…, formats.…."""
    found = jose.parse(data, TYP)
    return SignedReport(_claim(found.payload), found)


def _claim(payload: bytes) -> Claim:
    read = shape.record(parse_canonical(payload), "report", _FIELDS)
    log, file = read["log"], read["file"]
    head = Head(read["desk"], read["officer"], read["at"], log["size"], bytes.fromhex(log["root"]))
    return Claim(
        head, bytes.fromhex(file["sha256"]), file["bytes"], read["search"], read["listed"], read["contract"] or ""
    )


_COUNT = shape.integer(0, 2**53 - 1)
_FIELDS: dict[str, shape.Reader[object]] = {
    "schema": shape.one_of(SCHEMA),
    "desk": shape.string(maximum=256),
    "officer": shape.string(ids.identifier),
    "at": readers.moment,
    "log": shape.fields({"size": _COUNT, "root": readers.sha256}),
    "file": shape.fields({"bytes": _COUNT, "sha256": readers.sha256}),
    "search": shape.string(maximum=LONGEST),
    "listed": _COUNT,
    "contract": shape.nullable(readers.sha256),
}
