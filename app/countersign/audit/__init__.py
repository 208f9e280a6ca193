"""The transparency log: entries, Merkle tree, tiles, checkpoints, witnesses, proofs, and the head one has pinned.

Each module carries the name of the C2SP document (or the part of DESIGN.md §5) that it implements:

    leaf          the 32-byte commitment that stands in the log for an event, and its opening
    tree, proof   RFC 6962: build a tree and its proofs; verify proofs
    tile          c2sp.org/tlog-tiles: hash tiles and entry bundles
    note          c2sp.org/signed-note: text, signature lines, verifier keys
    checkpoint    c2sp.org/tlog-checkpoint
    cosignature   c2sp.org/tlog-cosignature, Ed25519 (0x04)
    witness       c2sp.org/tlog-witness: request and response bytes, and the witness as a pure function
    tlog_proof    c2sp.org/tlog-proof@v1
    quorum        who must have signed a checkpoint before it counts (L2, L5)
    pin           the head this machine never goes back from (L4, L6)
    log           the log itself, in memory

Pure: bytes in, bytes out. No clock, file, socket or randomness; time and secrets are arguments.
"""
