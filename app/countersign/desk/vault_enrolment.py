"""How a Bitcoin vault is enrolled: described, compared by all, tried by all, proposed to the administrators (decision 0017).

BIP-129's two rounds for devices that enrol extended keys, a descriptor file for tokens; docs/vault-enrolment.md.

- `plan` holds a description against the roster exactly as the desk will when it logs the vault (`registering`): form,
  network, origins, quorum, every key a registered officer's, no script another vault's.
- `require_own`: a cosigner's own key stands in it exactly once. A device's is compared whole and under its own origin, with
  the key record that it made; such a device joins only a vault whose keys are all extended.
- `words`: twelve words over the vault as it would be registered, its owner and chain with it. Everybody compares them.
- `test` is a transaction that no chain takes; each cosigner signs it with the keys that would spend (`vault_trying`).
- `entry` makes the roster's entry once every cosigner's test signature is there and holds, or with the reason why one is not; it
  takes them with it (`vault_proof`).
- Under the id of a vault that stands, a description of new slots is of slots that it gains, tried by themselves; its own
  description is tried again.

    planned = plan(state.roster, described, "meridian-btc", Party(lei, "main"), chain)
    require_own(planned, "officer-a", record); words(planned); entry(planned, tests)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.airgap.phrase import Purpose, phrase
from countersign.bitcoin import bsms, bsms_encryption, described, key_expression, share
from countersign.bitcoin.bsms import KeyRecord
from countersign.bitcoin.described import Described
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.inspect import partial_signatures
from countersign.bitcoin.psbt import Psbt, binary, serialise
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.ranged import RangedDescriptor
from countersign.desk import common_changes, registering, vault_proof
from countersign.errors import Malformed, Refused
from countersign.formats import caip
from countersign.keys.public_key import Curve, PublicKey
from countersign.rails import wallets
from countersign.rails.wallets import Wallet
from countersign.settlement import roster_change, vault_trials
from countersign.settlement.roster import (
    BitcoinVault,
    Entries,
    OfficerKey,
    Party,
    RangedVault,
    Roster,
    SafeVault,
    Slot,
    SlotVault,
    Token,
    Vault,
)
from countersign.settlement.roster import (
    Purpose as KeyPurpose,
)
from countersign.settlement.vault_trials import Trial


@dataclass(frozen=True, slots=True)
class Planned:
    """A described vault as it would be registered. `plan` makes one: nothing stands against it."""

    described: Described
    wallet: Wallet
    roster: Roster
    trial: Trial

    @property
    def vault(self) -> BitcoinVault:
        """The roster's vault."""
        return self.wallet.vault

    @property
    def officers(self) -> tuple[str, ...]:
        """The cosigners whose keys are tried, ascending by id: withdrawn keys sign nothing."""
        return tuple(sorted({self.roster.key(kid).holder.id for kid in self._kids}))

    @property
    def _kids(self) -> tuple[str, ...]:
        return tuple(kid for kid in self.trial.keys if kid in self.roster.keys)

    @property
    def holders(self) -> tuple[str, ...]:
        """The officers by the keys of the first place, in the order of its descriptor."""
        return self.holders_at(0)

    @property
    def first_address(self) -> str:
        """The address that everybody compares, and that a device shows when it signs the test."""
        return self.described.places[0].address(caip.hrp(caip.ChainId.parse(self.vault.chain)))

    @property
    def by_device(self) -> frozenset[str]:
        """The cosigners whose keys lie in devices of their own: extended ones."""
        extended = self.wallet.extended
        known = (self.roster.key(kid) for kid in self._kids)
        return frozenset(each.holder.id for each in known if each.key.data in extended)

    def holders_at(self, place: int) -> tuple[str, ...]:
        """The officers by the keys of one of `described.places`, in the order of its descriptor."""
        return tuple(self.roster.ever(kid).holder.id for kid in _kids(self.roster, self.described.places[place]))

    def spelled(self, place: int) -> str:
        """One of `described.places` for people: "slot 3", or "0/0"."""
        return self.wallet.spelled(self.trial.slots[place] if self.trial.slots else self.wallet.numbers[place])

    def keys_of(self, officer: str) -> tuple[PublicKey, ...]:
        """The officer's registered keys that are tried."""
        found = dict.fromkeys(kid for kid in self._kids if self.roster.key(kid).holder.id == officer)
        return tuple(self.roster.key(kid).key for kid in found)


def read_vault(data: bytes, session: bytes | None) -> Described:
    """A file that describes a vault. Malformed("desk.enrol-not-a-vault"); what `described.read` raises."""
    found = described.read(data, session)
    if isinstance(found, KeyRecord):
        raise Malformed("desk.enrol-not-a-vault", note=found.description)
    return found


def read_record(data: bytes, session: bytes | None) -> KeyRecord:
    """A device's key record. Malformed("desk.enrol-not-a-key-record"); what `described.read` raises."""
    found = described.read(data, session)
    if not isinstance(found, KeyRecord):
        raise Malformed("desk.enrol-not-a-key-record")
    return found


def round_two(threshold: int, records: Sequence[KeyRecord], chain: str, session: bytes | None) -> bytes:
    """The descriptor record of these key records in their order, on a CAIP-2 chain; encrypted with the session's token.

    Refused: bitcoin.bsms-other-token of records of several sessions; as `bsms.assemble` and `bsms.descriptor_record`.
    Malformed: bitcoin.bsms-token.
    """
    if len({each.token for each in records}) > 1:
        raise Refused("bitcoin.bsms-other-token")
    made = bsms.descriptor_record(bsms.assemble(threshold, records), caip.hrp(caip.ChainId.parse(chain))).serialise()
    hidden = session is not None and session != bsms_encryption.NO_TOKEN
    return bsms_encryption.encrypt(session, made) if hidden and session is not None else made


def plan(roster: Roster, found: Described, name: str, owner: Party, chain: str) -> Planned:
    """The vault that the description would become; under the id of one that stands, with these slots more, or as it is.

    Refused: what refuses the description; desk.enrol-unknown-key, -other-chain, -known-vault, -slot-stands; what `registering`
    raises.
    """
    found.serialise()
    hrp = caip.hrp(caip.ChainId.parse(chain))
    if found.record is not None and found.prefixes != (hrp,):
        raise Refused("desk.enrol-other-chain", found=found.prefixes[0], expected=hrp)
    known = roster.vaults.get(name)
    vault = (
        _vault(roster, found, name, owner, chain) if known is None else _standing(roster, known, found, owner, chain)
    )
    registering.require_entries(roster, _entries(vault), lambda _: 0)
    after = roster_change.changed(roster, _entries(vault), time_ms=0)
    return Planned(found, wallets.read(vault), after, vault_trials.trial(roster, vault))


def _standing(roster: Roster, known: Vault, found: Described, owner: Party, chain: str) -> BitcoinVault:
    """A vault of the roster as it is described, or with slots more. Refused: desk.enrol-known-vault, -slot-stands."""
    texts = (
        (found.vault.text,) if isinstance(found.vault, RangedDescriptor) else tuple(each.text for each in found.places)
    )
    same = (known.owner, known.chain) == (owner, chain)
    if not isinstance(known, SafeVault) and same and texts == known.descriptors:
        return known
    if not isinstance(known, SlotVault) or isinstance(found.vault, RangedDescriptor) or not same:
        raise Refused("desk.enrol-known-vault", vault=known.id)
    standing = {slot.descriptor: slot.number for slot in known.slots}
    for text in texts:
        if text in standing:
            raise Refused("desk.enrol-slot-stands", vault=known.id, slot=standing[text])
    first = max(slot.number for slot in known.slots) + 1
    new = _vault(roster, found, known.id, owner, chain, first)
    assert isinstance(new, SlotVault)
    return replace(known, threshold=new.threshold, slots=(*known.slots, *new.slots))


def require_own(planned: Planned, officer: str, record: KeyRecord | None) -> None:
    """The officer's own key stands in the vault exactly once; a device's whole and under its own origin.

    Refused: desk.enrol-own-key (none of the officer's, or another's record), desk.enrol-record-wanted (an extended key of
    a vault of extended keys, without its record), desk.enrol-not-all-extended, bitcoin.bsms-own-key.
    """
    keys = planned.keys_of(officer)
    if not keys:
        raise Refused("desk.enrol-own-key", officer=officer, vault=planned.vault.id)
    vault = planned.described.vault
    if record is None:
        if isinstance(vault, RangedDescriptor):
            raise Refused("desk.enrol-record-wanted", officer=officer, vault=planned.vault.id)
        return
    if record.key.extended is not None and not isinstance(vault, RangedDescriptor):
        raise Refused("desk.enrol-not-all-extended", vault=planned.vault.id)
    for place in (vault,) if isinstance(vault, RangedDescriptor) else planned.described.places:
        bsms.own_place(place, record.key)
    if record.key.plain not in {key.data for key in keys}:
        raise Refused("desk.enrol-own-key", officer=officer, vault=planned.vault.id)


def words(planned: Planned) -> str:
    """The twelve words of the vault as it would be registered (docs/formats/phrase.md)."""
    return phrase(Purpose.VAULT, commitment(planned))


def require_same_words(planned: Planned, typed: str) -> None:
    """The words that the other cosigners read are this vault's. Refused("desk.enrol-words")."""
    if typed.lower().split() != words(planned).split():
        raise Refused("desk.enrol-words", vault=planned.vault.id)


def commitment(planned: Planned) -> bytes:
    """SHA-256 of the vault's entry in the roster, RFC 8785."""
    return vault_proof.commitment(planned.vault)


def test(planned: Planned) -> bytes:
    """The unsigned test transaction, a PSBT of version 0: the same on every machine."""
    return serialise(_test(planned))


def take_test(planned: Planned, officer: str, returned: bytes) -> bytes:
    """An officer's test signatures out of what lies before one (bytes or base64), verified; one's own: `vault_trying.take`.

    Malformed: B2.*; Refused: B13.other-transaction, bitcoin.share-incomplete, B5.*, B11.*, desk.enrol-own-key.
    """
    keys = signing_keys(planned, officer)
    return serialise(share.extract(_test(planned), parse_psbt(binary(returned)), {key.data for key in keys}))


def tested(planned: Planned, data: bytes) -> frozenset[str]:
    """The cosigners who signed the test in this file, every signature of theirs verified.

    Refused("desk.enrol-test-nobodys"); what `take_test` raises.
    """
    signed = _signers(planned, parse_psbt(binary(data)))
    if not signed:
        raise Refused("desk.enrol-test-nobodys", vault=planned.vault.id)
    for officer in signed:
        take_test(planned, officer, data)
    return frozenset(signed)


def entry(planned: Planned, tests: Sequence[bytes], untested: str | None = None) -> dict[str, object]:
    """The body of `roster.changed` that enters the vault with its cosigners' tests, each signature verified.

    `untested`: why it is entered although somebody has not signed; said nowhere where everybody has.
    Refused: desk.enrol-test-missing without it, desk.enrol-test-nobodys; what `take_test` raises.
    """
    done: dict[str, bytes] = {}
    for data in tests:
        done |= {officer: take_test(planned, officer, data) for officer in tested(planned, data)}
    missing = [officer for officer in planned.officers if officer not in done]
    owed = missing if planned.trial.owed or not done else []
    if owed and (untested is None or not planned.trial.owed):
        raise Refused("desk.enrol-test-missing", vault=planned.vault.id, officers=", ".join(missing))
    proofs = [vault_proof.told(planned.trial, planned.roster, officer, done[officer]) for officer in sorted(done)]
    body: dict[str, object] = {"vaults": [vault_proof.vault_entry(planned.vault)]}
    return body | ({"tests": proofs} if proofs else {}) | ({"untested": untested} if owed else {})


def device_entry(
    roster: Roster, officer: str, record: KeyRecord, device: Token, label: str, *, online: bool
) -> dict[str, object]:
    """The body of `roster.changed` that registers the key of an officer's device, from its key record.

    Refused("settlement.unknown-officer").
    """
    known = roster.officer(officer)
    key = OfficerKey(KeyPurpose.BITCOIN, _public(record.key.plain), device, label, online)
    return {"officers": [common_changes.officer_entry(replace(known, keys=(*known.keys, key)))]}


def _vault(roster: Roster, found: Described, name: str, owner: Party, chain: str, first: int = 0) -> BitcoinVault:
    """`first`: the number of the first slot."""
    kids = [_kids(roster, place) for place in found.places]
    threshold = found.places[0].threshold
    if isinstance(found.vault, RangedDescriptor):
        return RangedVault(name, owner, chain, threshold, found.vault.text, tuple(sorted(kids[0])))
    slots = [Slot(number, place.text, kids[number - first]) for number, place in enumerate(found.places, first)]
    return SlotVault(name, owner, chain, threshold, tuple(slots))


def _kids(roster: Roster, place: Descriptor) -> tuple[str, ...]:
    """The key ids of a place's registered keys. Refused("desk.enrol-unknown-key")."""
    found = []
    for number, key in enumerate(place.keys, 1):
        kid = _public(wallets.registered_key(key)).kid
        if kid not in roster.keys and kid not in roster.retired:
            raise Refused("desk.enrol-unknown-key", key=number, text=key_expression.parse(key.text).fingerprint.hex())
        found.append(kid)
    return tuple(found)


def _entries(vault: BitcoinVault) -> Entries:
    return Entries((), (), (), (vault,), (), None)


def _test(planned: Planned) -> Psbt:
    return vault_proof.test(planned.trial)


def signing_keys(planned: Planned, officer: str) -> Mapping[PublicKey, PublicKey]:
    """The keys that sign the test for this officer, each with its registered one. Refused("desk.enrol-own-key")."""
    keys = planned.keys_of(officer)
    if not keys:
        raise Refused("desk.enrol-own-key", officer=officer, vault=planned.vault.id)
    return wallets.signing_keys([planned.wallet], _test(planned), keys)


def _signers(planned: Planned, given: Psbt) -> set[str]:
    """The cosigners of whose keys there is any signature in the PSBT."""
    present = {each.public_key for fields in given.inputs for each in partial_signatures(fields)}
    return {officer for officer in planned.officers if present & {key.data for key in signing_keys(planned, officer)}}


def _public(data: bytes) -> PublicKey:
    return PublicKey.from_sec1(Curve.SECP256K1, data)
