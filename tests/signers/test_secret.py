"""A secret does not show itself."""

import pickle

import pytest

from countersign.signers.secret import Secret, asked


async def test_a_secret_hides_from_print_format_and_pickle() -> None:
    async def ask(code: str) -> str:
        return f"1234 for {code}"

    secret = await asked(ask, "signers.ask-pin")
    assert secret.reveal() == "1234 for signers.ask-pin"
    assert "1234" not in f"{secret} {secret!r} {[secret]} {vars(Secret)}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
