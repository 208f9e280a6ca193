"""Which of an officer's registered keys sign an instruction, and where each lies: in a token, or in a device of their own.

- A key is the officer's for an instruction if it owns one of its vaults; it is still *open* where that vault lacks a share
  and has none of this officer. One share does not end it: a token may sign for one vault and a device for another.
- An extended key signs with its children, which lie in a device; what a vault's descriptor does not extend lies in a token.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.errors import CountersignError
from countersign.keys.public_key import PublicKey
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import wallets
from countersign.settlement.records import Instruction
from countersign.settlement.roster import OfficerKey, Roster, Token, Vault
from countersign.settlement.state import State


def vault_keys(roster: Roster, officer: str, instruction: Instruction) -> tuple[OfficerKey, ...]:
    """The officer's registered keys that are owners of this instruction's vaults."""
    family = instruction.group.chain.split(":", 1)[0]
    owners = {kid for vault in instruction.group.vaults for kid in roster.vault(vault).keys}
    return tuple(each for each in roster.officer(officer).vault_keys(family) if each.key.kid in owners)


def token_keys(state: State, officer: str, instruction: Instruction) -> tuple[OfficerKey, ...]:
    """Those of `vault_keys` that a token signs with."""
    return tuple(
        each for each in vault_keys(state.roster, officer, instruction) if not _extended(state, instruction, each)
    )


def device_keys(state: State, officer: str, instruction: Instruction) -> tuple[OfficerKey, ...]:
    """Those of `vault_keys` whose children sign, in a device of the officer's own: extended keys."""
    return tuple(each for each in vault_keys(state.roster, officer, instruction) if _extended(state, instruction, each))


def open_keys(state: State, officer: str, instruction: Instruction) -> tuple[OfficerKey, ...]:
    """Those of `vault_keys` whose vault lacks a share, and has none of this officer."""
    lacking = {kid for vault in _lacking(state, officer, instruction) for kid in vault.keys}
    return tuple(each for each in vault_keys(state.roster, officer, instruction) if each.key.kid in lacking)


def open_vaults(state: State, officer: str, instruction: Instruction) -> tuple[str, ...]:
    """The vaults for which this officer can still give a share: each lacks one, and has none of theirs."""
    mine = {each.key.kid for each in vault_keys(state.roster, officer, instruction)}
    return tuple(vault.id for vault in _lacking(state, officer, instruction) if mine.intersection(vault.keys))


def to_sign(
    state: State, officer: str, instruction: Instruction, among: Sequence[OfficerKey], at_hand: Token | None = None
) -> tuple[OfficerKey, ...]:
    """Those `among` these keys that a signature is asked of now: the open ones; of those, the ones in the token at hand.

    Where none is open, all of them: the log says why it takes no more. Where none lies in that token, all that are open: H2
    says whose token is wanted.
    """
    lacking = set(open_keys(state, officer, instruction))
    wanted = tuple(each for each in among if each in lacking) or tuple(among)
    return tuple(each for each in wanted if each.token == at_hand) or wanted


def asked_keys(state: State, officer: str, instruction: Instruction) -> tuple[OfficerKey, ...]:
    """Those of `vault_keys` that a signature is asked of now, wherever they lie (`to_sign`)."""
    return to_sign(state, officer, instruction, vault_keys(state.roster, officer, instruction))


def _lacking(state: State, officer: str, instruction: Instruction) -> Iterator[Vault]:
    for vault in map(state.roster.vault, instruction.group.vaults):
        signers = instruction.signers(vault.id)
        if officer not in signers and len(signers) < vault.threshold:
            yield vault


def _extended(state: State, instruction: Instruction, each: OfficerKey) -> bool:
    """Whether a paying vault's descriptor extends this key. What cannot be read is B6's matter, and extends nothing."""
    try:
        return any(each.key.data in one.extended for one in wallets.paying(state, instruction.group.vaults))
    except CountersignError:
        return False


def gave_all(state: State, officer: str, instruction: Instruction) -> bool:
    """Whether this officer signed it and nothing of theirs is lacking, neither a token's nor a device's."""
    signed = any(each.officer == officer for each in instruction.shares)
    return signed and not open_keys(state, officer, instruction)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The officer's `open_keys` of an instruction, by where they lie."""

    token: tuple[OfficerKey, ...]
    device: tuple[OfficerKey, ...]


def waiting(state: State, officer: str, instruction: Instruction) -> Waiting:
    """With which keys this officer can still sign it, and which of them lie in a device of their own."""
    found = open_keys(state, officer, instruction)
    device = tuple(each for each in found if _extended(state, instruction, each))
    return Waiting(tuple(each for each in found if each not in device), device)


def signing_keys(
    state: State, officer: str, instruction: Instruction, data: bytes, among: Sequence[OfficerKey] | None = None
) -> tuple[PublicKey, ...]:
    """The keys that these bytes ask the officer for, in the order of their slots; none if no digest can be made.

    `among`: of these registered keys only, instead of all `vault_keys`.
    """
    if among is not None and not among:
        return ()
    keys = tuple(each.key for each in (vault_keys(state.roster, officer, instruction) if among is None else among))
    if instruction.group.kind != "psbt":
        return keys[:1]
    try:
        psbt = parse_psbt(data)
        known = wallets.signing_keys(wallets.paying(state, instruction.group.vaults), psbt, keys)
        asked = {each.public_key for each in bitcoin_rail.digests(psbt, known)}
    except CountersignError:
        return ()
    order = {key: place for place, key in enumerate(keys)}
    return tuple(sorted((key for key in known if key.data in asked), key=lambda key: order[known[key]]))
