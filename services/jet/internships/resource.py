"""Internship programmes (インターンシップ): CLAIR's own, and regional ones that a local government organises.

CLAIR's take applications and interns; of a regional one the organiser reports figures. Where in its life a programme
is follows from its dates and from what has been published.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from services.jet import access
from services.jet.internship_tables import internship_assignment_run, internship_programme
from services.jet.internships.terms import FiscalYear
from services.jet.terms import OrganisationCode
from services.kit import directory, temporal
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import Short, equals
from services.kit.findings import Finding
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Action, Basis, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Day, Flag, Instant, Line, Wire, choice

State = Literal["planned", "open", "closed", "assigned", "running", "ended", "cancelled"]
Count = Annotated[StrictInt, Field(ge=0, le=1_000_000)]


class InternshipProgrammeWrite(Wire):
    code: Code
    fiscal_year: FiscalYear
    name_ja: Line
    name_en: Line
    organiser_code: OrganisationCode | None = None
    granted: Flag = False
    content_ja: Line | None = None
    content_en: Line | None = None
    apply_from: Instant | None = None
    apply_until: Instant | None = None
    date_start: Day
    date_end: Day
    cancelled_on: Day | None = None
    cancelled_reason: Line | None = None
    participants_reported: Count | None = None
    jet_participants_reported: Count | None = None
    host_bodies_reported: Count | None = None


class InternshipProgramme(InternshipProgrammeWrite):
    id: UUID
    organiser_name: str | None
    state: Annotated[State, choice("internship_state", get_args(State))]


def _found(code: str, ja: str, en: str, remedy_ja: str, remedy_en: str) -> Finding:
    return Finding(code, Text(ja, en), Text(remedy_ja, remedy_en))


OUT_OF_ORDER = _found(
    "internship_dates_out_of_order", "終了日が開始日より前です", "The last day is before the first",
    "両方の日付を確認してください。", "Check both dates.",
)  # fmt: skip
OUTSIDE_YEAR = _found(
    "outside_fiscal_year", "開始日がこの年度の外です", "The first day is outside this fiscal year",
    "年度は4月1日から3月31日までです。年度か日付を直してください。",
    "A fiscal year runs from 1 April to 31 March. Mend the year or the day.",
)  # fmt: skip
REASON = _found(
    "cancelled_without_reason", "中止の日と理由は両方必要です", "A cancellation has its day and its reason",
    "両方を書くか、両方を空欄にしてください。", "Give both or neither.",
)  # fmt: skip
WINDOW = _found(
    "internship_window", "応募期間に誤りがあります", "The time for applications is not in order",
    "開始と締切の両方を、締切が後になるように入力してください。", "Give its beginning and, later, its end.",
)  # fmt: skip
ORGANISER = _found(
    "internship_organiser", "主催者に合わない項目があります", "Something does not go with the organiser",
    "クレア主催では応募期間を、地域の事業では報告値3項目（または空欄）を入力し、助成は地域の事業だけにしてください。",
    "CLAIR's own needs its time for applications; a regional one has its three reported figures, or none of them, and it alone is granted.",
)  # fmt: skip
REPORTED = _found(
    "more_of_whom_than_all", "うちJET参加者が参加者より多くなっています", "More JET participants than participants",
    "報告された人数を確認してください。", "Check the figures that were reported.",
)  # fmt: skip


def judged(row: Row) -> list[tuple[str, Finding]]:
    """What of a programme contradicts itself."""
    reported = [row[name] for name in REPORTS]
    given = sum(one is not None for one in reported)
    own, opens, closes = row["organiser_id"] is None, row["apply_from"], row["apply_until"]
    year = fiscal_year_of(row["date_start"])
    wrong = [
        ("date_end", OUT_OF_ORDER, row["date_end"] < row["date_start"]),
        ("fiscal_year", OUTSIDE_YEAR, year != row["fiscal_year"]),
        ("cancelled_reason", REASON, (row["cancelled_on"] is None) != (row["cancelled_reason"] is None)),
        ("apply_until", WINDOW, (opens is None) != (closes is None) or bool(opens and opens >= closes)),
        ("organiser_code", ORGANISER, bool(own and (opens is None or row["granted"] or given))),
        ("organiser_code", ORGANISER, bool(not own and (opens is not None or given not in (0, 3)))),
        ("jet_participants_reported", REPORTED, given == 3 and reported[1] > reported[0]),
    ]
    return [(name, finding) for name, finding, holds in wrong if holds]


REPORTS = ("participants_reported", "jet_participants_reported", "host_bodies_reported")


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {row["_row"]: found for row in rows if (found := judged(row))}


def published() -> ColumnElement[bool]:
    r = internship_assignment_run.c
    mine = r.programme_id == internship_programme.c.id
    return select(r.id).where(mine, r.state == "published").exists()


def state() -> ColumnElement[Any]:
    """By the business clock; the time for applications is half-open."""
    p, now, today = internship_programme.c, func.platform.now(), temporal.TODAY
    return case(
        (p.cancelled_on.is_not(None), "cancelled"),
        (today > p.date_end, "ended"),
        (today >= p.date_start, "running"),
        (published(), "assigned"),
        (p.apply_from.is_(None), "planned"),
        (now < p.apply_from, "planned"),
        (now < p.apply_until, "open"),
        else_="closed",
    )


def source(_: Basis) -> Select[Any]:
    p, o = internship_programme.c, directory.organisation.c
    named = [p[name] for name in InternshipProgrammeWrite.model_fields if name != "organiser_code"]
    return select(
        p.id, *named, o.code.label("organiser_code"), o.name.label("organiser_name"), state().label("state"),
        func.platform.now().label("_now"), p.row_version,
    ).join_from(
        internship_programme, directory.organisation, o.id == p.organiser_id, isouter=True
    )  # fmt: skip


STILL_TAKEN = Text(
    "応募の締切までは割り当てられません。", "Nobody is assigned before the time for applications ends."
)
NOT_OURS = Text(
    "クレア主催のインターンシップだけを割り当てます。", "Only CLAIR's own programmes are assigned."
)
OVER = Text("終了または中止されたインターンシップです。", "The programme has ended or was cancelled.")


def unassignable(row: Row) -> Text | None:
    """Why no run can be made, or published, just now."""
    if row["state"] in ("ended", "cancelled"):
        return OVER
    if row["apply_until"] is None:
        return NOT_OURS
    return STILL_TAKEN if row["_now"] < row["apply_until"] else None


internship_programmes = Resource(
    service="jet",
    schema="jet",
    name="internship_programme",
    plural="internship-programmes",
    read=InternshipProgramme,
    write=InternshipProgrammeWrite,
    source=source,
    access={
        "list": access.FAIRS,
        "read": access.FAIRS,
        "create": access.FAIRS_WRITE,
        "change": access.FAIRS_WRITE,
        "import": access.FAIRS_WRITE,
    },
    code="code",
    filters={
        "fiscal_year": equals(internship_programme.c.fiscal_year, int),
        "programme_code": equals(internship_programme.c.code),
        "granted": equals(internship_programme.c.granted, bool),
        "organiser_code": equals(directory.organisation.c.code, Short),
    },
    sorts=("date_start", "code"),
    parts=(Part(internship_programme, ("code",)),),
    refs=(
        Ref(
            "organiser_code",
            "organiser_id",
            directory.organisation,
            "code",
            directory.UNKNOWN_ORGANISATION,
            meant=directory.did_you_mean,
        ),
    ),
    check=check,
    fixed=("code",),
    version="2026.1",
    constraints={
        "internship_programme_in_order": refusal(OUT_OF_ORDER),
        "internship_programme_in_year": refusal(OUTSIDE_YEAR),
        "internship_programme_cancelled": refusal(REASON),
        "internship_programme_window": refusal(WINDOW),
        "internship_programme_of_its_organiser": refusal(ORGANISER),
        "internship_programme_reported": refusal(REPORTED),
    },
    actions=(
        Action(
            "assign", "/jet/v1/internship-programmes/{id}/assignment-runs", ("coordinator",), unassignable
        ),
    ),
)
