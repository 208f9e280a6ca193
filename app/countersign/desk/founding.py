"""The founding ceremony and what administrators do: the desk, its roster and policy, prices, deposits.

- `desk.founded` carries the desk's key, the log's key and the first roster; both administrators and the desk sign it.
- Founding registers vaults and destinations at once; later changes go through `roster.changed`, signed by the administrators.
- A deposit is credited by an operations officer for a coin or a payment into a Safe that the officer's node sees, and the
  desk's own too.
"""

from collections.abc import Mapping, Sequence

from countersign.desk import admitting, deposits
from countersign.desk.author import Author, signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Coin, Receipt
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.formats import ids
from countersign.settlement.roster import BitcoinVault, Party, SafeVault, Vault


async def found(desk: EmbeddedDesk, administrators: Sequence[Author], body: Mapping[str, object]) -> Receipt:
    """Found the desk. `body` is `desk.founded`'s; refused unless every administrator and the desk sign it."""
    draft = desk.scribe.draft("desk.founded", body)
    return await desk.sequencer.submit(await signed(draft, [desk.author, *administrators]))


async def change_roster(desk: EmbeddedDesk, administrators: Sequence[Author], body: Mapping[str, object]) -> Receipt:
    """Add or replace roster entries."""
    return await desk.submit(await signed(desk.scribe.draft("roster.changed", body), administrators))


async def adopt_policy(desk: EmbeddedDesk, administrators: Sequence[Author], policy: Mapping[str, object]) -> Receipt:
    """Adopt a whole new policy."""
    draft = desk.scribe.draft("policy.adopted", {"policy": dict(policy)})
    return await desk.submit(await signed(draft, administrators))


async def publish_price(desk: EmbeddedDesk, asset: str, price: str, source: str) -> Receipt:
    """US dollars for one whole unit of an asset."""
    return await desk.own("price.published", {"asset": asset, "price": price, "source": source})


async def credit_coins(place: Workplace, operations: Author, name: str, asset: str) -> list[Receipt]:
    """Credit every coin of a Bitcoin vault that the workplace's node sees, has the policy's confirmations and is not credited.

    Refused("desk.not-a-slot-vault"), what the desk finds otherwise.
    """
    vault = place.state.roster.vault(name)
    if not isinstance(vault, BitcoinVault):
        raise Refused("desk.not-a-slot-vault", vault=name)
    fresh = await deposits.coins(place.bitcoin(vault.chain), place.state, place.artefacts, vault)
    return [await credit_coin(place, operations, vault, asset, each) for each in fresh]


async def credit_coin(place: Workplace, operations: Author, vault: BitcoinVault, asset: str, coin: Coin) -> Receipt:
    """Credit one coin of a Bitcoin vault; the desk looks for itself before it signs beside the officer."""
    return await _credit(place, operations, vault, asset, coin.satoshis, deposits.reference(coin), coin.confirmations)


async def credit_payment(place: Workplace, operations: Author, name: str, asset: str, reference: str) -> Receipt:
    """Credit one payment of ether or tokens into a Safe, as the node of the officer's own workplace sees it; the desk asks its
    own before it signs beside the officer.

    Before the first unit of a token both ask what it does: else a desk alone would let it in. `reference` is
    `0x<transaction>:<log>`. Raises as `deposits.payment` and `admitting.require_creditable`; Refused("desk.not-a-safe",
    "desk.deposit-unconfirmed").
    """
    vault = place.state.roster.vault(name)
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=name)
    seen = await deposits.payment(place.ethereum(vault.chain), place.state, vault, asset, reference)
    if seen.confirmations < place.state.adopted().confirmations_on(vault.chain):
        raise Refused("desk.deposit-unconfirmed", reference=reference, confirmations=seen.confirmations)
    await admitting.require_creditable(place.state, asset, {vault.chain: place.ethereum(vault.chain)})
    return await _credit(place, operations, vault, asset, seen.amount, reference, seen.confirmations)


async def _credit(
    place: Workplace,
    operations: Author,
    vault: Vault,
    asset: str,
    amount: int,
    reference: str,
    confirmations: int,
) -> Receipt:
    body = {
        "owner": _party(vault.owner),
        "vault": vault.id,
        "asset": asset,
        "amount": ids.amount_text(amount),
        "reference": reference,
        "confirmations": confirmations,
    }
    return await place.submit(await signed(place.scribe.draft("deposit.credited", body), [operations]))


def _party(owner: Party) -> dict[str, str]:
    return {"lei": owner.lei, "book": owner.book}
