"""What goes wrong is logged by its type and place, never by its text: that quotes what was sent."""

import subprocess
import sys

_FAILS = """
from services.kit.log import log

def inner():
    error = ValueError("秘密の値")
    error.add_note("秘密の注記")
    return error

try:
    try:
        raise ExceptionGroup("秘密の束", [inner(), ExceptionGroup("秘密の束", [inner()])])
    except ExceptionGroup as group:
        raise RuntimeError("秘密の原因") from group
except RuntimeError:
    log.exception("failed")
"""


def test_no_text_of_an_error_is_logged_however_deep_it_lies() -> None:
    done = subprocess.run([sys.executable, "-c", _FAILS], capture_output=True, text=True, check=True)
    assert "秘密" not in done.stderr and r"\u79d8" not in done.stderr
    for name in ("RuntimeError", "ExceptionGroup", "ValueError", "failed"):
        assert name in done.stderr
