"""Labels of sign."""

LABELS: dict[str, str] = {}
