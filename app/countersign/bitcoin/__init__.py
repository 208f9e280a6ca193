"""The Bitcoin room: descriptors, coins, PSBT, digests, shares, combining, finalising, verifying. Pure.

What may be touched here: bytes and arguments only. No clock, file, socket, randomness or logging. python-bitcoinlib
(`bitcoin.core` alone) gives the types of transactions and scripts; its process-wide network, its wallet and its keys
stay outside: an address is our own codec and the network an argument. Signatures are checked through `keys`.

Which way it reads: compact_size → layout → transaction, parent → script → bip32 → key_expression → network, forms →
descriptor → ranged → vault → psbt → sighash → signatures → inspect → share → combine → finalise → verify, with coins,
weights, fees and build beside them; bsms_encryption, signed_message → bsms is how a vault is enrolled.
Transaction ids are 32 bytes in internal order everywhere; only `transaction.display` turns them round for people.
"""
