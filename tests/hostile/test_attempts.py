"""What somebody with fresh eyes tried to get past B, E and C7, beyond the list: instructions, prepared, proved and logged
like honest ones, that pay something else than the contract or let somebody do so later. `stopped` fails, among others.

Each differs by one idea from the story's own instruction, which may be signed (`test_hostile.py`). An attempt that got
past would have become a case of its own there: `lost_cases.py` holds those that did.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from countersign.bitcoin import compact_size, transaction
from countersign.bitcoin.psbt import Psbt, bip370, fields, to_version
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.psbt import serialise as serialise_psbt
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall
from countersign.formats import eip55
from countersign.review.case import Case
from countersign.review.checks import verdict
from countersign.review.finding import Status
from hostile import batch_cases, bitcoin_changes, policy_cases
from hostile.bitcoin_changes import ATTACKERS_SCRIPT, Change, altered
from support import alter
from support import settlement_world as world
from support.alter import Paid
from support.bitcoin_vault import funding
from support.review_cases import COIN, story, two_vaults, wallet

# --- Bitcoin


def in_two_parts(psbt: Psbt) -> Psbt:
    """The recipient gets the sum in two outputs: right to the satoshi, and not the output that is owed."""
    at = alter.payment_at(psbt)

    def change(found: Paid) -> None:
        output, claims = found[at]
        found[at] = (Output(output.script_pubkey, Satoshis(output.satoshis - 1_000_000)), claims)
        found.append((Output(output.script_pubkey, Satoshis(1_000_000)), {}))

    return alter.paid(psbt, change)


def paying_script(script: Callable[[bytes], bytes]) -> Change:
    """The payment goes to another script made of the right one."""

    def change(psbt: Psbt) -> Psbt:
        at = alter.payment_at(psbt)

        def moved(found: Paid) -> None:
            found[at] = (Output(script(found[at][0].script_pubkey), found[at][0].satoshis), found[at][1])

        return alter.paid(psbt, moved)

    return change


def payment_says_it_is_change(psbt: Psbt) -> Psbt:
    """The payment carries the change's own key paths: a device would hide it as coming back."""
    claims = dict(psbt.outputs[alter.change_at(psbt)])
    return alter.one_output(psbt, alter.payment_at(psbt), lambda found: found.update(claims))


def change_says_nothing_and_pays(script: Callable[[], bytes]) -> Change:
    """The change goes elsewhere without any claim."""

    def change(psbt: Psbt) -> Psbt:
        at = alter.change_at(psbt)

        def moved(found: Paid) -> None:
            found[at] = (Output(script(), found[at][0].satoshis), {})

        return alter.paid(psbt, moved)

    return change


def _slot(owner: str, number: int) -> bytes:
    return wallet(story().desk, f"{owner}-btc").descriptor(number).script_pubkey


def changes_exchanged(psbt: Psbt) -> Psbt:
    """Of two paying vaults, each gets the other's change: the sum is right, the owners are not."""
    first, second = (index for index, each in enumerate(psbt.outputs) if each)

    def moved(found: Paid) -> None:
        (one, claims), (other, theirs) = found[first], found[second]
        found[first] = (Output(other.script_pubkey, one.satoshis), theirs)
        found[second] = (Output(one.script_pubkey, other.satoshis), claims)

    return alter.paid(psbt, moved)


def both_changes_to_one(psbt: Psbt) -> Psbt:
    """Of two paying vaults, one gets all that is left."""
    first, second = (index for index, each in enumerate(psbt.outputs) if each)

    def moved(found: Paid) -> None:
        output, claims = found[first]
        found[first] = (Output(output.script_pubkey, Satoshis(output.satoshis + found[second][0].satoshis)), claims)
        del found[second]

    return alter.paid(psbt, moved)


def strangers_coin(psbt: Psbt) -> Psbt:
    """A coin of the attacker's goes in and comes out again beside it: nothing of it is anybody else's."""
    parent = funding([Output(ATTACKERS_SCRIPT, Satoshis(COIN))], 99)
    given = {
        fields.NON_WITNESS_UTXO: parent.data,
        fields.WITNESS_UTXO: Output(ATTACKERS_SCRIPT, Satoshis(COIN)).serialise(),
    }
    more = alter.paid(psbt, lambda found: found.append((Output(ATTACKERS_SCRIPT, Satoshis(COIN)), {})))
    raw = more.globals[fields.UNSIGNED_TX]
    count = len(more.tx.vin)
    spent = bytes(parent.txid) + bytes(4) + b"\x00" + (0xFFFFFFFD).to_bytes(4, "little")
    at = 4 + 1 + 41 * count
    unsigned = raw[:4] + compact_size.encode(count + 1) + raw[5:at] + spent + raw[at:]
    return Psbt({**more.globals, fields.UNSIGNED_TX: unsigned}, (*more.inputs, given), more.outputs,
                transaction.parse_unsigned(unsigned), (*more.parents, parent))  # fmt: skip


def third_version(data: bytes) -> bytes:
    """A transaction of version 3, whose relay has rules of its own."""
    return data.replace(b"\x02\x00\x00\x00\x03", b"\x03\x00\x00\x00\x03", 1)


def wants_a_height(psbt: Psbt) -> bytes:
    """In version 2 an input asks for a lock time that the transaction does not show yet."""
    two = to_version(psbt, 2)
    return serialise_psbt(alter.one_input(two, 0, bip370.EARLIEST_HEIGHT, (800_000).to_bytes(4, "little")))


# --- Ethereum


def with_calls(change: Callable[[tuple[InnerCall, ...]], Sequence[InnerCall]]) -> Case:
    return batch_cases.with_calls(change)


def packed_nothing() -> Case:
    """A batch of no call at all, which succeeds and uses up the nonce."""
    return batch_cases.with_data(lambda data: data[:36] + bytes(32))


def to_the_zero_address(calls: tuple[InnerCall, ...]) -> Sequence[InnerCall]:
    """Ether to nobody: since release 1.5.0 that is the Safe itself."""
    return (*calls, InnerCall(Address(bytes(20)), 0, b""))


def there_and_back(calls: tuple[InnerCall, ...]) -> Sequence[InnerCall]:
    """The first transfer twice, and its amount taken from nobody: sums in dollars stay, units do not."""
    return (calls[0], *calls)


def one_for_another(calls: tuple[InnerCall, ...]) -> Sequence[InnerCall]:
    """The first transfer in place of the second: as many calls as are owed, all of them to registered places."""
    return (calls[0], calls[0], *calls[2:])


def file_text(change: Callable[[str], str]) -> Case:
    """The file of the Safe transaction with its text changed."""
    honest = story().safe_case().instruction
    assert honest is not None
    data = change(honest.data.decode()).encode()
    assert data != honest.data
    return story(safe=lambda _: data).safe_case()


def half_the_transfer(data: bytes) -> bytes:
    """The amount's upper half set: base units no token has."""
    return data[:36] + b"\x00\x00\x00\x01" + data[40:]


# --- C7


def clock_ahead() -> Case:
    """The place is an hour old; the machine's clock is put two days on, so that it looks long registered."""
    case = policy_cases.registered(3_600, ("compliance", "officer-d"))
    assert case.clock is not None
    return replace(case, clock=replace(case.clock, now=case.clock.now + 172_800))


ATTEMPTS: list[tuple[str, str, Callable[[], Case]]] = [
    ("B8", "the sum in two outputs", partial(altered, in_two_parts)),
    ("B8", "the same programme under another witness version",
     partial(altered, paying_script(lambda script: b"\x51" + script[1:]))),
    ("B8", "the programme's hash in a P2SH script",
     partial(altered, paying_script(lambda script: b"\xa9\x14" + script[2:22] + b"\x87"))),
    ("B8", "an output that anybody spends", partial(altered, bitcoin_changes.extra(b"\x51", 1_000))),
    ("B8", "the payment to the payer's own slot", partial(altered, paying_script(lambda _: _slot("meridian", 0)))),
    ("B7", "the payment says that it is change", partial(altered, payment_says_it_is_change)),
    ("B8", "the change to the counterparty's slot",
     partial(altered, change_says_nothing_and_pays(lambda: _slot("harbour", 1)))),
    ("B8", "the change to the attacker, and nothing said of it",
     partial(altered, change_says_nothing_and_pays(lambda: ATTACKERS_SCRIPT))),
    ("B8", "two vaults' changes exchanged", partial(two_vaults, changes_exchanged)),
    ("B8", "both changes to one vault", partial(two_vaults, both_changes_to_one)),
    ("B4", "a stranger's coin in, and out again", partial(altered, strangers_coin)),
    ("B2", "a transaction of version 3", partial(altered, bitcoin_changes.raw(third_version))),
    ("B10", "a version 2 whose input wants a height", partial(altered, wants_a_height)),
    ("E3", "a batch of no call", packed_nothing),
    ("E4", "an empty call to the zero address in a batch", partial(with_calls, to_the_zero_address)),
    ("E5", "a transfer twice in a batch", partial(with_calls, there_and_back)),
    ("E5", "a transfer in another's place", partial(with_calls, one_for_another)),
    ("E5", "an amount beyond any token's units",
     lambda: story(safe=lambda tx: replace(tx, data=half_the_transfer(tx.data))).safe_case()),
    ("E2", "a member twice in the file", partial(file_text, lambda text: text.replace('"to":', '"to":"0x00","to":', 1))),
    ("E2", "an address in capitals", partial(file_text, lambda text: text.replace(
        eip55.checksum(eip55.parse(world.USDC_ADDRESS)), "0x" + world.USDC_ADDRESS[2:].upper(), 1))),
    ("E2", "a number with a point", partial(file_text, lambda text: text.replace('"nonce":0', '"nonce":0.0', 1))),
    ("E2", "a space behind the file", partial(file_text, lambda text: text + "\n")),
    ("L5", "the clock put on until a place counts", clock_ahead),
]  # fmt: skip


@pytest.mark.parametrize(("stopped", "what", "attempt"), ATTEMPTS, ids=[what for _, what, _ in ATTEMPTS])
def test_the_attempt_is_stopped(stopped: str, what: str, attempt: Callable[[], Case]) -> None:
    found = verdict(attempt())
    fails = {each.check for each in found.against if each.status is Status.FAIL}
    assert stopped in fails, (what, [(each.check, each.reason) for each in found.against])
    assert not found.may_sign


def test_what_every_attempt_alters_may_be_signed() -> None:
    for honest in (story().psbt_case(), story().safe_case(), two_vaults(), batch_cases.honest()):
        assert verdict(honest).may_sign
    two = parse_psbt(serialise_psbt(to_version(parse_psbt(story().psbt), 2)))
    assert verdict(altered(lambda _: serialise_psbt(two))).may_sign
