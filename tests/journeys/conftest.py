"""One headless run of the story with real SoftHSM tokens, for everything that is asked about it afterwards."""

import asyncio
from collections.abc import Callable

import pytest

from support.parts import softhsm_module
from support.story_run import Run, play


@pytest.fixture(scope="session")
def new_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Run]:
    """Plays a run of its own."""
    softhsm_module()
    return lambda: asyncio.run(
        play(tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("out") / "countersign-demo")
    )


@pytest.fixture(scope="session")
def story_run(new_run: Callable[[], Run]) -> Run:
    """The run that most tests look at."""
    return new_run()
