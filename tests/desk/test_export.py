"""Names and formats of what a settlement leaves, to the letter; that it verifies elsewhere is tests/journeys' to prove."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.log import verify_files
from countersign.demonstration import cast
from countersign.desk import deals, export
from countersign.errors import Refused
from countersign.formats import eip55, jcs
from countersign.review.finding import Finding, Status
from support.software_stage import Table

HEX = re.compile(r"[0-9a-f]+")


@pytest.fixture(scope="module")
def final(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """A settlement that is over; looked at only."""
    table = Table.at(tmp_path_factory.mktemp("export"))
    asyncio.run(table.until("step-final"))
    yield table
    table.stage.holds.close()


def bitcoin(table: Table) -> Mapping[str, bytes]:
    replica = table.officer.replica
    return export.bitcoin_files(replica, table.live("psbt"), replica.profile.artefacts)


def ethereum(table: Table) -> Mapping[str, bytes]:
    replica = table.officer.replica
    return export.ethereum_files(replica, table.live("safe-tx"), replica.profile.artefacts)


def canonical(data: bytes) -> Any:
    value = json.loads(data)
    assert jcs.encode(value) == data
    return value


def test_the_contracts_files_are_these(final: Table) -> None:
    files = export.contract_files(final.officer.replica, final.story.contract)
    assert set(files) == {
        "contract.json", "contract.jwks.json", "contract.event", "contract.opening.json", "contract.tlog-proof", "vkeys.json",
    }  # fmt: skip
    assert files["contract.json"] == final.story.contract_file
    keys = canonical(files["contract.jwks.json"])["keys"]
    assert [key["kid"] for key in keys] == sorted(each["kid"] for each in keys)
    assert set(canonical(files["contract.opening.json"])) == {"index", "time_ms", "salt"}
    assert set(canonical(files["vkeys.json"])) == {"log", "witnesses"}
    proof = files["contract.tlog-proof"].decode().split("\n")
    assert proof[0].startswith("c2sp.org/tlog-proof@v1")
    assert not any(line.startswith("extra") for line in proof)


def test_the_log_is_complete_for_its_checkpoint(final: Table) -> None:
    files = export.log_files(final.officer.replica)
    head = SignedCheckpoint.parse(files["log/checkpoint"])
    verify_files(head.checkpoint, lambda path: files[f"log/{path}"])
    assert all(re.fullmatch(r"log/(checkpoint|tile/(\d+|entries)/\d{3}(\.p/\d{1,3})?)", name) for name in files)


def test_bitcoin_is_spelt_without_0x(final: Table) -> None:
    files = bitcoin(final)
    assert set(files) == {
        f"bitcoin/{name}" for name in (
            "unsigned.psbt", "share-1.psbt", "share-2.psbt", "combined.psbt", "final.hex", "prevouts.json", "descriptor.txt",
        )
    }  # fmt: skip
    assert all(files[name].startswith(b"psbt\xff") for name in files if name.endswith(".psbt"))
    text = files["bitcoin/final.hex"].decode()
    assert text.endswith("\n")
    assert HEX.fullmatch(text[:-1])
    for each in canonical(files["bitcoin/prevouts.json"]):
        assert set(each) == {"script_pubkey", "satoshis"}
        assert type(each["satoshis"]) is int
        assert HEX.fullmatch(each["script_pubkey"])
    assert len(files["bitcoin/descriptor.txt"].decode().splitlines()) == 5


def test_ethereum_is_spelt_with_0x_and_eip55(final: Table) -> None:
    files = ethereum(final)
    assert set(files) == {
        f"ethereum/{name}" for name in ("safe.json", "safe_tx.json", "signatures.json", "exec_transaction.hex")
    }
    safe, tx = canonical(files["ethereum/safe.json"]), canonical(files["ethereum/safe_tx.json"])
    for address in (safe["address"], safe["singleton"], *safe["owners"], tx["safe"], tx["to"]):
        assert eip55.checksum(eip55.parse(address)) == address
    assert {name: type(safe[name]) for name in ("chainId", "nonce", "threshold")} == dict.fromkeys(
        ("chainId", "nonce", "threshold"), int
    )
    assert {type(tx[name]) for name in ("chainId", "nonce", "operation")} == {int}
    assert {type(tx[name]) for name in ("value", "safeTxGas", "baseGas", "gasPrice")} == {str}
    assert re.fullmatch(r"0x[0-9a-f]{64}", tx["safeTxHash"])
    signatures = canonical(files["ethereum/signatures.json"])
    assert [set(each) for each in signatures] == [{"owner", "signature"}] * safe["threshold"]
    assert re.fullmatch(r"0x6a761202[0-9a-f]+\n", files["ethereum/exec_transaction.hex"].decode())


def test_every_state_has_the_entry_that_caused_it(final: Table) -> None:
    found = export.states(final.officer.replica, final.story.contract)
    assert [each["state"] for each in found] == [
        "agreed", "endorsed", "held", "instructed", "partly signed", "signed", "released", "settling", "final",
    ]  # fmt: skip
    assert all(set(each) == {"contract", "state", "log_index"} for each in found)


def test_a_finding_is_told_in_words(final: Table) -> None:
    finding = Finding("officer", Status.FAIL, "desk.officer-refuses", "x", "yes", "no", {"reason": "too dear"})
    assert export.finding_fields(finding) == {
        "check": "officer",
        "expected": "yes",
        "found": "no",
        "explanation": "The officer refuses: too dear",
    }


async def test_a_contract_that_is_only_proposed_has_no_files(table: Table) -> None:
    await table.until("step-found")
    data = await deals.sign_contract(deals.spot_terms(cast.ORIGIN, table.story.sale("P-1")), [table.author("meridian")])
    found, _ = await deals.import_contract(table.desk, table.author("operations"), data)
    await table.officer.synchronise()
    with pytest.raises(Refused) as refused:
        export.contract_files(table.officer.replica, found.hash)
    assert refused.value.code == "desk.not-agreed"
