"""What a module's return values mean to the person in front of it.

CHECKS.md H5 and H6; PKCS#11 v2.40 §5.1 (CKR_*), by the names that python-pkcs11 gives to its exceptions.

- A PIN error is Refused: the person must act, and nothing is ever tried again by itself.
- What a device may recover from is Unavailable.
- A name that is not listed is Unavailable under `H6.other`, with that name.
"""

from countersign.errors import CountersignError, Refused, Unavailable

_REFUSED = {
    "PinIncorrect": "H5.pin-incorrect",
    "PinInvalid": "H5.pin-form",
    "PinLenRange": "H5.pin-form",
    "PinLocked": "H5.pin-locked",
    "PinTooWeak": "H5.pin-form",
    "PinExpired": "H5.pin-expired",
}
_UNAVAILABLE = {
    "DeviceRemoved": "H6.device-removed",
    "TokenNotPresent": "H6.token-not-present",
    "TokenNotRecognised": "H6.token-not-present",
    "SessionHandleInvalid": "H6.session-ended",
    "SessionClosed": "H6.session-ended",
    "DeviceError": "H6.device-error",
    "GeneralError": "H6.general-error",
    "HostMemory": "H6.host-memory",
    "DeviceMemory": "H6.device-memory",
    "FunctionFailed": "H6.function-failed",
    "UserNotLoggedIn": "H6.not-logged-in",
}


def named(vendor_name: str) -> CountersignError:
    """The named error for a vendor exception's type name, such as "DeviceRemoved"."""
    if code := _REFUSED.get(vendor_name):
        return Refused(code)
    if code := _UNAVAILABLE.get(vendor_name):
        return Unavailable(code)
    return Unavailable("H6.other", name=vendor_name)
