"""A real run, one byte flipped in each file: a verification that imports nothing of ours notices every one."""

from hashlib import sha256

import pytest

from support import independent_verifier
from support.story_run import Run


def test_the_real_run_is_in_order_to_a_program_that_knows_nothing_of_ours(story_run: Run) -> None:
    assert independent_verifier.verify(story_run.folder) == []


@pytest.mark.long
def test_one_byte_flipped_in_any_file_of_a_real_run_is_noticed(story_run: Run) -> None:
    files = independent_verifier.read(story_run.folder)
    quiet = []
    for name, data in files.items():
        changed = bytearray(data)
        changed[sha256(name.encode()).digest()[0] * len(data) // 256] ^= 1
        if not list(independent_verifier.complaints(files | {name: bytes(changed)})):
            quiet.append(name)
    assert len(files) > 60
    assert quiet == []
