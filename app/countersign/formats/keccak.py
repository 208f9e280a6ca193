"""keccak-256 as Ethereum uses it: the padding before FIPS 202, so not SHA3-256. pycryptodome's one door.

>>> keccak256(b"").hex()
'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'
"""

from Crypto.Hash import keccak


def keccak256(data: bytes) -> bytes:
    """The 32-byte keccak-256 of `data`."""
    return bytes(keccak.new(data=data, digest_bits=256).digest())
