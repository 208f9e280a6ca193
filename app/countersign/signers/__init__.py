"""Tokens: keys that never leave an HSM or a smartcard, behind the verbs the desk needs.

- `pkcs11_module` alone imports the vendor binding, and only inside the process that `pkcs11_process` starts.
- Everything a caller needs is in `facts`, `secret`, `token` (sign), `provision` (make and list), `softhsm`, `parties`.
- The room does I/O: processes, pipes, files. It decides nothing about contracts; it guards keys (H1 to H7).
"""
