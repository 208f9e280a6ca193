"""How much crosses by pictures (CHECKS.md, T3)."""

from typing import Final

MESSAGE_LIMIT: Final = 512 * 1024
"""Bytes of one message."""
