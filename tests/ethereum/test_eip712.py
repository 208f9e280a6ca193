"""Two implementations of one hash: ours and eth-account's agree over every SafeTx, or nothing is signed."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings

from countersign.errors import Malformed, Refused
from countersign.ethereum import eip712
from countersign.ethereum.abi import Address, Digest
from countersign.ethereum.safe import WITHOUT_CHAIN_ID, SafeTx, SafeVersion, plain_tx, with_version
from countersign.formats import strict_json
from support.safe_txs import safe_txs

TX = plain_tx(31337, Address(b"\x01" * 20), Address(b"\x02" * 20), 5, b"", 0)


@settings(max_examples=300, deadline=None)
@given(safe_txs(SafeVersion(1, 1, 1), SafeVersion(1, 3, 0), SafeVersion(1, 4, 1), SafeVersion(1, 5, 0)))
def test_both_implementations_give_the_same_digest(tx: SafeTx) -> None:
    assert eip712.second_digest(tx) == tx.digest


def test_the_agreed_digest_is_the_transactions_own() -> None:
    assert eip712.agree(TX) == TX.digest


def test_a_disagreement_is_never_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the second implementation were wrong (here: it hashes another nonce), no digest comes out."""
    honest = eip712.second_digest
    monkeypatch.setattr(eip712, "second_digest", lambda tx: honest(replace(tx, nonce=tx.nonce + 1)))
    with pytest.raises(Refused) as caught:
        eip712.agree(TX)
    assert caught.value.code == "E2.implementations-differ"


OTHERWISE = {
    "chain_id": 1,
    "safe": Address(b"\x03" * 20),
    "to": Address(b"\x04" * 20),
    "value": 6,
    "data": b"\x01",
    "operation": 1,
    "safe_tx_gas": 1,
    "base_gas": 1,
    "gas_price": 1,
    "gas_token": Address(b"\x05" * 20),
    "refund_receiver": Address(b"\x06" * 20),
    "nonce": 1,
}


@pytest.mark.parametrize("field", OTHERWISE)
@pytest.mark.parametrize("broken", ["ours", "theirs"])
def test_whichever_of_the_two_takes_a_field_wrongly_nothing_is_signed(
    monkeypatch: pytest.MonkeyPatch, field: str, broken: str
) -> None:
    """One of the two hashes another value of one field than the transaction has."""
    false = replace(TX, **{field: OTHERWISE[field]})  # type: ignore[arg-type]
    if broken == "theirs":
        honest = eip712.second_digest
        monkeypatch.setattr(eip712, "second_digest", lambda _: honest(false))
    else:
        wrong = false.digest
        monkeypatch.setattr(SafeTx, "digest", property(lambda _: wrong))
    with pytest.raises(Refused) as caught:
        eip712.agree(TX)
    assert caught.value.code == "E2.implementations-differ"


def test_an_old_safe_is_hashed_but_not_agreed_to() -> None:
    old = with_version(TX, WITHOUT_CHAIN_ID)
    assert eip712.second_digest(old) == old.digest
    with pytest.raises(Refused) as caught:
        eip712.agree(old)
    assert caught.value.code == "E1.version"


def test_the_known_answer_also_from_the_second_implementation() -> None:
    wallet = Address(bytes.fromhex("111ceeee040739fd91d29c34c33e6b3e112f2177"))
    data = bytes.fromhex("0d582f13" + "00" * 12 + "0c75fa5a5f1c0997e3eea425cfa13184ed0ec9e5" + "00" * 31 + "03")
    digest = eip712.second_digest(plain_tx(42161, wallet, wallet, 0, data, 234))
    assert digest == Digest(bytes.fromhex("0cb7250b8becd7069223c54e2839feaed4cee156363fbfe5dd0a48e75c4e25b3"))


def test_eth_account_is_loaded_only_when_it_is_used() -> None:
    program = "import sys, countersign.ethereum.eip712; sys.exit('eth_account' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_parsers_hold_without_the_interpreters_recursion_limit() -> None:
    """A dependency of eth-account lifts that limit for the whole process; our own depth limit must not rest on it."""
    eip712.agree(TX)
    with pytest.raises(Malformed):
        strict_json.parse(b"[" * 100_000 + b"]" * 100_000)
