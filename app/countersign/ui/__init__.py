"""The window: what an officer, a vault operator or an auditor sees and presses (UX.md, DESIGN §7, §10).

- Surfaces receive their use cases as arguments: the Protocols of `desk.surfaces`, and the instruments of
  `presenters.instruments`. Nothing here opens a file of the store, a socket or a token.
- Layers, one direction: application > views > models > presenters | widgets | tasks > strings | theme | rendering.
  Presenters know no Qt and no colour; widgets know no business; qasync stands in `application` only.
- `rendering` is imported by no window: it runs in the confined process that opens PDFs (docs/decisions/0006).
"""
