"""Labels of vault."""

LABELS: dict[str, str] = {}
