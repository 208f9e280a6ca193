"""Where fuzzing starts: files of a finished settlement, small examples of every spelling, and the published vectors.

all_seeds(tmp_path)["psbt:bip174"]                   # every PSBT of BIP-174's page, as far as the vectors are there
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from countersign.airgap import bytewords, envelope, psbt_ur, ur
from countersign.airgap.bytewords import Style
from countersign.airgap.fountain import Encoder
from countersign.audit.pin import Pin
from countersign.audit.witness import AddCheckpoint, Head, State
from countersign.bitcoin import (
    bip32,
    bsms,
    bsms_encryption,
    descriptor_checksum,
    ranged,
    script,
    signed_message,
    transaction,
)
from countersign.desk import bundles, enrolment, founding_plan, reconciliation, resuming, stored_zip
from countersign.desk.ports import Record
from countersign.desk.report_file import TYP, Claim
from countersign.desk.report_file import Head as ReportHead
from countersign.ethereum import arrivals, atomic, erc20, execute, multisend, owners, safe_storage
from countersign.ethereum.abi import Address, address_word, padded, word
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import plain_tx
from countersign.formats import base64url, bech32, cbor, jcs, strict_json
from countersign.keys import cose, ecdsa, wrapping
from countersign.keys import jws as jose
from countersign.settlement import snapshot
from countersign.signers import pkcs11_wire
from support import every_event, finished_settlement, small_plan
from support import review_cases as cases
from support import settlement_world as world
from support.extracts import extract_of
from support.finished_settlement import Finished

Seeds = dict[str, list[bytes]]
XPUB = "xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB"
"""BIP-32's test vector 2, the master key."""
MASTER = bip32.parse(XPUB)
BOTH = (Address(b"\x22" * 20), Address(b"\x33" * 20))


def all_seeds(folder: Path) -> Seeds:
    """Every seed by name; `folder` is where a profile may be written."""
    over = finished_settlement.finished()
    files = finished_settlement.output_files(folder, over)
    single = {**files, **_spellings(), **_bitcoin(files), **_ethereum(files), **_gap(files), **_desk(over, files)}
    found = {name: [data] for name, data in single.items()}
    found["payload:*"] = list(_payloads(over))
    return found | _vectors()


def _spellings() -> dict[str, bytes]:
    point = world.vault_key("officer-a", "bip122", "meridian").public
    edwards, digest = world.identity("operations").public, sha256(b"").digest()
    signature = world.vault_key("officer-a", "bip122", "meridian").sign_digest(digest)
    texts = {
        "bech32": "A12UEL5L",
        "bech32m": "a1lqfn3a",
        "address": bech32.encode_segwit("bc", 0, bytes(range(20))),
        "address-taproot": bech32.encode_segwit("bc", 1, bytes(range(32))),
        "address-testnet": bech32.encode_segwit("tb", 0, bytes(range(32))),
        "ethereum-address": "0x41675C099F32341bf84BFc5382aF534df5C7461a",
        "chain": "eip155:31337",
        "chain-bitcoin": world.BITCOIN,
        "asset": "eip155:1/erc20:0x41675C099F32341bf84BFc5382aF534df5C7461a",
        "asset-coin": world.BTC,
        "account": "eip155:31337:0x41675C099F32341bf84BFc5382aF534df5C7461a",
        "account-bitcoin": world.destination("meridian", world.BTC),
        "hex": "00ff10",
        "base64url": "_-8AAQ",
        "time": "2026-11-22T09:00:00Z",
        "date": "2028-02-29",
        "identifier": "a.B_9:-",
        "lei": world.MERIDIAN,
        "name": "Meridian Capital (2)",
        "name-cjk": "三菱株式会社",
        "name-arabic": "Lشركة",
        "amount": "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        "price": "80000.50",
        "txid": "00" * 31 + "ff",
        "safe-version": "1.4.1",
        "tile-path": "tile/0/x001/x234/067.p/8",
        "bundle-path": "tile/entries/000",
        "url": "https://witness.example:8443/desk/",
        "url-loopback": "http://[::1]:80/a",
        "uri": "pkcs11:token=The%20Token;serial=0a;model=x;id=%00%FF?module-path=/usr/lib/x.so",
        "drive-label": "A\\x20B\\xc3\\xa9",
        "bytewords-standard": bytewords.encode(b"\x00\x01\xff", Style.STANDARD),
        "bytewords-uri": bytewords.encode(b"\x00\x01\xff", Style.URI),
        "bytewords-minimal": bytewords.encode(b"\x00\x01\xff", Style.MINIMAL),
    }
    return {name: text.encode() for name, text in texts.items()} | {
        "five-bits": bytes(8),
        "compact-size": b"\xfd\xfd\x00" + bytes(253),
        "jwk": jcs.encode(point.jwk()),
        "jwk-ed25519": jcs.encode(edwards.jwk() | {"kid": edwards.kid, "alg": "EdDSA"}),
        "point": point.data,
        "point-long": point.uncompressed(),
        "point-ed25519": edwards.data,
        "der": ecdsa.to_der(bytes(range(1, 65))),
        "recovery": digest + bytes([ecdsa.recovery_id(point, digest, signature)]) + signature,
        "wrapped": wrapping.wrap(b"s" * 32, "a passphrase", b"1" * 16, b"2" * 12, finished_settlement.CHEAP),
        "cbor-small": cbor.encode({1: [True, None, -5, b"x", "é"], "k": {"a": cbor.Tag(18, [])}}),
    }


def _bitcoin(files: dict[str, bytes]) -> dict[str, bytes]:
    raw = bytes.fromhex(files["bitcoin/final.hex"].decode())
    keys = [world.vault_key(each, "bip122", "meridian").public.data for each in world.COSIGNERS]
    plain = files["bitcoin/descriptor.txt"].split(b"\n", 1)[0]
    multisig = script.multisig(2, script.sorted_keys(keys))
    return {
        "transaction": raw,
        "transaction-stripped": _without_scripts(raw),
        "witness": b"\x02\x01\x51\x00",
        "outpoint": str(transaction.outpoint(transaction.parse(raw), 0)).encode(),
        "descriptor": plain,
        "descriptor-key": b"[01234567/48h/0'/2147483647]" + keys[0].hex().encode(),
        "descriptor-key-ranged": f"[{MASTER.fingerprint.hex()}]{XPUB}/<0;1>/*".encode(),
        "descriptor-body": f"wsh(sortedmulti(1,[{MASTER.fingerprint.hex()}]{XPUB}/<0;1>/*))".encode(),
        "descriptor-ranged": _with_checksum(f"wsh(sortedmulti(1,[{MASTER.fingerprint.hex()}]{XPUB}/<0;1>/*))"),
        **_bsms(),
        "descriptor-form": b"sh(wsh(sortedmulti(1," + keys[0].hex().encode() + b")))",
        "xpub": XPUB.encode(),
        "tpub": bip32.serialise(replace(MASTER, network=bip32.Network.TEST)).encode(),
        "descriptor-key-plain": keys[0].hex().encode(),
        "multisig": multisig,
        "script": script.p2wsh(multisig),
        "script-taproot": b"\x51\x20" + bytes(range(32)),
    }


def _bsms() -> dict[str, bytes]:
    signer = world.vault_key("officer-a", "bip122", "meridian")
    key = f"[{'ab' * 4}/48h]{signer.public.data.hex()}"

    def signed(message: bytes) -> str:
        made = signer.sign_digest(signed_message.digest(message))
        return signed_message.encode(message, signer.public, made)

    text = bsms.signed_text(bsms.NO_TOKEN, key, "Signer 1")
    record = f"{text.decode()}\n{signed(text)}\n".encode()
    vault = ranged.parse(_with_checksum(f"wsh(sortedmulti(1,[{MASTER.fingerprint.hex()}]{XPUB}/<0;1>/*))").decode())
    return {
        "bsms-key": record,
        "bsms-descriptor": bsms.descriptor_record(vault, "bc").serialise(),
        "bsms-encrypted": b"\x01" + bsms_encryption.encrypt(b"\x01" * 8, record),
        "signed-message": signed(b"message").encode(),
    }


def _with_checksum(body: str) -> bytes:
    return f"{body}#{descriptor_checksum.checksum(body)}".encode()


def _without_scripts(raw: bytes) -> bytes:
    return transaction.stripped(transaction.parse(raw))


def _ethereum(files: dict[str, bytes]) -> dict[str, bytes]:
    batch = multisend.serialise([InnerCall(BOTH[0], at, bytes(at)) for at in range(9)])
    row, where = strict_json.parse(files["ethereum/safe_tx.json"]), multisend.pinned(multisend.ZERO_MEANS_SELF)
    transfer = erc20.encode(erc20.Transfer(BOTH[0], 7))
    owner = strict_json.parse(files["ethereum/signatures.json"])[0]  # type: ignore[index, call-overload]
    signature = bytes.fromhex(owner["signature"][2:])  # type: ignore[index, call-overload]
    claimed = bytes.fromhex(row["safeTxHash"][2:])  # type: ignore[index, call-overload]
    log = {
        "address": "0x" + BOTH[0].hex(),
        "topics": ["0x" + arrivals.RECEIVED_TOPIC.hex(), "0x" + address_word(BOTH[1]).hex()],
        "data": "0x" + word(5).hex(),
        "blockNumber": "0x5",
        "logIndex": "0x0",
        "transactionHash": "0x" + "ab" * 32,
    }
    return {
        "call": bytes.fromhex(files["ethereum/exec_transaction.hex"].decode().strip()[2:]),
        "batch": batch,
        "erc20": transfer,
        "owner-change": owners.serialise(owners.SwapOwner(*BOTH, Address(b"\x44" * 20))),
        "atomic": atomic.encode([atomic.SafeCall(each, _executing(each, signature)) for each in BOTH]),
        "safe-call": BOTH[0] + transfer,
        "safe-batch": where + batch,
        "safe-share": signature,
        "service": jcs.encode({"results": [row]}),
        "signature-blob": claimed + signature,
        "view-uint": word(7),
        "view-addresses": word(32) + word(2) + b"".join(map(address_word, BOTH)),
        "view-version": word(32) + padded(b"1.4.1"),
        "view-modules": word(64) + address_word(safe_storage.SENTINEL) + word(1) + address_word(BOTH[0]),
        "arrival-token": BOTH[0] + arrivals.TRANSFER_TOPIC + b"".join(map(address_word, BOTH)) + word(5),
        "arrival-ether": BOTH[0] + arrivals.RECEIVED_TOPIC + address_word(BOTH[1]) + word(5),
        "rpc-result": jcs.encode({"jsonrpc": "2.0", "id": 1, "result": "0x7a69"}),
        "rpc-error": jcs.encode({"error": {"code": -26, "message": "min relay fee", "data": [1]}}),
        "rpc-receipt": jcs.encode({"result": {"logs": [log]}}),
        "rpc-logs": jcs.encode({"result": [log]}),
        "rpc-money": b'{"result":250.00000001}',
    }


def _executing(safe: Address, signature: bytes) -> bytes:
    return execute.encode(plain_tx(31337, safe, BOTH[1], 5, b"", nonce=0), signature)


def _gap(files: dict[str, bytes]) -> dict[str, bytes]:
    request, answer = files["usb/request.countersign"], files["usb/answer.countersign"]
    parts = ur.Parts(ur.Message("countersign", request), 400)
    shown = [parts.text(number) for number in range(1, parts.seq_len + 3)]
    asked, answered = envelope.peek(request), envelope.peek(answer)
    tagged = cbor.encode(cbor.Tag(40310, b"psbt\xff"))
    return {
        "ur-single": ur.encode(ur.Message("psbt", cbor.encode(b"psbt\xff"))).encode(),
        "ur-part": shown[0].upper().encode(),
        "ur-scan": "\n".join(shown).encode(),
        "part": Encoder(request, 300).part(9).serialise(),
        "psbt-cbor": psbt_ur.encode(b"psbt\xff").cbor,
        "psbt-cbor-tagged": tagged,
        "request-map": cose.decode(request).payload,
        "answer-map": cose.decode(answer).payload,
        "request-body": cbor.encode(asked.request.members()),
        "answer-body": cbor.encode(answered.answer.members()),
        "proven-event": cbor.encode(asked.request.events[0].members()),
    }


def _desk(over: Finished, files: dict[str, bytes]) -> dict[str, bytes]:
    head, quorum = over.head(), cases.quorum()
    entry = over.desk.entries[0]
    record = Record(entry.index, entry.time_ms, over.opening(0).salt, entry.event)
    text, line = head.checkpoint.text(), head.note.signatures[-1]
    terms = over.trade.contract.terms
    row = f"{world.MERIDIAN},main,{terms.id},deliver,{world.BTC},5,final"
    founding = world.founding_body()
    paper, draft = (every_event.before(kind)[2] for kind in ("desk.founded", "roster.changed"))
    claim = Claim.of(ReportHead(world.ORIGIN, "officer-a", 1_800_000_000, 12, bytes(32)), b"pdf", "final", 3, "")
    event = jose.parse(entry.event, jose.EVENT)
    first = {name: founding[name][0] for name in ("officers", "participants", "destinations")}  # type: ignore[index]
    vaults: Any = founding["vaults"]
    return {
        "checkpoint-text": text.encode(),
        "vkey": str(quorum.log).encode(),
        "cosignature": line.data,
        "merkle-proof": (3).to_bytes(6) + (9).to_bytes(6) + bytes(32 * 4),
        "bundle": b"\x02\x00\x03abc\x00\x00",
        "pin": Pin(head, over.now, {str(quorum.witnesses[0]): over.now}).serialise(),
        "witness-request": AddCheckpoint(0, (), replace(head).serialise()).serialise(),
        "witness-answer": line.line().encode(),
        "witness-size": b"12\n",
        "witness-state": State({world.ORIGIN: Head(3, bytes(32))}, 1_800_000_000).serialise(),
        "terms": over.trade.contract.jws.payload,
        "policy": jcs.encode(world.policy_document()),
        "officer": jcs.encode(first["officers"]),
        "participant": jcs.encode(first["participants"]),
        "destination": jcs.encode(first["destinations"]),
        "vault": jcs.encode(vaults[0]),
        "vault-safe": jcs.encode(next(each for each in vaults if each["kind"] == "safe")),
        "snapshot": snapshot.serialise(over.state),
        "snapshot-small": snapshot.serialise(world.Desk().state),
        "small.zip": stored_zip.pack({"a": b"1", "b/c": b"22", "manifest.json": b"{}"}),
        "extract.zip": bundles.serialise(extract_of(over, world.HARBOUR)),
        "batch-lines": files["contract.event"] + b"\n" + files["contract.json"] + b"\n\nnothing\n",
        "founding-paper": _unsigned(paper),
        "proposal": _unsigned(draft),
        "founding-plan": jcs.encode(small_plan.plan()),
        "keyring": founding_plan.serialise_keyring(small_plan.ring("ada")),
        "report": jose.serialise(world.sign(claim.payload(), TYP, ["officer-a"])),
        "reconciliation": jcs.encode(reconciliation.value(_report())),
        "trade-file": f"lei,book,contract,side,asset,amount,state\n{row}\n".encode(),
        "history": enrolment.History(finished_settlement.trust(), (record,), head).serialise(),
        "anchor": finished_settlement.trust().serialise(),
        "station": _station(),
        "kept-state": resuming.Kept(bytes(32), bytes(32), bytes(32), 7).serialise(),
        "crossing": jcs.encode({"answer": "", "channel": "qr", "instruction": "3f", "recipient": "officer-c"}),
        "nodes": jcs.encode({"bitcoin": [{"cookie": "/x", "url": "http://a"}], "ethereum": [{"url": "http://b"}]}),
        "wire-answer": cbor.encode({"ok": event.payload[:40]}),
        "wire-refusal": pkcs11_wire.frame({"kind": "refused", "code": "signers.pin", "values": {"left": 2}})[4:],
        "picture-texts": jcs.encode(["ur:psbt/aeae"]),
        "picture-refusal": jcs.encode({"code": "T5.frame-size", "values": {"height": 1, "width": 99}}),
        "painter-sizes": b"\0" + jcs.encode({"pages": [[59500, 84200], [100, 200]]}),
    }


def _unsigned(step: every_event.Step) -> bytes:
    kind, names, body = step
    found = jose.parse(world.event_bytes(kind, names, body, id="fuzz", at=world.START), jose.EVENT)
    return jcs.encode({"payload": base64url.encode(found.payload), "signatures": []})


def _report() -> reconciliation.Report:
    line = reconciliation.VaultLine("meridian-btc", world.MERIDIAN, "main", world.BTC, 7, 8)
    return reconciliation.Report(world.ORIGIN, 5, (line,), "", "", 0, ())


def _station() -> bytes:
    witnesses = [{"key": each["key"], "url": each["url"]} for each in small_plan.plan()["witnesses"]]
    token = {"module": "/m.so", "softhsm": "", "serial": "1", "label": "desk", "model": "x"}
    log = {"log": str(small_plan.LOG), "quorum": 2, "witnesses": witnesses, "also": []}
    return jcs.encode({**log, "token": token, "kid": world.identity("desk").public.kid})


def _payloads(over: Finished) -> Iterator[bytes]:
    """The payload of every type of event, and of every event that a settlement left."""
    for each in over.desk.entries:
        yield jose.parse(each.event, jose.EVENT).payload
    for kind in every_event.KINDS:
        _, _, (name, names, body) = every_event.before(kind)
        event = world.event_bytes(name, names, body, id=f"{kind}-fuzz", at=world.START)
        yield jose.parse(event, jose.EVENT).payload


def _vectors() -> Seeds:
    """Published cases, good and bad; none where the folder is not there."""
    root = os.environ.get("COUNTERSIGN_VECTORS")
    found: Seeds = {
        f"psbt:{name}": [bytes.fromhex(each) for each in _under(root, f"psbt/{name}.json", "hex")]
        for name in ("bip174", "bip370", "bip371")
    }
    texts = [
        *_under(root, "descriptors/bip380-390.json", "value"),
        *_under(root, "descriptors/bip380-390.json", "descriptor"),
    ]
    found["descriptors:bip380"] = [each.encode() for each in texts]
    bybit = Path(root or "/nowhere") / "safe/bybit_safe_tx_71.json"
    found["safe:service"] = [bybit.read_bytes()] if bybit.exists() else []
    return found


def _under(root: str | None, relative: str, member: str) -> list[str]:
    """Every string that stands in a vector file under this member's name."""
    place = Path(root or "/nowhere") / relative
    if not place.exists():
        return []
    found: list[str] = []

    def look(value: object) -> None:
        if isinstance(value, dict):
            if isinstance(value.get(member), str):
                found.append(value[member])
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)

    look(json.loads(place.read_text("utf-8")))
    return found
