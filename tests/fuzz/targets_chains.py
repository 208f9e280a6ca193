"""Targets of `bitcoin/`, `ethereum/`, `rails/` and `chains/`: what is signed, what nodes and services answer."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache

from countersign.bitcoin import (
    address,
    bip32,
    bsms,
    bsms_encryption,
    compact_size,
    described,
    descriptor,
    descriptor_checksum,
    forms,
    inspect,
    key_expression,
    layout,
    parent,
    psbt,
    ranged,
    script,
    signed_message,
    transaction,
    vault,
    verify,
)
from countersign.chains import answers, bitcoin_spend, ethereum_executions, ethereum_logs, jsonrpc
from countersign.errors import CountersignError
from countersign.ethereum import (
    arrivals,
    atomic,
    erc20,
    execute,
    multisend,
    owners,
    safe,
    safe_file,
    safe_storage,
    service,
    signatures,
)
from countersign.ethereum import inspect as safe_inspect
from countersign.ethereum import views as safe_views
from countersign.ethereum.abi import Address, Arguments, Digest
from countersign.keys.public_key import PublicKey
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from fuzz.target import Target, same, same_text, text


def _psbt(data: bytes) -> None:
    found = psbt.parse(data)
    inspect.facts(found)
    assert psbt.serialise(found) == data
    assert psbt.parse(psbt.serialise(psbt.bare(found))).txid == found.txid


def _psbt_all(data: bytes) -> None:
    """What BIP-174 takes, as an auditor's screen shows it: facts, and every output as it can be told."""
    found = psbt.parse_bip174(data)
    facts = inspect.facts(found)
    assert psbt.serialise(found) == data
    assert facts.weight >= 0
    for each in facts.inputs:
        assert each.binding in {"bound", "missing", "mismatch"}


def _finalised(data: bytes) -> None:
    bitcoin_rail.finalise(data)


@cache
def _instructed() -> tuple[bytes, bytes, tuple[PublicKey, ...], tuple[PublicKey, ...]]:
    """The unsigned PSBT and SafeTx of a settlement, and officer A's keys for each."""
    from support import settlement_world as world
    from support.finished_settlement import finished

    over = finished()
    bitcoin = tuple(world.vault_key("officer-a", "bip122", "meridian", slot).public for slot in range(3))
    ethereum = tuple(world.vault_key("officer-a", "eip155", owner).public for owner in world.OWNERS)
    return over.psbt, over.safe_tx, bitcoin, ethereum


def _bitcoin_share(data: bytes) -> None:
    unsigned, _, keys, _ = _instructed()
    bitcoin_rail.accept_share(unsigned, data, keys)
    assert bitcoin_rail.combine(unsigned, [data, data]) == bitcoin_rail.combine(unsigned, [data])


def _safe_share(data: bytes) -> None:
    _, safe_tx, _, keys = _instructed()
    ethereum_rail.accept_share(safe_tx, data, keys)


def _transaction(data: bytes) -> None:
    found = transaction.parse(data)
    assert transaction.serialise(found) == data
    assert transaction.weight(found) == 3 * len(transaction.stripped(found)) + len(data)


def _outpoint(words: str) -> None:
    found = transaction.Outpoint.parse(words)
    assert (str(found), len(found.serialise())) == (words, 36)


def _unsigned(data: bytes) -> None:
    assert transaction.serialise(transaction.parse_unsigned(data)) == data


def _parent(data: bytes) -> None:
    found = parent.read(data)
    for number in range(-1, min(len(found.spans), 50) + 1):
        found.output(number)
    assert found.without_witness().txid == found.txid


def _spend(data: bytes) -> None:
    found = bitcoin_spend.read(data)
    spent = [transaction.Output(data[:34], transaction.Satoshis(1)) for _ in found.places]
    with suppress(CountersignError):
        verify.verify(data, spent)


def _witness_stack(data: bytes) -> None:
    items, end = layout.witness_stack(data, 0)
    assert all(start <= stop <= end for start, stop in items)


def _compact(data: bytes) -> None:
    number, end = compact_size.read(data, 0)
    assert compact_size.encode(number) == data[:end]
    assert compact_size.size(number) == end
    compact_size.read_bytes(data, 0)


def _descriptor(found: str) -> None:
    known = descriptor.parse(found)
    assert known.text == found
    assert script.parse_multisig(known.witness_script).threshold == known.threshold


def _key(found: str) -> None:
    read = key_expression.parse(found)
    assert read.text == found
    one = read.at(1, 7) if read.ranged else read.fixed()
    assert one.path[: len(read.path)] == read.path


def _ranged(found: str) -> None:
    read = ranged.parse(found)
    for number in (0, ranged.place(1, 3)):
        assert read.at(number).threshold == read.threshold


def _bsms_descriptor(data: bytes) -> None:
    record = bsms.parse_descriptor_record(data)
    assert record.serialise() == data
    record.vault("bc")


def _described(data: bytes) -> None:
    found = described.read(data)
    if isinstance(found, bsms.KeyRecord):
        assert found.serialise() == data
    elif found.refusal is None:
        again = described.read(found.serialise().encode())
        assert isinstance(again, described.Described)
        assert again.vault == found.vault
        assert [each.address(prefix) for prefix in found.prefixes for each in found.places]


def _bsms_encrypted(data: bytes) -> None:
    """Behind the session's token, whose kind is the first byte: none, of eight bytes, of sixteen."""
    token = (b"", b"\x01" * 8, b"\x01" * 16)[data[0] % 3] if data else b""
    record = bsms_encryption.decrypt(token, data[1:])
    assert bsms_encryption.encrypt(token, record) == data[1:].removesuffix(b"\n")


def _body(found: str) -> None:
    """A descriptor's body with the checksum that it has, so that a fuzzer need not find it."""
    whole = f"{found}#{descriptor_checksum.checksum(found)}"
    for read in (_descriptor, _ranged):
        with suppress(CountersignError):
            read(whole)


def _checksum(found: str) -> None:
    body, checksum = descriptor_checksum.split(found)
    assert f"{body}#{checksum}" == found


def _multisig(data: bytes) -> None:
    found = script.parse_multisig(data)
    assert script.multisig(found.threshold, found.keys) == data


def _script(data: bytes) -> None:
    """Whatever an output holds, it has a dust limit, and an address that leads back to it, or none."""
    script.dust_limit(data)
    assert address.script_of(address.address(data, "bcrt"), "bcrt") == data


def _address(found: str) -> None:
    assert address.address(address.script_of(found, "bc"), "bc") == found


def _arguments(data: bytes) -> None:
    found = Arguments(data)
    for read in (found.uint, found.address, found.dynamic, found.bytes32):
        for index in (0, 1, 2, 7):
            try:
                read(index)
            except CountersignError:
                continue


def _call(data: bytes) -> None:
    """As review reads a call: whatever it is, it has facts."""
    from dataclasses import replace

    safe_place, target = Address(b"\x11" * 20), Address(data[:20].rjust(20, b"\0"))
    plain = safe.plain_tx(31337, safe_place, target, 0, data[20:], nonce=0)
    for operation in (0, 1):
        for to in (target, safe_place, *multisend.RELEASES):
            safe_inspect.read(replace(plain, operation=operation, to=to))


def _blob(data: bytes) -> None:
    digest = Digest(data[:32].rjust(32, b"\0"))
    for each in signatures.split(data[32:]):
        signatures.recovered_for_display(digest, each)
    with suppress(CountersignError):
        signatures.verify(digest, data[32:], (), 1)


def _views(data: bytes) -> None:
    for read in _VIEWS:
        try:
            read(data)
        except CountersignError:
            continue


_VIEWS: tuple[Callable[[bytes], object], ...] = (
    safe_views.read_uint,
    safe_views.read_addresses,
    safe_views.read_version,
    safe_storage.read_modules,
    safe_storage.read_stored,
)


def _arrival(data: bytes) -> None:
    """An emitter, then topics of 32 bytes, the last of the pieces being the data."""
    pieces = [data[at : at + 32] for at in range(20, len(data), 32)]
    entry = safe_views.LogEntry(Address(data[:20].rjust(20, b"\0")), tuple(pieces[:-1]), b"".join(pieces[-1:]))
    arrivals.read(entry)
    safe_views.outcome(Address(data[:20]), Digest(data[20:52]), [entry])


def _rpc(data: bytes) -> None:
    """A node's answer, read by every reader that an adapter has for its result."""
    try:
        found = jsonrpc.JsonRpc("http://127.0.0.1:1")._result(data, 200)
    except jsonrpc.RpcError as error:
        found = error.data
    for read in _ANSWERS:
        try:
            read(found, "method")
        except CountersignError:
            continue


def _receipt(value: object, method: str) -> object:
    receipt = answers.record(value, method)
    with suppress(CountersignError):
        ethereum_executions.executed(receipt)
        ethereum_executions.succeeded(receipt)
    return ethereum_logs.entries(receipt, method)


def _logged(value: object, method: str) -> object:
    return [ethereum_logs._place(each, None, Address(bytes(20)), 0, 9) for each in answers.array(value, method)]


_ANSWERS: tuple[Callable[[object, str], object], ...] = (
    answers.whole,
    answers.flag,
    answers.record,
    answers.array,
    answers.identity,
    answers.raw,
    answers.satoshis,
    answers.quantity,
    answers.data,
    _receipt,
    _logged,
)

TARGETS = {
    "transaction": Target(_transaction, ("transaction", "transaction-stripped"), 1 << 16, 200),
    "transaction-unsigned": Target(_unsigned, ("transaction-stripped",), 1 << 16, 200),
    "parent": Target(_parent, ("transaction", "transaction-stripped"), 1 << 16, 200),
    "witness-stack": Target(_witness_stack, ("witness",), 4096, 200),
    "compact-size": Target(_compact, ("compact-size",), 64),
    "psbt": Target(
        _psbt, ("bitcoin/unsigned.psbt", "bitcoin/share-1.psbt", "bitcoin/combined.psbt", "psbt:bip174"), 1 << 16, 300
    ),
    "psbt-bip174": Target(
        _psbt_all, ("psbt:bip174", "psbt:bip370", "psbt:bip371", "bitcoin/combined.psbt"), 1 << 16, 300
    ),
    "psbt-share": Target(_bitcoin_share, ("bitcoin/share-1.psbt",), 1 << 16, 300),
    "psbt-finalise": Target(_finalised, ("bitcoin/combined.psbt", "bitcoin/share-1.psbt"), 1 << 16, 300),
    "spend": Target(_spend, ("transaction",), 1 << 16, 300),
    "descriptor": Target(text(_descriptor), ("descriptor", "descriptors:bip380"), 4096),
    "descriptor-body": Target(text(_body), ("descriptor-body",), 4096),
    "descriptor-checksum": Target(text(_checksum), ("descriptor", "descriptors:bip380"), 4096),
    "descriptor-key": Target(text(_key), ("descriptor-key", "descriptor-key-plain", "descriptor-key-ranged"), 512),
    "descriptor-ranged": Target(text(_ranged), ("descriptor-ranged", "descriptors:bip380"), 4096),
    "descriptor-form": Target(text(forms.recognise), ("descriptor-form", "descriptors:bip380"), 4096),
    "bsms-key": Target(same(bsms.parse_key_record, bsms.KeyRecord.serialise), ("bsms-key",), 2048),
    "bsms-descriptor": Target(_bsms_descriptor, ("bsms-descriptor",), 4096),
    "described": Target(
        _described,
        ("bsms-key", "bsms-descriptor", "descriptor", "descriptor-ranged", "bitcoin/descriptor.txt"),
        1 << 14,
    ),
    "bsms-encrypted": Target(_bsms_encrypted, ("bsms-encrypted",), 2048),
    "signed-message": Target(text(lambda found: signed_message.signer(b"message", found)), ("signed-message",), 256),
    "extended-key": Target(same_text(bip32.parse, bip32.serialise), ("xpub", "tpub"), 256),
    "vault": Target(same_text(vault.parse, lambda found: found.serialise()), ("bitcoin/descriptor.txt",), 1 << 14),
    "script": Target(_script, ("script", "script-taproot"), 256),
    "multisig": Target(_multisig, ("multisig",), 1024),
    "address": Target(text(_address), ("address", "address-taproot"), 256),
    "outpoint": Target(text(_outpoint), ("outpoint",), 128),
    "txid": Target(same_text(transaction.from_display, transaction.display), ("txid",), 128),
    "abi": Target(_arguments, ("call",), 4096),
    "exec-transaction": Target(execute.decode, ("call",), 1 << 14),
    "multisend": Target(same(multisend.parse, multisend.serialise), ("batch",), 1 << 14, 200),
    "owner-change": Target(same(owners.parse, owners.serialise), ("owner-change",), 256),
    "atomic": Target(same(atomic.decode, atomic.encode), ("atomic",), 1 << 14, 200),
    "erc20": Target(same(erc20.decode, erc20.encode), ("erc20",), 256),
    "safe-call": Target(_call, ("safe-call", "safe-batch"), 4096, 400),
    "safe-tx": Target(same(safe_file.parse, safe_file.serialise), ("ethereum/safe_tx.json",), 1 << 14),
    "safe-tx-rail": Target(
        same(lambda data: ethereum_rail.parse(data), safe_file.serialise), ("ethereum/safe_tx.json",), 1 << 14
    ),
    "safe-share": Target(_safe_share, ("safe-share",), 256),
    "safe-service": Target(lambda data: service.parse(data, 1), ("service", "safe:service"), 1 << 16),
    "safe-version": Target(same_text(safe.SafeVersion.parse), ("safe-version",), 64),
    "owner-signatures": Target(same(signatures.parse, signatures.serialise), ("ethereum/signatures.json",), 1 << 14),
    "signature-blob": Target(_blob, ("signature-blob",), 1024),
    "safe-views": Target(_views, ("view-uint", "view-addresses", "view-version", "view-modules"), 4096),
    "arrival-log": Target(_arrival, ("arrival-token", "arrival-ether"), 512),
    "json-rpc": Target(_rpc, ("rpc-result", "rpc-error", "rpc-receipt", "rpc-money", "rpc-logs"), 1 << 14, 200),
}
