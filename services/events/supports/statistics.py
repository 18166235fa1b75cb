"""Tables 37, 80 and 80a of the business report, and the log by office, requester, kind and month.

What is posted again (再掲) stands on two lines, and in a total once: totals count records, each one time.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)

from services.events import access
from services.events.lines import office
from services.events.log_tables import support, support_text
from services.events.publication_tables import metric_reading
from services.events.readings_due.lines import dues, year_of
from services.events.supports.resource import LOCAL, local_government, supports
from services.events.tables import mine
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
    once as they are posted again; beside them what its lists of bodies (多文化共生支援団体リスト) held on 31 March."""
    s = support.c
    d, r = dues().subquery("due").c, metric_reading.c
    first = case((s.kind == "interview", 1), else_=2)

    def posted(again: bool) -> Select[Any]:
        return select(
            s.id, s.fiscal_year, (first + (3 if again else 0)).label("row_no"),
            case(ITEMS, value=s.kind).label("item"), literal(again, Boolean).label("reposted"), s.kind,
            literal("件").label("unit"), cast(null(), Integer).label("reading"), mine(s.office).label("readable"),
        ).where(s.office.is_(None), s.countable, or_(*(s.kind == kind for kind in ITEMS)))  # fmt: skip

    lists = (
        select(
            r.id, year_of(d.due_on).label("fiscal_year"), literal(3).label("row_no"), d.channel_name_ja.label("item"),
            literal(False, Boolean).label("reposted"), cast(null(), Text).label("kind"), d.unit, r.value.label("reading"),
            false().label("readable"),
        )
        .select_from(d.metric_id.table)
        .join(metric_reading, and_(r.metric_id == d.metric_id, r.read_on == d.due_on), isouter=True)
        .where(d.channel_kind == "body_list", d.due == "fiscal_year_end", d.office.is_(None))
    )  # fmt: skip
    inner = union_all(posted(False), posted(True), lists).subquery("line")
    return select(*inner.c).select_from(inner)


def _held(facts: Any) -> Any:
    """Lines of the log are counted; what a list held is what was read, and several readings are not added."""
    read = case((func.count() == 1, func.min(facts.reading)))
    return cast(case((func.bool_or(facts.kind.is_(None)), read), else_=_records(facts)), BigInteger)


def _overseas() -> Select[Any]:
    """Counted lines of overseas offices, each with its office and who asked."""
    s, t, o, f = support.c, support_text.c, directory.organisation.c, office.c
    return (
        select(
            s.id, s.code, s.fiscal_year, s.office, mine(s.office).label("readable"), f.city_ja.label("overseas_office"), f.chart_order,
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
    return _numbered(_overseas(), func.dense_rank(), "chart_order")


def _examples(_: Basis) -> Select[Any]:
    return _numbered(
        _overseas().where(support.c.marked), func.row_number(), "chart_order", "received_on", "code"
    )


def _all(_: Basis) -> Select[Any]:
    s, f = support.c, office.c
    inner = (
        select(
            s.id, s.fiscal_year, s.office, f.city_ja.label("overseas_office"), s.requester_kind, s.kind, s.countable,
            s.not_countable_reason, mine(s.office).label("readable"),
            cast(extract("month", s.received_on), Integer).label("month"),
        )
        .join_from(support, office, f.code == s.office, isouter=True)
        .subquery("line")
    )  # fmt: skip
    return select(*inner.c).select_from(inner)


def _of(kind: str) -> Any:
    return lambda facts: func.count(facts.id.distinct()).filter(facts.requester_kind == kind)


def _counted(countable: bool) -> Any:
    return lambda facts: func.count(facts.id.distinct()).filter(facts.countable == countable)


def _others(facts: Any) -> Any:
    return func.count(facts.id.distinct()).filter(not_(local_government(facts.requester_kind)))


OFFICE = Dimension("office", filter="office", called="office_code")
COUNTED = {"countable": "true"}
STATISTICS = (
    Statistic(
        "citizen-plaza-counts",
        Said("市民国際プラザの相談対応等", "The citizens' plaza: interviews and consultations"),
        _plaza,
        {"count": Measure(None, _held, COUNTED | {"headquarters": "true"})},
        "distinct",
        {
            "row_no": Dimension("row_no", told_by="kind", cell=cells.INTEGER),
            "item": Dimension("item", told_by="kind"),
            "kind": Dimension("kind", filter="kind"),
            "reposted": Dimension("reposted", told_by="kind", cell=cells.BOOLEAN),
        },
        _FISCAL_YEAR,
        access.FIGURES,
        records=supports,
        dated=False,
        printed=("row_no", "item", "kind", "reposted"),
        unit_column="unit",
        readable="readable",
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
        readable="readable",
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
        {
            "cases": Measure("件", _counted(True), COUNTED),
            "not_counted": Measure("件", _counted(False), {"countable": "false"}),
        },
        "sum",
        {
            "office": OFFICE,
            "overseas_office": Dimension("overseas_office", told_by="office"),
            "requester_kind": Dimension("requester_kind", filter="requester_kind"),
            "kind": Dimension("kind", filter="kind"),
            "month": Dimension("month", filter="month", cell=cells.INTEGER),
            "not_countable_reason": Dimension("not_countable_reason", filter="not_countable_reason"),
        },
        _FISCAL_YEAR | _OFFICE,
        access.FIGURES,
        records=supports,
        dated=False,
        readable="readable",
    ),
)
