"""CHECKS.md in code: what stands between an officer and a bad signature.

May touch: rails and every pure room below it. Facts about tokens, transport, store and time are arguments (`case.py`).
May not touch: any I/O. A verdict is a function of its case.
"""
