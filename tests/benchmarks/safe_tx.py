"""A Safe transaction decoded, checked, hashed and signed, beside eth-account and safe-eth-py. Run by hand; prints ratios.

python tests/benchmarks/safe_tx.py [transactions]

- Ours: our file form parsed strictly, every call named (what E3 to E7 look at), the claimed hash compared with the one
  rebuilt from the fields, signed, brought to low S, its owner recovered and compared. Theirs: the same file read as JSON,
  hashed as EIP-712, signed.
- A token signs in the product, and eth-account is asked for a second opinion before it does; neither is in these figures.
- eth-account signs through libsecp256k1 where it finds coincurve, as here; by itself it signs in Python. Both are printed.
- safe-eth-py wants other versions than the project, so it has an environment of its own and its figures come from that
  process. Without it eth-account is compared alone:

  python3 -m venv .cache/benchmarks
  .cache/benchmarks/bin/pip install --require-hashes -r installers/requirements-benchmark.txt
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".cache" / "benchmarks" / "bin" / "python"
SECRET = bytes(range(1, 33))
CHAIN_ID, SAFE, TOKEN = 31337, "0x" + "11" * 20, "0x" + "22" * 20


def seconds(work: Callable[[bytes], object], files: Sequence[bytes]) -> float:
    """CPU seconds over all files, after a first one that does not count: it imports and warms."""
    work(files[0])
    start = process_time()
    for each in files:
        work(each)
    return process_time() - start


def ours() -> tuple[Callable[[int], list[bytes]], Callable[[bytes], object]]:
    """How the files are made, and our way with one."""
    sys.path[:0] = [str(ROOT / "app"), str(ROOT / "tests")]
    from countersign.ethereum import erc20, inspect, safe_file, signatures
    from countersign.ethereum.abi import Address
    from countersign.ethereum.safe import plain_tx
    from countersign.keys.public_key import Curve
    from support.software_keys import SoftwareKey

    key = SoftwareKey(Curve.SECP256K1, SECRET)
    public = key.public
    safe, token = (Address(bytes.fromhex(each[2:])) for each in (SAFE, TOKEN))

    def made(count: int) -> list[bytes]:
        calls = [erc20.encode(erc20.Transfer(Address(b"\x33" * 20), 1 + number)) for number in range(count)]
        return [
            safe_file.serialise(plain_tx(CHAIN_ID, safe, token, 0, data, nonce)) for nonce, data in enumerate(calls)
        ]

    def signed(data: bytes) -> bytes:
        claim = safe_file.parse(data)
        facts = inspect.read(claim.tx)
        if (
            not claim.agrees
            or facts.delegatecall
            or facts.gas_refund
            or not isinstance(facts.call, inspect.Erc20Transfer)
        ):
            raise AssertionError("the benchmark's own transactions are in order")
        digest = claim.claimed
        return signatures.from_token(public, digest, key.sign_digest(digest)).signature

    return made, signed


def with_eth_account(data: bytes) -> bytes:
    """eth-account's way: typed data of the same fields, signed."""
    from eth_account import Account
    from eth_account.messages import encode_typed_data

    tx = json.loads(data)
    signable = encode_typed_data(full_message=typed(tx))
    return bytes(Account.sign_message(signable, SECRET).signature)


def typed(tx: dict[str, Any]) -> dict[str, Any]:
    """The file's fields as an EIP-712 document."""
    kinds = {"to": "address", "value": "uint256", "data": "bytes", "operation": "uint8", "safeTxGas": "uint256",
             "baseGas": "uint256", "gasPrice": "uint256", "gasToken": "address", "refundReceiver": "address",
             "nonce": "uint256"}  # fmt: skip
    return {
        "types": {
            "EIP712Domain": [
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "SafeTx": [{"name": name, "type": kind} for name, kind in kinds.items()],
        },
        "primaryType": "SafeTx",
        "domain": {"chainId": tx["chainId"], "verifyingContract": tx["safe"]},
        "message": {name: int(tx[name]) if kind.startswith("uint") else tx[name] for name, kind in kinds.items()},
    }


def with_safe_eth_py(data: bytes) -> bytes:
    """safe-eth-py's way, in the peers' own process."""
    from safe_eth.safe import SafeTx

    tx = json.loads(data)
    made = SafeTx(
        None, tx["safe"], tx["to"], int(tx["value"]), bytes.fromhex(tx["data"][2:]), tx["operation"],
        int(tx["safeTxGas"]), int(tx["baseGas"]), int(tx["gasPrice"]), tx["gasToken"], tx["refundReceiver"],
        safe_nonce=tx["nonce"], safe_version="1.4.1", chain_id=tx["chainId"],
    )  # fmt: skip
    return bytes(made.sign("0x" + SECRET.hex()))


def from_the_peers(name: str, files: Sequence[bytes]) -> tuple[float, bytes]:
    """A peer's seconds and its last signature, from the peers' own process."""
    sent = b"\n".join(files)
    ran = subprocess.run([str(PEERS), __file__, "--peer", name], input=sent, capture_output=True, check=True)
    taken, signature = ran.stdout.split()
    return float(taken), bytes.fromhex(signature.decode())


def peer(name: str) -> None:
    files = sys.stdin.buffer.read().split(b"\n")
    work = THEIRS[name]
    print(seconds(work, files), work(files[-1]).hex())


THEIRS = {"eth-account": with_eth_account, "safe-eth-py": with_safe_eth_py}


def main(count: int) -> None:
    make, sign = ours()
    files = make(count)
    mine = seconds(sign, files)
    told = [f"{count} Safe transactions; ours {count / mine:,.0f} a second = 1"]
    theirs = seconds(with_eth_account, files)
    owners = {sign(files[-1])[:64] == with_eth_account(files[-1])[:64]}
    told.append(f"eth-account over our libsecp256k1 {theirs / mine:.1f} times as long")
    for name in THEIRS if PEERS.exists() else ():
        taken, signature = from_the_peers(name, files)
        owners.add(sign(files[-1])[:64] == signature[:64])
        told.append(f"{name} as installed by itself {taken / mine:.1f}")
    if not PEERS.exists():
        told.append("the peers' own environment is not there (see this file's head)")
    print("; ".join(told))
    print(f"all give one signature: {owners == {True}}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
