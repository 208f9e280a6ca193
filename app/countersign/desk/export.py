"""What a finished settlement leaves behind as files, for people who verify with tools of their own (docs/verify.md comes later).

Names are fixed by the output's description (`docs/formats/output.md`): the contract with its place in the log, the log's static
files, the Bitcoin transaction from unsigned to final, the Safe transaction with its signatures and its call.

- Hex is lower case, with `0x` under `ethereum/` and without it under `bitcoin/`; signed files have no final newline.
- Everything comes from the desk's archive and artefacts, by the hashes that logged events name.
"""

from countersign.audit.leaf import Opening
from countersign.audit.tlog_proof import TlogProof
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk import cases
from countersign.desk.ports import Artefacts
from countersign.desk.replica import Replica
from countersign.errors import Refused
from countersign.ethereum import safe_file, signatures
from countersign.formats import eip55, jcs
from countersign.keys import jws as jose
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.resources.text import sentence
from countersign.review.finding import Finding
from countersign.settlement import events
from countersign.settlement.records import STORY, ContractState, Instruction
from countersign.settlement.roster import BitcoinVault, Roster, SafeVault

ENGLISH = ("en",)


def contract_files(replica: Replica, contract: str) -> dict[str, bytes]:
    """The contract's JWS, its signers' keys, and the logged event that carries it with opening and proof."""
    record = replica.state.contract(contract)
    index = record.cause(ContractState.AGREED)
    if index is None:
        raise Refused("desk.not-agreed", contract=contract)
    entry = logged(replica, index, "contract")
    bound = events.binding(events.parse(entry["contract.event"]))
    if bound is None:
        raise Refused("desk.not-agreed", contract=contract)
    signed = bound.jws
    keys = {kid: replica.state.roster.ever(kid).key for kid in signed.kids}
    return {
        "contract.json": jose.serialise(signed),
        "contract.jwks.json": jcs.encode({"keys": [{**keys[kid].jwk(), "kid": kid} for kid in sorted(keys)]}),
        "vkeys.json": replica.anchor.now(replica.state).serialise(),
        **entry,
    }


def logged(replica: Replica, index: int, name: str) -> dict[str, bytes]:
    """One logged event as `<name>.event`, `.opening.json`, `.tlog-proof`, proved to the pinned head."""
    held = replica.record(index)
    shown: TlogProof = cases.proof(replica, index)
    return {
        f"{name}.event": held.event,
        f"{name}.opening.json": Opening(held.index, held.time_ms, held.salt).serialise(),
        f"{name}.tlog-proof": shown.serialise(),
    }


def log_files(replica: Replica) -> dict[str, bytes]:
    """The log's static files, complete for the pinned head, and the head."""
    pin = replica.pin
    if pin is None:
        raise Refused("desk.nothing-pinned")
    found = {f"log/{path}": data for path, data in replica.log.files().items()}
    return {**found, "log/checkpoint": pin.signed.serialise()}


def bitcoin_files(replica: Replica, instruction: Instruction, artefacts: Artefacts) -> dict[str, bytes]:
    """Unsigned, shares in the order they were logged, combined, final; the prevouts; the descriptors."""
    unsigned = artefacts.get(bytes.fromhex(instruction.artefact))
    shares = [artefacts.get(bytes.fromhex(share.artefact)) for share in instruction.shares]
    combined = bitcoin_rail.combine(unsigned, shares)
    spent = [fact.spent for fact in facts(parse_psbt(unsigned)).inputs]
    prevouts = [
        {"script_pubkey": each.script_pubkey.hex(), "satoshis": int(each.satoshis)}
        for each in spent
        if each is not None
    ]
    vaults = (replica.state.roster.vault(each) for each in instruction.group.vaults)
    lines = "".join(text + "\n" for each in vaults if isinstance(each, BitcoinVault) for text in each.descriptors)
    return {
        "bitcoin/unsigned.psbt": unsigned,
        **{f"bitcoin/share-{place}.psbt": data for place, data in enumerate(shares, 1)},
        "bitcoin/combined.psbt": combined,
        "bitcoin/final.hex": bitcoin_rail.finalise(combined).raw.hex().encode() + b"\n",
        "bitcoin/prevouts.json": jcs.encode(prevouts),
        "bitcoin/descriptor.txt": lines.encode(),
    }


def ethereum_files(replica: Replica, instruction: Instruction, artefacts: Artefacts) -> dict[str, bytes]:
    """The Safe, the transaction, exactly the threshold of signatures ascending, the call."""
    data = artefacts.get(bytes.fromhex(instruction.artefact))
    shares = [artefacts.get(bytes.fromhex(share.artefact)) for share in instruction.shares]
    vault = replica.state.roster.vault(instruction.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    done = ethereum_rail.finalise(data, shares, vault, replica.state.roster)
    return {
        "ethereum/safe.json": _safe_json(vault, replica.state.roster, safe_file.parse(data).tx.nonce),
        "ethereum/safe_tx.json": data,
        "ethereum/signatures.json": signatures.serialise(done.signatures),
        "ethereum/exec_transaction.hex": b"0x" + done.calldata.hex().encode() + b"\n",
    }


def _safe_json(vault: SafeVault, roster: Roster, nonce: int) -> bytes:
    return jcs.encode(
        {
            "chainId": int(vault.chain.split(":", 1)[1]),
            "address": vault.address,
            "version": vault.version,
            "singleton": vault.singleton,
            "owners": [eip55.checksum(owner) for owner in ethereum_rail.owners(vault, roster)],
            "threshold": vault.threshold,
            "nonce": nonce,
        }
    )


def states(replica: Replica, contract: str) -> list[dict[str, object]]:
    """The story's states, agreed to final, each with the index of the entry that caused it."""
    record = replica.state.contract(contract)
    causes = [(state, record.cause(state)) for state in STORY]
    return [
        {"contract": contract, "state": state.value, "log_index": index} for state, index in causes if index is not None
    ]


def canonical(value: object) -> bytes:
    """RFC 8785 JSON of plain values."""
    return jcs.encode(value)


def finding_fields(finding: Finding) -> dict[str, str]:
    """A finding as `refusals.json` lists it, in English wherever it is written: who verifies it makes the same words."""
    return {
        "check": finding.check,
        "expected": finding.expected,
        "found": finding.found,
        "explanation": sentence(finding.reason, finding.values, ENGLISH),
    }
