"""The English sentences, one module a room: `SENTENCES: dict[str, tuple[str, str]]`.

    SENTENCES = {"B2.truncated": ("The file ends after {position} bytes.", "Ask its sender for the whole file.")}

- The first text says what happened, the second what to do next; both may name the error's values in braces.
- A code has one home. A new module is found by itself; no list needs editing.
"""
