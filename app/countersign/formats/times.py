"""Times `YYYY-MM-DDThh:mm:ssZ` and dates `YYYY-MM-DD`: one spelling, UTC, whole seconds, 1970 to 9999.

- A time is an int: seconds since 1970-01-01T00:00:00Z, without leap seconds, never negative.
- A day is an int as well: days since 1970-01-01.

    >>> parse("2026-11-22T12:00:00Z"), text(1795348800)
    (1795348800, '2026-11-22T12:00:00Z')
"""

import re
from datetime import UTC, date, datetime, timedelta

from countersign.errors import Malformed
from countersign.formats.excerpt import excerpt

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1).toordinal()
LAST = 253_402_300_799
"""The last second that can be written."""
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def parse(value: str) -> int:
    """The Unix second that `value` names. Raises Malformed formats.time."""
    if not _TIME.match(value):
        raise Malformed("formats.time", text=excerpt(value))
    try:
        year, month, day = int(value[:4]), int(value[5:7]), int(value[8:10])
        hour, minute, second = int(value[11:13]), int(value[14:16]), int(value[17:19])
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise Malformed("formats.time", text=excerpt(value)) from None
    seconds = (moment - _EPOCH) // timedelta(seconds=1)
    if seconds < 0:
        raise Malformed("formats.time", text=excerpt(value))
    return seconds


def text(seconds: int) -> str:
    """The time at that Unix second. Raises Malformed formats.time-range outside 1970 to 9999."""
    if not 0 <= seconds <= LAST:
        raise Malformed("formats.time-range", seconds=excerpt(seconds))
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_date(value: str) -> int:
    """The number of days from 1970-01-01 to the date `value`. Raises Malformed formats.date."""
    if not _DATE.match(value):
        raise Malformed("formats.date", text=excerpt(value))
    try:
        days = date(int(value[:4]), int(value[5:7]), int(value[8:])).toordinal() - _FIRST_DAY
    except ValueError:
        raise Malformed("formats.date", text=excerpt(value)) from None
    if days < 0:
        raise Malformed("formats.date", text=excerpt(value))
    return days


def date_text(days: int) -> str:
    """The date that many days after 1970-01-01. Raises Malformed formats.time-range outside 1970 to 9999."""
    if not 0 <= days <= LAST // DAY:
        raise Malformed("formats.time-range", seconds=excerpt(days))
    return date.fromordinal(_FIRST_DAY + days).isoformat()
