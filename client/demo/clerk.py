"""A clerk of a contracting organisation fills in the form, gets her mistakes back in it, and mends them."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from client.api import Api, ImportResult
from client.demo.form import Form
from client.demo.names import invent_official
from client.demo.stage import Stage

YEAR = 2024
FILLED = 12
HOUSING = ("公営住宅", "民間賃貸", "教職員住宅", "その他の住居")


class Mistake(NamedTuple):
    """What is typed wrongly into a row; the field and the code of the problem that must come of it."""

    typed: dict[str, Any]
    field: str
    code: str


Right = dict[int, tuple[Mistake, dict[str, Any]]]


def play(stage: Stage, clerk: Api, story: dict[str, Any], out: Path) -> None:
    stage.act("市の担当者が様式を送る", "A city's clerk sends the form")
    kind = clerk.get("/jet/v1/imports/kinds/appointments")
    titles = {column["name"]: column["title"]["ja"] for column in kind["columns"]}
    form = Form(_template(stage, clerk, out), titles)
    stage.expect(
        f"様式に入っている{YEAR}年度の人数",
        f"people of programme year {YEAR} already in the form",
        len(form.rows),
        len(story["jet_numbers"]),
    )
    right = _fill(form, story)
    sent = form.save(out / "appointments-sent.xlsx")
    stage.say(
        f"担当者と住居を{FILLED}人分入力し、4か所を間違えて送ります。残りの行は手を付けません。",
        f"She fills in supervisor and housing of {FILLED} people, four of the rows wrongly; the others stay as they are.",
    )
    stage.wrote(sent)
    result = clerk.submit("jet", "appointments", sent)
    stage.expect(
        "読んだ行 / 誤りのある行",
        "rows read / refused",
        (result.rows, result.refused),
        (len(form.rows), len(right)),
    )
    problems = _refused(stage, clerk, result, right)
    stage.say("同じファイルに印が付いて戻ります。", "Her own file comes back with the cells marked.")
    path = clerk.download(f"{result.path}/marked-workbook", out / "appointments-marked.xlsx")
    stage.wrote(path)
    marked = Form(path, titles)
    cells = [f"{one['column']}{one['row']}" for one in problems]
    stage.expect("印の付いたセル", "marked cells", marked.marked(), cells)
    _mended(stage, clerk, marked, right, out)


def _template(stage: Stage, clerk: Api, out: Path) -> Path:
    path = clerk.download(
        "/jet/v1/imports/kinds/appointments/template",
        out / "appointments-template.xlsx",
        {"programme_year": YEAR},
    )
    stage.say(
        "自団体の参加者が入った様式をダウンロードします。",
        "She downloads the form, filled with her own people.",
    )
    stage.wrote(path)
    return path


def _fill(form: Form, story: dict[str, Any]) -> Right:
    """Row → the mistake in it and what should have been typed."""
    rng = Random(YEAR)
    for number, row in enumerate(form.rows[:FILLED]):
        official = invent_official(rng)
        form.type(row, {
            "supervisor_name": official,
            "supervisor_phone": f"000-0000-{1000 + number}",
            "supervisor_email": f"jet{number + 1}@city.example",
            "housing_type": HOUSING[number % len(HOUSING)],
            "housing_rent_yen": 20_000 + 1_500 * number,
        })  # fmt: skip
    right = {
        row: (mistake, {field: form.read(row, field) for field in mistake.typed})
        for row, mistake in _mistakes(form, story).items()
    }
    for row, (mistake, _) in right.items():
        form.type(row, mistake.typed)
    return right


def _mistakes(form: Form, story: dict[str, Any]) -> dict[int, Mistake]:
    """The overlap needs somebody who serves already: the new term is typed as if it began a week earlier."""
    filled = form.rows[:FILLED]
    overlapping = next(row for row in filled if str(form.read(row, "jet_number")) < str(YEAR))
    first, second, third = [row for row in filled if row != overlapping][1:10:4]
    number = str(form.read(first, "jet_number"))
    earlier = {field: form.read(overlapping, field) - timedelta(days=7) for field in ("starts_on", "ends_on")}
    return {
        first: Mistake({"jet_number": number[:10]}, "jet_number", "jet_number_malformed"),
        second: Mistake({"starts_on": "令和6年2月30日"}, "starts_on", "day_does_not_exist"),
        third: Mistake({"organisation_code": story["neighbour_code"]}, "organisation_code", "not_known_here"),
        overlapping: Mistake(earlier, "starts_on", "appointment_overlap"),
    }


def _refused(stage: Stage, clerk: Api, result: ImportResult, right: Right) -> list[dict[str, Any]]:
    stage.expect("保存された", "stored", result.stored, False)
    problems = _problems(stage, clerk, result, right)
    found = [f"{one['row']:02} {one['field']} {one['code']}" for one in problems]
    wanted = [f"{row:02} {mistake.field} {mistake.code}" for row, (mistake, _) in right.items()]
    stage.expect("指摘された問題", "problems found, each at its cell", sorted(found), sorted(wanted))
    return problems


def _problems(stage: Stage, clerk: Api, result: ImportResult, right: Right) -> list[dict[str, Any]]:
    problems: list[dict[str, Any]] = clerk.get(f"{result.path}/problems")["items"]
    rows = []
    for one in problems:
        typed = right[one["row"]][0].typed.get(one["field"]) if one["row"] in right else None
        said = [f"{one['message'][spoken]} {one['remedy'][spoken]}" for spoken in ("ja", "en")]
        rows.append((f"{one['column']}{one['row']}", _cell(typed), "\n".join(said)))
    stage.table(("セル cell", "入力した値 typed", "問題と直し方 problem and remedy"), rows)
    return problems


def _cell(value: Any) -> str:
    return f"{value:%Y/%m/%d}" if isinstance(value, date) else str(value or "")


def _mended(stage: Stage, clerk: Api, form: Form, right: Right, out: Path) -> None:
    stage.act("直して送り直す", "She mends it and sends it again")
    for row, (_, typed) in right.items():
        form.type(row, typed)
    mended = form.save(out / "appointments-mended.xlsx")
    stage.wrote(mended)
    first = clerk.submit("jet", "appointments", mended)
    untouched = len(form.rows) - FILLED
    stage.expect(
        "新規 / 変更 / 変更なし / 誤り",
        "created / changed / unchanged / refused",
        _counts(first),
        (0, FILLED, untouched, 0),
    )
    stage.expect("保存された", "stored", first.stored, True)
    if not first.stored:
        _problems(stage, clerk, first, {})
    again = clerk.submit("jet", "appointments", mended)
    stage.say("同じファイルをもう一度送ります。", "The same file once more.")
    stage.expect(
        "新規 / 変更 / 変更なし / 誤り",
        "created / changed / unchanged / refused",
        _counts(again),
        (0, 0, FILLED + untouched, 0),
    )
    kept = [
        one
        for one in clerk.iterate("/jet/v1/appointments", {"programme_year": YEAR})
        if one["supervisor_name"]
    ]
    stage.expect("担当者が登録された任用", "appointments that now name a supervisor", len(kept), FILLED)


def _counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.created, result.changed, result.unchanged, result.refused
