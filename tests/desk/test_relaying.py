"""A relayer's key is nobody's: a key that anybody registered, now or before, signs no outer transaction (E11)."""

from countersign.desk.relaying import require_free
from countersign.errors import Refused
from countersign.keys.public_key import Curve, PublicKey
from support import settlement_world as world
from support.refusals import refused
from support.software_keys import SoftwareKey


def test_every_key_that_the_desk_knows_is_refused_with_its_holder_and_no_other_is() -> None:
    roster = world.founded().state.roster
    assert {each.holder.kind.value for each in roster.keys.values()} >= {"officer", "participant", "desk"}
    for each in roster.keys.values():
        with refused("E11.relayer-registered", Refused, key=each.key.kid, holder=str(each.holder)):
            require_free(roster, each.key)
    require_free(roster, SoftwareKey.generate(Curve.SECP256K1, "nobody's").public)


def test_a_key_that_was_withdrawn_stays_somebodys() -> None:
    desk = world.founded()
    owner = world.vault_key("officer-a", "eip155", next(iter(world.OWNERS)))
    entry = world.officer_entry("officer-a")
    kept = [each for each in entry["keys"] if PublicKey.from_jwk(each["jwk"]).kid != owner.kid]  # type: ignore[attr-defined]
    assert len(kept) + 1 == len(entry["keys"])  # type: ignore[arg-type]
    desk.log("roster.changed", ["compliance", "officer-d"], world.no_entries() | {"officers": [entry | {"keys": kept}]})
    roster = desk.state.roster
    assert owner.kid not in roster.keys
    with refused("E11.relayer-registered", Refused, holder=str(roster.retired[owner.kid].holder)):
        require_free(roster, owner.public)
