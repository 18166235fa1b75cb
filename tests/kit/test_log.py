"""What goes wrong is logged by its type and place, never by its text: that quotes what was sent."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from pgqueuer.domain.models import Job, TracebackRecord

from services.kit.jobs import JobFailed, _job

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


def test_the_queue_is_told_no_text_of_an_error_that_ended_a_job() -> None:
    """It keeps what it is told in a table, and prints it."""
    now = datetime.now(UTC)
    given: dict[str, object] = {
        "id": 1, "priority": 0, "created": now, "updated": now, "heartbeat": now, "execute_after": now, "status": "picked",
        "entrypoint": "import", "payload": uuid4().bytes, "queue_manager_id": None, "headers": {},
    }  # fmt: skip

    async def work(_identity: UUID, _tries: int) -> None:
        raise ValueError("秘密の値")

    async def run() -> None:
        await _job("jet", "import", work)(Job.model_validate(given))

    with pytest.raises(JobFailed) as raised:
        asyncio.run(run())
    kept = TracebackRecord.from_exception(raised.value, given["id"])  # type: ignore[arg-type]  # a number by another name
    assert "JobFailed" in kept.traceback and "秘密" not in kept.model_dump_json()
