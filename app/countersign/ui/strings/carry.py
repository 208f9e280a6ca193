"""Labels of carry."""

LABELS: dict[str, str] = {}
