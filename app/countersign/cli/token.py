"""`countersign token list|init|generate|test`: tokens and keys from the terminal.

    $ countersign token init officer-a --softhsm ~/trial
    $ countersign token generate officer-a vault/bitcoin-0 --curve secp256k1 --softhsm ~/trial
    $ countersign token list --module /usr/lib/opensc-pkcs11.so --json

- What reaches tokens is handed in (`ProvisionerFactory`); this module knows no PKCS#11.
- A token is named by its label; where two bear it, by `--serial` as well. A PIN is asked, or read from a private file.
- `list` asks for nothing: it shows tokens, the state of their PINs, and public keys, whole.
- `--json`: one line on stdout, `{"tokens": […]}`, `{"token": …}`, `{"key": …}`, `{"tests": […]}` or `{"error": …}`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from countersign.cli import outcome, pins
from countersign.cli.options import JsonOption
from countersign.cli.seat import require_one_way
from countersign.desk.ports import Signer
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.keys.public_key import Curve, PublicKey
from countersign.resources.visible import visible

AskSecret = pins.AskSecret


class Token(Protocol):
    """A token as it describes itself."""

    @property
    def identity(self) -> Any: ...
    @property
    def serial(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def manufacturer(self) -> str: ...
    @property
    def pin_set(self) -> bool: ...
    @property
    def pin_count_low(self) -> bool: ...
    @property
    def pin_final_try(self) -> bool: ...
    @property
    def pin_locked(self) -> bool: ...


class Key(Protocol):
    """A key pair in a token."""

    @property
    def public(self) -> PublicKey: ...
    @property
    def purpose(self) -> str: ...
    @property
    def id(self) -> bytes: ...
    @property
    def label(self) -> str: ...


class KeyTest(Protocol):
    """One key's test signature."""

    @property
    def key(self) -> Key: ...
    @property
    def error(self) -> CountersignError | None: ...


class TokenSigner(Signer, Protocol):
    """What signs with a token's keys, once it is unlocked."""

    async def unlock(self, ask: AskSecret) -> None: ...


class Provisioner(Protocol):
    """What makes, lists and tests tokens and keys."""

    async def tokens(self) -> Sequence[Token]: ...
    async def keys(self, identity: Any) -> Sequence[Key]: ...
    async def initialise(self, label: str, ask: AskSecret) -> Token: ...
    async def generate(self, identity: Any, label: str, curve: Curve, ask: AskSecret) -> Key: ...
    async def test(self, identity: Any, ask: AskSecret) -> Sequence[KeyTest]: ...
    def signer(self, identity: Any) -> TokenSigner: ...


ProvisionerFactory = Callable[[str | None, Path | None], AbstractAsyncContextManager[Provisioner]]
"""Reaches tokens: `factory(module, softhsm)`: the full path of a PKCS#11 module, or a folder for SoftHSM's tokens."""

Work = Callable[[Provisioner], Awaitable[Any]]

ModuleOption = Annotated[str | None, typer.Option("--module", help="Full path of the token's PKCS#11 module.")]
SoftHsmOption = Annotated[
    Path | None, typer.Option("--softhsm", help="Use SoftHSM with its tokens in this folder (for trials).")
]
SerialOption = Annotated[
    str | None, typer.Option("--serial", help="The token's serial number, where labels are alike.")
]
PinFileOption = Annotated[Path | None, typer.Option("--pin-file", help="Read the user's PIN from this private file.")]
SoPinFileOption = Annotated[
    Path | None, typer.Option("--so-pin-file", help="Read the security officer's PIN from this private file.")
]
LabelArgument = Annotated[str, typer.Argument(metavar="TOKEN", help="The token's label.")]
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="The key's label, such as vault/bitcoin-0.")]
CurveOption = Annotated[
    Curve, typer.Option("--curve", help="secp256k1 for a vault's key; P-256 or Ed25519 for an identity.")
]


async def listed(provisioner: Provisioner) -> list[dict[str, Any]]:
    """Every token with its public keys."""
    tokens = await provisioner.tokens()
    return [
        token_value(token) | {"keys": [key_value(key) for key in await provisioner.keys(token.identity)]}
        for token in tokens
    ]


async def chosen(provisioner: Provisioner, label: str, serial: str | None) -> Token:
    """The attached token of this label (and serial). Raises Unavailable if none is, Refused if several are."""
    found = [token for token in await provisioner.tokens() if token.label == label and serial in (None, token.serial)]
    if not found:
        raise Unavailable("H2.token-absent", token=label, serial=serial or "any")
    if len(found) > 1:
        raise Refused("cli.token-ambiguous", token=label, count=len(found))
    return found[0]


async def tested(provisioner: Provisioner, token: Token, ask: AskSecret) -> list[dict[str, Any]]:
    """What became of a test signature with each key."""
    return [
        key_value(one.key) | {"passed": one.error is None, "error": outcome.described(one.error) if one.error else None}
        for one in await provisioner.test(token.identity, ask)
    ]


def token_value(token: Token) -> dict[str, Any]:
    """A token as a program reads it."""
    names = ("serial", "label", "model", "manufacturer", "pin_set", "pin_count_low", "pin_final_try", "pin_locked")
    return {name: getattr(token, name) for name in names}


def key_value(key: Key) -> dict[str, Any]:
    """A key as a program reads it."""
    return {
        "label": key.label,
        "purpose": str(key.purpose),
        "curve": key.public.curve.value,
        "id": key.id.hex(),
        "public": key.public.data.hex(),
        "kid": key.public.kid,
    }


def token_lines(token: dict[str, Any]) -> list[str]:
    """A token for a person."""
    return [
        f"Token {visible(token['label'])}",
        f"  serial {visible(token['serial'])}, {visible(token['model'])}, {visible(token['manufacturer'])}",
        f"  PIN: {_pin_state(token)}",
    ]


def key_lines(key: dict[str, Any]) -> list[str]:
    """A key for a person, whole."""
    return [
        f"  Key {visible(key['label'])}: {key['purpose']}, {key['curve']}",
        f"    public key {key['public']}",
        f"    thumbprint {key['kid']}",
    ]


def result_lines(test: dict[str, Any]) -> list[str]:
    """A test for a person."""
    if test["passed"]:
        return [f"  Key {visible(test['label'])}: signed, and the signature is good"]
    return [f"  Key {visible(test['label'])}: {test['error']['what']}", f"    {test['error']['next']}"]


def token_app(provisioner_factory: ProvisionerFactory) -> typer.Typer:
    """The commands, over what reaches tokens."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    commands = _Commands(provisioner_factory)
    app.command("list")(commands.list)
    app.command("init")(commands.init)
    app.command("generate")(commands.generate)
    app.command("test")(commands.test)
    return app


class _Commands:
    """The four commands; their docstrings are their help texts."""

    def __init__(self, factory: ProvisionerFactory) -> None:
        self._factory = factory

    def list(self, module: ModuleOption = None, softhsm: SoftHsmOption = None, as_json: JsonOption = False) -> None:
        """List attached tokens and their public keys. Asks for no PIN."""
        tokens = self._run(module, _existing(softhsm, as_json), as_json, listed)
        lines = [line for token in tokens for part in _with_keys(token) for line in part]
        _show({"tokens": tokens}, lines or ["No token is attached."], as_json)

    def init(
        self,
        label: LabelArgument,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        pin_file: PinFileOption = None,
        so_pin_file: SoPinFileOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Initialise a blank token. A written token is never touched."""
        ask = pins.asking({"signers.ask-new-pin": pin_file, "signers.ask-new-so-pin": so_pin_file})

        async def work(provisioner: Provisioner) -> dict[str, Any]:
            return token_value(await provisioner.initialise(label, ask))

        token = self._run(module, softhsm, as_json, work)
        _show({"token": token}, token_lines(token), as_json)

    def generate(
        self,
        token: LabelArgument,
        key: KeyArgument,
        curve: CurveOption,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        pin_file: PinFileOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Generate a key pair in a token, for signing only."""
        ask = pins.asking({"signers.ask-pin": pin_file})

        async def work(provisioner: Provisioner) -> dict[str, Any]:
            found = await chosen(provisioner, token, serial)
            return key_value(await provisioner.generate(found.identity, key, curve, ask))

        made = self._run(module, _existing(softhsm, as_json), as_json, work)
        _show({"key": made}, key_lines(made), as_json)

    def test(
        self,
        token: LabelArgument,
        module: ModuleOption = None,
        softhsm: SoftHsmOption = None,
        serial: SerialOption = None,
        pin_file: PinFileOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Sign fresh bytes of no meaning with every key of a token, and verify. Exits 1 unless every key passes."""
        ask = pins.asking({"signers.ask-pin": pin_file})

        async def work(provisioner: Provisioner) -> Sequence[dict[str, Any]]:
            return await tested(provisioner, await chosen(provisioner, token, serial), ask)

        tests = self._run(module, _existing(softhsm, as_json), as_json, work)
        lines = [line for one in tests for line in result_lines(one)]
        _show({"tests": tests}, lines or ["The token holds no key."], as_json)
        if not tests or not all(one["passed"] for one in tests):
            raise typer.Exit(outcome.REFUSED)

    def _run(self, module: str | None, softhsm: Path | None, as_json: bool, work: Work) -> Any:
        require_one_way(module, softhsm)
        try:
            return asyncio.run(self._within(module, softhsm, work))
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None

    async def _within(self, module: str | None, softhsm: Path | None, work: Work) -> Any:
        async with self._factory(module, softhsm) as provisioner:
            return await work(provisioner)


def _existing(softhsm: Path | None, as_json: bool) -> Path | None:
    """The folder, if it is there: only `init` makes one."""
    if softhsm is not None and not softhsm.is_dir():
        absent = Unavailable("cli.softhsm-folder-absent", folder=str(softhsm))
        raise typer.Exit(outcome.tell(absent, as_json=as_json))
    return softhsm


def _with_keys(token: dict[str, Any]) -> list[list[str]]:
    return [token_lines(token), *(key_lines(key) for key in token["keys"])]


def _pin_state(token: dict[str, Any]) -> str:
    if token["pin_locked"]:
        return "locked"
    if token["pin_final_try"]:
        return "one wrong PIN more locks it"
    if token["pin_count_low"]:
        return "a wrong PIN was typed since the last good one"
    return "set" if token["pin_set"] else "not set"


def _show(value: dict[str, Any], lines: list[str], as_json: bool) -> None:
    if as_json:
        outcome.show_json(value)
    else:
        typer.echo("\n".join(lines))
