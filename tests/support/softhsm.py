"""Real SoftHSM tokens for tests: a folder of their own, known PINs, and keys that the product refuses to make."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from countersign.signers.pkcs11_process import TokenProcess
from countersign.signers.softhsm import SoftHsm
from support.parts import softhsm_module

PIN = "tr0ub4dor-user"
SO_PIN = "c0rrect-horse-so"
DEADLINE = 60.0
ANSWERS = {"signers.ask-pin": PIN, "signers.ask-new-pin": PIN, "signers.ask-new-so-pin": SO_PIN}

RAW = """
import json, sys
import pkcs11
from pkcs11 import Attribute, KeyType, MechanismFlag
order = json.load(sys.stdin)
present = [slot.get_token() for slot in pkcs11.lib(order["module"]).get_slots()]
[token] = [one for one in present if one.label == order["token"]]
with token.open(rw=True, user_pin=order["pin"]) as session:
    params = {Attribute.EC_PARAMS: bytes.fromhex(order["params"])}
    domain = session.create_domain_parameters(KeyType.EC, params, local=True)
    for _ in range(order["count"]):
        domain.generate_keypair(
            id=bytes.fromhex(order["id"]), label=order["label"], store=True,
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template={Attribute[name]: value for name, value in order["private"].items()},
        )
"""


async def ask(code: str) -> str:
    """The officer who types the right PINs."""
    return ANSWERS[code]


def softhsm(folder: Path) -> SoftHsm:
    """SoftHSM with its tokens under `folder`; skips (fails under CI) where it is not installed."""
    return SoftHsm.create(folder, softhsm_module())


def process(hsm: SoftHsm) -> TokenProcess:
    """A token process on it."""
    return TokenProcess(hsm.module, deadline=DEADLINE, environment=hsm.environment)


def raw_key(hsm: SoftHsm, token: str, label: str, private: dict[str, bool], count: int = 1) -> bytes:
    """Generate a secp256k1 key behind the product's back, with attributes of one's choice. Returns its CKA_ID."""
    key_id = label.encode()[:16]
    order: dict[str, Any] = {
        "module": hsm.module,
        "token": token,
        "pin": PIN,
        "params": "06052b8104000a",
        "id": key_id.hex(),
        "label": label,
        "private": private,
        "count": count,
    }
    done = subprocess.run(
        [sys.executable, "-c", RAW], input=json.dumps(order), env=hsm.environment, text=True, check=False
    )
    assert done.returncode == 0
    return key_id
