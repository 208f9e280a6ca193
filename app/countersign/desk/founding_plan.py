"""The plan of a desk: who and what it is founded with, as people write it down, and the body of `desk.founded` made of it.

- People are named with their keyrings, vaults with the people whose keys own them: nobody types a key (`ceremony`).
- A party's keys come from keyrings too, or as JWKs where it keeps its token at home.
- The plan also names the outside witnesses of the log, where they answer, and how many of them count. They are no part of
  the roster; they stand in the anchor, whose twelve words everybody compares.

    plan = parse(data)
    body(plan, {"conrad": ring, …}, desk_key, log_vkey)

docs/formats/founding.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countersign.audit.note import COSIGNATURE, VerifierKey
from countersign.desk import ceremony, enrolment
from countersign.desk.ceremony import Keyring
from countersign.errors import Malformed, Refused
from countersign.formats import caip, jcs, shape, strict_json
from countersign.keys.public_key import PublicKey

LIMIT = 1 << 20
SLOTS, SAFE = "wsh-slots", "safe"
_TEXT, _NAMES = shape.string(maximum=256), shape.array(shape.string(maximum=256), maximum=1_000)


def cosigner(text: str) -> VerifierKey:
    """A witness's key. Malformed(L2.…), and "L5.key-role" for a log's."""
    key = VerifierKey.parse(text)
    if key.type != COSIGNATURE:
        raise Malformed("L5.key-role")
    return key


_WITNESS = shape.fields({"key": shape.string(cosigner, maximum=512), "url": shape.string(maximum=1_024)})
_PARTY = {"lei": _TEXT, "name": _TEXT}
_PARTICIPANT = shape.fields(
    {**_PARTY, "certified_until": _TEXT, "books": _NAMES},
    {"keyrings": _NAMES, "keys": shape.array(shape.anything, maximum=64)},
)
_OFFICER = shape.fields({"id": _TEXT, "name": _TEXT, "roles": _NAMES, "keyring": _TEXT})
_VAULT = shape.fields(
    {
        "id": _TEXT,
        "kind": shape.one_of(SLOTS, SAFE),
        "lei": _TEXT,
        "book": _TEXT,
        "chain": _TEXT,
        "threshold": shape.integer(1, 20),
        "officers": _NAMES,
    },
    {"slots": shape.integer(1, 1_000), "receives": shape.integer(0, 999), "address": _TEXT, "singleton": _TEXT},
)
_OUTSIDE = shape.fields({"account": _TEXT, "lei": _TEXT, "book": _TEXT})
_PLAN = {
    "desk": _TEXT,
    "custodian": shape.fields(_PARTY),
    "administrators": shape.fields({"officers": _NAMES, "threshold": shape.integer(1, 64)}),
    "assets": shape.array(shape.fields({"id": _TEXT, "symbol": _TEXT, "decimals": shape.integer(0, 77)})),
    "participants": shape.array(_PARTICIPANT),
    "officers": shape.array(_OFFICER, minimum=1),
    "vaults": shape.array(_VAULT),
    "witnesses": shape.array(_WITNESS, minimum=1, maximum=64),
    "quorum": shape.integer(1, 64),
}
_MAY = {"outside": shape.array(_OUTSIDE)}


@dataclass(frozen=True, slots=True)
class Place:
    """An outside witness: the key under which it cosigns, and the address before `/add-checkpoint`."""

    key: VerifierKey
    url: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it was read; `fields` are the parts that the roster is made of."""

    desk: str
    witnesses: tuple[Place, ...]
    quorum: int
    fields: Mapping[str, Any]

    @property
    def keyrings(self) -> tuple[str, ...]:
        """Every keyring that the plan names, once."""
        named = [each["keyring"] for each in self.fields["officers"]]
        for each in self.fields["participants"]:
            named += each.get("keyrings", ())
        return tuple(dict.fromkeys(named))


def parse(data: bytes) -> Plan:
    """A plan's file. Malformed: C2.*, L1.*; Refused("desk.plan-quorum") where fewer witnesses are named than must count."""
    found = shape.record(strict_json.parse(data, limit=LIMIT), "plan", _PLAN, _MAY)
    places = tuple(Place(each["key"], each["url"]) for each in found["witnesses"])
    if found["quorum"] > len({str(each.key) for each in places}):
        raise Refused("desk.plan-quorum", quorum=found["quorum"], witnesses=len(places))
    if len({each.key.public for each in places}) != len(places):
        raise Malformed("L5.same-key")
    return Plan(found["desk"], places, found["quorum"], found)


def body(plan: Plan, rings: Mapping[str, Keyring], desk_key: PublicKey, log: VerifierKey) -> dict[str, object]:
    """The body of `desk.founded`. `rings`: keyrings by the names that the plan gives them.

    Refused("desk.no-key", "desk.plan-officer", "desk.plan-vault"); what the chains' spellings raise.
    """
    fields = plan.fields
    people = {each["id"]: rings[each["keyring"]] for each in fields["officers"]}
    vaults = [_vault(each, people) for each in fields["vaults"]]
    destinations = [_destination(each, vault) for each, vault in zip(fields["vaults"], vaults, strict=True)]
    destinations += [
        {"account": each["account"], "owner": {"lei": each["lei"], "book": each["book"]}, "vault": None}
        for each in fields.get("outside", ())
    ]
    chosen = fields["administrators"]
    return {
        "custodian": dict(fields["custodian"]),
        "desk_key": desk_key.jwk(),
        "log": str(log),
        "administrators": {"officers": sorted(chosen["officers"]), "threshold": chosen["threshold"]},
        "assets": [dict(each) for each in fields["assets"]],
        "participants": [_participant(each, rings) for each in fields["participants"]],
        "officers": [
            ceremony.officer_entry(each["id"], each["name"], each["roles"], people[each["id"]])
            for each in fields["officers"]
        ],
        "vaults": vaults,
        "destinations": destinations,
    }


def keyring(data: bytes) -> Keyring:
    """A keyring's file: `{"keys":{label: JWK},"label","model","online","serial"}`. Malformed."""
    found = shape.record(strict_json.parse(data, limit=LIMIT), "keyring", {**enrolment.RING, "online": shape.boolean})
    return enrolment.keyring_of(found, online=found["online"])


def serialise_keyring(ring: Keyring) -> bytes:
    """The file's bytes: RFC 8785 JSON, public keys only."""
    return jcs.encode({**enrolment.keyring_fields(ring), "online": ring.online})


def _participant(each: Mapping[str, Any], rings: Mapping[str, Keyring]) -> dict[str, object]:
    keys = [rings[name].key(ceremony.IDENTITY) for name in each.get("keyrings", ())]
    keys += [PublicKey.from_jwk(jwk) for jwk in each.get("keys", ())]
    return ceremony.participant_entry(each["lei"], each["name"], each["certified_until"], keys, each["books"])


def _vault(each: Mapping[str, Any], people: Mapping[str, Keyring]) -> dict[str, object]:
    unknown = [name for name in each["officers"] if name not in people]
    if unknown:
        raise Refused("desk.plan-officer", vault=each["id"], officer=unknown[0])
    rings: Sequence[Keyring] = [people[name] for name in each["officers"]]
    wanted = ("address", "singleton") if each["kind"] == SAFE else ("slots", "receives")
    for name in ("address", "singleton", "slots", "receives"):
        if (name in each) is not (name in wanted):
            raise Refused("desk.plan-vault", vault=each["id"], kind=each["kind"], wanted=" and ".join(wanted))
    place = (each["id"], each["lei"], each["chain"], each["threshold"])
    if each["kind"] == SAFE:
        return ceremony.safe_vault_entry(*place, each["address"], each["singleton"], rings, each["book"])
    if each["receives"] >= each["slots"]:
        raise Refused("desk.plan-slot", vault=each["id"], slot=each["receives"], slots=each["slots"])
    return ceremony.slot_vault_entry(*place, each["slots"], rings, each["book"])


def _destination(each: Mapping[str, Any], vault: Mapping[str, object]) -> dict[str, object]:
    """Where the vault's owner receives: the slot that the plan sets apart for it, or the Safe."""
    address = each["address"] if each["kind"] == SAFE else ceremony.slot_address(vault, each["receives"])
    account = f"{caip.ChainId.parse(each['chain'])}:{address}"
    return ceremony.destination_entry(account, each["lei"], each["id"], each["book"])
