"""How far the Merkle tree is from hashlib's own floor. Run by hand; prints ratios of CPU time.

python tests/benchmarks/merkle_tree.py [leaves]
"""

import hashlib
import sys
from collections.abc import Callable
from time import process_time

from countersign.audit import proof
from countersign.audit.log import Log
from countersign.audit.tree import Tree
from countersign.formats.merkle import leaf_hash

PROOFS = 20_000


def seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def main(leaves: int) -> None:
    entries = [number.to_bytes(32, "big") for number in range(leaves)]
    node = b"\x01" + bytes(64)

    def floor() -> None:
        for entry in entries:
            hashlib.sha256(b"\x00" + entry).digest()
        for _ in range(leaves):
            hashlib.sha256(node).digest()

    tree, log = Tree(), Log("benchmark.example")
    alone = seconds(floor)
    print(f"{leaves} leaves; hashlib alone {alone:.2f} s = 1", end="; ")
    print(f"tree {seconds(lambda: tree.extend(map(leaf_hash, entries))) / alone:.1f}", end="; ")
    print(f"log {seconds(lambda: log.extend(entries)) / alone:.1f}; all its files {seconds(log.files) / alone:.1f}")
    root, paths = tree.root(), []
    wanted = [number * 37 % leaves for number in range(PROOFS)]
    made = seconds(lambda: paths.extend(tree.inclusion_proof(index) for index in wanted))

    def verify() -> None:
        for index, path in zip(wanted, paths, strict=True):
            proof.verify_inclusion(index, leaves, tree.node(0, index), path, root)

    print(f"proofs made {PROOFS / made:,.0f} a second, verified {PROOFS / seconds(verify):,.0f} a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
