"""Rails: from obligations to a signable thing and back, one module a chain, the same verbs.

`build` (obligations → unsigned bytes), `readback` (bytes → what they would do), `digests` (what a key signs),
`make_share`, `accept_share`, `combine`, `finalise`. Bitcoin and Ethereum do not know each other.

May touch: settlement, bitcoin, ethereum, keys, formats. May not touch: any I/O.
"""
