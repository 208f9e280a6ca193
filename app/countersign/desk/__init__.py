"""Use cases: what officers, operators and auditors do, one verb a function, through `ports.py` and nothing else.

May touch: the pure rooms below (review, rails, settlement, audit, bitcoin, ethereum, airgap, keys, formats) and `ports.py`.
May not touch: a database, a token, a node, a camera, a clock, a window. Those arrive as arguments.
"""
