"""The heart, pure: who may do what (roster, permissions), what is owed (contract, netting), who holds what (ledger),
and the one machine (`decide`, `evolve`) that every console, desk and auditor replays to the same state.

Nothing here reads a clock, a file or a socket: entries carry their moment, keys come from the state.
"""
