"""The table of released Safe contracts is the published one, spelt correctly."""

from typing import Any

from countersign.ethereum.abi import Address
from countersign.ethereum.deployments import DEPLOYMENTS, MULTI_SEND_CALL_ONLY, named
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from support.vectors import load_vectors


def published() -> set[tuple[str, str, str, str]]:
    found: set[tuple[str, str, str, str]] = set()
    contracts: list[dict[str, Any]] = load_vectors("safe/safe_deployments.json")["contracts"]
    for one in contracts:
        for flavour, where in one["deployments"].items():
            found.add((one["contract"], one["version"], flavour, where["address"]))
    return found


def test_the_table_is_the_published_list_from_1_3_0_on() -> None:
    ours = {(one.name, str(one.version), one.flavour, one.text) for one in DEPLOYMENTS}
    assert ours == {row for row in published() if SafeVersion.parse(row[1]) >= SafeVersion(1, 3, 0)}
    assert len(ours) == len(DEPLOYMENTS) > 40


def test_every_address_is_spelt_in_eip55_and_found_again() -> None:
    for one in DEPLOYMENTS:
        assert eip55.parse(one.text) == one.address
        assert named(one.address) == one


def test_the_pinned_multi_send_call_only_addresses_are_those_of_e3() -> None:
    assert {str(version): eip55.checksum(where) for version, where in MULTI_SEND_CALL_ONLY.items()} == {
        "1.3.0": "0x40A2aCCbd92BCA938b02010E17A5b8929b49130D",
        "1.4.1": "0x9641d764fc13c8B624c04430C7356C1C7C8102e2",
        "1.5.0": "0xA83c336B20401Af773B6219BA5027174338D1836",
    }


def test_a_fresh_contract_has_no_name() -> None:
    assert named(Address(bytes.fromhex("96221423681a6d52e184d440a8efcebb105c7242"))) is None
