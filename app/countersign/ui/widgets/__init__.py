"""Widgets without business: they show the plain values they are given and say what was pressed.

Every text is plain text; whatever is long wraps; every control has an accessible name and shows its key in its tooltip.
"""
