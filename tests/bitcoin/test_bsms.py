"""BSMS records: BIP-129's published setups file by file, and what a hostile courier or coordinator could make of them."""

import base64
from collections.abc import Callable, Iterator
from hashlib import sha256

import coincurve
import pytest

from countersign.bitcoin import bip32, bsms, bsms_encryption, descriptor, key_expression, ranged, script, signed_message
from countersign.bitcoin.bsms import KeyRecord
from countersign.bitcoin.bsms_encryption import NO_TOKEN
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.ranged import RangedDescriptor
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import base58
from countersign.keys.curve import ORDER, Curve
from support.extended_keys import account, ranged_text, sortedmulti, summed
from support.software_keys import SoftwareKey
from support.vectors import load_vectors

TOKEN = bytes.fromhex("a54044308ceac9b7")
ACCOUNTS = [account(f"bsms/{who}") for who in range(3)]
# BIP-129, NO_ENCRYPTION with public keys, signer 1 and the coordinator's answer.
PUBLISHED_KEY = (
    b"BSMS 1.0\n00\n[59865f44/48'/0'/0'/2']026d15412460ba0d881c21837bb999233896085a9ed4e5445bd637c10e579768ba\nSigner 1 key\n"
    b"H6DXgqkCb353BDPkzppMFpOcdJZlpur0WRetQhIBqSn6DFzoQWBtm+ibP5wERDRNi0bxxev9B+FIvyQWq0s6im4="
)
PUBLISHED_VAULT = (
    b"BSMS 1.0\nwsh(sortedmulti(1,[59865f44/48'/0'/0'/2']026d15412460ba0d881c21837bb999233896085a9ed4e5445bd637c10e579768ba,"
    b"[b7044ca6/48'/0'/0'/2']030baf0497ab406ff50cb48b4013abac8a0338758d2fd54cd934927afa57cc2062))#rzx9dffd\n"
    b"No path restrictions\nbc1quqy523xu3l8che3s8vja8n33qtg0uyugr9l5z092s3wa50p8t7rqy6zumf"
)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(CountersignError) as caught:
        call()
    return caught.value.code


def record_of(who: int, token: bytes = NO_TOKEN, description: str = "cold device") -> KeyRecord:
    held = ACCOUNTS[who]
    message = bsms.signed_text(token, held.expression, description)
    return bsms.key_record(token, held.expression, description, signature(held.secret(), message))


def signature(key: SoftwareKey, message: bytes) -> bytes:
    return key.sign_digest(signed_message.digest(message))


def test_bip_129_s_first_setup_typed_in() -> None:
    record = bsms.parse_key_record(PUBLISHED_KEY)
    assert (record.description, record.key.fingerprint.hex(), record.token) == ("Signer 1 key", "59865f44", NO_TOKEN)
    assert record.serialise() == PUBLISHED_KEY
    setup = bsms.parse_descriptor_record(PUBLISHED_VAULT)
    found = setup.vault("bc")
    assert isinstance(found, Descriptor)
    assert setup.serialise() == PUBLISHED_VAULT == bsms.descriptor_record(found, "bc").serialise()


def steps() -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """Mode, files and values of every step of the published setups."""
    for mode in load_vectors("bitcoin/bip129_bsms.json")["modes"]:
        for step in mode["steps"]:
            yield mode["mode"], step["files"], dict(map(tuple, step["values"]))


def token_of(mode: str, files: dict[str, str], tokens: dict[str, bytes]) -> bytes:
    """The token that opens this step's file: the mode's only one, or the one of the signer in its name."""
    (name,) = files
    return next((token for who, token in tokens.items() if who in name), tokens.get("", NO_TOKEN))


def tokens_of(values: dict[str, str]) -> dict[str, bytes]:
    found = {"": bsms_encryption.read_token(values["TOKEN (hex)"])} if "TOKEN (hex)" in values else {}
    for number in "123":
        if text := values.get(f"TOKEN for Signer {number} (hex)"):
            found[f"signer_{number}"] = bsms_encryption.read_token(text)
    return found


def test_every_file_of_bip_129_is_opened_verified_and_written_again() -> None:
    """All files and values; the nested vault of the last mode is read, its first address recomputed, and it is refused."""
    counted = {"key": 0, "descriptor": 0, "dat": 0, "without file": 0}
    tokens: dict[str, bytes] = {}
    plain = b""
    for mode, files, values in steps():
        if any(name.startswith(("TOKEN", "M-of-N")) for name in values):
            tokens = tokens_of(values)
        if not files:
            counted["without file"] += 1
            continue
        token = token_of(mode, files, tokens)
        ((name, text),) = files.items()
        data = text.encode()
        if name.endswith(".dat"):
            counted["dat"] += 1
            plain = check_encrypted(token, data, plain, values)
        elif "key" in name:
            counted["key"] += 1
            plain = data
            check_key_record(data, token, values)
        else:
            counted["descriptor"] += 1
            plain = data
            check_descriptor_record(data)
    assert counted == {"key": 9, "descriptor": 4, "dat": 9, "without file": 4}


def check_encrypted(token: bytes, data: bytes, plain: bytes, values: dict[str, str]) -> bytes:
    assert data.decode() == values["MAC (hex)"] + values["CIPHERTEXT (hex)"]
    record = bsms_encryption.decrypt(token, data)
    assert record == plain
    assert bsms_encryption.encrypt(token, record) == data
    return record


def check_key_record(data: bytes, token: bytes, values: dict[str, str]) -> None:
    record = bsms.parse_key_record(data, token)
    assert record.serialise() == data
    assert record.key.fingerprint.hex() == values["MASTER_KEY_FINGERPRINT"]
    secret = base58.decode(next(value for name, value in values.items() if name.startswith("PRIVATE_KEY")))[1:33]
    assert coincurve.PrivateKey(secret).public_key.format() == record.key.plain


def check_descriptor_record(data: bytes) -> None:
    record = bsms.parse_descriptor_record(data)
    assert record.serialise() == data
    if record.template.startswith("sh(wsh("):
        assert refusal(lambda: record.vault("bc")) == "bitcoin.form-nested"
        assert nested_address(record.template) == record.first_address
        return
    found = record.vault("bc")
    assert bsms.descriptor_record(found, "bc") == record


def nested_address(template: str) -> str:
    """The first address of `sh(wsh(multi(2,…/**)))`, of our keys and scripts, for the comparison alone."""
    threshold, *texts = template.partition("multi(")[2].rstrip(")").split(",")
    keys = [key_expression.parse(text.replace("/**", "/0/0")).fixed().public for text in texts]
    return base58.encode(b"\x05" + script.p2sh(script.p2wsh(script.multisig(int(threshold), keys)))[2:22])


def test_the_published_encryption_keys_are_derived_from_their_tokens() -> None:
    tokens, keys = [], []
    for mode in load_vectors("bitcoin/bip129_bsms.json")["modes"]:
        for name, value in (pair for step in mode["steps"] for pair in step["values"]):
            if name.startswith("TOKEN") and name.endswith("(hex)"):
                tokens.append(bsms_encryption.read_token(value))
            elif name.startswith("ENCRYPTION_KEY"):
                keys.append(value)
            elif name == "TOKEN (decimal)":
                assert int.from_bytes(tokens[-1]) == int(value)
    assert [bsms_encryption.encryption_key(token).hex() for token in tokens] == keys
    assert [len(token) for token in tokens] == [8, 16, 16, 16]


def test_the_published_mac_keys_are_the_hash_of_the_encryption_keys() -> None:
    keys, macs = set(), set()
    for mode in load_vectors("bitcoin/bip129_bsms.json")["modes"]:
        for name, value in (pair for step in mode["steps"] for pair in step["values"]):
            if name.startswith("ENCRYPTION_KEY"):
                keys.add(sha256(bytes.fromhex(value)).hexdigest())
            elif name.startswith("HMAC_KEY"):
                macs.add(value)
    assert macs == keys
    assert len(macs) == 4


def test_three_devices_records_become_one_vault_and_come_back_as_one_record() -> None:
    records = [bsms.parse_key_record(record_of(who, TOKEN).serialise(), TOKEN) for who in range(3)]
    found = bsms.assemble(2, records)
    assert isinstance(found, RangedDescriptor)
    assert found.text == ranged_text("bsms")
    setup = bsms.descriptor_record(found, "bcrt")
    assert setup.restrictions == "/0/*,/1/*"
    assert setup.first_address == found.at(0).address("bcrt")
    dat = bsms_encryption.encrypt(TOKEN, setup.serialise())
    assert bsms.parse_descriptor_record(bsms_encryption.decrypt(TOKEN, dat)).vault("bcrt") == found


def test_plain_keys_become_a_slot_and_both_kinds_nothing() -> None:
    plain = bsms.parse_key_record(PUBLISHED_KEY)
    found = bsms.assemble(1, [plain])
    assert isinstance(found, Descriptor)
    assert bsms.descriptor_record(found, "bc").vault("bc") == found
    assert refusal(lambda: bsms.assemble(1, [plain, record_of(0)])) == "bitcoin.descriptor-mixed-range"


def test_one_line_end_behind_the_record_is_kept_and_two_are_refused() -> None:
    for data, parse in ((PUBLISHED_KEY, bsms.parse_key_record), (PUBLISHED_VAULT, bsms.parse_descriptor_record)):
        assert parse(data + b"\n").serialise() == data + b"\n"
        assert refusal(lambda parse=parse, data=data: parse(data + b"\n\n")) == "bitcoin.bsms-lines"


def changed(line: int, text: str, record: bytes = PUBLISHED_KEY) -> bytes:
    lines = record.decode().split("\n")
    lines[line - 1] = text
    return "\n".join(lines).encode()


XPRV = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bitcoin.bsms-text"),
        (b"\xff" + PUBLISHED_KEY, "bitcoin.bsms-text"),
        (b"\xef\xbb\xbf" + PUBLISHED_KEY, "bitcoin.bsms-text"),
        (PUBLISHED_KEY.replace(b"\n", b"\r\n"), "bitcoin.bsms-line-end"),
        (changed(1, "BSMS 1.1"), "bitcoin.bsms-version"),
        (changed(1, "BSMS 1.0 "), "bitcoin.bsms-version"),
        (changed(1, "bsms 1.0"), "bitcoin.bsms-text"),
        (changed(2, "0x00"), "bitcoin.bsms-token-text"),
        (changed(2, "0000"), "bitcoin.bsms-token"),
        (changed(2, TOKEN.hex()), "bitcoin.bsms-other-token"),
        (changed(3, "026d15412460ba0d881c21837bb999233896085a9ed4e5445bd637c10e579768ba"), "bitcoin.bsms-key"),
        (changed(3, f"{ACCOUNTS[0].expression}/0"), "bitcoin.bsms-key"),
        (changed(3, ACCOUNTS[0].expression.replace("/2h]", "/3h]")), "bitcoin.key-origin"),
        (changed(3, f"{ACCOUNTS[0].expression}/<0;1>/*"), "bitcoin.bsms-key"),
        (changed(3, f"{ACCOUNTS[0].expression}/**"), "bitcoin.descriptor-key"),
        (changed(3, f"[59865f44]{XPRV}"), "bitcoin.descriptor-private-key"),
        (changed(3, ACCOUNTS[0].expression), "bitcoin.bsms-signature"),
        (changed(3, PUBLISHED_KEY.decode().split("\n")[2].replace("48'", "48h")), "bitcoin.bsms-signature"),
        (changed(4, "Signer 2 key"), "bitcoin.bsms-signature"),
        (changed(4, "x" * 81), "bitcoin.bsms-description"),
        (changed(4, "Signer\u202e1 key"), "bitcoin.bsms-description"),
        (changed(5, "H6DX"), "bitcoin.message-signature"),
        (changed(5, PUBLISHED_KEY.decode().split("\n")[4] + " "), "bitcoin.message-signature"),
        (changed(5, ""), "bitcoin.bsms-lines"),
        (PUBLISHED_KEY.rpartition(b"\n")[0], "bitcoin.bsms-lines"),
        (PUBLISHED_KEY + b"\n" + b"x" * (16 << 10), "bitcoin.bsms-size"),
    ],
)
def test_hostile_key_records_are_refused_beside_the_published_one(data: bytes, code: str) -> None:
    assert bsms.parse_key_record(PUBLISHED_KEY).serialise() == PUBLISHED_KEY
    assert refusal(lambda: bsms.parse_key_record(data)) == code


def test_what_is_just_within_the_limits_passes() -> None:
    assert record_of(0, description="x" * 80).description == "x" * 80
    padded = b"BSMS 1.0\n" + b"x" * ((16 << 10) - 9)
    assert refusal(lambda: bsms.parse_descriptor_record(padded)) == "bitcoin.bsms-lines"
    assert refusal(lambda: bsms.parse_descriptor_record(padded + b"x")) == "bitcoin.bsms-size"
    largest = bsms_encryption.encrypt(TOKEN, bytes(16 << 10))
    assert bsms_encryption.decrypt(TOKEN, largest + b"\n") == bytes(16 << 10)
    assert refusal(lambda: bsms_encryption.decrypt(TOKEN, largest + b"00")) == "bitcoin.bsms-size"


def test_a_signature_has_one_spelling() -> None:
    *head, text = PUBLISHED_KEY.decode().split("\n")
    raw = base64.b64decode(text)
    kind, r, s = raw[0], raw[1:33], int.from_bytes(raw[33:])
    high_s = bytes((31 + (kind - 31 ^ 1),)) + r + (ORDER[Curve.SECP256K1] - s).to_bytes(32)
    for other, code in [
        (high_s, "bitcoin.message-signature"),
        (bytes((kind - 4,)) + raw[1:], "bitcoin.message-signature-kind"),  # of an uncompressed key
        (bytes((kind + 4,)) + raw[1:], "bitcoin.message-signature-kind"),  # of an address in P2SH
        (bytes((kind + 8,)) + raw[1:], "bitcoin.message-signature-kind"),  # of a witness address
        (bytes((31 + (kind - 31 ^ 1),)) + raw[1:], "bitcoin.bsms-signature"),
        (raw[:1] + bytes(64), "keys.signature-range"),
        (raw[:-1], "bitcoin.message-signature"),
    ]:
        data = "\n".join([*head, base64.b64encode(other).decode()]).encode()
        assert refusal(lambda data=data: bsms.parse_key_record(data)) == code


def test_a_stranger_s_key_under_the_same_fingerprint_needs_the_stranger_s_signature_and_is_another_key() -> None:
    """B6: what identifies the cosigner is the whole key; that the record verifies says only who holds it."""
    stranger = account("stranger")
    forged = f"[{ACCOUNTS[0].fingerprint.hex()}/48h/1h/0h/2h]{stranger.xpub}"
    message = bsms.signed_text(NO_TOKEN, forged, "cold device")
    assert refusal(
        lambda: bsms.key_record(NO_TOKEN, forged, "cold device", signature(ACCOUNTS[0].secret(), message))
    ) == ("keys.recovery-mismatch")
    record = bsms.key_record(NO_TOKEN, forged, "cold device", signature(stranger.secret(), message))
    assert record.key.extended != record_of(0).key.extended
    with pytest.raises(Refused, match=r"B6\.duplicate-fingerprint"):
        bsms.assemble(2, [record_of(0), record])
    with pytest.raises(Refused, match=r"B6\.duplicate-key"):
        bsms.assemble(2, [record_of(0), record_of(0)])


VAULT = ranged.parse(ranged_text("bsms"))
SETUP = bsms.descriptor_record(VAULT, "bcrt").serialise()
BODY = SETUP.decode().split("\n")[1]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (changed(4, VAULT.at(1).address("bcrt"), SETUP), "bitcoin.bsms-first-address"),
        (changed(4, VAULT.at(0).address("tb"), SETUP), "bitcoin.bsms-first-address"),
        (changed(4, VAULT.at(0).address("bcrt").upper(), SETUP), "bitcoin.bsms-first-address"),
        (changed(3, "No path restrictions", SETUP), "bitcoin.bsms-restrictions"),
        (changed(3, "/0/*", SETUP), "bitcoin.bsms-restrictions"),
        (changed(3, "/1/*,/0/*", SETUP), "bitcoin.bsms-restrictions"),
        (changed(3, "/0/*,/1/*,/2/*", SETUP), "bitcoin.bsms-restrictions"),
        (changed(3, "/0h/*,/1/*", SETUP), "bitcoin.bsms-line"),
        (changed(3, "0/*,1/*", SETUP), "bitcoin.bsms-line"),
        (changed(3, "/0/*, /1/*", SETUP), "bitcoin.bsms-line"),
        (changed(3, "no path restrictions", SETUP), "bitcoin.bsms-line"),
        (changed(3, "", SETUP), "bitcoin.bsms-line"),
        (changed(2, "", SETUP), "bitcoin.bsms-line"),
        (changed(4, "", SETUP), "bitcoin.bsms-lines"),
        (changed(4, "\n", SETUP), "bitcoin.bsms-line"),
        (changed(2, BODY.replace("multi(2", "multi(1"), SETUP), "bitcoin.bsms-first-address"),
        (changed(2, BODY.replace(ACCOUNTS[1].xpub, account("stranger").xpub), SETUP), "bitcoin.bsms-first-address"),
        # an origin that was changed leaves every address as it is: no device would find its key again
        (changed(2, BODY.replace("/2h]", "/3h]", 1), SETUP), "bitcoin.key-origin"),
        (changed(2, BODY.replace("/**", "/0/**"), SETUP), "bitcoin.bsms-first-address"),
        (changed(2, BODY.replace("/**", "/<0;1>/*"), SETUP), "bitcoin.bsms-restrictions"),
        (changed(2, BODY.replace("/**", "/<0;1>/*", 1), SETUP), "bitcoin.bsms-restrictions"),
        (changed(2, BODY.replace("/**", "", 1), SETUP), "bitcoin.descriptor-mixed-range"),
        (changed(2, BODY.replace("/**", "/0/0", 1), SETUP), "bitcoin.descriptor-mixed-range"),
        (changed(2, BODY.replace("/**", "/**/0"), SETUP), "bitcoin.bsms-restrictions"),
        (changed(2, BODY + "#00000000", SETUP), "bitcoin.descriptor-checksum"),
        (changed(2, f"sh({BODY})", SETUP), "bitcoin.form-nested"),
        (changed(2, f"tr({ACCOUNTS[0].expression}/**)", SETUP), "bitcoin.form-taproot"),
        (changed(1, "BSMS 2.0", SETUP), "bitcoin.bsms-version"),
        (SETUP + b"\nmore", "bitcoin.bsms-lines"),
        (SETUP.replace(b"\n", b"\r"), "bitcoin.bsms-line-end"),
    ],
)
def test_hostile_descriptor_records_are_refused_beside_the_genuine_one(data: bytes, code: str) -> None:
    assert bsms.parse_descriptor_record(SETUP).vault("bcrt") == VAULT
    assert refusal(lambda: bsms.parse_descriptor_record(data).vault("bcrt")) == code


def test_a_signer_finds_its_own_key_once_whatever_the_first_address_says() -> None:
    own = bsms.parse_key_record(record_of(1).serialise()).key
    plain = bsms.parse_key_record(PUBLISHED_KEY).key
    setup = bsms.parse_descriptor_record(PUBLISHED_VAULT)
    assert bsms.own_place(VAULT, own) == 1
    assert bsms.own_place(VAULT.at(7), own) == 1
    assert bsms.own_place(setup.vault("bc"), plain) == 0
    assert bsms.own_place(VAULT, record_of(2).key) == 2
    origin = f"[{ACCOUNTS[1].fingerprint.hex()}/48h/1h/0h/2h]"
    for changed_origin in ("[0badcafe/48h/1h/0h/2h]", ""):
        vault = bsms.parse_descriptor_record(changed(2, BODY.replace(origin, changed_origin), SETUP)).vault("bcrt")
        assert vault.keys[1].extended == own.extended
        assert refusal(lambda vault=vault: bsms.own_place(vault, own)) == "bitcoin.bsms-own-key"
    for key in (
        plain,
        key_expression.parse(f"{origin}{account('stranger').xpub}"),
        key_expression.parse(f"{origin.replace('/2h]', ']')}{ACCOUNTS[1].xpub}"),
        key_expression.parse(f"{origin.replace('/2h]', '/2h/0]')}{ACCOUNTS[1].xpub}"),
        key_expression.parse(f"{origin}{ACCOUNTS[1].secret().public.data.hex()}"),
    ):
        assert refusal(lambda key=key: bsms.own_place(VAULT, key)) == "bitcoin.bsms-own-key"


def test_no_byte_of_a_key_record_can_be_changed() -> None:
    data = record_of(0).serialise()
    for place in range(len(data)):
        for bit in (1, 32):
            other = data[:place] + bytes((data[place] ^ bit,)) + data[place + 1 :]
            with pytest.raises(CountersignError):
                bsms.parse_key_record(other)


def test_a_template_may_carry_its_checksum() -> None:
    assert bsms.parse_descriptor_record(changed(2, summed(BODY), SETUP)).vault("bcrt") == VAULT


def test_a_multipath_descriptor_needs_no_restrictions() -> None:
    for text in (VAULT.text, VAULT.body):
        data = changed(3, "No path restrictions", changed(2, text, SETUP))
        assert bsms.parse_descriptor_record(data).vault("bcrt") == VAULT


def test_a_vault_of_another_network_is_refused_though_its_address_fits() -> None:
    setup = bsms.parse_descriptor_record(changed(4, VAULT.at(0).address("bc"), SETUP))
    assert refusal(lambda: setup.vault("bc")) == "bitcoin.key-network"
    assert refusal(lambda: bsms.descriptor_record(VAULT, "bc")) == "bitcoin.key-network"


def test_what_is_encrypted_is_hidden_and_opens_with_its_token_alone() -> None:
    dat = bsms_encryption.encrypt(TOKEN, SETUP)
    assert b"wsh" not in bytes.fromhex(dat.decode())
    assert bsms_encryption.decrypt(TOKEN, dat + b"\n") == SETUP
    for token in (bytes(8), TOKEN[:-1] + b"\x00", TOKEN + TOKEN, bytes(16)):
        assert refusal(lambda token=token: bsms_encryption.decrypt(token, dat)) == "bitcoin.bsms-mac"
    for spot in (0, 31, 32, 33, len(dat) // 2 - 1):
        raw = bytearray(bytes.fromhex(dat.decode()))
        raw[spot] ^= 1
        assert refusal(lambda raw=raw: bsms_encryption.decrypt(TOKEN, raw.hex().encode())) == "bitcoin.bsms-mac"
    assert refusal(lambda: bsms_encryption.decrypt(TOKEN, dat[:-2])) == "bitcoin.bsms-mac"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bitcoin.bsms-dat"),
        (b"00" * 32, "bitcoin.bsms-dat"),
        (b"zz" * 40, "bitcoin.bsms-dat"),
        (b"0" * 81, "bitcoin.bsms-dat"),
        (b"\xff" * 80, "bitcoin.bsms-dat"),
        (b"00" * 40 + b"\n\n", "bitcoin.bsms-dat"),
        (b"00" * (17 << 10), "bitcoin.bsms-size"),
    ],
)
def test_what_is_no_encrypted_record_is_refused(data: bytes, code: str) -> None:
    assert refusal(lambda: bsms_encryption.decrypt(TOKEN, data)) == code


def test_tokens_of_other_lengths_are_refused_and_no_encryption_encrypts_nothing() -> None:
    for token in (b"", NO_TOKEN, bytes(7), bytes(9), bytes(32)):
        with pytest.raises(Malformed, match=r"bitcoin\.bsms-token"):
            bsms_encryption.encrypt(token, SETUP)
    assert [bsms_encryption.read_token(text) for text in ("00", TOKEN.hex())] == [NO_TOKEN, TOKEN]
    for text in ("", "01", "0x00", TOKEN.hex().upper()):
        with pytest.raises(Malformed):
            bsms_encryption.read_token(text)
    with pytest.raises(Malformed, match=r"bitcoin\.bsms-size"):
        bsms_encryption.encrypt(TOKEN, bytes((16 << 10) + 1))


def test_a_key_record_is_bound_to_its_session() -> None:
    record = record_of(0, TOKEN).serialise()
    assert bsms.parse_key_record(record, TOKEN).token == TOKEN
    for token in (NO_TOKEN, bytes(8)):
        assert refusal(lambda token=token: bsms.parse_key_record(record, token)) == "bitcoin.bsms-other-token"


def test_a_message_signature_is_of_the_message_alone() -> None:
    key = ACCOUNTS[0].secret()
    text = signed_message.encode(b"hello", key.public, signature(key, b"hello"))
    assert signed_message.signer(b"hello", text) == key.public.data
    assert signed_message.signer(b"hello.", text) != key.public.data
    assert (
        descriptor.parse(sortedmulti(1, key.public.data.hex())).keys[0].public == bip32.parse(ACCOUNTS[0].xpub).public
    )
