"""Qt's item models over plain Python lists; sorting and filtering happen in the presenters, never in a proxy."""
