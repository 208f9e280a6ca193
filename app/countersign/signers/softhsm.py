"""SoftHSM, for the demonstration and the tests: tokens in a folder of their own.

SoftHSM 2.6.1; its configuration is a file that SOFTHSM2_CONF names.

- The folder is private (0700) and holds `softhsm2.conf` and `tokens/`; the system's own configuration is never used.
- Keys here are files: it behaves like an HSM and protects like a folder. It never locks a PIN.

    softhsm = SoftHsm.create(folder)
    process = TokenProcess(softhsm.module, deadline=20.0, environment=softhsm.environment)
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from countersign.errors import Malformed, Unavailable

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True, slots=True)
class SoftHsm:
    """A SoftHSM module and the folder of its tokens."""

    module: str
    folder: Path

    @classmethod
    def create(cls, folder: Path, module: str | None = None) -> Self:
        """Prepare `folder` (made if absent; tokens in it are kept). Raises Malformed (its name) or Unavailable."""
        if any(character in str(folder) for character in "\n\r#"):
            raise Malformed("signers.softhsm-folder", folder=str(folder))
        made = cls(module or installed(), folder.resolve())
        try:
            made._write()
        except OSError as error:
            raise Unavailable("signers.softhsm-unwritable", folder=str(folder), why=error.strerror or "") from None
        return made

    def _write(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "tokens").mkdir(mode=0o700, exist_ok=True)
        self.configuration.write_text(
            f"directories.tokendir = {self.folder / 'tokens'}\n"
            "objectstore.backend = file\nobjectstore.umask = 0077\nlog.level = ERROR\nslots.removable = false\n",
            "utf-8",
        )

    @property
    def configuration(self) -> Path:
        """The configuration file."""
        return self.folder / "softhsm2.conf"

    @property
    def environment(self) -> dict[str, str]:
        """What the token's process must see."""
        return {"SOFTHSM2_CONF": str(self.configuration)}


def installed() -> str:
    """The absolute path of the installed module. Raises Unavailable (signers.softhsm-absent)."""
    for path in MODULES:
        if Path(path).is_file():
            return path
    raise Unavailable("signers.softhsm-absent")
