"""The files of an output directory, each made again from what is logged and compared (docs/formats/output.md).

- The contract's own trio and those of the refusals stand under a head that the log's tiles give and its key signed.
- Bitcoin: the prepared PSBT, the logged shares in order, what they combine and finish into, prevouts, descriptors.
- Ethereum: the registered Safe, the prepared transaction, its threshold of signatures ascending, the call.
- What `refusals.json` says is what the signed and logged refusals say. Crossings: `output_crossings`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.quorum import Quorum
from countersign.audit.tlog_proof import TlogProof
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk import evidence
from countersign.desk.export import ENGLISH
from countersign.desk.ground import Ground
from countersign.desk.reports import Caused, faulted, noted, refused
from countersign.errors import CountersignError, Malformed, Refused
from countersign.ethereum import safe_file, signatures
from countersign.formats import eip55, jcs, shape, strict_json
from countersign.keys import jws as jose
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.resources.text import sentence
from countersign.review.finding import Finding
from countersign.settlement import contract as contracts
from countersign.settlement import events
from countersign.settlement.bodies import InstructionRefused
from countersign.settlement.records import Instruction
from countersign.settlement.roster import BitcoinVault, SafeVault

REFUSED = {
    "altered-psbt": ("altered", "refused/altered.psbt", "B8"),
    "delegatecall": ("delegatecall", "refused/delegatecall.json", "E3"),
    "unlogged-contract": ("unlogged", "refused/unlogged.json", "L3"),
}
_FINDING = {name: shape.string(maximum=100_000) for name in ("check", "expected", "found", "explanation")}
_REFUSAL = {"item": shape.one_of(*REFUSED), "findings": shape.array(shape.fields(_FINDING), minimum=1)}


def named(states: Sequence[Caused]) -> str:
    """States and their entries, in one line."""
    return ", ".join(f"{each.state} {each.log_index}" for each in states)


def differing(name: str, expected: str, found: str) -> Iterator[Finding]:
    """A value that was recomputed and should stand where it was found."""
    if expected == found:
        yield noted("desk.audit-same", name, expected[:400], found[:400], name=name)
    else:
        yield faulted("desk.audit-differs", name, expected[:400], found[:400], name=name)


def _compared(files: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> Iterator[Finding]:
    for name, data in wanted.items():
        found = files.get(name)
        digest = "missing" if found is None else sha256(found).hexdigest()
        yield from differing(name, sha256(data).hexdigest(), digest)


def made(about: str, make: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of a part; a named refusal on the way is one of them."""
    try:
        yield from tuple(make())
    except CountersignError as error:
        yield refused(error, about, "as the log implies")


def part(files: Mapping[str, bytes], name: str) -> bytes:
    """A file that must be there. Malformed("desk.output-missing")."""
    if name not in files:
        raise Malformed("desk.output-missing", name=name)
    return files[name]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The log as its tiles give it, and the keys that sign its heads."""

    log: Log
    keys: Quorum


def _stands(files: Mapping[str, bytes], stem: str, rebuilt: Rebuilt) -> tuple[events.Event, int]:
    """An event and its index, proved under a head of this log: the newest, or an older one."""
    event = part(files, f"{stem}.event")
    opening = Opening.parse(part(files, f"{stem}.opening.json"))
    proof = TlogProof.parse(part(files, f"{stem}.tlog-proof"))
    signed = SignedCheckpoint.parse(proof.checkpoint)
    under, tree = signed.checkpoint, rebuilt.log.tree
    rebuilt.keys.verify_log(signed)
    if proof.index != opening.index:
        raise Refused("L3.index-differs", proof=proof.index, opening=opening.index)
    if under.size > tree.size or under.root != tree.root(under.size):
        raise Refused("L3.foreign-head", size=under.size)
    proof.verify(opening.leaf(event), under)
    return events.parse(event), opening.index


def contract(files: Mapping[str, bytes], rebuilt: Rebuilt, ground: Ground, digest: str) -> Iterator[Finding]:
    """The contract with its signers' keys and its place in the log."""

    def make() -> Iterator[Finding]:
        found = contracts.parse(part(files, "contract.json"))
        yield from differing("contract.json", digest, found.hash)
        contracts.verify(found, ground.state.roster)
        event, index = _stands(files, "contract", rebuilt)
        bound = events.binding(event)
        carried = jose.serialise(bound.jws) if bound is not None else b""
        yield from differing("contract.event: body.contract", digest, contracts.parse(carried).hash if carried else "")
        yield from differing("contract.event", sha256(files["contract.json"]).hexdigest(), sha256(carried).hexdigest())
        known = ground.state.contracts[digest].causes.get("agreed") if digest in ground.state.contracts else None
        yield from differing("contract.opening.json: index", str(known), str(index))
        keys = [ground.state.roster.key(kid).key for kid in found.jws.kids]
        yield from _compared(files, {"contract.jwks.json": evidence.jwks(keys)})

    yield from made("contract.json", make)


def refusals(files: Mapping[str, bytes], rebuilt: Rebuilt) -> Iterator[Finding]:
    """The three refusals: each signed event in the log, over the bytes that lie beside it, for the check it names."""

    def make() -> Iterator[Finding]:
        listed = shape.array(shape.fields(_REFUSAL))(
            strict_json.parse_canonical(part(files, "refusals.json"), limit=4 << 20), "refusals"
        )
        yield from differing("refusals.json: items", ", ".join(REFUSED), ", ".join(each["item"] for each in listed))
        for each in listed:
            stem, name, check = REFUSED[each["item"]]
            codes = {finding["check"] for finding in each["findings"]}
            yield from differing(f"refusals.json: {stem}", check, check if check in codes else ", ".join(sorted(codes)))
            yield from _refusal(files, rebuilt, stem, name, each["findings"])

    yield from made("refusals.json", make)


def _refusal(
    files: Mapping[str, bytes], rebuilt: Rebuilt, stem: str, name: str, listed: Sequence[Mapping[str, str]]
) -> Iterator[Finding]:
    event, _ = _stands(files, f"refused/{stem}", rebuilt)
    body = event.body
    if not isinstance(body, InstructionRefused):
        raise Refused("desk.audit-not-a-refusal", name=name, type=event.type)
    data = part(files, name)
    subject = contracts.parse(data).jws.payload if body.kind == "contract" else data
    yield from differing(name, body.sha256, sha256(subject).hexdigest())
    said = [f"{each.check}: {sentence(each.code, dict(each.values), ENGLISH)}" for each in body.findings]
    told = [f"{each['check']}: {each['explanation']}" for each in listed]
    yield from differing(f"refused/{stem}.event: findings", "; ".join(said), "; ".join(told))


def live(ground: Ground, digest: str, kind: str) -> Instruction:
    """The settlement's instruction of a kind. Refused("desk.audit-no-instruction")."""
    record = ground.state.contract(digest)
    live = ground.state.live(ground.state.cycle(record.cycle or ""))
    found = next((each for each in live if each.group.kind == kind), None)
    if found is None:
        raise Refused("desk.audit-no-instruction", kind=kind)
    return found


def _shares(ground: Ground, instruction: Instruction) -> tuple[bytes, list[bytes]]:
    """The prepared bytes and the logged shares in their order. Refused("desk.audit-artefact-gone")."""
    found = []
    for digest in (instruction.artefact, *(each.artefact for each in instruction.shares)):
        data = ground.artefact(digest)
        if data is None:
            raise Refused("desk.audit-artefact-gone", artefact=digest)
        found.append(data)
    return found[0], found[1:]


def bitcoin(files: Mapping[str, bytes], ground: Ground, digest: str) -> Iterator[Finding]:
    """Everything under `bitcoin/`."""

    def make() -> Iterator[Finding]:
        instruction = live(ground, digest, "psbt")
        prepared, shares = _shares(ground, instruction)
        combined = bitcoin_rail.combine(prepared, shares)
        spent = [each.spent for each in facts(parse_psbt(prepared)).inputs]
        prevouts = [
            {"script_pubkey": each.script_pubkey.hex(), "satoshis": int(each.satoshis)} for each in spent if each
        ]
        vaults = [ground.state.roster.vault(each) for each in instruction.group.vaults]
        lines = [text + "\n" for each in vaults if isinstance(each, BitcoinVault) for text in each.descriptors]
        yield from _compared(
            files,
            {
                "bitcoin/unsigned.psbt": prepared,
                **{f"bitcoin/share-{place}.psbt": data for place, data in enumerate(shares, 1)},
                "bitcoin/combined.psbt": combined,
                "bitcoin/final.hex": bitcoin_rail.finalise(combined).raw.hex().encode() + b"\n",
                "bitcoin/prevouts.json": jcs.encode(prevouts),
                "bitcoin/descriptor.txt": "".join(lines).encode(),
            },
        )

    yield from made("bitcoin", make)


def ethereum(files: Mapping[str, bytes], ground: Ground, digest: str) -> Iterator[Finding]:
    """Everything under `ethereum/`."""

    def make() -> Iterator[Finding]:
        instruction = live(ground, digest, "safe-tx")
        prepared, shares = _shares(ground, instruction)
        roster = ground.state.roster
        vault = roster.vault(instruction.group.vaults[0])
        if not isinstance(vault, SafeVault):
            raise Refused("desk.not-a-safe", vault=vault.id)
        done = ethereum_rail.finalise(prepared, shares, vault, roster)
        tx = safe_file.parse(prepared).tx
        safe = {
            "chainId": tx.chain_id,
            "address": vault.address,
            "version": vault.version,
            "singleton": vault.singleton,
            "owners": [eip55.checksum(owner) for owner in ethereum_rail.owners(vault, roster)],
            "threshold": vault.threshold,
            "nonce": tx.nonce,
        }
        yield from _compared(
            files,
            {
                "ethereum/safe_tx.json": prepared,
                "ethereum/signatures.json": signatures.serialise(done.signatures),
                "ethereum/exec_transaction.hex": b"0x" + done.calldata.hex().encode() + b"\n",
                "ethereum/safe.json": jcs.encode(safe),
            },
        )

    yield from made("ethereum", make)
