"""Mutated calls of a Safe, by kind: what tests offer to the embedded Ethereum chain and to a real node alike.

A `World` is a 2-of-3 Safe with tokens and some wei on both sides, whose nonce is not 0 any more. `mutations` gives the
same calls for the same world and seed. Each is a target and call data.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from countersign.ethereum import erc20, execute, multisend, owners
from countersign.ethereum.abi import ZERO_ADDRESS, Address, Digest, address_word, padded, selector, word
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import CURRENT, SafeTx, SafeVersion, plain_tx
from countersign.ethereum.safe_storage import SENTINEL
from countersign.formats.keccak import keccak256
from countersign.keys import ecdsa
from countersign.keys.curve import ORDER, Curve
from support.software_keys import SoftwareKey

N = ORDER[Curve.SECP256K1]
HEAD_WORDS = 10
BATCH = multisend.pinned(CURRENT)


class Call(NamedTuple):
    """Whom the relayer calls, with what."""

    to: Address
    data: bytes


@dataclass(frozen=True)
class World:
    """What both chains know. `keys` are the owners' in ascending order of address, `executed` a call already mined."""

    chain_id: int
    safe: Address
    other_safe: Address
    token: Address
    other_token: Address
    keys: tuple[SoftwareKey, ...]
    nonce: int
    tokens: int
    wei: int
    executed: bytes
    listed: tuple[Address, ...] = ()  # the Safe's owners in its own order

    def transfer(self, rng: Random) -> SafeTx:
        """A transfer that is accepted as it is."""
        return self.paying(account(rng), 1 + rng.randrange(self.tokens))

    def paying(self, recipient: Address, amount: int) -> SafeTx:
        return self.calling(self.token, erc20.encode(erc20.Transfer(recipient, amount)))

    def batch(self, calls: Sequence[InnerCall]) -> SafeTx:
        """These calls through MultiSendCallOnly of the Safe's release."""
        return replace(self.calling(BATCH, multisend.serialise(calls)), operation=1)

    def calling(self, to: Address, data: bytes, value: int = 0) -> SafeTx:
        return plain_tx(self.chain_id, self.safe, to, value, data, self.nonce)


def payments(world: World, rng: Random) -> list[InnerCall]:
    """Two to four payments of a few units each, of either token or ether."""
    found = []
    for _ in range(rng.randint(2, 4)):
        to, amount = account(rng), rng.randrange(1000)
        token = rng.choice((world.token, world.other_token, None))
        transfer = erc20.encode(erc20.Transfer(to, amount))
        found.append(InnerCall(to, amount, b"") if token is None else InnerCall(token, 0, transfer))
    return found


def account(rng: Random) -> Address:
    """An address that nobody holds."""
    return Address(b"\xee" + rng.randbytes(19))


def signed(tx: SafeTx, key: SoftwareKey) -> bytes:
    """65 bytes of one owner over the digest of `tx`."""
    return over(tx.digest, key)


def over(digest: Digest, key: SoftwareKey, add: int = 27) -> bytes:
    rs = key.sign_digest(digest)
    return rs + bytes((add + ecdsa.recovery_id(key.public, digest, rs),))


def blob(tx: SafeTx, keys: Sequence[SoftwareKey]) -> bytes:
    """Signatures in the order of `keys`."""
    return b"".join(signed(tx, key) for key in keys)


def call(world: World, tx: SafeTx, signatures: bytes | None = None, signed_as: SafeTx | None = None) -> Call:
    """The call that executes `tx`; signed by the first two owners over `signed_as`, by default over `tx` itself."""
    given = blob(signed_as or tx, world.keys[:2]) if signatures is None else signatures
    return Call(world.safe, execute.encode(tx, given))


Mutator = Callable[[World, Random], Call]
KINDS: dict[str, Mutator] = {}


def kind(made: Mutator) -> Mutator:
    KINDS[made.__name__.replace("_", " ")] = made
    return made


# Raw: changed after signing.


@kind
def untouched(world: World, rng: Random) -> Call:
    return call(world, world.transfer(rng))


@kind
def byte_flipped(world: World, rng: Random) -> Call:
    data = bytearray(call(world, world.transfer(rng)).data)
    data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
    return Call(world.safe, bytes(data))


@kind
def bit_flipped_in_the_inner_call(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    data = bytearray(tx.data)
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return call(world, replace(tx, data=bytes(data)), signed_as=tx)


@kind
def bit_flipped_in_a_signature(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    given = bytearray(blob(tx, world.keys[:2]))
    given[rng.randrange(len(given))] ^= 1 << rng.randrange(8)
    return call(world, tx, bytes(given))


@kind
def cut_short(world: World, rng: Random) -> Call:
    data = call(world, world.transfer(rng)).data
    return Call(world.safe, data[: rng.randrange(len(data) - 100)])


@kind
def field_changed_after_signing(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    ways = (
        replace(tx, value=1),
        replace(tx, to=world.other_token),
        replace(tx, to=account(rng)),
        replace(tx, operation=1),
        replace(tx, safe_tx_gas=1),
        replace(tx, base_gas=1),
        replace(tx, gas_price=1),
        replace(tx, gas_token=world.token),
        replace(tx, refund_receiver=account(rng)),
        replace(tx, data=b""),
    )
    return call(world, rng.choice(ways), signed_as=tx)


@kind
def executed_already(world: World, rng: Random) -> Call:
    return Call(world.safe, world.executed)


# Semantic: signed again.


@kind
def amount_at_the_edges(world: World, rng: Random) -> Call:
    amount = rng.choice((0, 1, world.tokens - 1, world.tokens, world.tokens + 1, 2**128, 2**256 - 1))
    return call(world, world.paying(account(rng), amount))


@kind
def amount_one_more_or_less(world: World, rng: Random) -> Call:
    return call(world, world.paying(account(rng), 1000 + rng.choice((1, -1))))


@kind
def other_recipient(world: World, rng: Random) -> Call:
    places = (ZERO_ADDRESS, world.token, world.safe, world.other_safe, account(rng), Address(bytes(19) + b"\x01"))
    return call(world, world.paying(rng.choice(places), 5))


@kind
def other_token(world: World, rng: Random) -> Call:
    return call(world, replace(world.transfer(rng), to=world.other_token))


@kind
def token_that_is_none(world: World, rng: Random) -> Call:
    return call(world, replace(world.transfer(rng), to=rng.choice((account(rng), world.other_safe))))


@kind
def inner_call_too_short(world: World, rng: Random) -> Call:
    data = world.transfer(rng).data
    return call(world, world.calling(world.token, data[: rng.choice((1, 3, 4, 5, 36, 67))]))


@kind
def inner_call_too_long(world: World, rng: Random) -> Call:
    data = world.transfer(rng).data + rng.randbytes(rng.choice((1, 4, 32)))
    return call(world, world.calling(world.token, data))


@kind
def inner_padding_not_zero(world: World, rng: Random) -> Call:
    data = bytearray(world.transfer(rng).data)
    data[4 + rng.randrange(12)] = 1
    return call(world, world.calling(world.token, bytes(data)))


@kind
def inner_selector_changed(world: World, rng: Random) -> Call:
    data = rng.randbytes(4) + world.transfer(rng).data[4:]
    return call(world, world.calling(world.token, data))


@kind
def approval(world: World, rng: Random) -> Call:
    data = selector("approve(address,uint256)") + address_word(account(rng)) + word(2**256 - 1)
    return call(world, world.calling(world.token, data))


@kind
def transfer_from(world: World, rng: Random) -> Call:
    """Nobody allowed the Safe anything: it fails inside."""
    data = selector("transferFrom(address,address,uint256)")
    data += address_word(world.other_safe) + address_word(account(rng)) + word(1)
    return call(world, world.calling(world.token, data))


@kind
def ether_with_a_transfer(world: World, rng: Random) -> Call:
    return call(world, replace(world.transfer(rng), value=rng.choice((1, world.wei, world.wei + 1))))


@kind
def ether(world: World, rng: Random) -> Call:
    value = rng.choice((0, 1, world.wei, world.wei + 1, 2**200))
    to = rng.choice((account(rng), account(rng), world.safe, world.other_safe, world.token, ZERO_ADDRESS))
    return call(world, world.calling(to, b"", value))


@kind
def void(world: World, rng: Random) -> Call:
    return call(world, world.calling(world.safe, b""))


@kind
def precompiled_contract(world: World, rng: Random) -> Call:
    return call(world, world.calling(Address(bytes(19) + bytes((rng.randint(1, 9),))), b""))


@kind
def administration(world: World, rng: Random) -> Call:
    ways = ("enableModule(address)", "setFallbackHandler(address)")
    return call(world, world.calling(world.safe, selector(rng.choice(ways)) + address_word(account(rng))))


def owner_call(world: World, rng: Random, listed: Sequence[Address]) -> bytes:
    """One of the four calls by which a Safe changes its owners: often one that it takes, often one that it reverts."""
    new = rng.choice((account(rng), account(rng), rng.choice(listed), ZERO_ADDRESS, SENTINEL, world.safe))
    old = rng.choice((*listed, account(rng), SENTINEL))
    before = owners.previous(listed, old) if old in listed and rng.random() < 0.7 else rng.choice((SENTINEL, *listed))
    threshold = rng.choice((1, 2, 2, 3, 0, 4, 5, 2**256 - 1))
    ways = (
        owners.AddOwner(new, threshold),
        owners.RemoveOwner(before, old, threshold),
        owners.SwapOwner(before, old, new),
        owners.ChangeThreshold(threshold),
    )
    return owners.serialise(rng.choice(ways))


@kind
def owner_change(world: World, rng: Random) -> Call:
    return call(world, world.calling(world.safe, owner_call(world, rng, world.listed)))


@kind
def owner_change_in_another_form(world: World, rng: Random) -> Call:
    """Ether with it, cut short, bytes left over, padding that is not zero."""
    data = bytearray(owners.serialise(owners.AddOwner(account(rng), 2)))
    ways = (bytes(data[: rng.choice((5, 36, 67))]), bytes(data) + b"\x07", bytes(data[:4]) + b"\x01" + bytes(data[5:]))
    value = rng.choice((0, 1))
    return call(world, world.calling(world.safe, bytes(data) if value else rng.choice(ways), value))


@kind
def batch_of_owner_changes(world: World, rng: Random) -> Call:
    """Each finds the owners that the one before it left."""
    first, second = account(rng), account(rng)
    ways: tuple[tuple[owners.OwnerChange, ...], ...] = (
        (owners.AddOwner(first, 2), owners.RemoveOwner(SENTINEL, first, 2)),
        (owners.AddOwner(first, 4), owners.SwapOwner(first, world.listed[0], second), owners.ChangeThreshold(1)),
        (owners.RemoveOwner(SENTINEL, world.listed[0], 2), owners.RemoveOwner(SENTINEL, world.listed[1], 1)),
        (owners.AddOwner(first, 2), owners.AddOwner(first, 2)),
        (owners.RemoveOwner(SENTINEL, world.listed[0], 2), owners.ChangeThreshold(3)),
    )
    calls = [InnerCall(world.safe, 0, owners.serialise(each)) for each in rng.choice(ways)]
    return call(world, world.batch((*payments(world, rng), *calls)))


@kind
def delegate_call(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    to = rng.choice((world.token, account(rng)))
    return call(world, replace(tx, to=to, operation=1))


@kind
def operation_that_is_none(world: World, rng: Random) -> Call:
    data = bytearray(call(world, world.transfer(rng)).data)
    data[4 + 3 * 32 + 31] = rng.choice((2, 3, 255))
    return Call(world.safe, bytes(data))


@kind
def some_safe_tx_gas(world: World, rng: Random) -> Call:
    return call(world, replace(world.transfer(rng), safe_tx_gas=rng.choice((1, 100_000, 500_000))))


@kind
def much_safe_tx_gas(world: World, rng: Random) -> Call:
    return call(world, replace(world.transfer(rng), safe_tx_gas=rng.choice((600_000, 2_000_000, 2**200, 2**256 - 1))))


@kind
def failing_with_safe_tx_gas(world: World, rng: Random) -> Call:
    tx = world.paying(account(rng), world.tokens + 1 + rng.randrange(9))
    return call(world, replace(tx, safe_tx_gas=rng.choice((1, 100_000))))


@kind
def idle_gas_fields(world: World, rng: Random) -> Call:
    """Without a gas price they change the digest and nothing else."""
    tx = world.transfer(rng)
    ways = (
        replace(tx, base_gas=2**200),
        replace(tx, gas_token=world.token),
        replace(tx, refund_receiver=account(rng)),
    )
    return call(world, rng.choice(ways))


@kind
def gas_refund(world: World, rng: Random) -> Call:
    """In the token (the Safe holds enough), or in ether (it does not)."""
    tx = world.paying(account(rng), 5)
    ways = (
        replace(tx, gas_price=1, gas_token=world.token, base_gas=7, refund_receiver=account(rng)),
        replace(tx, gas_price=10**18, refund_receiver=account(rng)),
    )
    return call(world, rng.choice(ways))


@kind
def other_nonce(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    return call(world, tx, signed_as=replace(tx, nonce=world.nonce + rng.choice((-1, 1, 1000))))


@kind
def other_chain(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    return call(world, tx, signed_as=replace(tx, chain_id=rng.choice((1, 5, 31338))))


@kind
def signed_for_another_safe(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    return call(world, tx, signed_as=replace(tx, safe=world.other_safe))


@kind
def executed_on_another_safe(world: World, rng: Random) -> Call:
    return Call(world.other_safe, call(world, world.transfer(rng)).data)


@kind
def not_a_safe(world: World, rng: Random) -> Call:
    """The token does not know the call, and an account without code answers nothing."""
    return Call(rng.choice((world.token, account(rng))), call(world, world.transfer(rng)).data)


@kind
def other_function_of_the_safe(world: World, rng: Random) -> Call:
    question = rng.choice(("nonce()", "getThreshold()", "approveHash(bytes32)", "nobody()"))
    return Call(world.safe, selector(question) + call(world, world.transfer(rng)).data[4:])


# Batches.


@kind
def batch(world: World, rng: Random) -> Call:
    return call(world, world.batch(payments(world, rng)))


@kind
def batch_changed_after_signing(world: World, rng: Random) -> Call:
    tx = world.batch(payments(world, rng))
    data = bytearray(tx.data)
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return call(world, replace(tx, data=bytes(data)), signed_as=tx)


@kind
def batch_at_the_edge_of_what_is_there(world: World, rng: Random) -> Call:
    """Together all the tokens or all the ether, or one more: the last call then fails, and so must all."""
    more, first = rng.choice((0, 0, 1)), 1 + rng.randrange(1000)
    transfers = [(account(rng), first), (account(rng), world.tokens - first + more)]
    ways = (
        [InnerCall(world.token, 0, erc20.encode(erc20.Transfer(*each))) for each in transfers],
        [InnerCall(account(rng), first, b""), InnerCall(account(rng), world.wei - first + more, b"")],
    )
    calls = [*payments(world, rng)[1:], *rng.choice(ways)] if more else list(rng.choice(ways))
    return call(world, world.batch(calls))


@kind
def batch_whose_first_call_fails(world: World, rng: Random) -> Call:
    too_much = erc20.encode(erc20.Transfer(account(rng), world.tokens + 1))
    return call(world, world.batch((InnerCall(world.token, 0, too_much), *payments(world, rng))))


@kind
def batch_that_gives_back(world: World, rng: Random) -> Call:
    """What comes back to the Safe can be paid again."""
    back = InnerCall(world.token, 0, erc20.encode(erc20.Transfer(world.safe, world.tokens)))
    return call(world, world.batch((back, back, InnerCall(world.safe, world.wei, b""), *payments(world, rng))))


@kind
def batch_with_one_odd_call(world: World, rng: Random) -> Call:
    """Ether with a transfer, to a token, to the batch contract; a transfer cut short, or to nobody."""
    good, to = erc20.encode(erc20.Transfer(account(rng), 5)), account(rng)
    odd = rng.choice(
        (
            InnerCall(world.token, 1, good),
            InnerCall(world.token, 1, b""),
            InnerCall(BATCH, rng.choice((0, 1)), b""),
            InnerCall(world.token, 0, good[:67]),
            InnerCall(world.token, 0, good + b"\x07"),
            InnerCall(world.token, 0, erc20.encode(erc20.Transfer(ZERO_ADDRESS, 5))),
            InnerCall(ZERO_ADDRESS, 1, b""),
            InnerCall(to, 0, b""),
        )
    )
    return call(world, world.batch((*payments(world, rng), odd)))


@kind
def batch_that_administers(world: World, rng: Random) -> Call:
    owner = selector("addOwnerWithThreshold(address,uint256)") + address_word(account(rng)) + word(1)
    approve = selector("approve(address,uint256)") + address_word(account(rng)) + word(2**256 - 1)
    odd = rng.choice((InnerCall(world.safe, 0, owner), InnerCall(world.token, 0, approve)))
    return call(world, world.batch((*payments(world, rng), odd)))


@kind
def batch_with_a_safe_tx_gas(world: World, rng: Random) -> Call:
    """If a call fails, the nonce is burned and still nothing moves."""
    too_much = InnerCall(account(rng), world.wei + 1, b"")
    tx = world.batch([*payments(world, rng), *rng.choice(((), (too_much,)))])
    return call(world, replace(tx, safe_tx_gas=rng.choice((1, 100_000, 500_000))))


@kind
def batch_with_a_value_of_its_own(world: World, rng: Random) -> Call:
    """A delegate call moves no ether, however much it names."""
    tx = world.batch(payments(world, rng))
    return call(world, replace(tx, value=rng.choice((1, world.wei + 1, 2**200))))


@kind
def batch_as_a_plain_call(world: World, rng: Random) -> Call:
    return call(world, replace(world.batch(payments(world, rng)), operation=0))


@kind
def batch_to_another_address(world: World, rng: Random) -> Call:
    """Nobody is there, and a delegate call to nobody succeeds with nothing."""
    tx = world.batch(payments(world, rng))
    return call(world, replace(tx, to=rng.choice((multisend.pinned(SafeVersion(1, 3, 0)), account(rng)))))


@kind
def batch_in_another_form(world: World, rng: Random) -> Call:
    """The contract reads on, or passes over, what the codec refuses."""
    data = world.batch(payments(world, rng)).data
    packed = data[68 : 68 + int.from_bytes(data[36:68], "big")]
    operation, inner = bytearray(packed), InnerCall(account(rng), 0, data)
    operation[0] = rng.choice((1, 2))
    nested = b"\x00" + inner.to + word(0) + word(len(data)) + data
    ways = (
        data + bytes(32),
        data[:-1] + b"\x07",
        around(packed + bytes(rng.choice((1, 32, 33)))),
        around(bytes(operation)),
        around(packed[:-1]),
        around(packed + nested),
        around(b""),
    )
    return call(world, replace(world.batch(payments(world, rng)), data=rng.choice(ways)))


def around(packed: bytes) -> bytes:
    """Call data of `multiSend(bytes)` around any bytes."""
    return multisend.SELECTOR + word(32) + padded(packed)


# Several Safes in one call, which the relayer makes itself. The other Safe has the same owners, nonce 0 and nothing in it.


def pair(world: World, rng: Random, **other: object) -> tuple[InnerCall, InnerCall]:
    """Executions of a transfer of the Safe, and of an empty call of the other Safe to itself."""
    idle = plain_tx(world.chain_id, world.other_safe, world.other_safe, 0, b"", 0)
    return execution(world, world.transfer(rng)), execution(world, replace(idle, **other))  # type: ignore[arg-type]


def execution(world: World, tx: SafeTx, signers: int = 2) -> InnerCall:
    return InnerCall(tx.safe, 0, execute.encode(tx, blob(tx, world.keys[:signers])))


def outer(*calls: InnerCall) -> Call:
    return Call(BATCH, multisend.serialise(calls))


@kind
def together(world: World, rng: Random) -> Call:
    one, other = pair(world, rng)
    return outer(*rng.choice(((one, other), (other, one))))


@kind
def together_with_what_the_first_brings(world: World, rng: Random) -> Call:
    """The other Safe pays on what it receives in the same call: in this order only, and not a unit more."""
    amount, more = 1 + rng.randrange(1000), rng.choice((0, 0, 1))
    brings = execution(world, world.paying(world.other_safe, amount))
    data = erc20.encode(erc20.Transfer(account(rng), amount + more))
    pays = execution(world, plain_tx(world.chain_id, world.other_safe, world.token, 0, data, 0))
    return outer(*rng.choice(((brings, pays), (brings, pays), (pays, brings))))


@kind
def together_and_one_fails(world: World, rng: Random) -> Call:
    """Ether that is not there, the wrong nonce, one signature short: then nothing happens at all."""
    one, other = pair(world, rng, to=account(rng), value=1)
    idle = plain_tx(world.chain_id, world.other_safe, world.other_safe, 0, b"", rng.choice((0, 1)))
    short = execution(world, idle, 2 - (idle.nonce == 0))
    return outer(*rng.choice(((one, other), (other, one), (one, short), (short, one))))


@kind
def together_and_one_may_fail_alone(world: World, rng: Random) -> Call:
    """A safeTxGas lets a failing call use up its nonce while the others go on."""
    one, other = pair(world, rng, to=account(rng), value=rng.choice((0, 1)), safe_tx_gas=100_000)
    return outer(one, other)


@kind
def together_in_another_form(world: World, rng: Random) -> Call:
    """A payment beside, bytes left over, a Safe twice, ether on the way, one alone, another operation."""
    one, other = pair(world, rng)
    data = outer(one, other).data
    packed = data[68 : 68 + int.from_bytes(data[36:68], "big")]
    ways = (
        outer(one, other, InnerCall(account(rng), 0, b"")).data,
        outer(one, one).data,
        outer(one, replace(other, value=1)).data,
        outer(one).data,
        data + bytes(32),
        around(packed + bytes(33)),
        around(b"\x01" + packed[1:]),
    )
    return Call(BATCH, rng.choice(ways))


@kind
def together_elsewhere(world: World, rng: Random) -> Call:
    """Nobody is there, or a Safe that does not know the call."""
    return Call(rng.choice((account(rng), world.safe)), outer(*pair(world, rng)).data)


# Signatures.


@kind
def other_signers(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    first, second = sorted(rng.sample(range(3), 2))
    return call(world, tx, blob(tx, (world.keys[first], world.keys[second])))


@kind
def wrong_order(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    first, second = sorted(rng.sample(range(3), 2))
    return call(world, tx, blob(tx, (world.keys[second], world.keys[first])))


@kind
def one_owner_twice(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    return call(world, tx, blob(tx, (rng.choice(world.keys),)) * 2)


@kind
def one_short(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    whole = blob(tx, world.keys[:2])
    return call(world, tx, whole[: rng.choice((0, 64, 65, 129))])


@kind
def one_too_many(world: World, rng: Random) -> Call:
    """The contract looks at the first two only."""
    tx = world.transfer(rng)
    extra = rng.choice((blob(tx, world.keys[2:]), rng.randbytes(65), rng.randbytes(7)))
    return call(world, tx, blob(tx, world.keys[:2]) + extra)


@kind
def strangers_signature(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    stranger = SoftwareKey.generate(Curve.SECP256K1, rng.randbytes(8))
    given = sorted((world.keys[1], stranger), key=lambda key: key.public.ethereum_address())
    return call(world, tx, blob(tx, given))


@kind
def high_s(world: World, rng: Random) -> Call:
    """The contract admits it; custody does not make it."""
    tx = world.transfer(rng)
    low, other = signed(tx, world.keys[0]), signed(tx, world.keys[1])
    high = low[:32] + (N - int.from_bytes(low[32:64], "big")).to_bytes(32, "big") + bytes((55 - low[64],))
    return call(world, tx, high + other)


@kind
def high_s_alone(world: World, rng: Random) -> Call:
    """Without the other recovery id it is another key's."""
    tx = world.transfer(rng)
    low, other = signed(tx, world.keys[0]), signed(tx, world.keys[1])
    high = low[:32] + (N - int.from_bytes(low[32:64], "big")).to_bytes(32, "big") + low[64:]
    return call(world, tx, high + other)


@kind
def eth_sign(world: World, rng: Random) -> Call:
    """The contract admits it; custody does not make it."""
    tx = world.transfer(rng)
    text = Digest(keccak256(b"\x19Ethereum Signed Message:\n32" + tx.digest))
    add = rng.choice((31, 31, 27))
    return call(world, tx, over(text, world.keys[0], add) + signed(tx, world.keys[1]))


@kind
def other_v(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    first, second = signed(tx, world.keys[0]), signed(tx, world.keys[1])
    return call(world, tx, first[:64] + bytes((rng.choice((2, 26, 29, 30, 33, 34, 59, 255)),)) + second)


@kind
def contract_signature(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    owner = Address(world.keys[0].public.ethereum_address())
    start = rng.choice((0, 65, 130, 131, 2**255))
    tail = rng.choice((b"", word(0), word(5) + b"12345"))
    return call(world, tx, address_word(owner) + word(start) + b"\x00" + signed(tx, world.keys[1]) + tail)


@kind
def approved_hash(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    owner = Address(world.keys[0].public.ethereum_address())
    return call(world, tx, address_word(owner) + word(0) + b"\x01" + signed(tx, world.keys[1]))


@kind
def numbers_out_of_range(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    first, second = signed(tx, world.keys[0]), signed(tx, world.keys[1])
    odd = word(rng.choice((0, N, N + 1, 2**256 - 1)))
    broken = rng.choice((odd + first[32:], first[:32] + odd + first[64:]))
    return call(world, tx, broken + second)


# Encodings that mean the same to the contract.


@kind
def trailing_bytes(world: World, rng: Random) -> Call:
    return Call(world.safe, call(world, world.transfer(rng)).data + rng.randbytes(rng.choice((1, 32))))


@kind
def padding_not_zero(world: World, rng: Random) -> Call:
    data = bytearray(call(world, world.transfer(rng)).data)
    data[-1 - rng.randrange(20)] = 7
    return Call(world.safe, bytes(data))


@kind
def parts_exchanged(world: World, rng: Random) -> Call:
    """Signatures before data: the offsets say so, and the contract does not mind."""
    tx = world.transfer(rng)
    data = call(world, tx).data
    cut = 4 + HEAD_WORDS * 32
    length = 32 + len(tx.data) + -len(tx.data) % 32
    inner, given = data[cut : cut + length], data[cut + length :]
    head = bytearray(data[:cut])
    head[4 + 2 * 32 : 4 + 3 * 32] = word(HEAD_WORDS * 32 + len(given))
    head[4 + 9 * 32 : 4 + 10 * 32] = word(HEAD_WORDS * 32)
    return Call(world.safe, bytes(head) + given + inner)


@kind
def very_long(world: World, rng: Random) -> Call:
    tx = world.transfer(rng)
    return call(world, tx, blob(tx, world.keys[:2]) + bytes(rng.choice((33_000, 200_000))))


def mutations(world: World, count: int, seed: int) -> Iterator[tuple[str, Call]]:
    """`count` calls, kind by kind in turn, each from a random stream of its own."""
    names = list(KINDS)
    for number in range(count):
        name = names[number % len(names)]
        yield name, KINDS[name](world, Random(f"{seed}/{number}"))
