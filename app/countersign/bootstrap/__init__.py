"""The one place that knows every room: it makes adapters, hands them to use cases, and use cases to surfaces.

- `commands`: the command line, importing only what a command needs
- `stage`: the demonstration's tokens, desk, log, witnesses, chains, officer A's profile
- `vault_process`: the cold vault's process
- `witnesses`: a witness as a process of its own
- `windows`: what the windows are handed

Nothing here decides anything; a rule found here is in the wrong room. (docs/decisions/0003: why it is a folder.)
"""
