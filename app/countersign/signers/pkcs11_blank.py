"""C_InitToken, which the binding does not offer: called through the module's own function list.

PKCS#11 v2.40 §5.5 and its header: CK_FUNCTION_LIST is a CK_VERSION, padded to a pointer, then the functions in
the header's order, of which C_InitToken is the tenth.

- Called in the token's process, where the module is loaded and initialised: the loader returns the same instance.
- Arguments: slot, PIN and its length, 32 bytes of label padded with blanks. Erases what the token holds; the caller
  offers blank tokens only.
"""

import ctypes
from collections.abc import Callable
from typing import Any

from countersign.errors import Malformed, Refused, Unavailable

_LABEL_BYTES = 32
_INIT_TOKEN = 9
_PIN_ERRORS = (0xA0, 0xA1, 0xA2)
"""CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE."""


def initialise(module: str, slot_id: int, so_pin: bytes, label: str) -> None:
    """Initialise the blank token in a slot. Raises Malformed (label), Refused (PIN) or Unavailable (the device)."""
    padded = label.encode().ljust(_LABEL_BYTES)
    if not label or len(padded) != _LABEL_BYTES:
        raise Malformed("signers.token-label", label=label[:64])
    pin = ctypes.create_string_buffer(so_pin, len(so_pin))
    code = _init_token(module)(slot_id, pin, len(so_pin), padded)
    ctypes.memset(pin, 0, len(so_pin))
    if code in _PIN_ERRORS:
        raise Refused("H5.pin-form")
    if code:
        raise Unavailable("H6.other", name=f"CKR 0x{code:x}")


def _init_token(module: str) -> Callable[[int, Any, int, bytes], int]:
    library = ctypes.CDLL(module)
    table = ctypes.c_void_p()
    if library.C_GetFunctionList(ctypes.byref(table)) or not table.value:
        raise Unavailable("signers.module-unusable", module=module, what="C_GetFunctionList")
    word = ctypes.sizeof(ctypes.c_void_p)
    address = ctypes.c_void_p.from_address(table.value + word * (1 + _INIT_TOKEN)).value
    if not address:
        raise Unavailable("signers.module-unusable", module=module, what="C_InitToken")
    prototype = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
    return prototype(address)
