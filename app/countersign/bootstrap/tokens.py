"""Tokens of the demonstration: an identity key and vault keys in each."""

from collections.abc import Sequence

from countersign.desk.ports import AskSecret
from countersign.keys.public_key import Curve
from countersign.keys.wrapping import Cost
from countersign.signers.facts import TokenIdentity, TokenKey
from countersign.signers.provision import Provisioner

TOKEN_DEADLINE = 30.0
DEMONSTRATION_COST = Cost(memory=19_456, passes=2, lanes=1)


async def fill_token(
    provisioner: Provisioner, identity: TokenIdentity, labels: Sequence[str], ask: AskSecret
) -> tuple[TokenKey, ...]:
    """An identity key and the vault keys of these labels."""
    made = [await provisioner.generate(identity, "identity", Curve.P256, ask)]
    for label in labels:
        made.append(await provisioner.generate(identity, label, Curve.SECP256K1, ask))
    return tuple(made)
