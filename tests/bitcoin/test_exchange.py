"""PSBTs that we build go to bdkpython, embit and bitcoinjs-lib, come back signed, and end in one transaction.

For each generated case (`support.psbt_exchange`: several vaults of token keys and extended keys, 1 to 20 coins):

- the signers take turns at the programs, embit in both PSBT versions; what comes back is cut to shares and accepted;
- bdk's and bitcoinjs's signatures are the very ones that we make (embit grinds for a short r);
- combined and finalised by us and by each of the three: the same transaction bytes, and bdk's and bitcoinjs's finished
  PSBTs are ours;
- Bitcoin Core's code accepts the spend.

What they do that we do not, asserted here so that it leaves the list when it leaves the program:
1. bdk with a single private key signs every input, though the script does not name the key: `share.extract` leaves that.
"""

from collections.abc import Sequence

import pytest

from countersign.bitcoin import combine, consensus, finalise, inspect, psbt, share, signatures, verify
from countersign.bitcoin.psbt import Psbt, fields
from countersign.errors import Refused
from support import bitcoinjs
from support import psbt_exchange as exchange
from support.bitcoin_vault import Signer
from support.psbt_exchange import Case
from support.software_keys import Curve, SoftwareKey

PROGRAMS = ("bdk", "embit", "bitcoinjs", "embit in version 2")


def program(seed: int, who: int) -> str:
    """Whose turn it is."""
    return PROGRAMS[(seed + who) % len(PROGRAMS)]


def signed_by_others(cases: dict[int, Case]) -> dict[int, list[Psbt]]:
    """For each case what each signer's program gave back."""
    jobs = [(seed, who) for seed, case in cases.items() for who in range(case.quorum)]
    asked = [each for each in jobs if program(*each) == "bitcoinjs"]
    given = [(psbt.serialise(cases[seed].unsigned), list(cases[seed].secrets(who).values())) for seed, who in asked]
    answers = dict(zip(asked, map(psbt.parse, bitcoinjs.sign(given)), strict=True))
    for seed, who in jobs:
        case = cases[seed]
        match program(seed, who):
            case "bdk":
                answers[seed, who] = exchange.bdk_sign(case, who)
            case "embit":
                answers[seed, who] = exchange.embit_sign(case, who, 0)
            case "embit in version 2":
                answers[seed, who] = exchange.embit_sign(case, who, 2)
    return {seed: [answers[seed, who] for who in range(case.quorum)] for seed, case in cases.items()}


def shares_of(seed: int, case: Case, returned: Sequence[Psbt]) -> list[Psbt]:
    """What came back, cut to shares; bdk's and bitcoinjs's are the ones that we make."""
    shares = []
    for who, answer in enumerate(returned):
        secrets = case.secrets(who)
        found = share.extract(case.unsigned, answer, frozenset(secrets))
        if program(seed, who) in ("bdk", "bitcoinjs"):
            ours = Signer(tuple(SoftwareKey(Curve.SECP256K1, each) for each in secrets.values()))
            assert found == ours.sign(case.unsigned)
        shares.append(found)
    return shares


def check(seeds: Sequence[int]) -> None:
    """Everything that is promised of these cases."""
    cases = {seed: exchange.generate(seed) for seed in seeds}
    returned = signed_by_others(cases)
    shares = {seed: shares_of(seed, case, returned[seed]) for seed, case in cases.items()}
    # What another program combines: the request with one signer's share in it, as often as there are signers.
    parts = {seed: [combine.combine(case.unsigned, each) for each in shares[seed]] for seed, case in cases.items()}
    theirs = bitcoinjs.combine([[psbt.serialise(each) for each in parts[seed]] for seed in seeds])
    finished = bitcoinjs.finish(theirs)
    for (seed, case), by_js, (js_psbt, js_raw) in zip(cases.items(), theirs, finished, strict=True):
        combined = combine.combine(case.unsigned, *shares[seed])
        assert psbt.parse(by_js) == combined
        done = finalise.finalise(combined)
        raw = finalise.extract(done)
        assert exchange.bdk_finish(parts[seed]) == (done, raw)
        assert (psbt.parse(js_psbt), js_raw) == (done, raw)
        assert exchange.embit_finish(parts[seed]) == raw
        assert exchange.embit_finish([psbt.to_version(each, 2) for each in parts[seed]]) == raw
        spent = [inspect.spent_output(case.unsigned, index) for index in range(len(case.unsigned.inputs))]
        verify.verify(raw, spent)
        assert consensus.verify(raw, spent) is consensus.Answer.ACCEPTED


def test_psbts_come_back_signed_and_end_in_one_transaction() -> None:
    cases = [exchange.generate(seed) for seed in range(6)]
    assert {len(each.vaults) for each in cases} == {1, 2, 3}
    assert {bool(path) for each in cases for vault in each.vaults for path in [vault.places[0].keys[0].path]} == {
        True,
        False,
    }
    check(range(6))


@pytest.mark.long
@pytest.mark.parametrize("start", range(6, 306, 50))
def test_three_hundred_more(start: int) -> None:
    check(range(start, start + 50))


def test_exception_1_bdk_signs_inputs_whose_script_does_not_name_the_key() -> None:
    case = exchange.generate(0)
    answer = exchange.bdk_sign(case, 0)
    own = frozenset(case.secrets(0))
    stray = [
        (index, key)
        for index, found in enumerate(answer.inputs)
        for key in found
        if key[0] == fields.PARTIAL_SIGNATURE
        and key[1:] not in signatures.vault_input(case.unsigned, index).witness_script
    ]
    assert stray
    cut = share.extract(case.unsigned, answer, own)
    assert not any(key in cut.inputs[index] for index, key in stray)
    # The near miss: the same signatures offered as a share are refused.
    bare = psbt.bare(case.unsigned)
    kept = tuple({k: v for k, v in found.items() if k[0] == fields.PARTIAL_SIGNATURE} for found in answer.inputs)
    with pytest.raises(Refused, match=r"bitcoin\.share-stranger"):
        share.accept(case.unsigned, psbt.of_maps(bare.globals, kept, bare.outputs, bare), own)
