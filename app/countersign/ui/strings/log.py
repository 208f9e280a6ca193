"""Labels of log."""

LABELS: dict[str, str] = {}
