"""A chain whose blocks are full: what pays too little waits, is lifted by a child, or gives way to what pays more."""

from collections.abc import Sequence

import pytest

from countersign.bitcoin import build, coins, combine, finalise, parent
from countersign.bitcoin.selection import Payer
from countersign.bitcoin.transaction import display
from countersign.chains.bitcoin_spend import read
from countersign.chains.busy_bitcoin import KNOWN, TOO_LITTLE, BusyBitcoin
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.errors import Refused
from support.bitcoin_vault import SoftwareVault, payment, software_vault

VAULT = software_vault("busy")
PLACES = [slot.script_pubkey for slot in VAULT.vault.slots]


def busy(least: int = 10) -> BusyBitcoin:
    """A chain with a coin in the first slot and one in the second."""
    node = EmbeddedBitcoin()
    for slot in (0, 1):
        node.fund(PLACES[slot], 50_000_000)
    return BusyBitcoin(node, least)


def spend(
    held: Sequence[coins.Coin], rate: int, *, owed: int = 40_000_000, tag: int = 1, vault: SoftwareVault = VAULT
) -> bytes:
    """A finished spend of all of these, with change to slot 3."""
    payer = Payer(vault.vault.checksum, tuple(held), (payment(owed, tag),), vault.vault.slots[3])
    unsigned = build.build([payer], rate).psbt
    signed = combine.combine(unsigned, *(signer.sign(unsigned) for signer in vault.signers[:2]))
    return finalise.extract(finalise.finalise(signed))


async def coin(node: BusyBitcoin, slot: int) -> coins.Coin:
    """The coin of a slot as the chain has it."""
    (found,) = await node.coins([PLACES[slot]])
    return coins.of(parent.read(found.transaction), found.vout, VAULT.vault.slots[slot])


def change(raw: bytes) -> coins.Coin:
    """The unconfirmed change of a spend."""
    made = parent.read(raw)
    at = next(at for at in range(len(made.spans)) if (one := made.output(at)) and one.script_pubkey == PLACES[3])
    return coins.of(made, at, VAULT.vault.slots[3])


async def test_with_room_for_all_it_is_the_chain_that_it_stands_before() -> None:
    node = busy(0)
    txid = await node.broadcast(spend([await coin(node, 0)], 1))
    assert (await node.observe(txid)).confirmations > 0
    assert await node.fee_rate(6) == 1


async def test_what_pays_too_little_waits_and_what_pays_enough_does_not() -> None:
    node = busy()
    low, high = spend([await coin(node, 0)], 4), spend([await coin(node, 1)], 10)
    assert await node.test(low) is None
    waiting, mined = await node.broadcast(low), await node.broadcast(high)
    seen = await node.observe(waiting)
    assert (seen.accepted, seen.confirmations, seen.height, seen.block) == (True, 0, None, None)
    assert (await node.observe(mined)).confirmations > 0
    assert (await node.test(low), await node.broadcast(low)) == (KNOWN, waiting)
    assert await node.fee_rate(6) == 10
    spent = [str(each) for raw in (low, high) for each in read(raw).places]
    found = await node.spenders([*spent, "00" * 32 + ":0"], 0)
    assert {place: seen.transaction for place, seen in found.items()} == {spent[1]: mined}  # in blocks, as a node says
    assert list(await node.unspent(spent)) == [spent[0]]  # what waits spends nothing yet


async def test_a_child_that_pays_for_both_takes_its_parent_into_its_block_and_a_poorer_one_waits_beside() -> None:
    for rate, lifted in ((12, False), (17, True)):
        node = busy()
        stuck = spend([await coin(node, 0)], 4)
        first = await node.broadcast(stuck)
        child = spend([change(stuck)], rate, owed=1_000_000)
        second = await node.broadcast(child)
        seen = [await node.observe(each) for each in (first, second)]
        assert [each.height is not None for each in seen] == [lifted, lifted], rate
        assert seen[0].height == seen[1].height
    fees = 4 * read(stuck).virtual_size + 17 * read(child).virtual_size
    assert fees >= 10 * (read(stuck).virtual_size + read(child).virtual_size)


async def test_a_replacement_pays_for_all_that_it_throws_out_and_for_its_own_relay() -> None:
    node = busy()
    held = await coin(node, 0)
    stuck = spend([held], 4)
    first = await node.broadcast(stuck)
    child = await node.broadcast(spend([change(stuck)], 6, owed=1_000_000))
    assert await node.test(spend([held], 5, tag=2)) == TOO_LITTLE
    with pytest.raises(Refused) as refused:
        await node.broadcast(spend([held], 5, tag=2))
    assert refused.value.values["reason"] == TOO_LITTLE
    other = await node.broadcast(spend([held], 12, tag=2))
    assert (await node.observe(other)).confirmations > 0
    assert not any([(await node.observe(each)).accepted for each in (first, child)])
    assert node.pool == {}


async def test_nothing_is_spent_that_is_not_there_and_no_bytes_that_are_no_transaction_are_taken() -> None:
    node = busy()
    never = spend([await coin(node, 0)], 4)
    assert await node.test(spend([change(never)], 20, owed=1_000_000)) == "missing-inputs"
    for raw in (b"", b"\x00" * 40, never[:-1]):
        assert await node.test(raw) == "TX decode failed"
        with pytest.raises(Refused, match=r"chains\.bitcoin-refused"):
            await node.broadcast(raw)
    assert node.pool == {}
    assert display(read(never).txid) == await node.broadcast(never)
