"""The windows of `tests/ui`, for what is hostile on a screen."""

from ui.conftest import (  # noqa: F401
    cold,
    dressed,
    instruments,
    kept,
    officer,
    pdf,
    pytest_asyncio_loop_factories,
    throw_away,
    vault,
    window,
)
