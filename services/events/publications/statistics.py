"""Tables 07–09, 67–71 and 74–76 of the business report: articles, issues, newsletters and channels.

A line is an issue or an article, one that appeared in several parts being one; of newsletters, a series with how many issues
it had; of channels, one that was open in the year.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Text,
    any_,
    case,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.events import access
from services.events.articles.resource import articles
from services.events.issues.resource import missing_before
from services.events.lines import office
from services.events.publication_tables import article, channel, issue, publication
from services.events.readings_due.lines import year_of
from services.kit import directory, glossary, temporal
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Dimension, Measure, Statistic, called, line, summed, told
from services.kit.text import Text as Said

FIRST_YEAR = 1988  # the association's
# what the report counts of the articles on economic exchange, in its order
FIELDS = ("inbound", "sales_channels")


def _numbered(year: Any, *order: Any) -> ColumnElement[int]:
    return cast(func.row_number().over(partition_by=year, order_by=order), Integer).label("row_no")


def _issues(kind: str) -> Select[Any]:
    i, p, o, n = issue.c, publication.c, office.c, directory.country.c
    order = (i.published_on, i.number, i.code)
    since = func.count().filter(i.fiscal_year > p.cumulative_year).over(partition_by=p.id, order_by=order)
    made = (
        select(
            i.code, p.code.label("publication_code"), i.fiscal_year,
            _numbered(i.fiscal_year, o.code.is_not(None), o.chart_order, *order), i.number, i.label,
            func.concat(cast(func.extract("month", i.published_on), Text), "月").label("month"),
            func.to_char(i.published_on, "YYYY-MM").label("year_month"), i.title_ja.label("title"),
            func.coalesce(i.country_printed, n.name_ja).label("country"), i.body, i.category,
            o.city_ja.label("overseas_office"), i.office.label("office_code"), i.article_count.label("articles"),
            literal(1).label("issues"), missing_before().label("missing_before"),
            case((i.fiscal_year > p.cumulative_year, p.cumulative_before + since)).label("cumulative"),
            literal("issue").label("by"),
        )
        .join_from(issue, publication, p.id == i.publication_id)
        .join(office, o.code == i.office, isouter=True)
        .join(directory.country, n.alpha2 == i.country, isouter=True)
        .where(p.kind == kind)
        .subquery("line")
    )  # fmt: skip
    return select(made)


def _field(topic: Any) -> ColumnElement[str]:
    return case({name: glossary.title(f"article_topic.{name}").ja for name in FIELDS}, value=topic)


def _works(by_topic: bool) -> Select[Any]:
    """Articles, with the parts of one as one; in each of their fields, where these are asked for."""
    a, p = article.c, publication.c
    topic = func.unnest(a.topics).table_valued("topic", name="topics").render_derived()
    key: list[Any] = [p.id, func.coalesce(a.work_code, a.code), *([topic.c.topic] if by_topic else [])]
    whole = func.string_agg(
        func.coalesce(a.part_label, ""), aggregate_order_by(literal(""), a.published_on, a.code)
    )
    asked = select(
        func.min(a.fiscal_year).label("fiscal_year"), func.min(a.published_on).label("published_on"),
        func.concat(func.min(a.title_ja), whole).label("title"), func.min(a.issue_label).label("issue"),
        func.min(a.code).label("first_code"), case((func.count() == 1, func.min(a.code))).label("code"),
        func.min(a.work_code).label("work_code"), func.min(a.office).label("office_code"),
        func.min(p.name_ja).label("medium"), func.min(p.code).label("publication_code"),
        func.min(p.kind).label("kind"), func.bool_or(a.marked).label("marked"), literal("article").label("by"),
        *([topic.c.topic] if by_topic else []),
    ).join_from(article, publication, p.id == a.publication_id)  # fmt: skip
    return (asked.join(topic, true()) if by_topic else asked).group_by(*key)


def _cases(_: Basis) -> Select[Any]:
    w = _works(by_topic=False).subquery("works").c
    numbered = _numbered(w.fiscal_year, w.published_on, w.first_code)
    made = select(*w, numbered, literal(1).label("articles")).where(w.kind == "article").subquery("line")
    return select(made)


def _counts(_: Basis) -> Select[Any]:
    """Each article in each of its fields, and each field in each year, had it any or not."""
    w = _works(by_topic=True).subquery("works").c
    years = select(article.c.fiscal_year).distinct().subquery("years").c
    fields = union_all(
        *(select(literal(number).label("row_no"), literal(topic).label("topic")) for number, topic in enumerate(FIELDS, 1))
    ).subquery("fields").c  # fmt: skip
    made = (
        select(
            years.fiscal_year, fields.row_no, fields.topic, _field(fields.topic).label("field"),
            (w.publication_code + " " + w.first_code).label("work"),
        )
        .select_from(years.fiscal_year.table.join(fields.topic.table, true()))
        .join(w.topic.table, (w.fiscal_year == years.fiscal_year) & (w.topic == fields.topic), isouter=True)
        .subquery("line")
    )  # fmt: skip
    return select(made)


def _examples(_: Basis) -> Select[Any]:
    w = _works(by_topic=True).subquery("works").c
    fields = literal(list(FIELDS), ARRAY(Text))
    within = func.row_number().over(
        partition_by=(w.fiscal_year, w.topic, w.publication_code), order_by=(w.published_on, w.first_code)
    )
    made = (
        select(
            *w, _numbered(w.fiscal_year, func.array_position(fields, w.topic), w.publication_code, w.published_on, w.first_code),
            cast(within, Integer).label("item_no"), _field(w.topic).label("field"), literal(1).label("articles"),
        )
        .where(w.marked, w.topic == any_(fields))
        .subquery("line")
    )  # fmt: skip
    return select(made)


def _newsletters(_: Basis) -> Select[Any]:
    """A series without an issue in a year is a line of it as long as it has not ended."""
    p, o, i = publication.c, office.c, issue.c
    years = select(i.fiscal_year).distinct().subquery("years").c
    count = (
        select(func.count())
        .where(i.publication_id == p.id, i.fiscal_year == years.fiscal_year)
        .scalar_subquery()
    )
    goes_on = func.coalesce(year_of(p.ended_on) >= years.fiscal_year, true())
    made = (
        select(
            years.fiscal_year, _numbered(years.fiscal_year, o.code.is_not(None), o.chart_order, p.code),
            o.city_ja.label("overseas_office"), p.office.label("office_code"), p.code.label("publication_code"),
            p.name_ja.label("newsletter"), p.content, count.label("issues"), literal("issue").label("by"),
        )
        .select_from(publication)
        .join(years.fiscal_year.table, goes_on)
        .join(office, o.code == p.office, isouter=True)
        .where(p.kind == "newsletter")
        .subquery("line")
    )  # fmt: skip
    return select(made)


def _channels(_: Basis) -> Select[Any]:
    """The channels of the offices, in each fiscal year in which they were open."""
    c, o = channel.c, office.c
    first = func.coalesce(year_of(c.opened_on), FIRST_YEAR)
    last = year_of(func.least(temporal.TODAY, c.closed_on))
    years = func.generate_series(first, last).table_valued("year", name="years").render_derived()
    year = cast(years.c.year, Integer)
    order = (o.chart_order, c.number, c.code)
    made = (
        select(
            c.code, year.label("fiscal_year"), _numbered(year, *order),
            cast(func.row_number().over(partition_by=(year, c.office), order_by=order), Integer).label("seq"),
            o.city_ja.label("overseas_office"), c.office.label("office_code"), c.name_ja.label("channel"), c.kind,
            literal(1).label("channels"), literal("channel").label("by"),
        )
        .join_from(channel, office, o.code == c.office)
        .join(years, true())
        .subquery("line")
    )  # fmt: skip
    return select(made)


FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "office": equals(line("office_code", Text)),
}
YEAR = {"fiscal_year": FILTERS["fiscal_year"]}
NUMBERED = told(row_no=cells.INTEGER)
BESIDE = told("publication_code", "office_code", fiscal_year=cells.INTEGER)
ARTICLES = {"articles": Measure("件", summed("articles"))}


def _behind(by: str, path: str, parameters: dict[str, str], *measures: str) -> dict[str, Behind]:
    counted: dict[str, dict[str, str]] = {name: {} for name in measures}
    return {by: Behind(f"/events/v1/{path}", access.EVENTS_OF_CLAIR, parameters, counted)}


def _of_issues(
    name: str, title: Said, kind: str, dimensions: Mapping[str, Dimension], measures: dict[str, Measure]
) -> Statistic:
    """`dimensions`: the printed columns."""
    beside = told(missing_before=cells.INTEGER, cumulative=cells.INTEGER)
    return Statistic(
        name, title, lambda _: _issues(kind), measures, "sum", {**dimensions, **beside} | BESIDE, FILTERS,
        access.FIGURES, dated=False, behind=_behind("issue", "issues", {"code": "code"}, *measures), by="by",
        printed=tuple(dimensions),
    )  # fmt: skip


def _month(name: str) -> dict[str, Dimension]:
    return {name: Dimension("month")} | told("year_month")


def _titled(name: str) -> dict[str, Dimension]:
    return {name: Dimension("title")}


def _number(name: str) -> dict[str, Dimension]:
    return {name: Dimension("number", cell=cells.INTEGER)}


ISSUES = {"issues": Measure("回", summed("issues"))}
BOOKS = {"issues": Measure("本", summed("issues"))}
WITH_ARTICLES = ISSUES | ARTICLES
ARTICLE, BOOK = called(title="title_ja"), called(title="issue_title_ja")
OF_WORK = {"code": "code", "work_code": "work_code"}
STATISTICS = (
    Statistic(
        "case-articles",
        Said("自治体による観光インバウンド・海外販路開拓等の取組事例", "Case articles on the web site"),
        _cases, ARTICLES, "sum", NUMBERED | told("published_on") | ARTICLE | BESIDE, FILTERS, access.FIGURES,
        dated=False, behind=_behind("article", "articles", OF_WORK, "articles"), by="by",
        printed=("row_no", "published_on", "title"),
    ),
    Statistic(
        "economic-article-counts",
        Said("経済交流に関する情報発信", "Articles on economic exchange"),
        _counts, {"articles": Measure("件", lambda facts: func.count(facts.work.distinct()))}, "distinct",
        {
            "row_no": Dimension("row_no", told_by="topic", cell=cells.INTEGER),
            "field": Dimension("field", told_by="topic"),
            "topic": Dimension("topic", filter="topic"),
            "fiscal_year": Dimension("fiscal_year", filter="fiscal_year", cell=cells.INTEGER),
        },
        YEAR, access.FIGURES, records=articles, dated=False, printed=("row_no", "field", "topic"),
    ),
    Statistic(
        "economic-article-examples",
        Said("経済交流に関する主な掲載事例", "Main articles on economic exchange"),
        _examples, ARTICLES, "sum",
        NUMBERED | told("field", "medium") | told(item_no=cells.INTEGER) | ARTICLE | told("issue") | BESIDE,
        FILTERS, access.FIGURES, dated=False, behind=_behind("article", "articles", OF_WORK, "articles"), by="by",
        printed=("row_no", "field", "medium", "item_no", "title", "issue"),
    ),
    _of_issues(
        "mail-magazine", Said("メールマガジン", "Mail magazine"), "mail_magazine",
        _number("volume") | _month("delivery_month") | _titled("main_article"), WITH_ARTICLES,
    ),
    _of_issues(
        "office-flash", Said("クレア海外事務所フラッシュ", "Office flash"), "office_flash",
        NUMBERED | _month("issue_month") | _titled("main_article"), WITH_ARTICLES,
    ),
    _of_issues(
        "forum-issues", Said("自治体国際化フォーラム", "Jichitai Kokusaika Forum"), "forum",
        _number("issue_no") | {"issue_label": Dimension("label")} | _month("publication_month") | _titled("feature"),
        ISSUES,
    ),
    Statistic(
        "newsletters", Said("海外事務所のニューズレター", "Newsletters of the offices"),
        _newsletters, ISSUES, "sum", NUMBERED | told("overseas_office", "newsletter", "content") | BESIDE, FILTERS,
        access.FIGURES, dated=False,
        behind=_behind("issue", "issues", {"publication": "publication_code", "fiscal_year": "fiscal_year"}, "issues"),
        by="by", printed=("row_no", "overseas_office", "newsletter", "content"),
    ),
    Statistic(
        "sns-channels", Said("ブログやSNSによる情報発信", "Blogs and social media of the offices"),
        _channels, {"channels": Measure("件", summed("channels"))}, "sum",
        NUMBERED | told("overseas_office") | told(seq=cells.INTEGER) | told("channel", "office_code", fiscal_year=cells.INTEGER),
        FILTERS, access.FIGURES, dated=False, behind=_behind("channel", "media-channels", {"code": "code"}, "channels"),
        by="by", printed=("row_no", "overseas_office", "seq", "channel"),
    ),
    _of_issues(
        "clair-reports", Said("クレアレポート", "CLAIR reports"), "report",
        NUMBERED | told("overseas_office") | BOOK, BOOKS,
    ),
    _of_issues(
        "local-government-series", Said("各国の地方自治シリーズ", "Local government series"),
        "local_government_series", NUMBERED | told("country") | BOOK, BOOKS,
    ),
    _of_issues(
        "best-practices", Said("日本の先進自治体による優良施策", "Best practices of local governments"), "best_practice",
        NUMBERED | called(body="reported_body") | told("category") | _titled("theme"), {"issues": Measure("件", summed("issues"))},
    ),
)  # fmt: skip
