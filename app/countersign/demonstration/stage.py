"""What bootstrap hands to the story: tokens, the outside world of the chains, the cold vault's process, places for files.

The story gives orders to people; everything here is what those people hold in their hands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from countersign.desk.anchor import Anchor
from countersign.desk.author import Author
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import AskSecret, Clock, Token


@dataclass(frozen=True, slots=True)
class Bearer:
    """A person or institution at the table: who signs events, every key in the token, and the token itself."""

    author: Author
    ring: Keyring
    token: Token


class Outside(Protocol):
    """The world outside custody, which pays the vaults."""

    def safe_address(self, owners: Sequence[bytes], threshold: int) -> str:
        """Deploy a Safe; its address in EIP-55."""

    def token(self) -> str:
        """The test ERC-20, as its CAIP-19 id."""

    def euro(self) -> str:
        """Another test ERC-20, as its CAIP-19 id."""

    def pay_coins(self, address: str, satoshis: int) -> None:
        """Somebody pays a Bitcoin address."""

    def pay_tokens(self, safe: str, amount: int, token: str | None = None) -> str:
        """Somebody pays a Safe in a token (CAIP-19; None: the test ERC-20); the transfer's reference."""

    def pay_ether(self, safe: str, wei: int) -> str:
        """Somebody pays a Safe in ether; the transfer's reference."""


class ColdVault(Protocol):
    """The air-gapped machine of operator C: another process, profile and store, without network; hands, not wires."""

    async def ceremony(self, labels: Sequence[str]) -> Keyring:
        """Make the token and its keys inside; only public keys come out."""

    async def enrol(self, desk: EmbeddedDesk, anchor: Anchor) -> None:
        """Take in the founding history and pin it, after the anchor's twelve words were compared."""

    async def confirm_clock(self) -> None: ...
    async def take_pictures(self, pictures: Sequence[Path]) -> Mapping[str, object]: ...
    async def take_from_usb(self, file: Path) -> Mapping[str, object]: ...
    async def sign(self) -> Mapping[str, object]: ...
    async def answer_pictures(self, folder: Path) -> Mapping[str, object]: ...
    async def answer_to_usb(self, folder: Path) -> Path: ...
    async def grab(self, theme: str, picture: Path, texts: Path) -> None: ...
    async def isolation(self) -> Mapping[str, object]: ...


class Pictures(Protocol):
    """QR pictures on disk."""

    def write(self, folder: Path, name: str, texts: Sequence[str]) -> Sequence[Path]:
        """`name-0001.png` …, one a part."""


class Stage(Protocol):
    """Everything that the story is played on."""

    @property
    def desk(self) -> EmbeddedDesk: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def outside(self) -> Outside: ...
    @property
    def vault(self) -> ColdVault: ...
    @property
    def pictures(self) -> Pictures: ...
    @property
    def witness_keys(self) -> Sequence[str]: ...
    @property
    def log_key(self) -> str: ...
    @property
    def anchor(self) -> Anchor: ...
    @property
    def ask_pin(self) -> AskSecret: ...
    @property
    def legal_text(self) -> bytes:
        """The document that the contracts name by its hash."""

    async def tokens(self, people: Mapping[str, Sequence[str]]) -> Mapping[str, Bearer]:
        """Initialise a token for each name and generate an identity key and the vault keys of these labels in it."""

    async def console(self, officer: str, bearer: Bearer) -> OfficerConsole:
        """A signing officer's console: a new profile enrolled with this desk, the officer's own token locked."""

    async def wait_until(self, seconds: int) -> None:
        """Come back when this machine's clock has reached a moment (unix seconds)."""

    def fill_blocks(self, rate: int) -> None:
        """From now on Bitcoin's blocks take nothing below so many satoshis a vbyte; what pays less waits."""

    async def confirmed(self) -> None:
        """Come back when what was broadcast has its confirmations; embedded chains mine at once."""

    def publish_profile(self, folder: Path) -> None:
        """A read-only auditor profile that trusts exactly this desk."""

    async def aclose(self) -> None: ...
