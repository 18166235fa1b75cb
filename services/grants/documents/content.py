"""What each kind of document says, as data: whoever decides fills one of these, and the paper is set from it for ever."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import rfc8785
from pydantic import TypeAdapter
from pydantic_core import from_json

from services.grants.documents.domain import Kind


@dataclass(frozen=True, slots=True)
class SelectionNotice:
    """D4 採択（内示）通知. `budget_conditional`: the budget has not been passed yet."""

    amount_yen: int
    budget_conditional: bool
    panel_on: date | None = None
    requested_yen: int | None = None
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitlistNotice:
    """D4 補欠通知. `valid_until`: till when somebody may yet be promoted."""

    position: int | None = None
    panel_on: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """D4 不採択通知, and 却下通知 of what was not taken to a panel."""

    reason: str
    panel_on: date | None = None


@dataclass(frozen=True, slots=True)
class DecisionNotice:
    """D5 交付（助成）決定通知書. Amounts in yen; `rate` is a fraction. Where less is decided than was asked for, it says that the
    application is granted in an amended form (修正決定)."""

    decided_on: date
    amount_yen: int
    requested_yen: int
    total_cost_yen: int
    eligible_cost_yen: int
    rate: tuple[int, int]
    withdrawal_until: date
    project_from: date
    project_to: date
    report_due: date
    cap_yen: int | None = None
    conditions: tuple[str, ...] = ()
    reduced_reason: str | None = None
    notice_code: str | None = None  # of the selection


@dataclass(frozen=True, slots=True)
class Declination:
    """D7 辞退届, and D6 取下書. `amount_yen`: what was promised; `notice_code`: of the notice that promised it."""

    declined_on: date
    reason: str
    amount_yen: int | None = None
    notice_code: str | None = None
    notice_on: date | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class List:
    """Rows of a form. `figures`: of each column, whether it holds numbers."""

    columns: tuple[str, ...]
    figures: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Of a form: a heading with cells below it, or with a list."""

    heading: str | None
    cells: tuple[Cell, ...] = ()
    rows: List | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    category: str
    note: str | None
    yen: int
    tax_yen: int
    eligible: bool


@dataclass(frozen=True, slots=True)
class Income:
    source: str
    yen: int


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    code: str
    share_yen: int


@dataclass(frozen=True, slots=True)
class File:
    document: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Application:
    """D2 申請書, of one submission. `snapshot_sha256`: of the snapshot that it is made from."""

    submission_number: int
    channel: Literal["online", "mail", "counter"]
    snapshot_sha256: str
    requested_yen: int
    indirect_yen: int = 0
    form_number: str | None = None
    form_title: str | None = None
    parts: tuple[Part, ...] = ()
    costs: tuple[Cost, ...] = ()
    income: tuple[Income, ...] = ()
    members: tuple[Member, ...] = ()
    files: tuple[File, ...] = ()


Content = SelectionNotice | WaitlistNotice | Rejection | DecisionNotice | Declination | Application
CONTENTS: dict[Kind, type[Any]] = {
    "application": Application, "selection_notice": SelectionNotice, "waitlist_notice": WaitlistNotice,
    "rejection_notice": Rejection, "dismissal_notice": Rejection, "decision_notice": DecisionNotice,
    "withdrawal": Declination, "declination": Declination,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """The application, as it stood when the document was filed."""

    organisation_code: str
    organisation_name: str
    organisation_kind: str
    department: str
    title: str
    edition_name: str
    fiscal_year: int
    round_code: str
    receipt_number: str | None
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class About(Subject):
    """What of its application and its section every document says. `sample`: the rules, or how the section signs, are
    samples."""

    section_name: str
    contact: str | None
    sample: bool


def stored(about: About, content: Content) -> str:
    """One text for one content (RFC 8785)."""
    told = {
        "about": TypeAdapter(About).dump_python(about, mode="json"),
        "content": TypeAdapter(type(content)).dump_python(content, mode="json"),
    }
    return rfc8785.dumps(told).decode()


def opened(kind: Kind, content: str) -> tuple[About, Content]:
    told = from_json(content)
    made: Content = TypeAdapter(CONTENTS[kind]).validate_python(told["content"])
    return TypeAdapter(About).validate_python(told["about"]), made
