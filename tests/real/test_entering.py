"""An administrator's console with a real Ethereum node of its own: what it finds of a Safe and a token before it proposes them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.chains.jsonrpc import JsonRpc
from countersign.demonstration import cast
from countersign.desk.entering import Entering
from countersign.desk.governance import Governance
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.replica import Replica
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.ethereum import deployments
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55, strict_json
from countersign.settlement import events
from support.anvil_stage import founded
from support.ethereum_node import AnvilNode, place_safe_contracts, running_node
from support.refusals import refused
from support.software_stage import Table

pytestmark = pytest.mark.long
OLDER = deployments.canonical("CompatibilityFallbackHandler", SafeVersion(1, 3, 0)).text


@pytest.fixture
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


@pytest.fixture
async def table(tmp_path: Path, node: AnvilNode) -> AsyncIterator[Table]:
    async with founded(tmp_path, node) as found:
        yield found


async def administrator(table: Table, url: str, officer: str = "compliance") -> Governance:
    """An administrator's machine, with a node of its own at this address."""
    replica = Replica(table.stage.profile(f"console-{officer}"), table.stage.clock)
    await replica.take_in(table.desk)
    entering = Entering(Nodes(ethereum={cast.ETHEREUM: EthereumRpc(JsonRpc(url))}))
    parts = (replica, table.desk, table.author(officer), table.desk.scribe, table.stage.clock)
    return Governance(*parts, ProposalBox(replica.profile.journal), entering=entering)


def safe(table: Table, **changes: object) -> dict[str, object]:
    """The buyer's Safe as a second entry of the roster would have it."""
    body = strict_json.parse(events.parse(table.desk.archive.record(0).event).jws.payload)["body"]  # type: ignore[index, call-overload]
    (found,) = (each for each in body["vaults"] if each["id"] == cast.BUYER.safe)  # type: ignore[index, call-overload]
    return {**found, **changes}  # type: ignore[dict-item]


async def test_a_real_node_says_what_enters_and_stops_what_is_not_so(table: Table, node: AnvilNode) -> None:
    machine = await administrator(table, node.url)
    place = eip55.checksum(place_safe_contracts(node).deploy_token(18))
    token = {"id": f"{cast.ETHEREUM}/erc20:{place}", "symbol": "EURX", "decimals": 18}
    made = await machine.propose("roster.changed", {"assets": [token]})
    assert [each.then.code for each in made.changes] == ["roster.asset-added", "roster.token-found"]
    machine.withdraw(made.id)
    for change, code in (
        ({"assets": [{**token, "decimals": 6}]}, "ethereum.token-decimals"),
        ({"vaults": [safe(table, fallback_handler=OLDER)]}, "desk.safe-differs"),
    ):
        with refused(code, Refused):
            await machine.propose("roster.changed", change)
    assert machine.proposals() == ()
    deaf = await administrator(table, "http://127.0.0.1:9", "officer-d")
    with refused("chains.unreachable", Unavailable):
        await deaf.propose("roster.changed", {"assets": [token]})
