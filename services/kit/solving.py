"""HiGHS for small programmes: one thread, exact to the last whole number, and silent.

It keeps to the number of threads that it was first run with, and refuses another: all of ours come from here.
"""

from typing import Any

import highspy

_OPTIONS: dict[str, Any] = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0}


class Unsolved(Exception):
    """HiGHS has not found an optimum where there must be one."""


class Silent(highspy.Highs):
    """Without its callbacks, which nobody asks for here, and which print a banner into the service's log."""

    def __init__(self, **options: Any) -> None:
        super(highspy.Highs, self).__init__()
        for option, value in (_OPTIONS | options).items():
            self.setOptionValue(option, value)
