"""Labels of a window at a workstation's own desk."""

LABELS: dict[str, str] = {
    "station.logged": "The desk logged by itself: {what} Press F5 to take it in.",
    "station.more": "{what} And {count} more.",
    "station.failed": "The desk's own round failed ({kind}). Tell whoever looks after this program; your work is not touched.",
    "station.not-done": "The desk could not do what is due: {why}",
}
