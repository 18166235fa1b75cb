"""Presence in meetings (会議の参加記録): a meeting tool's export as it comes. A row finds the confirmed enrolment by its
address and the session by its time; enough of a session makes an attendance."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Integer, Select, cast, func, select

from services.jet import access
from services.jet.attendances import service
from services.jet.attendances.meeting import MEETING_TIME
from services.jet.attendances.resource import oneself
from services.jet.enrolments import who
from services.jet.tables import participant, person_detail
from services.jet.training_tables import (
    attendee_detail,
    meeting_presence,
    training_enrolment,
    training_run,
    training_session,
)
from services.jet.training_terms import RUN
from services.kit.fields import equals
from services.kit.resource import Basis, Resource
from services.kit.wire import Code, Email, Instant, Wire


def _as_in(*headings: str) -> Any:
    """Headings of Zoom and Teams, in Japanese and English."""
    return Field(json_schema_extra={"aliases": list(headings)})


class MeetingPresenceWrite(Wire):
    email: Annotated[
        Email,
        _as_in("User Email", "Email", "ユーザーのメール", "ユーザーのメールアドレス", "メール", "電子メール"),
    ]
    joined_at: Annotated[
        Instant, MEETING_TIME,
        _as_in("Join Time", "First Join", "参加時刻", "参加時間", "入室時刻", "最初の参加", "最初の参加時刻"),
    ]  # fmt: skip
    left_at: Annotated[
        Instant, MEETING_TIME,
        _as_in("Leave Time", "Last Leave", "退出時刻", "退出時間", "退室時刻", "最後の退出", "最後の退出時刻"),
    ]  # fmt: skip
    run_code: Code | None = None


class MeetingPresence(Wire):
    id: UUID
    run_code: str
    session_number: int
    jet_number: str | None
    participant_name: Annotated[
        str | None,
        _as_in(
            "Full Name",
            "Name (Original Name)",
            "Name (original name)",
            "名前",
            "氏名",
            "名前（元の名前）",
        ),
    ]
    attendee_name: str | None
    email: str | None
    joined_at: Instant
    left_at: Instant
    minutes: Annotated[
        int,
        _as_in(
            "Duration", "Duration (Minutes)", "Total Duration (Minutes)", "In-Meeting Duration", "時間（分）",
            "期間（分）", "合計時間（分）", "会議中の時間", "会議中の期間", "期間",
        ),
    ]  # fmt: skip


ADDRESS = func.coalesce(person_detail.c.email, attendee_detail.c.email).label("email")


def source(_: Basis) -> Select[Any]:
    m, e, r, s = (t.c for t in (meeting_presence, training_enrolment, training_run, training_session))
    stayed = func.floor(func.extract("epoch", m.left_at - m.joined_at) / 60)
    return who.with_names(
        select(
            m.id, r.code.label("run_code"), s.number.label("session_number"), *who.names(), ADDRESS, m.joined_at, m.left_at,
            cast(stayed, Integer).label("minutes"), m.row_version,
        )
        .join_from(meeting_presence, training_enrolment, e.id == m.enrolment_id)
        .join(training_session, s.id == m.session_id)
        .join(training_run, r.id == m.run_id)
    )  # fmt: skip


meeting_presences = Resource(
    service="jet",
    schema="jet",
    name="meeting_presence",
    plural="meeting-presences",
    read=MeetingPresence,
    write=MeetingPresenceWrite,
    source=source,
    access={"list": access.PRESENCES, "read": access.PRESENCES, "import": access.TRAINS},
    itself=oneself,
    filters={
        "run_code": equals(training_run.c.code),
        "session_number": equals(training_session.c.number, int),
        "jet_number": equals(participant.c.jet_number),
    },
    sorts=("joined_at", "run_code"),
    refs=(RUN,),
    check=service.check_meeting,
    store=service.store_meeting,
    version="2026.1",
)
