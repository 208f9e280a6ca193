"""That a vault's cosigners tried it before it is registered: their test signatures, as the change of the roster carries them.

- The test is decision 0017's transaction that no chain takes; it commits to the vault's entry, and every machine makes the same
  bytes of the same entry. So its signatures alone prove it: 64 bytes for each place that is tried, by place.
- A signature is verified under the key that the descriptor derives at that place, not under the registered one: a chain code that
  was exchanged on the way gives another key, which no cosigner's device signs with.
- Owed are the tests of a Bitcoin vault that a change enters, and of the slots that one gains, by every cosigner (`vault_trials`). A
  vault that stands is tried again, or at last, by naming it as it is; of the founding's vaults nothing is owed (decision 0023).
- Whoever lacks one stands in the change's words, with the reason that the administrators gave (`untested`).

    require_tested(state.roster, body)
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from countersign.bitcoin import vault_test
from countersign.bitcoin.inspect import partial_signatures
from countersign.bitcoin.psbt import Psbt, binary, serialise
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk.randomness import signed_by
from countersign.desk.records import Share
from countersign.errors import Refused
from countersign.formats import base64url, jcs
from countersign.keys import ecdsa
from countersign.keys.public_key import PublicKey
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.settlement import roster_change
from countersign.settlement.bodies import RosterChanged, VaultTest
from countersign.settlement.roster import BitcoinVault, RangedVault, Roster
from countersign.settlement.vault_trials import Trial, brings_vaults, lacking, trials

BRANCHES = 2


def commitment(vault: BitcoinVault) -> bytes:
    """SHA-256 of the vault's entry in the roster, RFC 8785."""
    return sha256(jcs.encode(vault_entry(vault))).digest()


def vault_entry(vault: BitcoinVault) -> dict[str, object]:
    """A Bitcoin vault as it stands in a change of the roster."""
    owner = {"lei": vault.owner.lei, "book": vault.owner.book}
    common = {"id": vault.id, "kind": vault.kind, "owner": owner, "chain": vault.chain, "threshold": vault.threshold}
    if isinstance(vault, RangedVault):
        return {**common, "descriptor": vault.descriptor, "keys": list(vault.keys)}
    slots = [{"number": each.number, "descriptor": each.descriptor, "keys": list(each.keys)} for each in vault.slots]
    return {**common, "slots": slots}


def test(trial: Trial) -> Psbt:
    """The unsigned test: of the slots that are tried, or of the first place of either branch; it commits to the vault whole.

    Malformed, Refused: as `wallets.read`.
    """
    wallet = wallets.read(trial.vault)
    tried = wallet.numbers[:BRANCHES] if isinstance(trial.vault, RangedVault) else trial.slots or wallet.numbers
    return vault_test.create([wallet.descriptor(number) for number in tried], commitment(trial.vault))


def signing(vault: BitcoinVault, psbt: Psbt, keys: Iterable[PublicKey]) -> Mapping[PublicKey, PublicKey]:
    """The keys that sign the test for these registered ones."""
    return wallets.signing_keys([wallets.read(vault)], psbt, keys)


def told(trial: Trial, roster: Roster, officer: str, share: bytes) -> dict[str, object]:
    """One cosigner's verified test file (`vault_enrolment.take_test`) as it stands in a change of the roster."""
    psbt, given = test(trial), parse_psbt(binary(share))
    found = []
    for asked in rail.digests(psbt, signing(trial.vault, psbt, _keys(trial, roster, officer))):
        (made,) = [
            each for each in partial_signatures(given.inputs[asked.index]) if each.public_key == asked.public_key
        ]
        found.append(base64url.encode(ecdsa.from_der(made.der)))
    return {"officer": officer, "signatures": found, "vault": trial.vault.id}


def require_tested(before: Roster, body: RosterChanged) -> None:
    """Every test that the change carries holds, and nothing that it owes is lacking, or the administrators say why.

    Refused: desk.enrol-test-stray, desk.enrol-test-false, desk.enrol-untested.
    """
    if not brings_vaults(body):
        return
    after = roster_change.changed(before, body.entries, time_ms=0)
    for each in body.tests:
        require_holds(before, after, body, each)
    for trial, officers in lacking(before, after, body):
        if body.untested is None:
            raise Refused("desk.enrol-untested", vault=trial.vault.id, officers=", ".join(officers))


def signatures(before: Roster, body: RosterChanged) -> tuple[Share, ...]:
    """Every signature in the tests of a change, as H8 wants it. Raises as `require_tested`."""
    after = roster_change.changed(before, body.entries, time_ms=0) if body.tests else before
    return tuple(one for each in body.tests for one in require_holds(before, after, body, each))


def require_holds(before: Roster, after: Roster, body: RosterChanged, given: VaultTest) -> tuple[Share, ...]:
    """One test of a change is a cosigner's own, of a vault of the change; its signatures.

    Refused: desk.enrol-test-stray, -test-false.
    """
    trial = next((each for each in trials(before, body.entries) if each.vault.id == given.vault), None)
    if trial is None or given.officer not in trial.cosigners(after):
        raise Refused("desk.enrol-test-stray", vault=given.vault, officer=given.officer)
    return _require_signed(trial, after, given)


def _require_signed(trial: Trial, roster: Roster, given: VaultTest) -> tuple[Share, ...]:
    psbt = test(trial)
    keys = signing(trial.vault, psbt, _keys(trial, roster, given.officer))
    asked, count = rail.digests(psbt, keys), len(given.signatures)
    if len(asked) != count:
        raise _false(given, f"{count} of {len(asked)} signatures")
    try:
        share = rail.make_share(psbt, dict(zip(asked, given.signatures, strict=True)))
        return signed_by(keys, rail.accept_share(serialise(psbt), share, keys))
    except Refused as error:
        raise _false(given, error.code) from None


def _false(given: VaultTest, why: str) -> Refused:
    return Refused("desk.enrol-test-false", vault=given.vault, officer=given.officer, why=why)


def _keys(trial: Trial, roster: Roster, officer: str) -> Sequence[PublicKey]:
    known = (roster.ever(kid) for kid in dict.fromkeys(trial.keys))
    return [each.key for each in known if each.holder.id == officer]
