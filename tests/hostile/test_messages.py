"""E11: nothing but a Safe transaction (and a PSBT) can be asked of a vault key, by whatever door the request comes.

Messages, typed data of others, account delegations and bare digests are tried as what an event prepares, what a request
carries, what a file says and what the command line takes. Switched off (something that reads a Safe transaction into
whatever it is given), the first of these doors lets each of them through to a signature over the honest digest.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import countersign
from countersign.airgap.request import RequestBody
from countersign.cli.commands import ENTRIES
from countersign.errors import CountersignError, Malformed, Refused
from countersign.ethereum import safe_file
from countersign.ethereum.safe import ClaimedSafeTx
from countersign.formats import jcs
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.review import reading
from countersign.review.checks import verdict
from countersign.review.finding import Status
from countersign.settlement import body_readers
from support import settlement_world as world
from support.review_cases import Scene, story

APP = Path(countersign.__file__).parent


def _honest() -> bytes:
    return story().safe_case().instruction.data  # type: ignore[union-attr]


def _typed(primary: str, message: dict[str, object]) -> bytes:
    """EIP-712 JSON, as `eth_signTypedData_v4` takes it."""
    kinds = {"EIP712Domain": [{"name": "chainId", "type": "uint256"}], primary: [{"name": "value", "type": "uint256"}]}
    return jcs.encode({"types": kinds, "primaryType": primary, "domain": {"chainId": 1}, "message": message})  # type: ignore[dict-item]


def _preimage() -> bytes:
    """What a Safe transaction's digest is the hash of: 66 bytes that no vault key is ever given to hash."""
    tx = safe_file.parse(_honest()).tx
    return b"\x19\x01" + tx.domain_hash + tx.message_hash


MESSAGES: dict[str, Callable[[], bytes]] = {
    "personal_sign": lambda: b"\x19Ethereum Signed Message:\n32" + bytes(32),
    "an ERC-2612 permit as typed data": lambda: _typed("Permit", {"value": "1"}),
    "a Safe message as typed data": lambda: _typed("SafeMessage", {"message": "0x00"}),
    "a SafeTx as typed data": lambda: _typed("SafeTx", {"to": "0x" + "00" * 20, "value": "0"}),
    "an EIP-7702 authorisation": lambda: b"\x05\xd7\x01\x94" + bytes(20) + b"\x80",
    "an outer transaction of type 2": lambda: b"\x02\xc9\x01\x80\x80\x80\x80\x80\x80\x80\xc0",
    "a bare digest": lambda: safe_file.parse(_honest()).tx.digest,
    "a bare digest in hex": lambda: b"0x" + safe_file.parse(_honest()).tx.digest.hex().encode(),
    "a digest's preimage": _preimage,
    "a Bitcoin signed message": lambda: b"\x18Bitcoin Signed Message:\n" + bytes(32),
    "hardly anything": lambda: b"0x",
}


@pytest.mark.parametrize("what", MESSAGES)
def test_prepared_proved_and_logged_it_is_still_refused(what: str) -> None:
    """Door one: operations prepares it as if it were an instruction, of either kind."""
    data = MESSAGES[what]()
    for scene, check in ((story(safe=lambda _: data), "E2"), (story(psbt=lambda _: data), "B2")):
        found = verdict(scene.safe_case() if check == "E2" else scene.psbt_case())
        assert check in {each.check for each in found.against if each.status is Status.FAIL}, what
        assert not found.may_sign


@pytest.mark.parametrize("what", MESSAGES)
def test_no_rail_makes_a_digest_of_it(what: str) -> None:
    """Door two: signing rebuilds the digest from the bytes, after the verdict. Malformed by name, never a digest."""
    with pytest.raises(Malformed):
        ethereum_rail.digest(MESSAGES[what]())
    with pytest.raises(Malformed):
        bitcoin_rail.accept_share(MESSAGES[what](), MESSAGES[what](), ())


def test_the_near_miss_is_a_safe_transaction_and_its_digest_alone() -> None:
    assert verdict(story().safe_case()).may_sign
    assert ethereum_rail.digest(_honest()) == safe_file.parse(_honest()).tx.digest


def test_switched_off_each_of_them_would_be_signed_as_whatever_is_read_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = safe_file.parse(_honest())
    scenes: list[Scene] = []
    for make in MESSAGES.values():
        data = make()
        scenes.append(story(safe=lambda _, data=data: data))  # type: ignore[misc]
    monkeypatch.setattr(reading.safe_file, "parse", lambda *_: ClaimedSafeTx(honest.tx, honest.tx.digest))
    against = [[(each.check, each.reason) for each in verdict(scene.safe_case()).against] for scene in scenes]
    assert against == [[]] * len(MESSAGES)


@pytest.mark.parametrize("kind", ["personal-sign", "eip712", "eip7702", "message", "digest", "eth_sign", ""])
def test_no_request_and_no_event_has_a_kind_for_it(kind: str) -> None:
    """Door three: the air gap's request; door four: the log's event. Their kinds are two, and these are none of them."""
    body = {"kind": kind, "artefact": bytes(32), "instruction": 0, "contracts": [0], "events": []}
    with pytest.raises(CountersignError):
        RequestBody.parse(body)
    group = world.psbt_body(world.founded().trade())
    with pytest.raises(Malformed):
        body_readers.READERS["instruction.prepared"]({**group, "kind": kind}, "body")
    body_readers.READERS["instruction.prepared"](group, "body")


def test_who_may_hand_a_token_a_digest_is_a_closed_list() -> None:
    """Instructions; a vault's enrolment test, whose coins cannot exist; the relayer's outer transaction; a token's self-test.

    Whoever adds a caller of `sign_digest` has to say here what it signs.
    """
    assert set(_callers("sign_digest")) == {
        "desk/signing.py",
        "desk/vault_trying.py",
        "bootstrap/relayers.py",
        "signers/provision.py",
    }


def _callers(name: str) -> Iterator[str]:
    for module in sorted(APP.rglob("*.py")):
        text = module.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if f".{name}(" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                yield str(module.relative_to(APP))


def test_no_command_takes_a_message_or_a_digest_to_sign() -> None:
    """Door five: the command line. No verb, argument or option of it names one."""
    names = set(_spoken())
    assert {"sign", "token", "vault", "officer"} <= names
    forbidden = {
        "sign-message",
        "sign-digest",
        "sign-hash",
        "personal-sign",
        "eth-sign",
        "digest",
        "message",
        "hash-to-sign",
    }
    assert not {each.strip("-") for each in names} & forbidden


def _spoken() -> Iterator[str]:
    for module in sorted((APP / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
                yield node.value
    yield from (each.name for each in ENTRIES)


def test_the_relayers_key_is_nobodys_vault_key() -> None:
    """The one key that signs another kind of transaction owns no Safe; test_relaying and this say the same of any roster."""
    from countersign.bootstrap.relayers import require_free

    roster = world.founded().state.roster
    own = world.vault_key("officer-a", "eip155", "harbour").public
    with pytest.raises(Refused):
        require_free(roster, own)
    require_free(roster, world.identity("nobody in this roster").public)
