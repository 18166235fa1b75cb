"""Rules of submissions (提出): one per organisation and programme year, from the draft to CLAIR's approval.

Two deadlines on the business clock, half-open: to the host authority and, for its consolidation, to CLAIR. Both are
the survey's; the states are those of 配置要望 in the JET Programme's yearly calendar.
"""

import hashlib
import json
from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from typing import Any

from services.kit.errors import ACTION_CLOSED
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

_WRITTEN = Text(
    "取りまとめが済んだ提出は書き換えられません。取りまとめ団体または CLAIR に差し戻しを依頼してください。",
    "What has been consolidated is closed. Ask your host authority or CLAIR to return it.",
)
SUBMISSION = Machine(
    "placement_submission",
    "draft",
    (
        # a single change of what has been submitted makes it a draft again
        Transition("write", ("draft", "submitted"), "draft", _WRITTEN),
        Transition("write", ("returned",), "returned", _WRITTEN),
        Transition("submit", ("draft", "submitted", "returned"), "submitted", _WRITTEN),
        Transition(
            "return", ("submitted", "consolidated", "approved"), "returned",
            Text("まだ提出されていないか、すでに差し戻されています。", "It is not submitted, or returned already."),
        ),
        Transition(
            "consolidate", ("submitted",), "consolidated",
            Text("提出済みのものだけを取りまとめられます。", "Only what is submitted can be consolidated."),
        ),
        Transition(
            "approve", ("consolidated",), "approved",
            Text("取りまとめ済みのものだけを承認できます。", "Only what is consolidated can be approved."),
        ),
    ),
)  # fmt: skip
DEADLINE_PASSED = Finding(
    ACTION_CLOSED.code,
    ACTION_CLOSED.title,
    Text(
        "締切を過ぎているため、提出済みの内容は変更できません。変更が必要なときは、取りまとめ団体に差し戻しを依頼してください。",
        "The deadline has passed: what was submitted stays. Ask your host authority to return it.",
    ),
)
UNKNOWN_SURVEY = Finding(
    "survey_unknown",
    Text("この年度の要望調査は始まっていません", "There is no survey of this programme year"),
    Text(
        "招致年度を確認してください。調査は CLAIR が始めます。",
        "Check the programme year; CLAIR opens the survey.",
    ),
)
UNKNOWN_LINE = Finding(
    "line_unknown",
    Text("この行番号の行はありません", "There is no row with this number"),
    Text(
        "行番号を確認するか、行番号を外して全体への指摘にしてください。", "Check the number, or leave it out."
    ),
)
UNKNOWN_FIELD = Finding(
    "remarked_field_unknown",
    Text("配置要望にこの項目はありません", "A placement request has no such field"),
    Text("様式の項目名を確認してください。", "Check the names of the form's columns."),
)
FIELD_WITHOUT_LINE = Finding(
    "line_missing",
    Text("どの行の項目への指摘かがわかりません", "A remark on a field names its row"),
    Text("行番号も入力してください。", "Give the row's number too."),
)


def astray(
    line: int | None, field: str | None, lines: Container[int], fields: Container[str]
) -> Iterator[tuple[str, Finding]]:
    """What of a remark points at nothing that the submission has."""
    if line is not None and line not in lines:
        yield "line", UNKNOWN_LINE
    if field is not None and line is None:
        yield "line", FIELD_WITHOUT_LINE
    if field is not None and field not in fields:
        yield "field", UNKNOWN_FIELD


def after(action: str, state: str) -> str:
    """Where an open action leads from a state."""
    return next(step.after for step in SUBMISSION.steps(action) if state in step.before)


def late(arrived_at: datetime, deadline_at: datetime) -> bool:
    """Half-open: what arrives at the deadline itself is late."""
    return arrived_at >= deadline_at


def closed(action: str, state: str, arrived_at: datetime, deadline_at: datetime) -> Finding | None:
    """Why an action is not open now. A first answer is taken late; another one is not."""
    if action in ("write", "submit") and state == "submitted" and late(arrived_at, deadline_at):
        return DEADLINE_PASSED
    return SUBMISSION.closed(action, state)


def stands_late(state: str, before: bool | None, now: bool) -> bool:
    """Whether an answer counts as late that comes while the submission is in `state`, `before` and `now` being what
    the earlier one and its own receipt say. What was returned keeps its first; a draft is no answer that could stand."""
    if state == "draft" or before is None:
        return now
    return before if state == "returned" else before and now


def digest(rows: Sequence[dict[str, Any]]) -> bytes:
    """SHA-256 over rows as canonical JSON: names in order, no blanks, UTF-8."""
    said = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).digest()
