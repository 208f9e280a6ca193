"""What several rooms' tests share: where the vectors lie, what real parts are present, worked examples."""

import pytest

pytest.register_assert_rewrite("support.twelve_rules", "support.played_history")
