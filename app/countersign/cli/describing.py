"""A descriptor or a BSMS record, as lines for a person and as a value for a program (docs/formats/descriptor.md)."""

from countersign.bitcoin.forms import spelled
from countersign.cli import outcome
from countersign.cli.words import words
from countersign.desk.describing import DescriptionView
from countersign.resources.text import next_step, sentence

SCHEMA = "countersign-descriptor/1"


def description_lines(view: DescriptionView) -> list[str]:
    """The file for a person."""
    if view.form is None:
        lines = [words("{kind}: {note}", kind=view.kind.value, note=view.note or "")]
    else:
        of = (
            ""
            if view.threshold is None
            else words(", {threshold} of {keys}", threshold=view.threshold, keys=view.cosigners)
        )
        slots = words(", {slots} slots", slots=view.slots) if view.slots else ""
        lines = [words("{kind}: {form}{of}{slots}", kind=view.kind.value, form=spelled(view.form), of=of, slots=slots)]
    for number, key in enumerate(view.keys, 1):
        extended = words("extended key") if key.extended else words("plain key")
        lines += [words("Key {number}: {extended}, {fingerprint} {path}", number=number, extended=extended,
                        fingerprint=key.fingerprint, path=key.path), f"  {words('{text}', text=key.text)}"]  # fmt: skip
    lines += [words("Address of {place} ({prefix}): {address}", place=place, prefix=prefix, address=address)
              for prefix, place, address in view.addresses]  # fmt: skip
    if view.checksums:
        lines.append(words("Checksum (it identifies nothing): {sums}", sums=", ".join(view.checksums)))
    if view.refusal is not None:
        values = dict(view.refusal.values)
        lines += [
            f"{sentence(view.refusal.code, values)} [{view.refusal.code}]",
            f"  → {next_step(view.refusal.code, values)}",
        ]
    return lines


def description_value(view: DescriptionView) -> dict[str, object]:
    """The file as a program reads it."""
    return {
        "schema": SCHEMA,
        "kind": view.kind.value,
        "form": view.form,
        "threshold": view.threshold,
        "cosigners": view.cosigners,
        "slots": view.slots,
        "keys": [
            {"fingerprint": key.fingerprint, "path": key.path, "extended": key.extended, "text": key.text}
            for key in view.keys
        ],
        "addresses": [
            {"prefix": prefix, "place": place, "address": address} for prefix, place, address in view.addresses
        ],
        "checksums": list(view.checksums),
        "note": view.note,
        "error": None if view.refusal is None else outcome.described(view.refusal),
    }
