"""One headless run of the story with real SoftHSM tokens, for everything that is asked about it; the tools of docs/verify.md."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from support import verify_page
from support.bitcoin_node import RegtestNode
from support.parts import bitcoind, softhsm_module
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


@pytest.fixture(scope="session")
def verify_tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of docs/verify.md: its tools, and a node that has nothing but its network's rules."""
    found = verify_page.tools()
    with RegtestNode(bitcoind(), tmp_path_factory.mktemp("bitcoind")) as node:
        yield found | {"bitcoin": f"bitcoin-cli -regtest -datadir={node.folder} -rpcport={node.port}"}
