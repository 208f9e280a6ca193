"""The demonstration: one story, played through the same use cases that people use. It holds no rule of its own.

May touch: `desk` (its use cases and views), `cli`, `ui`, `errors`. The stage (tokens, chains, witnesses, the cold vault's
process) is handed in by bootstrap.
"""
