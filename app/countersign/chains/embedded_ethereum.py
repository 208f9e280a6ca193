"""The demonstration's Ethereum: one chain in this process that knows Safes, ether, ERC-20 balances and nothing else.

It stands for `desk.ports.EthereumNode` and follows Safe.sol 1.4.1 (`safe_rules`) and OpenZeppelin's ERC-20:

- a call is `execTransaction` on a Safe of this chain, in the Contract ABI's canonical encoding;
- the digest is rebuilt from the call, this chain's id, the Safe's address and its current nonce;
- a transfer moves a balance that is there, or everything reverts and the nonce stays;
- a Safe changes its owners and its threshold by a call to itself, in its own list's order, as OwnerManager.sol does;
- several go through MultiSendCallOnly 1.4.1, which is simply there at its pinned address: all of them happen, or none.
  So do several Safes' executions that the relayer calls through it;
- each accepted transaction is a block of its own; each look at one adds an empty block; no randomness, and no clock but
  the one it is given;
- a block's time is the moment at which somebody read a Safe at it (`safe_states` adds an empty block for each moment);
- whoever was paid reads it in `payments`, as the logs of a real transaction say it.

Where it is narrower than a real node it refuses, and says so (`embedded.UNSUPPORTED`); docs/chains.md lists it.
tests/real/ hold it against a real node.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from countersign.chains.embedded import UNSUPPORTED, unsupported
from countersign.chains.holdings import Holdings, Moves
from countersign.chains.safe_rules import EmbeddedSafe, signed
from countersign.desk.ports import Executed, Observation, Payment
from countersign.desk.relaying import RelayerView
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import atomic, deployments, execute, movements, multisend, safe_storage, storage_root
from countersign.ethereum.abi import Address, address, word
from countersign.ethereum.arrivals import Arrival
from countersign.ethereum.atomic import SafeCall
from countersign.ethereum.movements import Movement
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import CALL, CURRENT, SafeTx
from countersign.ethereum.token_probe import FALSE, TRUE, Answers
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.settlement.safe_state import ChainSnapshot, SafeState

__all__ = ["EmbeddedEthereum", "EmbeddedSafe"]

MOST_CALL_DATA = 32_768
MOST_SAFE_TX_GAS = 500_000
DECIMALS = 6
BATCH = multisend.pinned(CURRENT)
REVERTED = "execution reverted"
"""What MultiSendCallOnly 1.4.1 says of an execution that failed: that one did, and neither which nor why."""


@dataclass(slots=True)
class EmbeddedEthereum:
    """A chain of one process: `desk.ports.EthereumNode`. `notice` is the code of the sentence that says what it is.

    `safes`, `balances` (token → holder → base units) and `ether` (holder → wei) are its whole state; an address in
    none of them is an account without code. Tokens have `decimals` (6 unless told). `seconds` is the clock by which
    blocks that are read get their time.
    """

    notice: ClassVar[str] = "chains.embedded-ethereum"
    chain_id: int
    safes: dict[Address, EmbeddedSafe] = field(default_factory=dict)
    balances: dict[Address, dict[Address, int]] = field(default_factory=dict)
    mined: dict[str, int] = field(default_factory=dict)
    height: int = 0
    ether: dict[Address, int] = field(default_factory=dict)
    seconds: Callable[[], int] = lambda: 0
    arrivals: dict[str, tuple[Arrival, ...]] = field(default_factory=dict)
    read: dict[str, tuple[int, int]] = field(default_factory=dict)  # block hash → number, time
    sent: dict[tuple[Address, bytes], str] = field(default_factory=dict)  # called address and call data → transaction
    executed: dict[str, tuple[Executed, ...]] = field(default_factory=dict)
    moved: dict[str, tuple[tuple[Movement, ...], ...]] = field(default_factory=dict)  # of each of them, by token logs
    decimals: dict[Address, int] = field(default_factory=dict)

    async def chain(self) -> str:
        """CAIP-2."""
        return f"eip155:{self.chain_id}"

    async def safe_nonce(self, safe: str, confirmations: int = 1) -> int:
        """The Safe's next nonce, as of the block that has so many confirmations. Refused `chains.no-contract`."""
        found, block = self._safe(safe), self.height - confirmations + 1
        return found.nonce - sum(height > block for height in found.executed)

    async def safe_owners(self, safe: str) -> tuple[tuple[str, ...], int]:
        """The Safe's owners in its own order, and its threshold. Refused `chains.no-contract`."""
        found = self._safe(safe)
        return tuple(eip55.checksum(owner) for owner in found.owners), found.threshold

    async def token_balance(self, token: str, holder: str) -> int:
        """Base units. Refused `chains.no-contract`."""
        ledger = self.balances.get(address(eip55.parse(token)))
        if ledger is None:
            raise Refused("chains.no-contract", address=token)
        return ledger.get(address(eip55.parse(holder)), 0)

    async def token_answers(self, token: str) -> Answers:
        """OpenZeppelin's: too much reverts, nothing is transferred with `true`."""
        place = address(eip55.parse(token))
        if place not in self.balances:
            return Answers(place in self.safes or place == BATCH, None, None, None, None)
        return Answers(True, word(self.decimals.get(place, DECIMALS)), FALSE, None, TRUE)

    async def ether_balance(self, holder: str) -> int:
        """In wei."""
        return self.ether.get(address(eip55.parse(holder)), 0)

    async def safe_states(self, safes: Sequence[str], block: str | None = None) -> ChainSnapshot:
        """These Safes at a new block, or at one that was read before.

        Refused `chains.no-contract`, Unavailable `chains.no-block`.
        """
        tip = _block(self.height)
        if block is None and self.read.get(tip) == (self.height, self.seconds()):
            block = tip  # nothing happened since somebody looked
        if block is None:
            self.height += 1
            block = _block(self.height)
            self.read[block] = (self.height, self.seconds())
        if block not in self.read:
            raise Unavailable("chains.no-block", block=block)
        number, time = self.read[block]
        states = tuple(_state(each, self._safe(each), number) for each in sorted(set(safes)))
        return ChainSnapshot(f"eip155:{self.chain_id}", number, block, time, states)

    async def storage_root(self, place: str, block: str) -> str:
        """What a Safe's storage hashes to at a block that was read; that of nothing elsewhere. Unavailable `chains.no-block`."""
        if block not in self.read:
            raise Unavailable("chains.no-block", block=block)
        safe = self.safes.get(address(eip55.parse(place)))
        return _storage_root(safe, self.read[block][0])

    async def payments(self, transaction: str) -> Sequence[Payment]:
        """What a transaction brought whom: tokens to anybody, ether to Safes."""
        height = self.mined.get(transaction)
        if height is None:
            return ()
        self.height += 1
        found = self.arrivals.get(transaction, ())
        return tuple(
            Payment(
                transaction=transaction,
                place=place,
                token=None if each.token is None else eip55.checksum(each.token),
                payer=eip55.checksum(each.payer),
                receiver=eip55.checksum(each.receiver),
                amount=each.amount,
                confirmations=self.height - height + 1,
            )
            for place, each in enumerate(found)
        )

    async def newest_block(self) -> int:
        """The height."""
        return self.height

    async def paying(self, token: str | None, receiver: str, first: int, last: int) -> Sequence[str]:
        """Transactions of these blocks that brought an address this token (None: ether), the newest first."""
        asked = None if token is None else address(eip55.parse(token))
        wanted = asked, address(eip55.parse(receiver))
        found = (
            (height, each)
            for each, height in self.mined.items()
            if first <= height <= last
            and any((one.token, one.receiver) == wanted for one in self.arrivals.get(each, ()))
        )
        return [each for _, each in sorted(found, reverse=True)]

    async def executing(self, safe: str, digest: str, first: int, last: int) -> Sequence[str]:
        """Transactions of these blocks that executed this safeTxHash on a Safe, the newest first."""
        wanted = Executed(eip55.checksum(address(eip55.parse(safe))), digest)
        found = ((self.mined[each], each) for each, done in self.executed.items() if wanted in done)
        return [each for height, each in sorted(found, reverse=True) if first <= height <= last]

    async def code_hash(self, place: str) -> str:
        """The code hash of a Safe's proxy or of MultiSendCallOnly; of nothing elsewhere."""
        where = address(eip55.parse(place))
        if where == BATCH:
            return deployments.MULTI_SEND_CODE[CURRENT]
        return self.safes[where].proxy_code if where in self.safes else "0x" + keccak256(b"").hex()

    def mine(self, transaction: str, made: Iterable[Arrival]) -> None:
        """Put a transaction into the next block, with what its logs say."""
        self.height += 1
        self.mined[transaction] = self.height
        self.arrivals[transaction] = tuple(
            each for each in made if each.token is not None or each.receiver in self.safes
        )

    async def test(self, to: str, data: bytes, moves: Sequence[Movement] | None = None) -> str | None:
        """None if the call would succeed now, else the reason (the Safe's own GS codes where it has one).

        Refused `chains.other-effects`: tokens here do what their calls say, so that the calls are what is compared.
        """
        place = address(eip55.parse(to))
        if (reason := self.verdict(place, data)) is None and moves is not None:
            differs = movements.difference(moves, movements.decoded(atomic.parts(place, data)))
            if differs is not None:
                raise Refused("chains.other-effects", differs=differs)
        return reason

    async def broadcast(self, to: str, data: bytes, moves: Sequence[Movement] | None = None) -> str:
        """Execute and mine; the transaction's hash. Refused `chains.ethereum-refused` with the reason of `test`."""
        place = address(eip55.parse(to))
        if (done := self.sent.get((place, data))) is not None:
            return done
        if (reason := await self.test(to, data, moves)) is not None:
            raise Refused("chains.ethereum-refused", reason=reason)
        made = self._judged(place, data)
        assert not isinstance(made, str), "it was judged just now"
        transaction = "0x" + keccak256(place + (self.height + 1).to_bytes(8, "big") + data).hex()
        self._execute(transaction, made)
        self.sent[place, data] = transaction
        return transaction

    async def carrying(self, to: str, data: bytes) -> str | None:
        """The transaction that executed this very call."""
        return self.sent.get((address(eip55.parse(to)), data))

    async def raise_fees(self, transaction: str, moves: Sequence[Movement] | None = None) -> str:
        """Nothing waits here. Refused `chains.mined-already`, `chains.not-relayed`."""
        raise self._not_stuck(transaction)

    async def cancel(self, transaction: str) -> str:
        """Nothing waits here. Refused `chains.mined-already`, `chains.not-relayed`."""
        raise self._not_stuck(transaction)

    async def relayer(self) -> RelayerView | None:
        """Nobody pays for gas."""
        return None

    def _not_stuck(self, transaction: str) -> Refused:
        if transaction in self.mined:
            return Refused("chains.mined-already", transaction=transaction)
        return Refused("chains.not-relayed", transaction=transaction, account=eip55.checksum(bytes(20)))

    async def observe(self, transaction: str) -> Observation:
        """Where a transaction is; looking at a mined one adds an empty block."""
        height = self.mined.get(transaction)
        if height is None:
            return Observation(transaction, False, 0, None, None)
        self.height += 1
        done, moved = self.executed.get(transaction, ()), self.moved.get(transaction, ())
        return Observation(transaction, True, self.height - height + 1, height, _block(height), done, moved)

    def verdict(self, to: Address, data: bytes) -> str | None:
        """None if the call would succeed, else why not: `execTransaction` on the Safe `to`, or several Safes' through the batch."""
        made = self._judged(to, data)
        return made if isinstance(made, str) else None

    def _judged(self, to: Address, data: bytes) -> "_Made | str":
        """What a call executes and moves, or why it does not."""
        if to not in self.safes and to != BATCH:
            return unsupported("a call to anything but a Safe")
        if len(data) > MOST_CALL_DATA:
            return unsupported("call data of more than 32,768 bytes")
        if to in self.safes:
            return self._executions((SafeCall(to, data),))
        try:
            calls = atomic.decode(data)
        except Malformed as error:
            return unsupported(f"a call to MultiSendCallOnly that is not plain executions of Safes ({error.code})")
        made = self._executions(calls)
        return REVERTED if isinstance(made, str) and not made.startswith(UNSUPPORTED) else made

    def _executions(self, calls: Sequence[SafeCall]) -> "_Made | str":
        """One execution after the other on one draft; the first that fails ends it."""
        owned = {each.safe: self.safes[each.safe].owned for each in calls if each.safe in self.safes}
        moves = Moves(Holdings(self.balances, self.ether), calls[0].safe, frozenset({BATCH}), "", owned=owned)
        done, moved = list[SafeTx](), list[tuple[Arrival, ...]]()
        for each in calls:
            safe = self.safes.get(each.safe)
            if safe is None:
                return unsupported("a call to anything but a Safe")
            try:
                call = execute.decode(each.calldata)
                tx = call.safe_tx(self.chain_id, each.safe, safe.nonce)
            except Malformed as error:
                return unsupported(f"call data in another form than the canonical one ({error.code})")
            before = len(moves.made)
            reason = signed(safe, tx.digest, call.signatures) or self._gas(tx) or self._calls(tx, moves)
            if reason is not None:
                return reason
            done.append(tx)
            moved.append(tuple(moves.made[before:]))
        return _Made(tuple(done), moves, tuple(moved))

    def _safe(self, text: str) -> EmbeddedSafe:
        found = self.safes.get(address(eip55.parse(text)))
        if found is None:
            raise Refused("chains.no-contract", address=text)
        return found

    def _execute(self, transaction: str, made: "_Made") -> None:
        """What was accepted. The moves are all made, or none was."""
        self.mine(transaction, (one for each in made.moved for one in each))
        self.executed[transaction] = tuple(
            Executed(eip55.checksum(each.safe), "0x" + each.digest.hex()) for each in made.executed
        )
        self.moved[transaction] = tuple(
            tuple(Movement(one.token, one.payer, one.receiver, one.amount) for one in each if one.token is not None)
            for each in made.moved
        )
        for each in made.executed:
            used = self.safes[each.safe]
            used.nonce, used.executed = used.nonce + 1, (*used.executed, self.height)
            used.pass_to(made.moves.owned[each.safe], self.height)
        made.moves.settle()

    def _gas(self, tx: SafeTx) -> str | None:
        if tx.gas_price:
            return unsupported("a gas refund")
        return unsupported("a safeTxGas of more than 500,000") if tx.safe_tx_gas > MOST_SAFE_TX_GAS else None

    def _calls(self, tx: SafeTx, drafted: Moves) -> str | None:
        """What the Safe does, drafted. If it fails, all reverts (GS013), or with a safeTxGas the nonce is burned: why not."""
        moves = replace(drafted, safe=tx.safe, failed="GS013" if tx.safe_tx_gas == 0 else "ExecutionFailure")
        if tx.operation == CALL:
            return moves.call(InnerCall(tx.to, tx.value, tx.data))
        if tx.to != BATCH:
            return unsupported("a delegate call to anything but MultiSendCallOnly 1.4.1")
        try:
            calls = multisend.parse(tx.data)
        except Malformed as error:
            return unsupported(f"a batch in another form than the canonical one ({error.code})")
        return next((reason for call in calls if (reason := moves.call(call)) is not None), None)


@dataclass(frozen=True, slots=True)
class _Made:
    """What an accepted call executes, what that moves, and of each execution what logs say of it."""

    executed: tuple[SafeTx, ...]
    moves: Moves
    moved: tuple[tuple[Arrival, ...], ...]


def _block(height: int) -> str:
    """The hash of the block at a height: there is only one chain of them."""
    return "0x" + keccak256(b"block" + height.to_bytes(8, "big")).hex()


def _state(place: str, safe: EmbeddedSafe, number: int) -> SafeState:
    """A Safe at a block: its nonce and its owners change from block to block, and nothing else."""
    owned = safe.owned_at(number)
    return SafeState(
        address=place,
        proxy_code=safe.proxy_code,
        singleton=eip55.checksum(safe.singleton),
        singleton_code=safe.singleton_code,
        multi_send_code=deployments.MULTI_SEND_CODE[CURRENT],
        version=safe.version,
        owners=tuple(eip55.checksum(each) for each in owned.owners),
        threshold=owned.threshold,
        modules=tuple(sorted(eip55.checksum(each) for each in safe.modules)),
        guard=None if safe.guard is None else eip55.checksum(safe.guard),
        module_guard=None if safe.module_guard is None else eip55.checksum(safe.module_guard),
        fallback_handler=None if safe.fallback_handler is None else eip55.checksum(safe.fallback_handler),
        nonce=safe.nonce - sum(height > number for height in safe.executed),
    )


def _storage_root(safe: EmbeddedSafe | None, number: int) -> str:
    """That of the Safe as it is, with whatever nobody can list."""
    if safe is None:
        return "0x" + storage_root.root({}).hex()
    owned, nonce = safe.owned_at(number), safe.nonce - sum(height > number for height in safe.executed)
    kept = safe_storage.kept(safe.singleton, owned.owners, owned.threshold, safe.fallback_handler, nonce)
    return "0x" + storage_root.root(kept | safe.hidden).hex()
