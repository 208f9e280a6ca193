"""What the desk shares with the world outside: its log's witnesses, in this process or over HTTP.

Adapters: they hold keys, sockets and memories, through ports handed in. What they decide is decided in `audit`.

- `witness`, `memory_file`: a witness, and what it must never forget
- `http_witness`, `witness_server`, `witness_wire`: asking one over HTTP, being one, and what both sides agree on
"""
