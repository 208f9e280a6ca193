"""A second opinion on an output directory, by a program that imports nothing of ours.

    complaints = verify(Path("countersign-demo"))          # an empty list: everything that it can check is in order
    python tests/support/independent_verifier.py DIR

- Written from the documents (docs/formats/, RFC 6962, RFC 7515, RFC 8785, BIP-143, BIP-174, BIP-380, EIP-712, C2SP), not
  from our code: the standard library, and `cryptography`, `coincurve`, `eth-account`, `cbor2` as oracles.
- It takes the keys it finds as given: it proves that the directory agrees with itself, not who wrote it.
- It does not open the profile, decode the pictures or read the screens: their hashes stand in `result.json`.
"""

import base64
import hashlib
import io
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cbor2
import coincurve
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

STORY = ["agreed", "endorsed", "held", "instructed", "partly signed", "signed", "released", "settling", "final"]
REFUSED = {
    "altered-psbt": ("altered", "refused/altered.psbt", "B8"),
    "delegatecall": ("delegatecall", "refused/delegatecall.json", "E3"),
    "unlogged-contract": ("unlogged", "refused/unlogged.json", "L3"),
}
SAFE_TX = [
    ("to", "address"), ("value", "uint256"), ("data", "bytes"), ("operation", "uint8"), ("safeTxGas", "uint256"),
    ("baseGas", "uint256"), ("gasPrice", "uint256"), ("gasToken", "address"), ("refundReceiver", "address"),
    ("nonce", "uint256"),
]  # fmt: skip
Files = dict[str, bytes]


class Wrong(Exception):
    """Something is not what the rest implies."""


def require(truth: object, words: str) -> None:
    """Raise `Wrong` unless it is so."""
    if not truth:
        raise Wrong(words)


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def double(data: bytes) -> bytes:
    """Bitcoin's SHA-256 of SHA-256."""
    return sha256(sha256(data))


def unbase64url(text: str) -> bytes:
    """Base64url without padding, in its one spelling."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    require(base64url(data) == text, "base64url in another spelling")
    return data


def base64url(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def canonical(value: object) -> bytes:
    """RFC 8785 for what these files hold: no floats, and names that sort alike as UTF-8 and UTF-16."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_json(data: bytes) -> Any:
    """JSON that is canonical."""
    value = json.loads(data)
    require(canonical(value) == data, "not canonical JSON")
    return value


# Log ------------------------------------------------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962."""
    return sha256(b"\0" + entry)


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word by word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + tree_hash(leaves[:split]) + tree_hash(leaves[split:]))


def climb(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """RFC 9162 §2.1.3.2."""
    require(0 <= index < size, "index beyond the tree")
    inner, last, node = index, size - 1, leaf
    for sibling in path:
        require(last > 0, "proof too long")
        if inner & 1 or inner == last:
            node = sha256(b"\1" + sibling + node)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + sibling)
        inner, last = inner >> 1, last >> 1
    require(last == 0, "proof too short")
    return node


def vkey(text: str) -> tuple[str, bytes, int, bytes]:
    """c2sp.org/signed-note: name, key id, type, key."""
    name, identity, encoded = text.split("+", 2)
    data = base64.b64decode(encoded, validate=True)
    found = sha256(name.encode() + b"\n" + data)[:4]
    require(found.hex() == identity, f"key id of {name}")
    return name, found, data[0], data[1:]


def checkpoint(data: bytes, keys: dict[str, Any], quorum: int) -> tuple[str, int, bytes]:
    """Origin, size, root of a note that the log and enough witnesses signed."""
    text, signatures = data.decode().rsplit("\n\n", 1)
    text += "\n"
    origin, size, root = text.removesuffix("\n").split("\n")
    lines = {}
    for line in signatures.removesuffix("\n").split("\n"):
        dash, name, encoded = line.split(" ")
        require(dash == "—", "signature line")
        lines.setdefault(name, []).append(base64.b64decode(encoded, validate=True))
    log = vkey(keys["log"])
    require(log[0] == origin and log[2] == 1, "the log's key")
    require(any(_note(log, text, one) for one in lines.get(origin, [])), "the log's signature")
    counted = {
        key[3]
        for key in map(vkey, keys["witnesses"])
        if key[2] == 4 and any(_cosigned(key, text, one) for one in lines.get(key[0], []))
    }
    require(len(counted) >= quorum, "too few witnesses")
    return origin, int(size), base64.b64decode(root, validate=True)


def _note(key: tuple[str, bytes, int, bytes], text: str, signature: bytes) -> bool:
    return signature[:4] == key[1] and _ed25519(key[3], text.encode(), signature[4:])


def _cosigned(key: tuple[str, bytes, int, bytes], text: str, signature: bytes) -> bool:
    (time,) = struct.unpack(">Q", signature[4:12])
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    return signature[:4] == key[1] and _ed25519(key[3], message, signature[12:])


def _ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def entry(event: bytes, opening: dict[str, Any]) -> bytes:
    """The 32 bytes that stand in the log for an event."""
    moment = struct.pack(">Q", opening["time_ms"])
    return sha256(b"countersign/leaf/v1\n" + moment + bytes.fromhex(opening["salt"]) + event)


def included(event: bytes, opening: bytes, proof: bytes, leaves: list[bytes], trust: tuple[Any, int]) -> int:
    """An event under its proof's own checkpoint, signed, and whose root this log's leaves give; its index."""
    opened = read_json(opening)
    lines, note = proof.split(b"\n\n", 1)
    first, second, *path = lines.decode().split("\n")
    require(first == "c2sp.org/tlog-proof@v1" and second == f"index {opened['index']}", "proof's first lines")
    _, size, root = checkpoint(note, *trust)
    require(size <= len(leaves) and tree_hash(leaves[:size]) == root, "proof's root is not the log's")
    hashes = [base64.b64decode(each, validate=True) for each in path]
    leaf = leaf_hash(entry(event, opened))
    require(climb(opened["index"], size, leaf, hashes) == root, "not included")
    require(leaves[opened["index"]] == leaf, "another leaf stands there")
    return int(opened["index"])


def tiles(files: Files, size: int) -> list[bytes]:
    """Every tile and bundle rebuilt; the leaves."""
    leaves: list[bytes] = []
    for number in range((size + 255) // 256):
        width = min(256, size - 256 * number)
        data = files[_tile("entries", number, width)]
        for _ in range(width):
            (length,) = struct.unpack(">H", data[:2])
            leaves.append(leaf_hash(data[2 : 2 + length]))
            data = data[2 + length :]
        require(not data, "bytes after a bundle")
    level, row = 0, leaves
    while row:
        for number in range((len(row) + 255) // 256):
            part = row[256 * number : 256 * number + 256]
            require(files[_tile(str(level), number, len(part))] == b"".join(part), f"tile {level}/{number}")
        row = [tree_hash(row[start : start + 256]) for start in range(0, len(row) - 255, 256)]
        level += 1
    return leaves


def _tile(level: str, number: int, width: int) -> str:
    groups = f"{number:03}" if number < 1000 else f"x{number // 1000:03}/{number % 1000:03}"
    return f"log/tile/{level}/{groups}" + (f".p/{width}" if width < 256 else "")


# Signed JSON ----------------------------------------------------------------------------------------------------------


def thumbprint(jwk: dict[str, str]) -> str:
    """RFC 7638."""
    members = ("crv", "kty", "x") if jwk["kty"] == "OKP" else ("crv", "kty", "x", "y")
    return base64url(sha256(canonical({name: jwk[name] for name in members})))


def verify_jws(data: bytes, typ: str, keys: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Every signature of a general JWS; its payload."""
    jws = read_json(data)
    payload = unbase64url(jws["payload"])
    kids = []
    for each in jws["signatures"]:
        header = read_json(unbase64url(each["protected"]))
        require(header["typ"] == typ and set(header) == {"alg", "kid", "typ"}, "protected header")
        require(header["kid"] in keys, f"unregistered key {header['kid']}")
        message = f"{each['protected']}.{jws['payload']}".encode()
        require(signed(keys[header["kid"]], message, unbase64url(each["signature"])), f"signature of {header['kid']}")
        kids.append(header["kid"])
    require(kids == sorted(set(kids)) and kids, "signatures in order, each once")
    found: dict[str, Any] = read_json(payload)
    return found


def signed(jwk: dict[str, str], message: bytes, signature: bytes) -> bool:
    """EdDSA, ES256 or ES256K, by the key's curve."""
    x = unbase64url(jwk["x"])
    if jwk["crv"] == "Ed25519":
        return _ed25519(x, message, signature)
    point = b"\4" + x + unbase64url(jwk["y"])
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    if jwk["crv"] == "secp256k1":
        return bool(coincurve.PublicKey(point).verify(der, message))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point).verify(der, message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def registered(pack: Files) -> dict[str, dict[str, str]]:
    """Every key that a founding or roster event in the pack registers, by thumbprint."""
    found: dict[str, dict[str, str]] = {}
    for name in sorted(pack, key=_by_index):
        if not name.endswith(".event"):
            continue
        payload = json.loads(unbase64url(json.loads(pack[name])["payload"]))
        if payload["type"] not in ("desk.founded", "roster.changed"):
            continue
        body = payload["body"]
        jwks = [body["desk_key"]] if "desk_key" in body else []
        jwks += [key for each in body.get("participants", []) for key in each["keys"]]
        jwks += [key["jwk"] for each in body.get("officers", []) for key in each["keys"]]
        found.update({thumbprint(jwk): jwk for jwk in jwks})
    return found


def _by_index(name: str) -> int:
    return int(name.split("/")[1].split(".")[0]) if name.startswith("events/") else -1


# Bitcoin --------------------------------------------------------------------------------------------------------------


class Cursor:
    """Bytes read from the front."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        part = self.data[self.at : self.at + count]
        require(len(part) == count, "truncated")
        self.at += count
        return part

    def number(self, count: int) -> int:
        """A little-endian integer."""
        return int.from_bytes(self.take(count), "little")

    def compact(self) -> int:
        """A CompactSize."""
        first = self.number(1)
        return first if first < 253 else self.number({253: 2, 254: 4, 255: 8}[first])

    def string(self) -> bytes:
        """A byte string with its CompactSize."""
        return self.take(self.compact())


def compact(number: int) -> bytes:
    """A CompactSize below 2^32."""
    if number < 253:
        return bytes([number])
    return b"\xfd" + struct.pack("<H", number) if number < 1 << 16 else b"\xfe" + struct.pack("<I", number)


def transaction(data: bytes) -> dict[str, Any]:
    """A transaction with or without witnesses."""
    read = Cursor(data)
    version = read.take(4)
    segwit = data[4:6] == b"\0\1"
    if segwit:
        read.take(2)
    inputs = [(read.take(36), read.string(), read.take(4)) for _ in range(read.compact())]
    outputs = [(read.number(8), read.string()) for _ in range(read.compact())]
    witnesses = [[read.string() for _ in range(read.compact())] for _ in inputs] if segwit else []
    lock = read.take(4)
    require(read.at == len(data), "bytes after a transaction")
    spelled = b"".join(struct.pack("<Q", value) + compact(len(script)) + script for value, script in outputs)
    body = b"".join(point + compact(len(script)) + script + sequence for point, script, sequence in inputs)
    bare = version + compact(len(inputs)) + body + compact(len(outputs)) + spelled + lock
    return {"version": version, "inputs": inputs, "outputs": outputs, "witnesses": witnesses, "lock": lock,
            "bare": bare, "spelled": spelled}  # fmt: skip


def psbt(data: bytes) -> tuple[bytes, list[dict[bytes, bytes]]]:
    """BIP-174: the unsigned transaction and the input maps."""
    read = Cursor(data)
    require(read.take(5) == b"psbt\xff", "PSBT magic")
    maps = [_map(read)]
    unsigned = maps[0][b"\0"]
    tx = transaction(unsigned)
    maps += [_map(read) for _ in (*tx["inputs"], *tx["outputs"])]
    require(read.at == len(data), "bytes after a PSBT")
    return unsigned, maps[1 : 1 + len(tx["inputs"])]


def _map(read: Cursor) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    while key := read.string():
        require(key not in found, "duplicate key")
        found[key] = read.string()
    return found


def bip143(tx: dict[str, Any], index: int, script: bytes, value: int) -> bytes:
    """The SIGHASH_ALL digest of one input."""
    outpoint, _, sequence = tx["inputs"][index]
    points = double(b"".join(point for point, _, _ in tx["inputs"]))
    sequences = double(b"".join(each for _, _, each in tx["inputs"]))
    return double(
        tx["version"] + points + sequences + outpoint + compact(len(script)) + script + struct.pack("<Q", value)
        + sequence + double(tx["spelled"]) + tx["lock"] + struct.pack("<I", 1)
    )  # fmt: skip


def multisig(script: bytes) -> tuple[int, list[bytes]]:
    """m and the keys of an m-of-n script."""
    read = Cursor(script[:-2])
    needed = read.number(1) - 0x50
    keys = []
    while read.at < len(script) - 2:
        require(read.number(1) == 33, "push of a key")
        keys.append(read.take(33))
    require(script[-2:] == bytes([0x50 + len(keys), 0xAE]), "end of a multisig script")
    return needed, keys


def descriptor_scripts(lines: str) -> set[bytes]:
    """The script of every descriptor, after its checksum was verified (BIP-380)."""
    found = set()
    for line in lines.splitlines():
        text, check = line.rsplit("#", 1)
        require(check == descriptor_checksum(text), "descriptor checksum")
        inner = text.removeprefix("wsh(sortedmulti(").removesuffix("))").split(",")
        keys = sorted(bytes.fromhex(each.split("]")[-1]) for each in inner[1:])
        script = bytes([0x50 + int(inner[0])]) + b"".join(b"\x21" + key for key in keys)
        found.add(script + bytes([0x50 + len(keys), 0xAE]))
    return found


def descriptor_checksum(text: str) -> str:
    """BIP-380's reference, rewritten."""
    charset = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
    symbols: list[int] = []
    high: list[int] = []
    for character in text:
        value = charset.index(character)
        symbols.append(value & 31)
        high.append(value >> 5)
        if len(high) == 3:
            symbols.append(high[0] * 9 + high[1] * 3 + high[2])
            high = []
    if high:
        symbols.append(high[0] if len(high) == 1 else high[0] * 3 + high[1])
    state = 1
    for value in symbols + [0] * 8:
        top, state = state >> 35, (state & 0x7FFFFFFFF) << 5 ^ value
        for bit, each in enumerate((0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)):
            state ^= each if top >> bit & 1 else 0
    return "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[(state ^ 1) >> 5 * (7 - place) & 31] for place in range(8))


def bitcoin(files: Files) -> None:
    """Everything under `bitcoin/`: one transaction, two shares, one union, one finished spend."""
    names = ("unsigned", "share-1", "share-2", "combined")
    parsed = {name: psbt(files[f"bitcoin/{name}.psbt"]) for name in names}
    unsigned, inputs = parsed["unsigned"]
    require(parsed["combined"] == (unsigned, _united(parsed)), "combined is the prepared PSBT with both shares")
    tail = files["bitcoin/unsigned.psbt"].split(_spelled(inputs[-1]), 1)[1]
    require(files["bitcoin/combined.psbt"].endswith(tail), "combined has the prepared outputs")
    require(all(each[0] == unsigned for each in parsed.values()), "four PSBTs, one unsigned transaction")
    tx = transaction(unsigned)
    prevouts = read_json(files["bitcoin/prevouts.json"])
    require(len(prevouts) == len(tx["inputs"]) >= 3, "prevouts by input")
    scripts = {b"\0\x20" + sha256(each): each for each in descriptor_scripts(files["bitcoin/descriptor.txt"].decode())}
    for index, spent in enumerate(prevouts):
        parent = transaction(inputs[index][b"\0"])
        outpoint = tx["inputs"][index][0]
        require(double(parent["bare"]) == outpoint[:32], "previous transaction")
        value, locked = parent["outputs"][int.from_bytes(outpoint[32:], "little")]
        require((value, locked.hex()) == (spent["satoshis"], spent["script_pubkey"]), "prevout")
        script = scripts[locked]
        require(inputs[index].get(b"\5") == script, "witness script")
        digest = bip143(tx, index, script, value)
        shares = [_partials(parsed[name][1][index], digest, multisig(script)[1]) for name in names[1:3]]
        require(all(shares) and not shares[0].keys() & shares[1].keys(), "a share of each signer on every input")
        require(_partials(parsed["combined"][1][index], digest, multisig(script)[1]) == shares[0] | shares[1], "union")
        require(not _partials(inputs[index], digest, multisig(script)[1]), "unsigned, and signed")
    final = files["bitcoin/final.hex"].decode()
    require(final.endswith("\n") and final == final.lower(), "final.hex is one line of lower-case hex")
    done = transaction(bytes.fromhex(final.strip()))
    require(done["bare"] == unsigned and len(done["witnesses"]) == len(prevouts), "finished another transaction")
    for index, stack in enumerate(done["witnesses"]):
        _finished(tx, index, stack, prevouts[index])
    require(any(script in scripts for _, script in tx["outputs"]), "change to the vault")


def _united(parsed: dict[str, tuple[bytes, list[dict[bytes, bytes]]]]) -> list[dict[bytes, bytes]]:
    return [
        base | {key: value for one in others for key, value in one.items() if key[0] == 2}
        for base, *others in zip(*(parsed[name][1] for name in ("unsigned", "share-1", "share-2")), strict=True)
    ]


def _spelled(found: dict[bytes, bytes]) -> bytes:
    return b"".join(compact(len(each)) + each for pair in found.items() for each in pair) + b"\0"


def _partials(found: dict[bytes, bytes], digest: bytes, keys: list[bytes]) -> dict[bytes, bytes]:
    """The partial signatures of an input, each verified."""
    listed = {key[1:]: value for key, value in found.items() if key[0] == 2 and len(key) == 34}
    for public, signature in listed.items():
        require(public in keys and signature[-1] == 1, "a stranger's signature, or another sighash")
        require(coincurve.PublicKey(public).verify(signature[:-1], digest, hasher=None), "partial signature")
    return listed


def _finished(tx: dict[str, Any], index: int, stack: list[bytes], spent: dict[str, Any]) -> None:
    script = stack[-1]
    require((b"\0\x20" + sha256(script)).hex() == spent["script_pubkey"], "witness script of another output")
    needed, keys = multisig(script)
    require(stack[0] == b"" and len(stack) == needed + 2, "witness stack")
    digest, at = bip143(tx, index, script, spent["satoshis"]), 0
    for signature in stack[1:-1]:
        while not coincurve.PublicKey(keys[at]).verify(signature[:-1], digest, hasher=None):
            at += 1
            require(at < len(keys), "signatures in the order of their keys")
        at += 1


# Ethereum -------------------------------------------------------------------------------------------------------------


def ethereum(files: Files) -> None:
    """Everything under `ethereum/`, the hash by eth-account."""
    from eth_account import Account
    from eth_account.messages import _hash_eip191_message, encode_typed_data

    tx, safe = read_json(files["ethereum/safe_tx.json"]), read_json(files["ethereum/safe.json"])
    signatures = read_json(files["ethereum/signatures.json"])
    require((tx["chainId"], tx["safe"], tx["nonce"]) == (safe["chainId"], safe["address"], safe["nonce"]), "the Safe")
    message = {name: int(tx[name]) if kind.startswith("uint") else tx[name] for name, kind in SAFE_TX}
    signable = encode_typed_data(
        {"chainId": tx["chainId"], "verifyingContract": tx["safe"]},
        {"SafeTx": [{"name": name, "type": kind} for name, kind in SAFE_TX]},
        {**message, "data": bytes.fromhex(tx["data"][2:])},
    )
    require("0x" + _hash_eip191_message(signable).hex().removeprefix("0x") == tx["safeTxHash"], "safeTxHash")
    require(tx["operation"] == 0, "operation")
    require(len(signatures) == safe["threshold"], "exactly the threshold")
    owners = [each["owner"] for each in signatures]
    require(owners == sorted(set(owners), key=lambda each: int(each, 16)), "owners ascending")
    for each in signatures:
        require(each["owner"] in safe["owners"], "an owner")
        require(Account.recover_message(signable, signature=each["signature"]) == each["owner"], "recovered owner")
        require(each["signature"][-2:] in ("1b", "1c"), "v is 27 or 28")
    blob = b"".join(bytes.fromhex(each["signature"][2:]) for each in signatures)
    require(files["ethereum/exec_transaction.hex"].decode() == f"0x{_call(message, blob).hex()}\n", "the call")


def _call(message: dict[str, Any], blob: bytes) -> bytes:
    """`execTransaction` by the ABI's rules."""
    data = bytes.fromhex(message["data"][2:])

    def word(value: int) -> bytes:
        return value.to_bytes(32, "big")

    def dynamic(part: bytes) -> bytes:
        return word(len(part)) + part + bytes(-len(part) % 32)

    first = 10 * 32
    second = first + len(dynamic(data))
    head = [
        int(message["to"], 16), message["value"], first, message["operation"], message["safeTxGas"],
        message["baseGas"], message["gasPrice"], int(message["gasToken"], 16), int(message["refundReceiver"], 16), second,
    ]  # fmt: skip
    return bytes.fromhex("6a761202") + b"".join(map(word, head)) + dynamic(data) + dynamic(blob)


# The directory --------------------------------------------------------------------------------------------------------


def evidence(data: bytes, result: dict[str, Any], leaves: list[bytes], keys: dict[str, Any]) -> Files:
    """The pack's files, each listed, each event included and signed by registered keys."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        require(archive.testzip() is None, "a damaged zip")
        require(archive.namelist() == sorted(set(archive.namelist())), "names sorted, each once")
        pack = {name: archive.read(name) for name in archive.namelist()}
    require(stored(pack) == data, "a zip in another spelling")
    manifest = read_json(pack["manifest.json"])
    listed = {name: sha256(each).hex() for name, each in pack.items() if name != "manifest.json"}
    require(manifest["files"] == listed, "manifest")
    require(manifest["schema"] == "countersign-evidence/1", "schema")
    require(manifest["contract_sha256"] == result["contract_sha256"], "the pack's contract")
    require(read_json(pack["vkeys.json"]) == keys, "the pack's keys")
    head = checkpoint(pack["checkpoint"], keys, result["quorum"])
    require(manifest["desk"] == head[0] and tree_hash(leaves[: head[1]]) == head[2], "the pack's checkpoint")
    known = registered(pack)
    for each in read_json(pack["jwks.json"])["keys"]:
        require(each["kid"] == thumbprint(each) and each["kid"] in known, "jwks.json")
    for name in pack:
        if name.endswith(".event"):
            stem = name.removesuffix(".event")
            parts = pack[f"{stem}.opening.json"], pack[f"{stem}.tlog-proof"]
            require(included(pack[name], *parts, leaves, (keys, result["quorum"])) == _by_index(name), name)
            require(parts[1].endswith(b"\n\n" + pack["checkpoint"]), name)
            require(verify_jws(pack[name], "countersign-event+json", known)["desk"] == head[0], name)
        if name.startswith("artefacts/"):
            require(sha256(pack[name]).hex() == name.removeprefix("artefacts/"), name)
    return pack


def stored(files: Files) -> bytes:
    """The one zip of these files: stored, sorted, 1980-01-01 (docs/formats/evidence.md)."""
    body = directory = b""
    for name in sorted(files):
        facts = struct.pack("<4H3I2H", 0, 0, 0, 0x21, zlib.crc32(files[name]), *[len(files[name])] * 2, len(name), 0)
        at = struct.pack("<3H2I", 0, 0, 0, 0, len(body))
        directory += b"PK\1\2" + struct.pack("<2H", 20, 20) + facts + at + name.encode()
        body += b"PK\3\4" + struct.pack("<H", 20) + facts + name.encode() + files[name]
    end = struct.pack("<4H2IH", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


def logged(files: Files, pack: Files) -> None:
    """What was prepared and shared is, byte for byte, what logged events name."""
    bodies = [
        json.loads(unbase64url(json.loads(pack[name])["payload"]))
        for name in sorted((each for each in pack if each.endswith(".event")), key=_by_index)
    ]
    prepared = {each["body"]["artefact"] for each in bodies if each["type"] == "instruction.prepared"}
    _registered_safe(read_json(files["ethereum/safe.json"]), bodies, registered(pack))
    shares = [each["body"]["artefact"] for each in bodies if each["type"] == "share.added"]
    given = {sha256(files[name]).hex() for name in ("bitcoin/unsigned.psbt", "ethereum/safe_tx.json")}
    require(prepared == given, "the prepared transactions")
    require([sha256(files[f"bitcoin/share-{place}.psbt"]).hex() for place in (1, 2)] == [
        each for each in shares if pack[f"artefacts/{each}"].startswith(b"psbt")
    ], "the logged shares")  # fmt: skip


def _registered_safe(safe: dict[str, Any], bodies: list[dict[str, Any]], keys: dict[str, dict[str, str]]) -> None:
    from eth_utils import keccak, to_checksum_address

    vaults = [vault for each in bodies for vault in each["body"].get("vaults", []) if isinstance(vault, dict)]
    (found,) = (vault for vault in vaults if vault.get("address") == safe["address"])
    points = [unbase64url(keys[kid]["x"]) + unbase64url(keys[kid]["y"]) for kid in found["keys"]]
    owners = sorted(to_checksum_address(keccak(point)[12:]) for point in points)
    require(sorted(safe["owners"]) == owners, "the Safe's owners")
    for name in ("version", "singleton", "threshold"):
        require(safe[name] == found[name], f"the Safe's {name}")
    require(found["chain"] == f"eip155:{safe['chainId']}", "the Safe's chain")


def states(pack: Files, result: dict[str, Any]) -> None:
    """The states from the pack's events, by the rules of DESIGN.md §6 for one gross settlement."""
    seen: dict[str, list[int]] = {}
    for name in sorted((each for each in pack if each.endswith(".event")), key=_by_index):
        kind = json.loads(unbase64url(json.loads(pack[name])["payload"]))["type"]
        seen.setdefault(kind, []).append(_by_index(name))
    wanted = [
        seen["contract.affirmed"][0], seen["contract.endorsed"][0], seen["hold.placed"][1],
        seen["instruction.prepared"][1], seen["share.added"][0], seen["share.added"][3],
        seen["release.authorised"][0], seen["transaction.broadcast"][0], seen["settlement.final"][0],
    ]  # fmt: skip
    contract = result["contract_sha256"]
    expected = [
        {"contract": contract, "state": state, "log_index": index} for state, index in zip(STORY, wanted, strict=True)
    ]
    require(result["states"] == expected, "states")


def contract(files: Files, result: dict[str, Any], leaves: list[bytes], trust: tuple[Any, int]) -> None:
    """The contract, its signers' keys, its place in the log."""
    keys = {each["kid"]: each for each in read_json(files["contract.jwks.json"])["keys"]}
    require(all(thumbprint(each) == kid for kid, each in keys.items()), "contract.jwks.json")
    verify_jws(files["contract.json"], "countersign-contract+json", keys)
    jws = read_json(files["contract.json"])
    require(len(jws["signatures"]) == 2 == len(keys), "both parties")
    require(sha256(unbase64url(jws["payload"])).hex() == result["contract_sha256"], "contract_sha256")
    event = json.loads(unbase64url(read_json(files["contract.event"])["payload"]))
    require(event["type"] == "contract.affirmed" and event["body"]["contract"] == jws, "contract.event")
    index = included(
        files["contract.event"], files["contract.opening.json"], files["contract.tlog-proof"], leaves, trust
    )
    require(index == result["states"][0]["log_index"], "the contract's index")


def refusals(files: Files, leaves: list[bytes], trust: tuple[Any, int], keys: dict[str, dict[str, str]]) -> None:
    """Three refusals, each signed, logged, and of the bytes beside it."""
    listed = read_json(files["refusals.json"])
    require([each["item"] for each in listed] == list(REFUSED), "three refusals")
    for each in listed:
        stem, name, check = REFUSED[each["item"]]
        require(check in {one["check"] for one in each["findings"]}, f"{name}: {check}")
        parts = [files[f"refused/{stem}.{kind}"] for kind in ("event", "opening.json", "tlog-proof")]
        included(*parts, leaves, trust)
        payload = verify_jws(parts[0], "countersign-event+json", keys)
        require(payload["type"] == "instruction.refused", name)
        data = unbase64url(read_json(files[name])["payload"]) if stem == "unlogged" else files[name]
        require(payload["body"]["sha256"] == sha256(data).hex(), name)
        require(check in {one["check"] for one in payload["body"]["findings"]}, name)


def crossing(files: Files, keys: dict[str, dict[str, str]]) -> None:
    """The envelopes that crossed by USB, under registered keys (RFC 9052); the frames' index."""
    for name in ("usb/request.countersign", "usb/answer.countersign"):
        tag = cbor2.loads(files[name])
        protected, unprotected, payload, signature = tag.value
        header = cbor2.loads(protected)
        require(tag.tag == 18 and unprotected == {} and set(header) == {1, 4}, name)
        message = cbor2.dumps(["Signature1", protected, b"countersign/envelope/v1", payload], canonical=True)
        require(signed(keys[base64url(header[4])], message, signature), name)
    index = read_json(files["frames/index.json"])
    require(set(index) == {"request", "answer"}, "frames/index.json")
    for name in (each for each in files if each.startswith("frames/") and each.endswith(".png")):
        require(files[name].startswith(b"\x89PNG\r\n\x1a\n"), name)


def hashes(files: Files, result: dict[str, Any]) -> None:
    """Every file but `result.json` is listed with its hash, and nothing else is."""
    found = {name: sha256(data).hex() for name, data in files.items() if name != "result.json"}
    for name in sorted(found.keys() | result["files"].keys()):
        require(found.get(name) == result["files"].get(name), name)
    require(result["schema"] == "countersign-result/1", "schema")
    require(result["bitcoin_chain"] == "bip122:0f9188f13cb7b2c71f2a335e3a4fc328", "bitcoin_chain")
    require(result["ethereum_chain"] == f"eip155:{read_json(files['ethereum/safe.json'])['chainId']}", "ethereum_chain")


def complaints(files: Files) -> Iterator[str]:
    """What is wrong, part by part."""
    try:
        result = read_json(files["result.json"])
        keys = read_json(files["vkeys.json"])
        head = checkpoint(files["log/checkpoint"], keys, result["quorum"])
        leaves = tiles(files, head[1])
        require(tree_hash(leaves) == head[2], "the log's root")
        pack = evidence(files["evidence.zip"], result, leaves, keys)
    except (Wrong, ValueError, KeyError, IndexError, TypeError, zipfile.BadZipFile, struct.error) as error:
        yield f"log or evidence: {error!r}"
        return
    known, trust = registered(pack), (keys, result["quorum"])
    parts: list[tuple[str, Callable[[], None]]] = [
        ("result.json", lambda: hashes(files, result)),
        ("states", lambda: states(pack, result)),
        ("logged", lambda: logged(files, pack)),
        ("contract", lambda: contract(files, result, leaves, trust)),
        ("bitcoin", lambda: bitcoin(files)),
        ("ethereum", lambda: ethereum(files)),
        ("refused", lambda: refusals(files, leaves, trust, known)),
        ("crossing", lambda: crossing(files, known)),
    ]
    for name, part in parts:
        try:
            part()
        # A second opinion meets hostile bytes with other people's parsers: whatever they raise is a complaint.
        except Exception as error:
            yield f"{name}: {error!r}"


def read(folder: Path) -> Files:
    """Every file by its name relative to the folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def verify(folder: Path) -> list[str]:
    """What is wrong with an output directory; nothing, if it is in order."""
    return list(complaints(read(folder)))


if __name__ == "__main__":
    found = verify(Path(sys.argv[1]))
    print("\n".join(found) or "in order")
    sys.exit(bool(found))
