"""What it costs to know every script of a vault of extended keys: ours beside bdkpython, embit and the curve alone.

Run by hand; prints CPU time and ratios to the floor, which is one point addition for each key of each place.

python tests/benchmarks/derivation.py [highest index]        200 if not told
"""

import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import process_time

sys.path[:0] = [str(Path(__file__).parents[2] / "app"), str(Path(__file__).parents[1])]

import bdkpython as bdk  # noqa: E402
from embit.descriptor import Descriptor as Embit  # noqa: E402

from countersign.bitcoin import bip32, ranged  # noqa: E402
from countersign.bitcoin.vault import RangedVault  # noqa: E402
from countersign.keys import tweak  # noqa: E402
from support.extended_keys import account, ranged_text  # noqa: E402

HIGHEST = int(sys.argv[1]) if len(sys.argv) > 1 else 200
TEXT = ranged_text("derivation")
FOREIGN = b"\x00\x20" + bytes(32)


def ours() -> None:
    assert RangedVault(ranged.parse(TEXT), HIGHEST).slot_of(FOREIGN) is None


def floor() -> None:
    for who in range(3):
        point = bip32.parse(account(f"derivation/{who}").xpub).public
        for number in range(2 * (HIGHEST + 1)):
            tweak.add(point, sha256(number.to_bytes(4)).digest())


def by_bdk() -> None:
    for branch in bdk.Descriptor(TEXT, bdk.NetworkKind.TEST).to_single_descriptors():
        for index in range(HIGHEST + 1):
            branch.derive_address(index, bdk.Network.REGTEST).script_pubkey().to_bytes()


def by_embit() -> None:
    found = Embit.from_string(TEXT.partition("#")[0])
    for branch in (0, 1):
        for index in range(HIGHEST + 1):
            found.derive(index, branch_index=branch).script_pubkey()


def timed(work: Callable[[], None]) -> float:
    start = process_time()
    work()
    return process_time() - start


def main() -> None:
    account("derivation/0"), account("derivation/1"), account("derivation/2")
    base = timed(floor)
    print(f"{2 * (HIGHEST + 1)} places of a 2-of-3; the floor is {base * 1_000:.0f} ms of CPU")
    for name, work in (("ours, first", ours), ("ours, again", ours), ("bdkpython", by_bdk), ("embit", by_embit)):
        print(f"{name:12} {timed(work) / base:8.2f}")


if __name__ == "__main__":
    main()
