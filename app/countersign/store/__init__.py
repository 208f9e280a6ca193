"""The store of one console, desk or auditor: an encrypted file (SQLCipher), a pin outside it, and the log's static
files.

What may be touched here: files under one profile directory. No network, no clock, no randomness of its own (both are
arguments).

- **archive**: events with their openings; **artefacts**: bytes by SHA-256; **journal**: what must never be forgotten
  (pinned heads, signing intents, signed outpoints and nonces, shares, clock floor), append-only and chained by a MAC
  whose head stands in `pin.json`; **projections**: thrown away and rebuilt.
- A method that returns has made it durable: committed to the WAL with fsync, then pinned. Nothing is answered before.
- Storage is untrusted: what does not verify at open is refused by name and not one byte of it is changed.
- `sqlcipher3` is imported by `database` alone.
"""
