"""What is written down at the founding ceremony: the desk's first roster, and its first policy."""

from collections.abc import Mapping, Sequence

from countersign.demonstration import cast
from countersign.demonstration.stage import Stage
from countersign.desk import ceremony
from countersign.desk.ceremony import Keyring


def founding(stage: Stage, known: Mapping[str, Keyring], cold: Keyring) -> dict[str, object]:
    """The body of `desk.founded`: `known` keyrings by person or party, and the cold vault operator's."""
    rings = {**known, cast.OFFICER_C.id: cold}
    cosigners = [rings[each.id] for each in cast.COSIGNERS]
    vaults: list[dict[str, object]] = []
    destinations: list[dict[str, object]] = []
    for party in cast.PARTICIPANTS:
        coins = ceremony.slot_vault_entry(party.coins, party.lei, cast.BITCOIN, 2, cast.SLOTS, cosigners)
        safe = stage.outside.safe_address(ceremony.safe_owners(party.safe, cosigners), 2)
        vaults.append(coins)
        vaults.append(
            ceremony.safe_vault_entry(party.safe, party.lei, cast.ETHEREUM, 2, safe, cast.SAFE_SINGLETON, cosigners)
        )
        place = f"{cast.BITCOIN}:{ceremony.slot_address(coins, cast.RECEIVING_SLOT)}"
        destinations.append(ceremony.destination_entry(place, party.lei, party.coins))
        destinations.append(ceremony.destination_entry(f"{cast.ETHEREUM}:{safe}", party.lei, party.safe))
    for book in cast.BOOKS:
        _open_book(stage, rings, book, vaults, destinations)
    return {
        "custodian": {"lei": cast.NORTHGATE, "name": cast.CUSTODIAN},
        "desk_key": stage.desk.author.key.jwk(),
        "log": stage.log_key,
        "administrators": {"officers": ["compliance", "officer-d"], "threshold": 2},
        "assets": [
            {"id": cast.BTC, "symbol": "BTC", "decimals": 8},
            {"id": stage.outside.token(), "symbol": "USDC", "decimals": 6},
        ],
        "participants": [
            ceremony.participant_entry(
                each.lei,
                each.name,
                "2030-12-31",
                [rings[each.token].key("identity")],
                _books(each),
            )
            for each in cast.TRADERS
        ],
        "officers": [ceremony.officer_entry(each.id, each.name, each.roles, rings[each.id]) for each in cast.OFFICERS],
        "vaults": vaults,
        "destinations": destinations,
    }


def _books(institution: cast.Institution) -> list[str]:
    main = ["main"] if institution in cast.PARTICIPANTS else []
    return sorted([*main, *(each.book for each in cast.BOOKS if each.institution is institution)])


def _open_book(
    stage: Stage,
    rings: Mapping[str, Keyring],
    owner: cast.Book,
    vaults: list[dict[str, object]],
    destinations: list[dict[str, object]],
) -> None:
    """The two vaults of a book that trades, and where it receives."""
    cosigners, lei, book = [rings[each.id] for each in cast.MARKET_COSIGNERS], owner.lei, owner.book
    coins = ceremony.slot_vault_entry(owner.coins, lei, cast.BITCOIN, 2, cast.TRADING_SLOTS, cosigners, book)
    safe = stage.outside.safe_address(ceremony.safe_owners(owner.safe, cosigners), 2)
    vaults.append(coins)
    vaults.append(
        ceremony.safe_vault_entry(owner.safe, lei, cast.ETHEREUM, 2, safe, cast.SAFE_SINGLETON, cosigners, book)
    )
    place = f"{cast.BITCOIN}:{ceremony.slot_address(coins, cast.TRADING_RECEIVES)}"
    destinations.append(ceremony.destination_entry(place, lei, owner.coins, book))
    destinations.append(ceremony.destination_entry(f"{cast.ETHEREUM}:{safe}", lei, owner.safe, book))


def admitted(stage: Stage) -> dict[str, object]:
    """The body of `roster.changed` before the market opens: ether and a second token are traded, too."""
    entries = [
        {"id": cast.ETHER, "symbol": "ETH", "decimals": 18},
        {"id": stage.outside.euro(), "symbol": "EURC", "decimals": 6},
    ]
    empty: dict[str, object] = {kind: [] for kind in ("assets", "participants", "officers", "vaults", "destinations")}
    return empty | {"assets": entries, "administrators": None}


def evening_policy(witness_keys: Sequence[str]) -> dict[str, object]:
    """The second policy: who is short at a cut-off tops up within two seconds, for nobody watches an hour pass."""
    cycles = {"cut_offs": ["16:00"], "top_up_seconds": 2, "cold_contracts": 500}
    return policy(witness_keys) | {"version": 2, "cycles": cycles}


def policy(witness_keys: Sequence[str]) -> dict[str, object]:
    """The first policy: every witness is needed."""
    return {
        "version": 1,
        "minimum_notional_usd": "100000",
        "price_tolerance_bps": 100,
        "caps": {"transaction_usd": None, "day_usd": None, "counterparty_usd": None},
        "quorums": [],
        "hours": None,
        "four_eyes": "standard",
        "request_lifetime_seconds": 86_400,
        "destination_cooling_seconds": 172_800,
        "checkpoint_age_seconds": 86_400,
        "safe_state_age_seconds": 3_600,
        "cycles": {"cut_offs": ["16:00"], "top_up_seconds": 3_600, "cold_contracts": 500},
        "lending": {cast.BTC: {"limit": "100000000000", "rate_bps": 250}},
        "confirmations": {cast.BITCOIN: cast.CONFIRMATIONS, cast.ETHEREUM: cast.CONFIRMATIONS},
        "fees": {"max_sat_vb": 500, "dual_percent": 5, "never_percent": 10},
        "witnesses": {"quorum": len(witness_keys), "keys": sorted(witness_keys)},
    }
