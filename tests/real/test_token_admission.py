"""Tokens on a real node, some of them by hand: which of them a desk admits, and why not the others."""

from collections.abc import Iterator

import pytest

from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.chains.jsonrpc import JsonRpc
from countersign.desk import admitting
from countersign.errors import Refused, Unavailable
from countersign.formats import eip55
from countersign.settlement.assets import Asset
from support.ethereum_node import CHAIN_ID, AnvilNode, place_safe_contracts, running_node
from support.refusals import refused

CHAIN = f"eip155:{CHAIN_ID}"
PLACE = eip55.checksum(b"\x7c" * 20)
TRUE, FALSE, NOTHING = "60015f5260205ff3", "5f5f5260205ff3", "00"
REVERT, INVALID = "5f5ffd", "fe"
"""REVERT(0, 0), and the instruction with which old compilers' `throw` and `assert` end: it uses up all gas."""


def token_code(success: str, failure: str) -> str:
    """A token's runtime code, by hand: six decimals, nobody holds any; a transfer of nothing does `success`, any other `failure`.

    PUSH0 CALLDATALOAD PUSH1 e0 SHR DUP1 · transfer? JUMPI · decimals? JUMPI · 0 → return
    · JUMPDEST 6 → return · JUMPDEST PUSH1 24 CALLDATALOAD PUSH1 at JUMPI success · JUMPDEST failure
    """
    head, other, six = "5f3560e01c80", FALSE, "5b60065f5260205ff3"
    asks = (len(head) + len("63a9059cbb1460ff57" + "63313ce5671460ff57") + len(other)) // 2
    moves = asks + len(six) // 2
    failed = moves + (len("5b60243560ff57") + len(success)) // 2
    return (
        f"0x{head}63a9059cbb1460{moves:02x}5763313ce5671460{asks:02x}57{other}"
        f"{six}5b60243560{failed:02x}57{success}5b{failure}"
    )


@pytest.fixture(scope="module")
def node() -> Iterator[AnvilNode]:
    with running_node() as running:
        yield running


async def admit(node: AnvilNode, place: str = PLACE, decimals: int = 6) -> None:
    """What a desk that follows this node does before it enters the token."""
    nodes = {CHAIN: EthereumRpc(JsonRpc(node.url))}
    await admitting.require_probed(Asset(f"{CHAIN}/erc20:{place}", "TKN", decimals), nodes)


@pytest.mark.parametrize("success", [TRUE, NOTHING], ids=["true", "nothing, as USDT"])
@pytest.mark.parametrize("failure", [REVERT, INVALID], ids=["revert", "throw"])
async def test_a_token_that_reverts_what_it_cannot_pay_is_admitted(node: AnvilNode, success: str, failure: str) -> None:
    node.rpc("anvil_setCode", PLACE, token_code(success, failure))
    await admit(node)
    with refused("ethereum.token-decimals", Refused, found=6, decimals=18):
        await admit(node, decimals=18)


@pytest.mark.parametrize(
    ("success", "failure", "code"),
    [
        (TRUE, FALSE, "ethereum.token-returns-false"),
        (TRUE, NOTHING, "ethereum.token-never-fails"),
        (TRUE, TRUE, "ethereum.token-never-fails"),
        (FALSE, REVERT, "ethereum.token-odd-success"),
        (REVERT, REVERT, "ethereum.token-refuses-all"),
    ],
)
async def test_every_other_one_is_refused(node: AnvilNode, success: str, failure: str, code: str) -> None:
    node.rpc("anvil_setCode", PLACE, token_code(success, failure))
    with refused(code, Refused, token=PLACE):
        await admit(node)


async def test_a_compiled_token_is_admitted_and_what_is_no_token_is_not(node: AnvilNode) -> None:
    contracts = place_safe_contracts(node)
    await admit(node, eip55.checksum(contracts.deploy_token(18)), 18)
    with refused("ethereum.token-no-contract", Refused):
        await admit(node, eip55.checksum(b"\x7d" * 20))
    with refused("ethereum.token-no-decimals", Refused):
        await admit(node, eip55.checksum(contracts.singleton))


async def test_a_node_that_does_not_answer_admits_nothing(node: AnvilNode) -> None:
    node.rpc("anvil_setCode", PLACE, token_code(TRUE, REVERT))
    silent = {CHAIN: EthereumRpc(JsonRpc("http://127.0.0.1:9"))}
    token = Asset(f"{CHAIN}/erc20:{PLACE}", "TKN", 6)
    with refused("chains.unreachable", Unavailable):
        await admitting.require_probed(token, silent)
    with refused("desk.token-unprobed", Unavailable, chain=CHAIN):
        await admitting.require_probed(token, {})
