"""Every label of the window, by key. Sentences of errors and findings are not here: they live in `resources/`.

- `label(key, name=value)` is the only way to a label; English is the message id of the gettext catalogues.
- Values come from outside: what is invisible in them is spelt out; braces in them mean nothing.
- An unknown key is our bug and raises KeyError at once.

    label("frame.tries-low") == "PIN tries: few left"
"""

import re

from countersign.resources.text import said
from countersign.resources.visible import visible
from countersign.ui.strings import (
    accounts,
    arrivals,
    carry,
    checks,
    deeds,
    demonstration,
    desk,
    device,
    enrol,
    frame,
    history,
    legal,
    log,
    operations,
    owners,
    participants,
    report,
    review,
    settings,
    settlement,
    sign,
    station,
    vault,
    vaults,
)

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

LABELS: dict[str, str] = {
    **frame.LABELS,
    **desk.LABELS,
    **review.LABELS,
    **legal.LABELS,
    **checks.LABELS,
    **deeds.LABELS,
    **sign.LABELS,
    **device.LABELS,
    **carry.LABELS,
    **vault.LABELS,
    **vaults.LABELS,
    **enrol.LABELS,
    **log.LABELS,
    **history.LABELS,
    **report.LABELS,
    **participants.LABELS,
    **accounts.LABELS,
    **operations.LABELS,
    **owners.LABELS,
    **arrivals.LABELS,
    **settings.LABELS,
    **settlement.LABELS,
    **demonstration.LABELS,
    **station.LABELS,
}


def label(key: str, /, **values: object) -> str:
    """The label of `key` in the environment's language, with `{name}` replaced by visible values."""
    return _PLACEHOLDER.sub(lambda match: visible(str(values[match[1]])), said(LABELS[key], values))


def known(key: str) -> bool:
    """Whether there is a label of this key: for keys that come as data (a state, a chain, a fact)."""
    return key in LABELS


def label_or(key: str, otherwise: str) -> str:
    """The label of a key that comes as data, or that data itself, made visible."""
    return label(key) if known(key) else visible(otherwise)
