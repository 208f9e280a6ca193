"""The roster's entries as they stand in `desk.founded` and `roster.changed`, read strictly.

- Officers' keys carry purpose, JWK, token and label; a vault names its keys by thumbprint (`kid`).
- Roles, books, key lists of a vault's Safe and administrators are in ascending order where their order means nothing.

    {"id":"officer-a","name":"Ada Vale","roles":["signing"],
     "keys":[{"purpose":"identity","jwk":{…},"token":{"serial":"…","label":"…","model":"…"},"label":"identity","online":true}]}
"""

from collections.abc import Callable

from countersign.errors import Malformed
from countersign.settlement import assets, readers
from countersign.settlement.roster import (
    Administrators,
    Custodian,
    Destination,
    Entries,
    Officer,
    OfficerKey,
    Participant,
    Party,
    Purpose,
    RangedVault,
    Role,
    SafeVault,
    Slot,
    SlotVault,
    Token,
    Vault,
)


def party(value: object, where: str) -> Party:
    """`{"lei","book"}`."""
    return Party(**readers.record(value, where, {"lei": readers.lei, "book": readers.identifier}))


def custodian(value: object, where: str) -> Custodian:
    """`{"lei","name"}`."""
    return Custodian(**readers.record(value, where, {"lei": readers.lei, "name": readers.name}))


def administrators(value: object, where: str) -> Administrators:
    """`{"officers":[ids ascending],"threshold"}`."""
    fields = {"officers": readers.ascending(readers.identifier, minimum=1), "threshold": readers.integer(1, 64)}
    return Administrators(**readers.record(value, where, fields))


def participant(value: object, where: str) -> Participant:
    """`{"lei","name","certified_until","suspended","keys":[jwk],"books":[…]}`."""
    return Participant(
        **readers.record(
            value,
            where,
            {
                "lei": readers.lei,
                "name": readers.name,
                "certified_until": readers.date,
                "suspended": readers.boolean,
                "keys": readers.array(readers.public_key),
                "books": readers.ascending(readers.identifier, minimum=1),
            },
        )
    )


def _token(value: object, where: str) -> Token:
    fields = {"serial": readers.prose, "label": readers.prose, "model": readers.prose}
    return Token(**readers.record(value, where, fields))


def officer_key(value: object, where: str) -> OfficerKey:
    """`{"purpose":"identity"|"bip122"|"eip155","jwk","token":{"serial","label","model"},"label","online"}`."""
    found = readers.record(
        value,
        where,
        {
            "purpose": readers.one_of(*Purpose),
            "jwk": readers.public_key,
            "token": _token,
            "label": readers.prose,
            "online": readers.boolean,
        },
    )
    return OfficerKey(Purpose(found["purpose"]), found["jwk"], found["token"], found["label"], found["online"])


def officer(value: object, where: str) -> Officer:
    """`{"id","name","roles":[ascending],"keys":[…]}`."""
    found = readers.record(
        value,
        where,
        {
            "id": readers.identifier,
            "name": readers.name,
            "roles": readers.ascending(readers.one_of(*Role), minimum=1),
            "keys": readers.array(officer_key),
        },
    )
    return Officer(found["id"], found["name"], tuple(Role(role) for role in found["roles"]), found["keys"])


_descriptor = readers.prose_of(16_384)


def _slot(value: object, where: str) -> Slot:
    fields = {
        "number": readers.integer(0, 2**31 - 1),
        "descriptor": _descriptor,
        "keys": readers.array(readers.string(), minimum=2, maximum=15),
    }
    return Slot(**readers.record(value, where, fields))


def vault(value: object, where: str) -> Vault:
    """A slot vault, a vault of extended keys or a Safe, told apart by `kind`."""
    if not isinstance(value, dict):
        raise Malformed("C2.wrong-type", where=where, expected="object", found=type(value).__name__)
    kind = readers.one_of(*_KINDS)(value.get("kind"), f"{where}.kind")
    common: dict[str, readers.Reader[object]] = {
        "id": readers.identifier,
        "kind": readers.string(),
        "owner": party,
        "chain": readers.chain,
        "threshold": readers.integer(1, 15),
    }
    return _KINDS[kind](value, where, common)


def _slot_vault(value: object, where: str, common: dict[str, readers.Reader[object]]) -> SlotVault:
    found = readers.record(value, where, {**common, "slots": readers.array(_slot, minimum=1)})
    del found["kind"]
    _require_family(found["chain"], "bip122", where)
    numbers = [slot.number for slot in found["slots"]]
    if numbers != sorted(set(numbers)):
        raise Malformed("settlement.not-ascending", where=f"{where}.slots")
    return SlotVault(**found)


def _ranged_vault(value: object, where: str, common: dict[str, readers.Reader[object]]) -> RangedVault:
    own = {"descriptor": _descriptor, "keys": readers.ascending(readers.string(), minimum=2, maximum=15)}
    found = readers.record(value, where, {**common, **own})
    del found["kind"]
    _require_family(found["chain"], "bip122", where)
    return RangedVault(**found)


def _safe_vault(value: object, where: str, common: dict[str, readers.Reader[object]]) -> SafeVault:
    found = readers.record(
        value,
        where,
        {
            **common,
            "address": readers.ethereum_address,
            "version": readers.one_of("1.3.0", "1.4.1", "1.5.0"),
            "singleton": readers.ethereum_address,
            "fallback_handler": readers.nullable(readers.ethereum_address),
            "keys": readers.ascending(readers.string(), minimum=2, maximum=15),
        },
    )
    del found["kind"]
    _require_family(found["chain"], "eip155", where)
    return SafeVault(**found)


def _require_family(chain: str, family: str, where: str) -> None:
    if not chain.startswith(f"{family}:"):
        raise Malformed("settlement.vault-chain", where=f"{where}.chain")


_KINDS: dict[str, Callable[[object, str, dict[str, readers.Reader[object]]], Vault]] = {
    "wsh-slots": _slot_vault,
    "wsh-ranged": _ranged_vault,
    "safe": _safe_vault,
}


def destination(value: object, where: str) -> Destination:
    """`{"account" CAIP-10,"owner":{"lei","book"},"vault"}`."""
    fields = {"account": readers.destination, "owner": party, "vault": readers.nullable(readers.identifier)}
    return Destination(**readers.record(value, where, fields))


ENTRY_FIELDS: dict[str, readers.Reader[object]] = {
    "assets": readers.array(assets.read),
    "participants": readers.array(participant),
    "officers": readers.array(officer),
    "vaults": readers.array(vault),
    "destinations": readers.array(destination),
}


def entries(found: dict[str, object], chosen: Administrators | None) -> Entries:
    """The entries among fields read with `ENTRY_FIELDS`, with the administrators chosen beside them."""
    return Entries(**{name: found[name] for name in ENTRY_FIELDS}, administrators=chosen)  # type: ignore[arg-type]
