"""Every code that this room raises has its sentence, and every sentence a code."""

import re
from pathlib import Path

import countersign.audit
from countersign.resources.sentences.audit import SENTENCES

CODE = re.compile(r'"((?:L[1-6]|audit)\.[a-z0-9-]+)"')


def test_codes_and_sentences_are_the_same_set() -> None:
    sources = Path(countersign.audit.__file__).parent.glob("*.py")
    codes = {code for source in sources for code in CODE.findall(source.read_text("utf-8"))}
    # `spelling.number` derives these from the code it is given.
    numbers = ("L1.size", "L3.proof-index", "audit.witness-request", "audit.witness-answer")
    assert codes | {f"{code}-leading-zero" for code in numbers} == set(SENTENCES)


def test_every_sentence_is_whole() -> None:
    for what, then in SENTENCES.values():
        assert what.endswith(".")
        assert then.endswith(".")
