"""A PSBT's full cycle beside bdkpython, embit and the floor of pure cryptography. Run by hand; prints ratios of CPU time.

python tests/benchmarks/psbt_cycle.py [inputs …]                                              1 100 900 if not told

- Ours: parse, every B check on a case of the settlement's own story, two signers, each share accepted, combine, finalise,
  extract, every input of the finished transaction verified again. `bytes`: the same through `rails`, as a desk does it, each
  step from bytes to bytes.
- bdk and embit: parse, two signers on copies, combine, finalise, extract. They check nothing of B but what signing needs.
- The floor: the cryptography of the same cycle by libsecp256k1 and hashlib, with nothing around it. For each input the parent's
  hash; at either signer the script's hash, the digest, the signature; at the combiner for either share script, digest,
  verification; at the end script, digest, both verifications. Private keys are loaded beforehand.
- Core's consensus code, where it is installed, is a second opinion: asked in `bytes`, not in `ours`.
- All take turns, round after round; a ratio is the median of the rounds' ratios to the floor of the same round, so that a
  machine that is busy with other work slows both. Seven rounds, but embit, which grows with the square, runs in the first
  only. All coins lie in one slot, as bdk signs with single keys.
- At one input the floor is two signatures and four verifications: 0.2 ms. What a verdict costs whatever the number of
  coins (netting the contract, the vault's keys) is more than that. Vault and contract were read before, as a console has.

Then one fat parent of 300 inputs, carried 300 times in a file of 4 MB: time, and the peak of memory beside the file's size.
"""

import base64
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import process_time

sys.path[:0] = [str(Path(__file__).parents[2] / "app"), str(Path(__file__).parents[1])]

import bdkpython as bdk  # noqa: E402
import coincurve  # noqa: E402
from coincurve import verify_signature  # noqa: E402
from embit import ec  # noqa: E402
from embit.finalizer import finalize_psbt  # noqa: E402
from embit.psbt import PSBT  # noqa: E402

from countersign.bitcoin import build, coins, combine, finalise, inspect, psbt, share, signatures, verify  # noqa: E402
from countersign.bitcoin.descriptor import Descriptor  # noqa: E402
from countersign.bitcoin.psbt import Psbt  # noqa: E402
from countersign.bitcoin.sighash import Bip143  # noqa: E402
from countersign.bitcoin.transaction import Output, Satoshis, double_sha256  # noqa: E402
from countersign.keys.public_key import Curve, PublicKey  # noqa: E402
from countersign.rails import bitcoin as rail  # noqa: E402
from countersign.review import checks  # noqa: E402
from countersign.review.case import Case  # noqa: E402
from countersign.review.reading import Reading  # noqa: E402
from countersign.settlement.bodies import Spend  # noqa: E402
from support import review_cases, settlement_world  # noqa: E402
from support.bitcoin_vault import funding  # noqa: E402
from support.extended_keys import summed  # noqa: E402
from support.psbt_exchange import NETWORK, PLAINLY, wif  # noqa: E402

PLAN = replace(review_cases.STORY, terms=(replace(settlement_world.terms(1), fees=((settlement_world.BTC, 500_000),)),))
B_CHECKS = tuple(each for each in checks.CHECKS if each.code.startswith("B"))
OWED = 25_000_000_000
SIGNERS = ("officer-a", "officer-c")
LARGE = 900
ROUNDS = 7
FEW = 20
"""Below so many inputs a run is too short for the clock, and is repeated."""


@dataclass(frozen=True)
class Work:
    """A logged PSBT, the case it is judged in, and both signers' private keys of the one slot, loaded, by public key."""

    case: Case
    data: bytes
    keys: dict[bytes, coincurve.PrivateKey]


def work(inputs: int, *, fat: bool = False) -> Work:
    """The settlement's own story with a PSBT of so many coins; `fat`: all in one parent."""
    desk, _ = review_cases.held(PLAN)
    slot = review_cases.wallet(desk, "meridian-btc").descriptor(0)
    coin = Output(slot.script_pubkey, Satoshis((OWED + 1_000_000) // inputs + 1_000))
    parents = [funding([coin] * inputs)] * inputs if fat else [funding([coin], number) for number in range(inputs)]
    spent = [coins.of(each, number if fat else 0, slot) for number, each in enumerate(parents)]

    def crowd(honest: Psbt) -> Psbt:
        """What the honest one pays, from many coins, at one satoshi a vbyte."""
        paid: list[tuple[Output, Descriptor | None]] = [
            (Output(bytes(out.scriptPubKey), Satoshis(out.nValue)), None)
            for out, found in zip(honest.tx.vout, honest.outputs, strict=True)
            if not found
        ]
        vsize = inspect.facts(build.create(spent, [*paid, (coin, slot)])).vsize
        left = coin.satoshis * inputs - OWED - vsize
        return build.create(spent, [*paid, (Output(slot.script_pubkey, Satoshis(left)), slot)])

    told = tuple(Spend(str(each.outpoint), "meridian-btc", 0) for each in spent)
    scene = review_cases.story(plan=PLAN, psbt=crowd, said=lambda _: told)
    secrets = (settlement_world.vault_key(who, "bip122", "meridian", 0).secret for who in SIGNERS)
    loaded = map(coincurve.PrivateKey, secrets)
    return Work(scene.psbt_case(), scene.psbt, {key.public_key.format(): key for key in loaded})


# --- ours


def judged(given: Work) -> Psbt:
    """Every B check; each passes or does not apply. The PSBT that they read."""
    reading = Reading(given.case)
    for check in B_CHECKS:
        for found in check.look(reading):
            assert found.ok, found.reason
    assert isinstance(reading.psbt, Psbt)
    return reading.psbt


def signed(read: Psbt, public: bytes, key: coincurve.PrivateKey) -> Psbt:
    """One signer's share, r‖s as a token gives it."""
    asked = share.requests(read, {public})
    return share.make(read, {one: key.sign_recoverable(one.digest, None)[:64] for one in asked})


def ours(given: Work) -> bytes:
    """The cycle, the PSBT parsed once."""
    read = judged(given)
    shares = []
    for public, key in given.keys.items():
        shares.append(signed(read, public, key))
        share.accept(read, shares[-1], {public})
    combined = combine.combine(read, *shares)
    raw = finalise.extract(finalise.finalise(combined))
    spent = [inspect.spent_output(read, index) for index in range(len(read.inputs))]
    verify.verify(raw, spent, finalise.signers(combined))
    return raw


def through_bytes(given: Work) -> bytes:
    """The cycle as desks do it, from bytes to bytes, Core's opinion at the end."""
    judged(given)
    shares = []
    for public, key in given.keys.items():
        shares.append(psbt.serialise(signed(psbt.parse(given.data), public, key)))
        rail.accept_share(given.data, shares[-1], [PublicKey.from_sec1(Curve.SECP256K1, public)])
    return rail.finalise(rail.combine(given.data, shares)).raw


def floor(given: Work) -> Callable[[], None]:
    """Nothing but hashing, signing and verifying, over what was laid ready."""
    read = psbt.parse(given.data)
    midstates = Bip143.of(read.unsigned)
    spends = [signatures.vault_input(read, index) for index in range(len(read.inputs))]
    preimages = [midstates.preimage(one.index, one.witness_script, one.spent.satoshis) for one in spends]
    scripts = [one.witness_script for one in spends]
    parents = [found[b"\x00"] for found in read.inputs]

    def alone() -> None:
        kept: list[bytes] = []
        for parent in parents:
            double_sha256(parent)
        for public, key in given.keys.items():
            for preimage, script in zip(preimages, scripts, strict=True):
                sha256(script).digest()
                der = key.sign(double_sha256(preimage), hasher=None)
                sha256(script).digest()
                assert verify_signature(der, double_sha256(preimage), public, hasher=None)
                kept.append(der)
        for index, (preimage, script) in enumerate(zip(preimages, scripts, strict=True)):
            sha256(script).digest()
            digest = double_sha256(preimage)
            for place, public in enumerate(given.keys):
                assert verify_signature(kept[place * len(preimages) + index], digest, public, hasher=None)

    return alone


# --- theirs


def by_bdk(given: Work) -> Callable[[], bytes]:
    """bdk's cycle; its wallets are open beforehand."""
    slot = review_cases.wallet(review_cases.held(PLAN)[0], "meridian-btc").descriptor(0)
    wallets = [
        bdk.Wallet.create_single(
            bdk.Descriptor(summed(slot.body.replace(public.hex(), wif(key.secret))), NETWORK),
            bdk.Network.REGTEST,
            bdk.Persister.new_in_memory(),
        )
        for public, key in given.keys.items()
    ]

    def cycle() -> bytes:
        copies = [bdk.Psbt(base64.b64encode(given.data).decode()) for _ in wallets]
        for wallet, copy in zip(wallets, copies, strict=True):
            wallet.sign(copy, PLAINLY)
        return bytes(copies[0].combine(copies[1]).finalize().psbt.extract_tx_unchecked_fee_rate().serialize())

    return cycle


def by_embit(given: Work) -> bytes:
    """embit's cycle."""
    copies = [PSBT.parse(given.data) for _ in given.keys]
    for copy, key in zip(copies, given.keys.values(), strict=True):
        copy.sign_with(ec.PrivateKey(key.secret))
    for into, other in zip(copies[0].inputs, copies[1].inputs, strict=True):
        into.update(other)
    return bytes(finalize_psbt(copies[0]).serialize())


# --- the table


def seconds(each: Callable[[], object], times: int = 1) -> float:
    """CPU seconds of one run, on the average of so many."""
    began = process_time()
    for _ in range(times):
        each()
    return (process_time() - began) / times


def compared(inputs: int) -> tuple[float, float]:
    """One line of the table; the seconds of ours and of the floor, their medians."""
    given, times = work(inputs), max(1, FEW // inputs)
    bdk_cycle = by_bdk(given)
    assert ours(given) == through_bytes(given) == bdk_cycle()  # and everything is warm
    contestants: dict[str, Callable[[], object]] = {
        "floor": floor(given),
        "ours": lambda: ours(given),
        "B checks of it": lambda: judged(given),
        "bytes, with Core's opinion": lambda: through_bytes(given),
        "bdk": bdk_cycle,
    }
    rounds = [{name: seconds(each, times) for name, each in contestants.items()} for _ in range(ROUNDS)]
    rounds[0]["embit"] = seconds(lambda: by_embit(given))

    def over(name: str, below: str) -> float:
        return median(each[name] / each[below] for each in rounds if name in each)

    alone, mine = (median(each[name] for each in rounds) for name in ("floor", "ours"))
    ratios = "; ".join(f"{name} {over(name, 'floor'):.2f}" for name in (*contestants, "embit") if name != "floor")
    print(f"{inputs} inputs: floor {alone * 1000:.1f} ms = 1; {ratios}; bdk / ours {over('bdk', 'ours'):.1f}")
    return mine, alone


def fat_parent(inputs: int) -> None:
    """A file that carries one parent as often as it has inputs."""
    given = work(inputs, fat=True)
    ours(given)
    alone, mine = seconds(floor(given)), seconds(lambda: ours(given))
    tracemalloc.start()
    ours(given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(
        f"{inputs} inputs of one parent: file {len(given.data) / 1e6:.2f} MB, ours / floor {mine / alone:.2f}, ", end=""
    )
    print(f"peak {peak / 1e6:.1f} MB = {peak / len(given.data):.1f} × the file")


def main(sizes: Sequence[int]) -> None:
    """The table, the growth, the fat parent."""
    spent = {inputs: compared(inputs) for inputs in sizes}
    if {100, LARGE} <= set(sizes):
        mine, alone = (spent[LARGE][n] / spent[100][n] for n in (0, 1))
        print(f"growth from 100 to {LARGE} inputs: ours {mine:.1f}, floor {alone:.1f}")
    fat_parent(300)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [1, 100, LARGE])
