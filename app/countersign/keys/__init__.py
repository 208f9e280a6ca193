"""Keys and signatures: three curves, JWS, COSE, and the wrapping of secrets. Pure; every secret is an argument.

The one door of coincurve (secp256k1), cryptography (P-256, Ed25519, argon2id, AES) and joserfc (JWS).
Vault and officer keys live in tokens and are not seen here; what this room signs with is the log's, a witness's or the
desk's own Ed25519 seed, handed in for one call and kept nowhere.

- ECDSA signatures have low s, everywhere, or do not count.
- An algorithm is taken from the registered key, never from a message.
- A key that is not a point of its curve cannot be constructed.
"""
