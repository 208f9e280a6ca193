"""The effects of a transaction, decoded from its own bytes and set beside what is owed: lines, flows, digests.

- Bitcoin: `rails.readback` sorts inputs and outputs; each obligation gets the output that discharges it, or none.
- Ethereum: what the call is shown as (`Facts.shown`); a delegate call is never shown as a transfer.
- Nothing here judges; the checks do. What could not be decoded is shown as unknown, never left out.
"""

from dataclasses import dataclass

from countersign.airgap.phrase import Purpose, phrase
from countersign.bitcoin import share
from countersign.bitcoin.inspect import PsbtFacts, facts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk.views import Digest, Flow, MatchLine, Money
from countersign.errors import CountersignError
from countersign.ethereum import inspect, safe_file
from countersign.ethereum.inspect import AdminCall, DelegateCall, Erc20Transfer, EtherTransfer, SelfCall
from countersign.ethereum.safe import SafeTx
from countersign.formats import bech32, caip, eip55
from countersign.rails import bitcoin as rail
from countersign.rails.bitcoin import Readback, Wallet
from countersign.settlement import netting
from countersign.settlement.netting import Obligation
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Roster, SafeVault, SlotVault
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Decoded:
    """One transaction's effects beside what is owed. `extra` names effects beyond the contract; empty means none."""

    lines: tuple[MatchLine, ...]
    extra: tuple[str, ...]
    flows: tuple[Flow, ...]
    fee: Money | None
    digests: tuple[Digest, ...]
    facts: tuple[tuple[str, str], ...]


def money(roster: Roster, asset: str, units: int) -> Money:
    """An amount with its registered symbol and decimals; an unregistered asset is shown in base units under its id."""
    known = roster.assets.get(asset)
    return Money(units, known.symbol, known.decimals, asset) if known else Money(units, "base units", 0, asset)


def words(label: str, digest: bytes) -> Digest:
    """A digest to compare with a device or to read out."""
    return Digest(label, digest.hex(), phrase(Purpose.SIGNING, digest))


def bitcoin_view(state: State, instruction: Instruction, data: bytes) -> Decoded:
    """A PSBT's effects. Malformed: B2.*."""
    psbt = parse_psbt(data)
    found, owed = facts(psbt), netting.owed_by(state.cycle(instruction.cycle).obligations, instruction.group)
    vaults = [state.roster.vault(each) for each in instruction.group.vaults]
    wallets = [rail.wallet(vault) for vault in vaults if isinstance(vault, SlotVault)]
    sorted_out = rail.readback(found, wallets, owed)
    chain = caip.ChainId.parse(instruction.group.chain)
    coin = str(caip.coin(chain))
    flows = _Flows(state.roster, coin, caip.hrp(chain), wallets, owed)
    extra = [flows.extra(found, index) for index in sorted_out.extra]
    return Decoded(
        lines=tuple(_line(state.roster, each, each not in sorted_out.missing) for each in owed),
        extra=tuple(extra + [f"input {index} of no registered vault" for index in sorted_out.foreign]),
        flows=flows.all(found, sorted_out),
        fee=None if found.fee is None else money(state.roster, coin, found.fee),
        digests=(words("txid", bytes(reversed(psbt.txid))), *_input_digests(psbt, wallets)),
        facts=(
            ("inputs", str(len(found.inputs))),
            ("outputs", str(len(found.outputs))),
            ("vsize", f"{found.vsize} vB"),
            ("lock-time", str(found.lock_time)),
            ("replaceable", "yes" if found.replaceable else "no"),
            ("vaults", ", ".join(instruction.group.vaults)),
        ),
    )


def _input_digests(psbt: Psbt, wallets: list[Wallet]) -> tuple[Digest, ...]:
    """What a token signs for each input; empty where the inputs are not provably a vault's (the checks say why)."""
    try:
        keys = {key for each in wallets for slot in each.descriptors.slots for key in slot.public_keys[:1]}
        return tuple(words("input-digest", each.digest) for each in share.requests(psbt, keys))
    except CountersignError:
        return ()


@dataclass(frozen=True, slots=True)
class _Flows:
    """Names the owner of every input and output."""

    roster: Roster
    coin: str
    prefix: str
    wallets: list[Wallet]
    owed: tuple[Obligation, ...]

    def all(self, found: PsbtFacts, sorted_out: Readback) -> tuple[Flow, ...]:
        """Inputs, outputs, fee, in order."""
        arrows = []
        for fact in found.inputs:
            spent = fact.spent or fact.claimed
            script, satoshis = (spent.script_pubkey, int(spent.satoshis)) if spent else (b"", 0)
            arrows.append(self._arrow("in", "vault", script, satoshis))
        for output in found.outputs:
            role = "counterparty" if output.index in sorted_out.payments else "change"
            role = "unknown" if output.index in sorted_out.extra else role
            arrows.append(self._arrow("out", role, output.output.script_pubkey, int(output.output.satoshis)))
        if found.fee is not None:
            arrows.append(Flow("out", "fee", "", "", money(self.roster, self.coin, found.fee)))
        return tuple(arrows)

    def extra(self, found: PsbtFacts, index: int) -> str:
        """An output that is neither owed nor change, in plain values."""
        output = found.outputs[index].output
        return f"{output.satoshis} sat to {self._address(output.script_pubkey)}"

    def _arrow(self, side: str, role: str, script: bytes, satoshis: int) -> Flow:
        address = self._address(script)
        return Flow(side, role, self._owner(script), address, money(self.roster, self.coin, satoshis))

    def _owner(self, script: bytes) -> str:
        for each in self.wallets:
            number = each.slot_of(script)
            if number is not None:
                return f"{self.roster.participant(each.vault.owner.lei).name}, {each.id} slot {number}"
        for owed in self.owed:
            if rail.script_of(owed) == script:
                return self.roster.participant(owed.receiver.lei).name
        return ""

    def _address(self, script: bytes) -> str:
        if len(script) in (22, 34) and script[:1] == b"\x00":
            return bech32.encode_segwit(self.prefix, 0, script[2:])
        return f"script {script.hex()}"


def _line(roster: Roster, owed: Obligation, paid: bool) -> MatchLine:
    amount, place = money(roster, owed.asset, owed.amount), caip.AccountId.parse(owed.destination).address
    return MatchLine(
        chain=owed.chain,
        payer=roster.participant(owed.payer.lei).name,
        receiver=roster.participant(owed.receiver.lei).name,
        owed=amount,
        owed_to=place,
        paid=amount if paid else None,
        paid_to=place if paid else "",
        matches=paid,
    )


def ethereum_view(state: State, instruction: Instruction, data: bytes) -> Decoded:
    """A Safe transaction's effects. Malformed: C2.*, ethereum.*."""
    tx = safe_file.parse(data).tx
    owed = netting.owed_by(state.cycle(instruction.cycle).obligations, instruction.group)
    paid = _payment(state, tx)
    lines = tuple(_safe_line(state.roster, each, paid) for each in owed)
    paying = paid is not None and any(line.matches for line in lines)
    extra = (() if paying else (_describe(tx),)) + _beside(tx)
    vault = state.roster.vault(instruction.group.vaults[0])
    owner = state.roster.participant(vault.owner.lei).name
    flows = (
        ()
        if paid is None
        else (
            Flow("in", "vault", f"{owner}, {vault.id}", eip55.checksum(tx.safe), paid[0]),
            Flow("out", "counterparty", lines[0].receiver if lines else "", paid[1], paid[0]),
        )
    )
    return Decoded(
        lines=lines,
        extra=extra,
        flows=flows,
        fee=None,
        digests=(
            words("safe-tx-hash", tx.digest),
            words("domain-hash", tx.domain_hash),
            words("message-hash", tx.message_hash),
        ),
        facts=(
            ("safe", eip55.checksum(tx.safe)),
            ("safe-version", vault.version if isinstance(vault, SafeVault) else ""),
            ("chain-id", str(tx.chain_id)),
            ("nonce", str(tx.nonce)),
            ("operation", "0 (call)" if tx.operation == 0 else "1 (delegate call)"),
            ("call-target", eip55.checksum(tx.to)),
            ("call-data", "0x" + tx.data.hex()),
        ),
    )


def _payment(state: State, tx: SafeTx) -> tuple[Money, str] | None:
    """What the transaction pays and to whom, if it is a payment at all."""
    shown = inspect.read(tx).shown
    chain = f"eip155:{tx.chain_id}"
    match shown:
        case Erc20Transfer(token, recipient, amount):
            return money(state.roster, f"{chain}/erc20:{eip55.checksum(token)}", amount), eip55.checksum(recipient)
        case EtherTransfer(recipient, amount):
            return money(state.roster, f"{chain}/slip44:60", amount), eip55.checksum(recipient)
    return None


def _safe_line(roster: Roster, owed: Obligation, paid: tuple[Money, str] | None) -> MatchLine:
    line = _line(roster, owed, paid=False)
    if paid is None:
        return line
    matches = paid == (line.owed, line.owed_to)
    return MatchLine(line.chain, line.payer, line.receiver, line.owed, line.owed_to, paid[0], paid[1], matches)


def _beside(tx: SafeTx) -> tuple[str, ...]:
    """What happens beside the call itself: ether that travels with it, a refund of gas out of the Safe."""
    found = inspect.read(tx)
    ether = () if isinstance(found.call, EtherTransfer) or not found.ether else (f"{found.ether} wei with the call",)
    refund = (f"a gas refund out of the Safe: {', '.join(found.gas_refund)}",) if found.gas_refund else ()
    return ether + refund


def _describe(tx: SafeTx) -> str:
    """An effect that no contract owes, in plain values."""
    shown, to = inspect.read(tx).shown, eip55.checksum(tx.to)
    match shown:
        case DelegateCall():
            return f"delegate call: the code at {to} would run as the Safe itself"
        case AdminCall(_, _, name):
            return f"{name} on {to}"
        case SelfCall(selector, name):
            return f"{name or selector.hex() or 'empty call'} on the Safe itself"
        case Erc20Transfer(token, recipient, amount):
            return f"transfer of {amount} base units of {eip55.checksum(token)} to {eip55.checksum(recipient)}"
        case EtherTransfer(recipient, amount):
            return f"{amount} wei to {eip55.checksum(recipient)}"
    return f"a call to {to} that nobody here can read: 0x{tx.data[:4].hex()}"
