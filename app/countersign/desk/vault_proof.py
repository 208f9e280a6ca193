"""That a vault's cosigners tried it before it is registered: their test signatures, as the change of the roster carries them.

- The test is decision 0017's transaction that no chain takes; it commits to the vault's entry, and every machine makes the same
  bytes of the same entry. So its signatures alone prove it: 64 bytes for each place that is tried, by place.
- A signature is verified under the key that the descriptor derives at that place, not under the registered one: a chain code that
  was exchanged on the way gives another key, which no cosigner's device signs with.
- Owed are the tests of a Bitcoin vault that a change enters, by every cosigner; of a slot that it adds, which nobody tried,
  and of the founding's vaults, around which everybody sits, there are none (decision 0023).
- Whoever lacks one stands in the change's words, with the reason that the administrators gave (`untested`).

    require_tested(state.roster, body)
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from countersign.bitcoin import vault_test
from countersign.bitcoin.inspect import partial_signatures
from countersign.bitcoin.psbt import Psbt, binary, serialise
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.errors import Refused
from countersign.formats import base64url, jcs
from countersign.keys import ecdsa
from countersign.keys.public_key import PublicKey
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.settlement import roster_change
from countersign.settlement.bodies import RosterChanged, VaultTest
from countersign.settlement.roster import BitcoinVault, RangedVault, Roster
from countersign.settlement.vault_trials import cosigners, entered, lacking

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


def test(vault: BitcoinVault) -> Psbt:
    """The unsigned test: of every slot, or of the first place of either branch. Malformed, Refused: as `wallets.read`."""
    wallet = wallets.read(vault)
    tried = wallet.numbers[:BRANCHES] if isinstance(vault, RangedVault) else wallet.numbers
    return vault_test.create([wallet.descriptor(number) for number in tried], commitment(vault))


def signing(vault: BitcoinVault, psbt: Psbt, keys: Iterable[PublicKey]) -> Mapping[PublicKey, PublicKey]:
    """The keys that sign the test for these registered ones."""
    return wallets.signing_keys([wallets.read(vault)], psbt, keys)


def told(vault: BitcoinVault, roster: Roster, officer: str, share: bytes) -> dict[str, object]:
    """One cosigner's verified test file (`vault_enrolment.take_test`) as it stands in a change of the roster."""
    psbt, given = test(vault), parse_psbt(binary(share))
    found = []
    for asked in rail.digests(psbt, signing(vault, psbt, _keys(vault, roster, officer))):
        (made,) = [
            each for each in partial_signatures(given.inputs[asked.index]) if each.public_key == asked.public_key
        ]
        found.append(base64url.encode(ecdsa.from_der(made.der)))
    return {"officer": officer, "signatures": found, "vault": vault.id}


def require_tested(before: Roster, body: RosterChanged) -> None:
    """Every test that the change carries holds, and nothing that it owes is lacking, or the administrators say why.

    Refused: desk.enrol-test-stray, desk.enrol-test-false, desk.enrol-untested.
    """
    if not body.tests and not any(isinstance(each, BitcoinVault) for each in body.entries.vaults):
        return
    fresh = {each.id: each for each in entered(before, body.entries)}
    after = roster_change.changed(before, body.entries, time_ms=0)
    for each in body.tests:
        vault = fresh.get(each.vault)
        if vault is None or each.officer not in cosigners(after, vault):
            raise Refused("desk.enrol-test-stray", vault=each.vault, officer=each.officer)
        _require_holds(vault, after, each)
    for vault, officers in lacking(before, after, body):
        if body.untested is None:
            raise Refused("desk.enrol-untested", vault=vault.id, officers=", ".join(officers))


def _require_holds(vault: BitcoinVault, roster: Roster, given: VaultTest) -> None:
    psbt = test(vault)
    keys = signing(vault, psbt, _keys(vault, roster, given.officer))
    asked, officer, count = rail.digests(psbt, keys), given.officer, len(given.signatures)
    if len(asked) != count:
        raise Refused(
            "desk.enrol-test-false", vault=vault.id, officer=officer, why=f"{count} of {len(asked)} signatures"
        )
    try:
        share = rail.make_share(psbt, dict(zip(asked, given.signatures, strict=True)))
        rail.accept_share(serialise(psbt), share, keys)
    except Refused as error:
        raise Refused("desk.enrol-test-false", vault=vault.id, officer=officer, why=error.code) from None


def _keys(vault: BitcoinVault, roster: Roster, officer: str) -> Sequence[PublicKey]:
    known = (roster.ever(kid) for kid in dict.fromkeys(vault.keys))
    return [each.key for each in known if each.holder.id == officer]
