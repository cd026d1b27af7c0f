"""How the random tests run: the same examples every time, with no clock."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ["CHECKER_NO_CACHE"] = "1"  # tests leave nothing behind in the user's own directories

settings.register_profile(
    "checker",
    derandomize="CHECKER_EXAMPLES" not in os.environ,  # asked for more, it looks for new ones
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("checker")
