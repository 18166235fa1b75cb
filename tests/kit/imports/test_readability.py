"""Every export holds all 30 rules of machine readability; and each rule's check can fail."""

import io
import json
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from services.gateway.registry.structure.changes import STATISTICS as REGISTRY_FIGURES
from services.jet.statistics.declared import STATISTICS as JET_FIGURES
from services.kit.http.negotiate import CSVW, XLSX
from services.kit.resource import Resource
from services.kit.statistics import Statistic
from tests.kit.imports.exports import CSV, LISTED, Exports
from tests.support.readability import RULES, score
from tests.support.readable import Table
from tests.support.serving import Caller, Serving

NOBODY = "2035"  # a programme year in which nobody takes part


def table(
    serving: Serving,
    operation: str,
    caller: Caller,
    media: str,
    coded: frozenset[str],
    spoken: str = "ja",
    **said: Any,
) -> Table:
    """`elsewhere` among what is said: parameters that select other rows of the same table."""
    elsewhere = said.pop("elsewhere", None)

    def asked(accept: str, **options: Any) -> Any:
        answer = serving.call(
            operation, caller, {"Accept": accept, "Accept-Language": spoken}, **(said | options)
        )
        assert answer.status_code == 200, answer.text
        return answer

    answer, described = asked(media), asked(CSVW).json()
    other = Table(
        asked(media, params=elsewhere).content if elsewhere else answer.content, answer.headers, described
    )
    return Table(answer.content, answer.headers, described, coded, other.headings)


def closed(resource: Resource) -> frozenset[str]:
    """The columns whose values are of a closed set, by their type and whatever the column says."""
    return frozenset(
        name
        for name, info in resource.read.model_fields.items()
        if Literal in {get_origin(one) for one in (info.annotation, *get_args(info.annotation))}
    )


def reader(there: Exports, resource: Resource) -> Caller:
    """One whose list is not empty, if there is one."""
    callers = there.callers(resource)
    return next((one for one in callers if there.taken(resource, one)), callers[0])


@pytest.mark.parametrize(
    ("media", "spoken"), [(CSV, "en"), ("text/csv; charset=cp932", "ja"), (XLSX, "ja"), (XLSX, "en")]
)
@pytest.mark.parametrize("resource", LISTED, ids=lambda one: one.plural)
def test_every_list_holds_every_rule(there: Exports, resource: Resource, media: str, spoken: str) -> None:
    year = {"params": {"programme_year": "2024"}, "elsewhere": {"programme_year": NOBODY}}
    said = year if resource.plural == "roster" else {}
    made = table(
        there.serving(resource), resource.operation("list"), reader(there, resource), media, closed(resource),
        spoken, **said,
    )  # fmt: skip
    assert score(made).broken == {}


FIGURES = [("directory", one) for one in REGISTRY_FIGURES] + [("jet", one) for one in JET_FIGURES]


@pytest.mark.parametrize("media", [CSV, XLSX])
@pytest.mark.parametrize(("service", "statistic"), FIGURES, ids=[one.name for _, one in FIGURES])
def test_every_statistic_holds_every_rule(
    there: Exports, service: str, statistic: Statistic, media: str
) -> None:
    served = there.world.jet if service == "jet" else there.world.registry
    params: dict[str, str] = {"dimensions": ",".join(statistic.dimensions)}
    year = {"programme_year": "2024"} if service == "jet" else {}
    elsewhere = {"programme_year": NOBODY} if service == "jet" else {"host_authority": "none"}
    coded = frozenset({"job_type", "arrival_group", "kind", *(() if statistic.single else ("metric",))})
    caller = Caller(sorted(statistic.rule.roles.keys() & {"coordinator", "registrar"})[0])
    made = table(
        served, f"{service}_statistics_read", caller, media, coded & {*statistic.dimensions, "metric"},
        path={"name": statistic.name}, params=params | year, elsewhere=params | elsewhere,
    )  # fmt: skip
    assert score(made).broken == {}


DESCRIBED: dict[str, Any] = {
    "tableSchema": {
        "columns": [
            {
                "name": name,
                "titles": {"ja": ja, "en": name},
                "datatype": datatype,
                "dc:description": [{"@value": ja}],
                **more,
            }
            for name, ja, datatype, more in (
                ("organisation_code", "団体コード", "string", {}),
                ("name", "名称", "string", {}),
                (
                    "kind",
                    "種類",
                    "string",
                    {"skos:hasTopConcept": [{"skos:notation": "city", "skos:prefLabel": [1]}]},
                ),
                ("people", "人数", "integer", {"schema:unitText": "名"}),
                ("held_on", "開催日", "date", {}),
            )
        ]
    }
}
HEADINGS = ["団体コード", "名称", "種類", "人数", "開催日"]
ROW = ["131016", "架空市", "city", "3", "2024-07-01"]
Lines = list[list[str]]


def text(change: Callable[[Lines], None] = lambda _: None, **said: Any) -> Table:
    lines = [[*HEADINGS], [*ROW], ["011002", "試験市", "city", "0", "2024-07-02"]]
    change(lines)
    body = "".join(",".join(line) + "\r\n" for line in lines).encode("utf-8-sig")
    return table_of(said.pop("body", body), "text/csv; charset=utf-8", **said)


def table_of(
    body: bytes, media: str, described: Any = DESCRIBED, link: str = '<x>; rel="describedby"'
) -> Table:
    return Table(body, {"content-type": media, "link": link}, described, frozenset({"kind"}), HEADINGS)


def book(change: Callable[[Worksheet], None] = lambda _: None) -> Table:
    made = openpyxl.Workbook()
    page = made.worksheets[0]
    for row in (HEADINGS, [*ROW[:3], 3, "2024-07-01"]):
        page.append(row)
    described = made.create_sheet("項目の説明")
    described.append(["見出し", "列の物理名", "データ型", "数の数え方", "定義と書式"])
    for one in DESCRIBED["tableSchema"]["columns"]:
        described.append(
            [one["titles"]["ja"], one["name"], "", "名" if one["name"] == "people" else "", "定義"]
        )
    codes = made.create_sheet("コード表")
    codes.append(["列の物理名", "選択値", "日本語の意味", "英語の意味"])
    codes.append(["kind", "city", "市", "City"])
    change(page)
    out = io.BytesIO()
    made.save(out)
    return table_of(out.getvalue(), XLSX)


def put(row: int, column: int, value: str) -> Callable[[Lines], None]:
    def change(lines: Lines) -> None:
        lines[row][column] = value

    return change


def cell(place: str, value: str) -> Callable[[Worksheet], None]:
    def change(page: Worksheet) -> None:
        page[place] = value

    return change


def without(*keys: str) -> Any:
    """The description with these keys left out of every column."""
    kept = json.loads(json.dumps(DESCRIBED))
    for column in kept["tableSchema"]["columns"]:
        for key in keys:
            column.pop(key, None)
    return kept


def noted(page: Worksheet) -> None:
    page["A2"].comment = Comment("メモ", "x")


def bold(page: Worksheet) -> None:
    page["B2"].font = Font(bold=True)


def hidden(page: Worksheet) -> None:
    page.row_dimensions[2].hidden = True


def drawn(page: Worksheet) -> None:
    chart = BarChart()
    chart.add_data(Reference(page, min_col=4, min_row=1, max_row=2), titles_from_data=True)
    page.add_chart(chart, "H1")


BAD: list[tuple[str, Callable[[], Table]]] = [
    ("L1-01", lambda: text(body="団体コード,名称".encode("cp932"))),
    ("L1-01", lambda: table_of(b"%PDF-1.7", XLSX)),
    ("L1-02", lambda: text(lambda lines: lines.insert(2, [*HEADINGS]))),
    ("L1-03", lambda: text(lambda lines: lines.insert(1, [""] * 5))),
    ("L1-04", lambda: text(lambda lines: lines[2].append("確認中"))),
    ("L1-04", lambda: book(noted)),
    ("L1-05", lambda: text(put(0, 3, "※1"))),
    ("L1-06", lambda: text(put(1, 1, "架  空  市"))),
    ("L1-07", lambda: text(put(1, 4, "2024-07-01、2024-07-02"))),
    ("L1-08", lambda: text(put(0, 1, "名称①"))),
    ("L1-08", lambda: text(put(1, 1, "架空\ue000"))),
    ("L1-09", lambda: text(put(1, 3, "－"))),
    ("L1-10", lambda: book(drawn)),
    ("L1-11", lambda: book(bold)),
    ("L1-12", lambda: book(lambda page: page.merge_cells("A2:B2"))),
    ("L1-13", lambda: book(hidden)),
    ("L1-14", lambda: text(put(1, 1, '"架空\n市"'))),
    ("L1-15", lambda: text(put(1, 1, "架空,市"))),
    ("L2-01", lambda: text(put(1, 3, "3名"))),
    ("L2-01", lambda: book(cell("D2", "3"))),
    ("L2-02", lambda: text(put(2, 0, "〃"))),
    ("L2-02", lambda: text(put(2, 0, ""))),
    ("L2-03", lambda: text(put(0, 1, "種類"))),
    ("L2-04", lambda: text(put(1, 2, "City "))),
    ("L2-05", lambda: text(put(1, 2, "その他（組合）"))),
    ("L2-06", lambda: book(cell("D2", "=1+2"))),
    ("L3-01", lambda: text(lambda lines: lines.insert(0, ["団体の一覧", "", "", "", ""]))),
    ("L3-02", lambda: text(described=without("skos:hasTopConcept"))),
    ("L3-02", lambda: book(cell("C2", "town"))),
    ("L3-03", lambda: text(put(1, 3, "***"))),
    ("L3-04", lambda: text(described=without("schema:unitText"))),
    ("L3-05", lambda: text(put(1, 4, "令和6年7月1日"))),
    ("L3-06", lambda: text(put(1, 0, "11002"))),
    ("L3-07", lambda: text(put(0, 3, "人員"))),
    ("L3-08", lambda: text(body=",".join(HEADINGS).encode())),
    ("L3-08", lambda: text(link="")),
    ("L3-09", lambda: text(put(0, 3, "令和6年度"))),
]


def test_the_good_examples_hold_every_rule() -> None:
    assert (score(text()).broken, score(book()).broken) == ({}, {})
    assert [rule.id for rule in RULES] == sorted(
        [f"L1-{n:02}" for n in range(1, 16)]
        + [f"L2-{n:02}" for n in range(1, 7)]
        + [f"L3-{n:02}" for n in range(1, 10)]
    )


@pytest.mark.parametrize(("rule", "bad"), BAD, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(BAD)])
def test_a_bad_example_breaks_the_rule(rule: str, bad: Callable[[], Table]) -> None:
    assert rule in score(bad()).broken


def test_every_rule_has_a_bad_example() -> None:
    assert {rule for rule, _ in BAD} == {rule.id for rule in RULES}
