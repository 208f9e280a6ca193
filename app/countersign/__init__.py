"""Countersign: the signing console for off-chain settlement under multi-signature custody.

The rooms, and who may import whom, are drawn in `docs/architecture.md` and held by import-linter in the tests.
"""
