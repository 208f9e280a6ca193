"""What a person reads when something is refused, fails or is found: sentences by code, their translations, data files.

- `text.sentence(code, values)` and `text.next_step(code, values)` are the one way from a code to words, for window,
  terminal, JSON and reports alike.
- `sentences/` holds the English, one module a room; each module is found by being there.
- `location.data_path` finds files that are shipped with the program.

No room's logic is here, and nothing here is imported for anything but words and data.
"""
