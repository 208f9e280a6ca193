"""The world outside custody: what it pays is there, proven, and spendable by nobody but the vault."""

import pytest

from countersign.bitcoin import parent
from countersign.bitcoin.transaction import display
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.chains.outside import Outside
from countersign.errors import CountersignError
from countersign.formats import eip55
from countersign.formats.caip import AssetId
from support.bitcoin_vault import software_vault
from support.twin_ethereum import owners


@pytest.fixture
def chains() -> tuple[EmbeddedBitcoin, EmbeddedEthereum]:
    return EmbeddedBitcoin(), EmbeddedEthereum(31337)


async def test_a_paid_address_holds_a_coin_of_a_previous_transaction(
    chains: tuple[EmbeddedBitcoin, EmbeddedEthereum],
) -> None:
    slot = software_vault("paid").vault.slots[0]
    Outside(*chains).pay_coins(slot.address("bcrt"), 25_000_000_000)
    (coin,) = await chains[0].coins([slot.script_pubkey])
    assert coin.satoshis == 25_000_000_000
    assert display(parent.read(coin.transaction).txid) == coin.txid


def test_an_address_of_another_network_is_not_paid(chains: tuple[EmbeddedBitcoin, EmbeddedEthereum]) -> None:
    with pytest.raises(CountersignError, match="B1"):
        Outside(*chains).pay_coins(software_vault("paid").vault.slots[0].address("bc"), 5)
    assert not chains[0].ledger.coins


async def test_a_paid_safe_holds_tokens_and_ether(chains: tuple[EmbeddedBitcoin, EmbeddedEthereum]) -> None:
    outside, ethereum = Outside(*chains), chains[1]
    holders = [key.public.ethereum_address() for key in owners()]
    safe = outside.safe_address(holders, 2)
    token, euro = AssetId.parse(outside.token()), AssetId.parse(outside.euro())
    for amount in (20, 5):
        transaction, _, index = outside.pay_tokens(safe, amount).partition(":")
        assert (await ethereum.observe(transaction)).accepted
        assert index == "0"
    assert (await ethereum.observe(outside.pay_tokens(safe, 7, outside.euro())[:66])).accepted
    assert (await ethereum.observe(outside.pay_ether(safe, 10**18)[:66])).accepted
    assert await ethereum.token_balance(token.reference, safe) == 25
    assert await ethereum.token_balance(euro.reference, safe) == 7
    assert await ethereum.ether_balance(safe) == 10**18
    assert await ethereum.safe_owners(safe) == (tuple(map(eip55.checksum, holders)), 2)
    assert await ethereum.safe_nonce(safe) == 0
