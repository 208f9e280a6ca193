"""Files that describe a vault: descriptors line by line, BSMS records open and encrypted, other forms with their reason."""

import pytest

from countersign.bitcoin import bsms, bsms_encryption, described
from countersign.bitcoin.bsms import KeyRecord
from countersign.bitcoin.described import Described
from countersign.bitcoin.ranged import RangedDescriptor
from countersign.bitcoin.vault import SlotVault
from countersign.errors import CountersignError
from support import mixed_world, ranged_world
from support import settlement_world as world
from support.extended_keys import account, ranged_text, sortedmulti, summed
from support.vectors import load_vectors

RANGED = ranged_text("described")
KEYS = [account(f"described/{who}").expression for who in range(3)]


def mixed_slots() -> list[str]:
    body = world.founding_body()
    mixed_world.put_in(body)
    (vault,) = [each for each in body["vaults"] if each["id"] == mixed_world.VAULT]  # type: ignore[attr-defined]
    return [slot["descriptor"] for slot in vault["slots"]]


def vault_of(data: bytes, token: bytes | None = None) -> Described:
    found = described.read(data, token)
    assert isinstance(found, Described)
    return found


def code_of(data: bytes, token: bytes | None = None) -> str:
    with pytest.raises(CountersignError) as caught:
        described.read(data, token)
    return caught.value.code


def test_a_ranged_descriptor_is_a_vault_of_extended_keys() -> None:
    for end in ("", "\n"):
        found = vault_of(f"{RANGED}{end}".encode())
        assert isinstance(found.vault, RangedDescriptor)
        assert found.serialise() == f"{RANGED}\n"
        assert found.prefixes == ("tb", "bcrt")
        assert [each.script_pubkey for each in found.places] == [found.vault.at(n).script_pubkey for n in (0, 1)]


def test_lines_are_slots() -> None:
    texts = mixed_slots()
    found = vault_of("".join(f"{text}\n" for text in texts).encode())
    assert isinstance(found.vault, SlotVault)
    assert found.texts == tuple(texts)
    assert len(found.places) == world.SLOTS
    plain = vault_of(sortedmulti(1, account("plain").secret().public.data.hex()).encode())
    assert plain.prefixes == ("bc", "tb", "bcrt")
    assert vault_of(sortedmulti(1, account("d", (48, 0, 0, 2), "main").expression + "/0/0").encode()).prefixes == (
        "bc",
    )


def test_every_descriptor_record_of_bip_129_is_read_and_its_keys_with_their_tokens() -> None:
    counted = {"key": 0, "vault": 0, "refused": 0}
    for mode in load_vectors("bitcoin/bip129_bsms.json")["modes"]:
        for step in mode["steps"]:
            for name, text in step["files"].items():
                if name.endswith(".dat"):
                    continue
                found = described.read(text.encode())
                if isinstance(found, KeyRecord):
                    counted["key"] += 1
                elif found.vault is not None:
                    counted["vault"] += 1
                    assert found.prefixes == ("bc",)
                    assert found.record is not None
                    assert found.places[0].address("bc") == found.record.first_address
                else:
                    counted["refused"] += 1
                    assert found.form is not None
                    assert found.refusal is not None
                    assert (found.form.name, found.refusal.code) == ("sh(wsh(multi", "bitcoin.form-nested")
    assert counted == {"key": 9, "vault": 3, "refused": 1}


def test_every_encrypted_file_of_bip_129_opens_with_its_token_to_the_record_before_it() -> None:
    opened, tokens, plain = 0, dict[str, str](), b""
    for mode in load_vectors("bitcoin/bip129_bsms.json")["modes"]:
        for step in mode["steps"]:
            values = dict(map(tuple, step["values"]))
            tokens |= {
                name[:18]: value for name, value in values.items() if name.startswith("TOKEN") and "(hex)" in name
            }
            for name, text in step["files"].items():
                if not name.endswith(".dat"):
                    plain = text.encode()
                    continue
                keys = [bytes.fromhex(each) for each in tokens.values()]
                (token,) = [each for each in keys if opens(text, each)]
                found = described.read(text.encode(), token)
                record = found if isinstance(found, KeyRecord) else found.record
                assert record is not None
                assert record.serialise() == plain
                opened += 1
    assert opened == 9


def opens(text: str, token: bytes) -> bool:
    try:
        return bool(bsms_encryption.decrypt(token, text.encode()))
    except CountersignError:
        return False


def test_an_encrypted_record_opens_with_its_token() -> None:
    token = bytes(range(8))
    vault = vault_of(RANGED.encode()).vault
    assert isinstance(vault, RangedDescriptor)
    record = bsms.descriptor_record(vault, "bcrt").serialise()
    data = bsms_encryption.encrypt(token, record)
    assert vault_of(data, token).vault == vault
    assert vault_of(record, token).vault == vault
    assert code_of(data, bytes(8)) == "bitcoin.bsms-mac"
    assert code_of(data) == "bitcoin.describes-nothing"


@pytest.mark.parametrize(
    ("body", "code", "form"),
    [
        (f"sh(wsh(sortedmulti(2,{KEYS[0]}/0/0,{KEYS[1]}/0/0)))", "bitcoin.form-nested", "sh(wsh(sortedmulti"),
        (f"tr({KEYS[0]}/0/0)", "bitcoin.form-taproot", "tr"),
        (f"wsh(multi(2,{KEYS[0]}/0/0,{KEYS[1]}/0/0))", "bitcoin.form-unsorted", "wsh(multi"),
        (f"wpkh({KEYS[0]}/0/0)", "bitcoin.form-single", "wpkh"),
        (f"wsh(sortedmulti(1,{KEYS[0]}/<0;1>/*,{KEYS[0]}/<0;1>/*))", "B6.duplicate-key", None),
        (f"wsh(sortedmulti(1,{KEYS[0]}/<0;1>/*,{KEYS[1]}/0/0))", "bitcoin.descriptor-mixed-range", None),
        (f"wsh(sortedmulti(1,{KEYS[0]}/<2;3>/*))", "bitcoin.descriptor-range", None),
    ],
)
def test_what_is_not_signed_for_is_shown_with_its_reason(body: str, code: str, form: str | None) -> None:
    found = vault_of(summed(body).encode())
    assert found.vault is None
    assert found.refusal is not None
    assert (found.refusal.code, found.form and found.form.name) == (code, form)
    with pytest.raises(CountersignError, match=code.replace(".", r"\.")):
        found.serialise()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bitcoin.describes-nothing"),
        (b"hello", "bitcoin.describes-nothing"),
        (b"\xff" * 9, "bitcoin.describes-nothing"),
        (RANGED.partition("#")[0].encode(), "bitcoin.descriptor-checksum"),
        (RANGED.replace("sortedmulti(2", "sortedmulti(1").encode(), "bitcoin.descriptor-checksum"),
        (f"{RANGED}\r\n".encode(), "bitcoin.descriptor-checksum"),
        (f"{RANGED}\n\n".encode(), "bitcoin.descriptor-checksum"),
        (b"wsh(" + b"0" * (256 << 10), "bitcoin.described-size"),
        (b"BSMS 1.0\n\xff\n\n\n", "bitcoin.bsms-text"),
        (b"BSMS 1.0\n\xff\n\n\n\n", "bitcoin.bsms-text"),
    ],
)
def test_what_does_not_parse_is_named(data: bytes, code: str) -> None:
    assert isinstance(vault_of(RANGED.encode()).vault, RangedDescriptor)
    assert code_of(data) == code


def test_a_device_of_other_people_describes_the_same_vault() -> None:
    """embit's text of its own keys."""
    assert vault_of(ranged_world.descriptor().encode()).refusal is None
