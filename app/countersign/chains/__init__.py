"""Chains: adapters behind the node ports of `desk.ports`: Bitcoin Core and Ethereum JSON-RPC, and the demonstration's embedded chains.

May touch: the network (aiohttp's door), `desk.ports`, the pure rooms. May not touch: other adapters, a token (signing is an argument).
"""
