"""Tables 37, 80 and 80a of the business report, and the log by office, requester, kind and month.

What is posted again (再掲) stands on two lines, and in a total once: totals count records, each one time.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    Integer,
    Select,
    Text,
    case,
    cast,
    extract,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from services.events import access
from services.events.lines import office
from services.events.log_tables import support, support_text
from services.events.supports.resource import LOCAL, local_government, supports
from services.kit import directory
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Dimension, Measure, Statistic, called, line, told
from services.kit.text import Text as Said

ITEMS = {"interview": "インタビュー", "consultation": "相談対応"}
_FISCAL_YEAR = {"fiscal_year": equals(line("fiscal_year", Integer), int)}
_OFFICE = {"office": equals(line("office", Text))}


def _records(facts: Any) -> Any:
    return func.count(facts.id.distinct())


def _plaza(_: Basis) -> Select[Any]:
    """Interviews and consultations of headquarters, where the citizens' plaza (市民国際プラザ) is; once as they are and
    once as they are posted again."""
    s = support.c
    first = case((s.kind == "interview", 1), else_=2)

    def posted(again: bool) -> Select[Any]:
        return select(
            s.id, s.fiscal_year, (first + (3 if again else 0)).label("row_no"),
            case(ITEMS, value=s.kind).label("item"), literal(again, Boolean).label("reposted"),
        ).where(s.office.is_(None), s.countable, or_(*(s.kind == kind for kind in ITEMS)))  # fmt: skip

    inner = union_all(posted(False), posted(True)).subquery("line")
    return select(*inner.c).select_from(inner)


def _overseas() -> Select[Any]:
    """Counted lines of overseas offices, each with its office and who asked."""
    s, t, o, f = support.c, support_text.c, directory.organisation.c, office.c
    return (
        select(
            s.id, s.code, s.fiscal_year, s.office, f.city_ja.label("overseas_office"), f.id.label("office_id"),
            s.received_on, s.requester_kind, func.coalesce(o.name, s.requester_name).label("client"),
            t.content.label("activity"),
        )
        .join_from(support, office, f.code == s.office)
        .join(support_text, t.support_id == s.id, isouter=True)
        .join(directory.organisation, o.id == s.organisation_id, isouter=True)
        .where(s.countable)
    )  # fmt: skip


def _numbered(rows: Select[Any], number: Any, *order: str) -> Select[Any]:
    """`number`: how lines of a year are numbered, in this order."""
    of = rows.subquery("of")
    row_no = number.over(partition_by=of.c.fiscal_year, order_by=[of.c[name] for name in order])
    inner = select(*of.c, cast(row_no, Integer).label("row_no")).subquery("line")
    return select(*inner.c).select_from(inner)


def _counts(_: Basis) -> Select[Any]:
    return _numbered(_overseas(), func.dense_rank(), "office_id")


def _examples(_: Basis) -> Select[Any]:
    return _numbered(
        _overseas().where(support.c.marked), func.row_number(), "office_id", "received_on", "code"
    )


def _all(_: Basis) -> Select[Any]:
    s, f = support.c, office.c
    inner = (
        select(
            s.id, s.fiscal_year, s.office, f.city_ja.label("overseas_office"), s.requester_kind, s.kind, s.countable,
            cast(extract("month", s.received_on), Integer).label("month"),
        )
        .join_from(support, office, f.code == s.office, isouter=True)
        .subquery("line")
    )  # fmt: skip
    return select(*inner.c).select_from(inner)


def _of(kind: str) -> Any:
    return lambda facts: func.count(facts.id.distinct()).filter(facts.requester_kind == kind)


def _others(facts: Any) -> Any:
    return func.count(facts.id.distinct()).filter(not_(local_government(facts.requester_kind)))


OFFICE = Dimension("office", filter="office", called="office_code")
COUNTED = {"countable": "true"}
STATISTICS = (
    Statistic(
        "citizen-plaza-counts",
        Said("市民国際プラザの相談対応等", "The citizens' plaza: interviews and consultations"),
        _plaza,
        {"count": Measure("件", _records)},
        "distinct",
        told("item", row_no=cells.INTEGER, reposted=cells.BOOLEAN),
        _FISCAL_YEAR,
        access.FIGURES,
        dated=False,
        printed=("row_no", "item", "reposted"),
    ),
    Statistic(
        "overseas-support-counts",
        Said("海外事務所の活動支援件数", "Support by the overseas offices"),
        _counts,
        {
            "cases": Measure("件", _records, COUNTED),
            "prefectures_and_designated_cities": Measure(
                "件", _of(LOCAL[0]), COUNTED | {"requester_kind": LOCAL[0]}, of="cases"
            ),
            "municipalities": Measure(
                "件", _of(LOCAL[1]), COUNTED | {"requester_kind": LOCAL[1]}, of="cases"
            ),
            "others": Measure(
                "件",
                _others,
                COUNTED | {"local_government": "false"},
                of="cases",
            ),
        },
        "sum",
        {
            "row_no": Dimension("row_no", told_by="office", cell=cells.INTEGER),
            "overseas_office": Dimension("overseas_office", told_by="office"),
            "office": OFFICE,
        },
        _FISCAL_YEAR | _OFFICE,
        access.FIGURES,
        records=supports,
        dated=False,
        printed=("row_no", "overseas_office", "office"),
    ),
    Statistic(
        "overseas-support-examples",
        Said("海外事務所の主な活動支援", "Examples of support by the overseas offices"),
        _examples,
        {"value": Measure("件", _records)},
        "sum",
        told("overseas_office")
        | called(client="requester_name")
        | told("activity", row_no=cells.INTEGER)
        | {"office": OFFICE},
        _FISCAL_YEAR | _OFFICE,
        access.FIGURES,
        dated=False,
        printed=("row_no", "overseas_office", "client", "activity"),
    ),
    Statistic(
        "office-supports",
        Said("所務記録（事務所・依頼者・種類・月別）", "The office log by office, requester, kind and month"),
        _all,
        {"value": Measure("件", _records)},
        "sum",
        {
            "office": OFFICE,
            "overseas_office": Dimension("overseas_office", told_by="office"),
            "requester_kind": Dimension("requester_kind", filter="requester_kind"),
            "kind": Dimension("kind", filter="kind"),
            "month": Dimension("month", filter="month", cell=cells.INTEGER),
            "countable": Dimension("countable", filter="countable", cell=cells.BOOLEAN),
        },
        _FISCAL_YEAR | _OFFICE | {"countable": equals(line("countable", Boolean), bool)},
        access.FIGURES,
        records=supports,
        dated=False,
    ),
)
