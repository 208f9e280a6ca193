"""docs/verify.md to its last step on a real Ethereum node: one call for two Safes, one of which changed its owners before."""

from dataclasses import replace
from pathlib import Path

import pytest

from support import owner_cases, verify_page
from support import settlement_world as world
from support.ethereum_node import running_node
from support.settled_kinds import KINDS, A, C, D, begin, ended, euros, owned, pack
from support.settled_on_node import placed
from support.verify_page import Run

pytestmark = pytest.mark.long
MULTI_SEND = "0x9641d764fc13c8B624c04430C7356C1C7C8102e2"
SAFE = world.safe_address("harbour")
PAGE = verify_page.blocks()


def founded(body: dict[str, object]) -> None:
    euros(body)
    owner_cases.with_a_key_more(body)


OWNED = replace(KINDS["carried"], founding=founded, officers=(A, C, D), beginning=owned)
LATER = f"""
cast rpc anvil_setBalance {SAFE} 0x8ac7230489e80000 > /dev/null
cast rpc anvil_impersonateAccount {SAFE} > /dev/null
cast send --unlocked --from {SAFE} {SAFE} 'changeThreshold(uint256)' 2 > /dev/null
"""
GONE = f"cast rpc anvil_setCode {MULTI_SEND} 0x > /dev/null"


def test_one_call_for_two_safes_and_every_change_of_owners_stand_on_the_node(tmp_path: Path) -> None:
    """Asked three times: as it is; after the Safe's owners changed once more, which is no matter; without MultiSendCallOnly."""
    with running_node() as node:
        over = ended(begin(OWNED, placed(node)))
        for name, data in pack(tmp_path / "made", over).items():
            (tmp_path / name).write_bytes(data)
        again = {len(PAGE): LATER, len(PAGE) + 1: GONE}
        run = played(tmp_path, node.url, [*PAGE, PAGE[-1], PAGE[-1]], again)
    assert "changes of owners: 4" in "".join(run.printed)
    once, twice = run.printed[len(PAGE) - 1 : len(PAGE) + 1]
    assert once.count("Ethereum: executed in block ") == 6
    assert twice == once
    assert (run.code, run.step) == (1, 12)
    assert run.complaint.startswith("WRONG: what stands at MultiSendCallOnly: ")


def test_a_safe_that_fewer_may_sign_for_than_the_log_says_is_seen(tmp_path: Path) -> None:
    with running_node() as node:
        over = ended(begin(KINDS["carried"], placed(node, threshold=1)))
        for name, data in pack(tmp_path / "made", over).items():
            (tmp_path / name).write_bytes(data)
        run = played(tmp_path, node.url, PAGE)
    assert (run.code, run.step, run.complaint) == (1, 12, "WRONG: the Safe's threshold: 1 is not 2")


def played(folder: Path, url: str, page: list[verify_page.Block], between: dict[int, str] | None = None) -> Run:
    return verify_page.play(folder, page, verify_page.tools() | {"ETH_RPC_URL": url}, between)
