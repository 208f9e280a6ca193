"""Ethereum custody: Safe transactions, ERC-20 transfers, owners' signatures, the call that executes them.

Pure: bytes and integers in, bytes and integers out. Nothing here asks a node, signs, or reads a clock; `rails/` builds
with it, `review/` looks through it, `chains/` sends what it encodes.

- A digest is always computed from decoded fields; a digest that somebody sent is kept as a claim and compared.
- Addresses are 20 bytes inside; text is EIP-55 and lives in `formats.eip55`.
- Amounts are integers in base units (wei, or the token's own units as *our* registry counts them).
"""
