"""What the desk shares with the world outside: for now, the witnesses that run in this process.

Adapters: they hold keys and remember, through ports handed in. What they decide is decided in `audit`.
"""
