"""Chains: adapters behind the node ports of `desk.ports`: Bitcoin Core, Ethereum JSON-RPC, the demonstration's own.

May touch: the network (aiohttp's door), eth-account when it is used, a cookie file, `desk.ports`, the pure rooms.
May not touch: other adapters, a token (signing is an argument), a clock.
"""
