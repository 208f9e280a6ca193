"""What is done to an honest PSBT, its shares and its contract to make them hostile: one change each."""

from collections.abc import Callable
from dataclasses import replace

from countersign.bitcoin import descriptor
from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt, bip370, fields
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.formats import bech32
from countersign.keys import ecdsa
from countersign.keys import jws as jose
from countersign.keys.curve import ORDER, Curve
from countersign.review.case import Case, Channel, JournalFacts, SignerFacts
from countersign.settlement import contract
from countersign.settlement.contract import Notional
from hostile.policy_cases import without
from support import alter, review_cases
from support import settlement_world as world
from support.alter import Paid
from support.review_cases import Plan, psbt_share, story
from support.software_keys import SoftwareKey

Change = Callable[[Psbt], Psbt | bytes]
ATTACKER = SoftwareKey.generate(Curve.SECP256K1, "attacker").public.data
ATTACKERS_SCRIPT = b"\x00\x20" + b"\x66" * 32
GENEROUS = Plan((world.terms(1, fees=((world.BTC, 3_000_000_000),)),))

SMALL = Plan(
    (
        replace(
            GENEROUS.terms[0],
            legs=(
                replace(GENEROUS.terms[0].legs[0], amount=400_000_000),
                replace(GENEROUS.terms[0].legs[1], amount=320_000_000_000),
            ),
            notional=Notional(320_000, "80000", "Northgate reference"),
        ),
    ),
    fees=(100_000, 5, 10),
)
"""4 BTC for 320,000 USDC, where the policy allows any rate: a twentieth of it is a fee that a transaction can pay."""


def honest() -> Case:
    """The PSBT as it should be."""
    return story().psbt_case()


def altered(change: Change, plan: Plan = review_cases.STORY) -> Case:
    """The story in which operations prepared an altered PSBT."""
    return story(plan=plan, psbt=change).psbt_case()


def consented(change: Change, plan: Plan = review_cases.STORY) -> Case:
    """The altered PSBT, prepared by operations and compliance together."""
    return story(plan=plan, psbt=change, consent=["compliance"]).psbt_case()


def with_instruction(**changes: object) -> Case:
    """The honest case with other facts about its instruction."""
    case = honest()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, **changes))  # type: ignore[arg-type]


def raw(change: Callable[[bytes], bytes]) -> Change:
    """A change of the file's bytes."""
    return lambda psbt: change(psbts.serialise(psbt))


# --- B1, B2


def coin_type(number: int) -> Change:
    """An input's key says that it lies under another coin type's path."""

    def change(psbt: Psbt) -> Psbt:
        key, origin = next((k, v) for k, v in psbt.inputs[0].items() if k[0] == fields.KEY_PATH)
        path = b"".join((0x80000000 + step).to_bytes(4, "little") for step in (48, number, 0, 2))
        return alter.one_input(psbt, 0, key, origin[:4] + path)

    return change


def duplicate_key(data: bytes) -> bytes:
    """The first input's witness_utxo twice in its map."""
    found = psbts.parse(data)
    claimed = found.inputs[0][fields.WITNESS_UTXO]
    field = b"\x01\x01" + bytes((len(claimed),)) + claimed
    return data.replace(field, field + field, 1)


def endless_length(data: bytes) -> bytes:
    """A value that says that it is 2^64 − 1 bytes long."""
    found = psbts.parse(data)
    claimed = found.inputs[0][fields.WITNESS_UTXO]
    return data.replace(b"\x01\x01" + bytes((len(claimed),)) + claimed, b"\x01\x01" + b"\xff" * 9 + claimed, 1)


def version_2(flags: int) -> Change:
    """The same in version 2, and what of it may still change: 1 its inputs, 2 its outputs, 0 nothing."""
    return lambda psbt: psbts.serialise(alter.header(psbts.to_version(psbt, 2), bip370.MODIFIABLE, bytes((flags,))))


def on_another_network(shift: int) -> Callable[[dict[str, object]], None]:
    """Meridian's keys are in a vault on a test network as well; `shift`: the last cosigner's are so many slots further on."""

    def change(body: dict[str, object]) -> None:
        vault, _ = world.vault_entries("meridian")
        slots = []
        for number in range(world.SLOTS - shift):
            keys = [world.vault_key(each, "bip122", "meridian", number).public for each in world.COSIGNERS[:-1]]
            keys.append(world.vault_key(world.COSIGNERS[-1], "bip122", "meridian", number + shift).public)
            text = descriptor.of_keys(2, [each.data for each in keys]).text
            slots.append({"number": number, "descriptor": text, "keys": [each.kid for each in keys]})
        there = {**vault, "id": "meridian-tb", "chain": world.TESTNET, "slots": slots}
        body["vaults"].append(there)  # type: ignore[attr-defined]

    return change


HERE_AND_THERE, THERE_APART = on_another_network(0), on_another_network(1)

# --- B3 to B6


def claims_one_more(psbt: Psbt) -> Psbt:
    """The second input's witness_utxo says one satoshi more than its parent."""
    claimed = psbt.inputs[1][fields.WITNESS_UTXO]
    amount = int.from_bytes(claimed[:8], "little") + 1
    return alter.one_input(psbt, 1, fields.WITNESS_UTXO, amount.to_bytes(8, "little") + claimed[8:])


def other_slots_script(psbt: Psbt) -> Psbt:
    """The first input carries the second one's script."""
    return alter.one_input(psbt, 0, fields.WITNESS_SCRIPT, psbt.inputs[1][fields.WITNESS_SCRIPT])


def sighash(kind: int) -> Change:
    """The first input asks for another sighash."""
    return lambda psbt: alter.one_input(psbt, 0, fields.SIGHASH_TYPE, kind.to_bytes(4, "little"))


def same_fingerprint(psbt: Psbt) -> Psbt:
    """A cosigner's key in the PSBT replaced by the attacker's, under the same fingerprint."""
    key, origin = next((k, v) for k, v in psbt.inputs[0].items() if k[0] == fields.KEY_PATH)
    without = alter.one_input(psbt, 0, key, None)
    return alter.one_input(without, 0, key[:1] + ATTACKER, origin)


def attackers_descriptor(body: dict[str, object]) -> None:
    """Slot 0 is registered with D's key id, and a descriptor with a valid checksum over the attacker's key."""
    slot = body["vaults"][0]["slots"][0]  # type: ignore[index]
    text = slot["descriptor"].split("#")[0]
    text = text.replace(world.vault_key("officer-d", "bip122", "meridian", 0).public.data.hex(), ATTACKER.hex())
    slot["descriptor"] = f"{text}#{world._descriptor_checksum(text)}"


def slot_with_path(body: dict[str, object]) -> None:
    """Slot 0's keys are registered as children of an extended key, which a token's key never is."""
    slot = body["vaults"][0]["slots"][0]  # type: ignore[index]
    key = world.vault_key("officer-d", "bip122", "meridian", 0).public.data.hex()
    text = slot["descriptor"].split("#")[0].replace(key, f"[00112233/48'/1'/0'/2']{key}")
    slot["descriptor"] = f"{text}#{world._descriptor_checksum(text)}"


def signed_by_stranger() -> Case:
    """Who signs holds no key of the vault."""
    case = honest()
    return replace(case, signer=SignerFacts("compliance", world.identity("compliance").public))


# --- B7, B8


def unfindable_path(psbt: Psbt) -> Psbt:
    """The change goes to the registered slot, but says that its keys lie at m/293847/29300847/2382363/972353."""
    path = b"".join(step.to_bytes(4, "little") for step in (293847, 29300847, 2382363, 972353))

    def change(found: dict[bytes, bytes]) -> None:
        for key in [key for key in found if key[0] == fields.OUTPUT_KEY_PATH]:
            found[key] = found[key][:4] + path

    return alter.one_output(psbt, alter.change_at(psbt), change)


def change_of_withdrawn_keys(*officers: str) -> Case:
    """The keys that these officers had in the slot that takes the change are withdrawn since."""
    scene = story()
    return scene.psbt_case(state=without(scene.state, "bip122", "meridian", officers, slot=3))


def attackers_change(psbt: Psbt) -> Psbt:
    """The change's map names the right fingerprint and path, its script is the attacker's."""
    at = alter.change_at(psbt)

    def change(found: Paid) -> None:
        output, claims = found[at]
        key, origin = next((k, v) for k, v in claims.items() if k[0] == fields.OUTPUT_KEY_PATH)
        kept = {k: v for k, v in claims.items() if k != key and k[0] == fields.OUTPUT_KEY_PATH}
        found[at] = (Output(ATTACKERS_SCRIPT, output.satoshis), {**kept, key[:1] + ATTACKER: origin})

    return alter.paid(psbt, change)


def recipient(satoshis: int) -> Change:
    """The recipient gets so many satoshis more, the change as many fewer."""

    def change(psbt: Psbt) -> Psbt:
        moved = alter.paid(psbt, alter.add(alter.payment_at(psbt), satoshis))
        return alter.paid(moved, alter.add(alter.change_at(psbt), -satoshis))

    return change


def to_attacker(psbt: Psbt) -> Psbt:
    """The payment goes to the attacker's script."""
    at = alter.payment_at(psbt)

    def change(found: Paid) -> None:
        found[at] = (Output(ATTACKERS_SCRIPT, found[at][0].satoshis), found[at][1])

    return alter.paid(psbt, change)


def extra(script: bytes, satoshis: int) -> Change:
    """One output more, taken from the change."""

    def change(psbt: Psbt) -> Psbt:
        less = alter.paid(psbt, alter.add(alter.change_at(psbt), -satoshis))
        return alter.paid(less, lambda found: found.append((Output(script, Satoshis(satoshis)), {})))

    return change


def second_change(psbt: Psbt) -> Psbt:
    """The change in two halves, both to registered slots of the vault."""
    at = alter.change_at(psbt)

    def change(found: Paid) -> None:
        output, claims = found[at]
        found[at] = (Output(output.script_pubkey, Satoshis(output.satoshis - 1_000_000)), claims)
        found.append((Output(output.script_pubkey, Satoshis(1_000_000)), claims))

    return alter.paid(psbt, change)


def reversed_outputs(psbt: Psbt) -> Psbt:
    """The same outputs in another order."""
    return alter.paid(psbt, lambda found: found.reverse())


def moved_between_vaults(satoshis: int) -> Change:
    """So many satoshis moved from one vault's change to the other's."""

    def change(psbt: Psbt) -> Psbt:
        first, second = (index for index, each in enumerate(psbt.outputs) if each)
        return alter.paid(alter.paid(psbt, alter.add(first, satoshis)), alter.add(second, -satoshis))

    return change


# --- B9, B10


def paying_fee(satoshis: int) -> Change:
    """The fee is exactly so many satoshis; the change gives or takes the difference."""

    def change(psbt: Psbt) -> Psbt:
        spent = facts(psbt).total_in or 0
        out = sum(each.nValue for each in psbt.tx.vout)
        return alter.paid(psbt, alter.add(alter.change_at(psbt), spent - out - satoshis))

    return change


def negative_fee(psbt: Psbt) -> Psbt:
    """The change takes more than goes in."""
    return paying_fee(-1)(psbt)  # type: ignore[return-value]


def lock_time(height: int, sequence: int) -> Change:
    """A lock time."""
    return lambda psbt: alter.paid(psbt, lambda found: None, lock_time=height, sequence=sequence)


# --- B11 to B13


def share_case(change: Callable[[bytes], bytes] = lambda signature: signature, officer: str = "officer-c") -> Case:
    """Officer C's share stands in the log; one of its signatures may be altered (DER with sighash byte)."""
    unsigned = story().psbt
    share = psbts.parse(psbt_share(unsigned, officer).data)
    key, signature = next(iter(share.inputs[0].items()))
    share = alter.one_input(share, 0, key, change(signature))
    return with_instruction(shares=(review_cases.shared(officer, psbts.serialise(share)),))


def high_s(signature: bytes) -> bytes:
    """The other s of the same signature."""
    compact = ecdsa.from_der(signature[:-1])
    s = ORDER[Curve.SECP256K1] - int.from_bytes(compact[32:])
    return ecdsa.to_der(compact[:32] + s.to_bytes(32)) + signature[-1:]


def strangers_signature() -> Case:
    """A signature under a key that nobody registered."""
    unsigned = story().psbt
    share = psbts.parse(psbt_share(unsigned, "officer-c").data)
    key, signature = next(iter(share.inputs[0].items()))
    share = alter.one_input(alter.one_input(share, 0, key, None), 0, key[:1] + ATTACKER, signature)
    return with_instruction(shares=(review_cases.shared("officer-c", psbts.serialise(share)),))


def quorum_there() -> Case:
    """Two of two shares are there already, and a third is about to be made."""
    unsigned = story().psbt
    return with_instruction(shares=(psbt_share(unsigned, "officer-c"), psbt_share(unsigned, "officer-d")))


def finished(psbt: Psbt) -> Psbt:
    """The first input is finished already."""
    return alter.one_input(psbt, 0, fields.FINAL_WITNESS, b"\x00")


def signed_elsewhere() -> Case:
    """This machine signed one of the coins into another transaction."""
    coin = story().desk.state.instructions[story().prepared["psbt"]].spends[1].outpoint
    return replace(honest(), journal=JournalFacts(outpoints={coin: "ab" * 32}))


def spent_in_log() -> Case:
    """Another instruction of the log spends one of the coins."""
    case = honest()
    assert case.state is not None
    coin = case.state.instructions[story().prepared["psbt"]].spends[1].outpoint
    spending = case.state.spending.set(coin, world.digest("another instruction"))
    return replace(case, state=replace(case.state, spending=spending))


def signed_same_before() -> Case:
    """This machine signed the very same transaction before."""
    case = honest()
    txid = psbts.parse(story().psbt).txid[::-1].hex()
    coin = story().desk.state.instructions[story().prepared["psbt"]].spends[1].outpoint
    return replace(case, journal=JournalFacts(outpoints={coin: txid}))


def share_of_another() -> Case:
    """Officer C's share is over another transaction."""
    other = psbts.serialise(recipient(1)(psbts.parse(story().psbt)))  # type: ignore[arg-type]
    return with_instruction(shares=(psbt_share(other, "officer-c"),))


def too_large_for_qr() -> Case:
    """A PSBT of more bytes than a QR message carries, sent by QR."""
    padded = story(psbt=lambda psbt: alter.header(psbt, b"\xfc\x01a\x00", bytes(600_000)))
    return padded.psbt_case(channel=Channel.QR)


def large_online() -> Case:
    """The same PSBT, come online."""
    padded = story(psbt=lambda psbt: alter.header(psbt, b"\xfc\x01a\x00", bytes(600_000)))
    return padded.psbt_case()


def testnet_contract() -> Case:
    """The contract's destination is the same hash spelt for testnet."""
    scene = story()
    address = world.bitcoin_address("harbour", 3)
    version, program = bech32.parse_segwit("bcrt", address)
    spelt = bech32.encode_segwit("tb", version, program)
    payload = scene.trades[0].contract.terms.serialise().replace(address.encode(), spelt.encode())
    signed = jose.serialise(world.sign(payload, contract.TYP, ("meridian", "harbour")))
    return scene.psbt_case(contracts=(scene.contract(scene.trades[0], jws=signed),))


def descriptor_case(founding: Callable[[dict[str, object]], None]) -> Case:
    """A vault that was registered with another descriptor."""
    return story(plan=_plan(founding)).psbt_case()


_PLANS: dict[object, Plan] = {}


def _plan(founding: Callable[[dict[str, object]], None]) -> Plan:
    return _PLANS.setdefault(founding, Plan(founding=founding))
