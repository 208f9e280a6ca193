"""One thing to sign as the Sign screen shows it: the token's keys for it, and the officer's devices with theirs."""

from collections.abc import Sequence

from countersign.desk import own_keys
from countersign.desk.replica import Replica
from countersign.desk.views import DeviceView, InstructionView, SignView, TokenView
from countersign.keys.public_key import PublicKey
from countersign.settlement.records import Instruction
from countersign.settlement.roster import OfficerKey
from countersign.settlement.state import State


def signing_view(replica: Replica, officer: str, view: InstructionView, token: TokenView) -> SignView:
    """What is still to be signed of an instruction by this officer, its bytes at hand."""
    state, known = replica.state, replica.state.instruction(view.instruction)
    data = replica.profile.artefacts.get(bytes.fromhex(known.artefact))
    waiting = own_keys.waiting(state, officer, known)

    def asked(among: Sequence[OfficerKey]) -> tuple[str, ...]:
        return _hex(own_keys.signing_keys(state, officer, known, data, among))

    count = sum(digest.label == "input-digest" for digest in view.digests) or 1
    devices = device_views(state, officer, known, data, waiting.device)
    return SignView(view, token, asked(waiting.token), count if waiting.token else 0, devices)


def device_views(
    state: State, officer: str, instruction: Instruction, data: bytes, keys: Sequence[OfficerKey]
) -> tuple[DeviceView, ...]:
    """The devices that hold these keys, each with those of its children that sign these bytes."""

    def children(key: OfficerKey) -> tuple[str, ...]:
        return _hex(own_keys.signing_keys(state, officer, instruction, data, (key,)))

    return tuple(_device(each, children(each)) for each in keys)


def _device(key: OfficerKey, children: tuple[str, ...]) -> DeviceView:
    return DeviceView(key.token.label, key.token.serial, key.token.model, key.label, children)


def _hex(keys: Sequence[PublicKey]) -> tuple[str, ...]:
    return tuple(key.data.hex() for key in keys)
