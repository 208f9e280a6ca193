"""Spellings: how bytes and text become values and back, each in exactly one way.

Pure: nothing here knows a clock, a file, a socket, a key or a contract. Hashing is arithmetic and allowed;
keccak-256 is here because address spellings need it, and this room is pycryptodome's one door.

- Every `parse` and `decode` is strict and total: a value whose serialisation is the input again, or Malformed.
- Nothing is repaired, trimmed, lower-cased or guessed on the way in.
- Limits are charged before memory is taken.
"""
