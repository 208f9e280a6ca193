"""A real Ethereum node with the real Safe 1.4.1: what we encode it executes, and what must fail it refuses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from countersign.ethereum import erc20, execute, signatures, views
from countersign.ethereum.abi import Address
from countersign.ethereum.eip712 import agree
from countersign.ethereum.inspect import Erc20Transfer, read
from countersign.ethereum.safe import SafeTx, SafeVersion, plain_tx
from countersign.ethereum.signatures import OwnerSignature, from_token
from countersign.keys.public_key import Curve
from support.ethereum_node import (
    CHAIN_ID,
    AnvilNode,
    RpcError,
    SafeContracts,
    deploy_safe_contracts,
    receipt_logs,
    running_node,
)
from support.software_keys import SoftwareKey

RECIPIENT = Address(bytes.fromhex("70997970c51812dc3a010c7d01b50e0d17dc79c8"))
AMOUNT = 20_000_000


@pytest.fixture(scope="module")
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


@pytest.fixture(scope="module")
def contracts(node: AnvilNode) -> SafeContracts:
    return deploy_safe_contracts(node)


@dataclass(frozen=True)
class Vault:
    """A 2-of-3 Safe with tokens in it, and its owners' keys in ascending order of address."""

    node: AnvilNode
    safe: Address
    token: Address
    keys: tuple[SoftwareKey, ...]

    @property
    def owners(self) -> tuple[Address, ...]:
        return tuple(Address(key.public.ethereum_address()) for key in self.keys)

    def nonce(self) -> int:
        return views.read_uint(self.node.call(self.safe, views.ask_nonce()))

    def balance(self, holder: Address) -> int:
        return views.read_uint(self.node.call(self.token, views.ask_balance(holder)))

    def transfer(self) -> SafeTx:
        data = erc20.encode(erc20.Transfer(RECIPIENT, AMOUNT))
        return plain_tx(CHAIN_ID, self.safe, self.token, 0, data, self.nonce())

    def sign(self, tx: SafeTx, *who: int) -> tuple[OwnerSignature, ...]:
        digest = agree(tx)
        return tuple(from_token(self.keys[one].public, digest, self.keys[one].sign_digest(digest)) for one in who)

    def refuses(self, tx: SafeTx, blob: bytes, reason: str) -> None:
        """The contract names its reason when asked, and reverts when it is sent all the same."""
        before = (self.nonce(), self.balance(self.safe), self.balance(RECIPIENT))
        call = execute.encode(tx, blob)
        with pytest.raises(RpcError, match=reason):
            self.node.call(self.safe, call)
        assert self.node.send(call, self.safe)["status"] == "0x0"
        assert (self.nonce(), self.balance(self.safe), self.balance(RECIPIENT)) == before


@pytest.fixture(scope="module")
def vault(contracts: SafeContracts) -> Vault:
    made = [SoftwareKey.generate(Curve.SECP256K1, f"owner {index}".encode()) for index in range(3)]
    keys = tuple(sorted(made, key=lambda key: key.public.ethereum_address()))
    token = contracts.deploy_token()
    safe = contracts.new_safe([Address(key.public.ethereum_address()) for key in keys], 2)
    contracts.fund(token, safe, 100 * AMOUNT)
    contracts.node.send(b"", safe, value=10**18)
    return Vault(contracts.node, safe, token, keys)


def test_the_safe_is_what_we_say_it_is(vault: Vault) -> None:
    assert set(views.read_addresses(vault.node.call(vault.safe, views.ask_owners()))) == set(vault.owners)
    assert views.read_uint(vault.node.call(vault.safe, views.ask_threshold())) == 2
    assert views.read_version(vault.node.call(vault.safe, views.ask_version())) == SafeVersion(1, 4, 1)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 68])
def test_our_hash_is_the_contracts_hash(vault: Vault, length: int) -> None:
    tx = replace(
        vault.transfer(),
        data=bytes(range(length)),
        value=2**255 + 7,
        operation=1,
        safe_tx_gas=1,
        base_gas=2,
        gas_price=3,
        gas_token=vault.token,
        refund_receiver=RECIPIENT,
        nonce=2**53 - 1,
    )
    assert vault.node.call(vault.safe, views.ask_transaction_hash(tx)) == tx.digest


def test_two_owners_move_the_tokens(vault: Vault) -> None:
    tx = vault.transfer()
    before = (vault.balance(vault.safe), vault.balance(RECIPIENT))
    blob = signatures.combine(reversed(vault.sign(tx, 0, 2)))
    signatures.verify(tx.digest, blob, vault.owners, 2)
    receipt = vault.node.send(execute.encode(tx, blob), tx.safe)
    assert views.outcome(tx.safe, tx.digest, receipt_logs(receipt)) is views.Outcome.SUCCESS
    assert (vault.balance(vault.safe), vault.balance(RECIPIENT)) == (before[0] - AMOUNT, before[1] + AMOUNT)
    assert vault.nonce() == tx.nonce + 1
    assert read(tx).call == Erc20Transfer(vault.token, RECIPIENT, AMOUNT)
    vault.refuses(tx, blob, "GS026")  # the same call again: the nonce is consumed


def test_two_owners_move_ether(vault: Vault) -> None:
    tx = plain_tx(CHAIN_ID, vault.safe, RECIPIENT, 12345, b"", vault.nonce())
    before = vault.node.balance(RECIPIENT)
    receipt = vault.node.send(execute.encode(tx, signatures.combine(vault.sign(tx, 1, 2))), tx.safe)
    assert views.outcome(tx.safe, tx.digest, receipt_logs(receipt)) is views.Outcome.SUCCESS
    assert vault.node.balance(RECIPIENT) == before + 12345


def test_an_empty_call_to_itself_consumes_the_nonce(vault: Vault) -> None:
    tx = plain_tx(CHAIN_ID, vault.safe, vault.safe, 0, b"", vault.nonce())
    assert read(tx).void
    vault.node.send(execute.encode(tx, signatures.combine(vault.sign(tx, 0, 1))), tx.safe)
    assert vault.nonce() == tx.nonce + 1


def test_a_relayed_transaction_of_its_own_key_executes(vault: Vault) -> None:
    """The outer transaction, encoded and signed by eth-account, carries our call."""
    from eth_account import Account

    relayer = Account.create()
    vault.node.send(b"", Address(bytes.fromhex(relayer.address[2:])), value=10**18)
    tx = vault.transfer()
    outer = execute.outer(
        tx,
        signatures.combine(vault.sign(tx, 0, 1)),
        nonce=0,
        gas=300_000,
        max_fee_per_gas=10**10,
        max_priority_fee_per_gas=10**9,
    )
    signed = relayer.sign_transaction(
        {
            "chainId": outer.chain_id,
            "nonce": outer.nonce,
            "to": bytes(outer.to),
            "data": outer.data,
            "value": outer.value,
            "gas": outer.gas,
            "maxFeePerGas": outer.max_fee_per_gas,
            "maxPriorityFeePerGas": outer.max_priority_fee_per_gas,
        }
    )
    receipt = vault.node.send_raw(bytes(signed.raw_transaction))
    assert views.outcome(tx.safe, tx.digest, receipt_logs(receipt)) is views.Outcome.SUCCESS


def test_a_transfer_that_fails_inside_is_no_success(vault: Vault) -> None:
    """With safeTxGas 0 the whole call reverts (GS013) and the nonce stays: why E7 wants it 0."""
    data = erc20.encode(erc20.Transfer(RECIPIENT, 10**15))
    tx = plain_tx(CHAIN_ID, vault.safe, vault.token, 0, data, vault.nonce())
    vault.refuses(tx, signatures.combine(vault.sign(tx, 0, 1)), "GS013")
    burning = replace(tx, safe_tx_gas=100_000)
    receipt = vault.node.send(execute.encode(burning, signatures.combine(vault.sign(burning, 0, 1))), tx.safe)
    assert views.outcome(tx.safe, burning.digest, receipt_logs(receipt)) is views.Outcome.FAILURE
    assert views.outcome(tx.safe, tx.digest, receipt_logs(receipt)) is views.Outcome.ABSENT
    assert vault.nonce() == tx.nonce + 1


def test_one_signature_short_is_rejected(vault: Vault) -> None:
    tx = vault.transfer()
    vault.refuses(tx, signatures.combine(vault.sign(tx, 0)), "GS020")


def test_the_wrong_order_is_rejected(vault: Vault) -> None:
    tx = vault.transfer()
    low, high = vault.sign(tx, 0, 1)
    vault.refuses(tx, high.signature + low.signature, "GS026")


def test_one_owner_twice_is_rejected(vault: Vault) -> None:
    tx = vault.transfer()
    (one,) = vault.sign(tx, 1)
    vault.refuses(tx, one.signature * 2, "GS026")


def test_signatures_for_another_chain_are_rejected(vault: Vault) -> None:
    tx = vault.transfer()
    elsewhere = vault.sign(replace(tx, chain_id=1), 0, 1)
    vault.refuses(tx, signatures.combine(elsewhere), "GS026")


def test_a_changed_recipient_is_rejected(vault: Vault) -> None:
    tx = vault.transfer()
    signed = signatures.combine(vault.sign(tx, 0, 1))
    vault.refuses(replace(tx, data=tx.data[:35] + b"\x01" + tx.data[36:]), signed, "GS026")


def test_the_near_miss_of_all_these_is_accepted(vault: Vault) -> None:
    tx = vault.transfer()
    receipt = vault.node.send(execute.encode(tx, signatures.combine(vault.sign(tx, 0, 1))), tx.safe)
    assert receipt["status"] == "0x1"
    assert vault.nonce() == tx.nonce + 1
