"""The office's log of a month, as Excel on Windows keeps it: 和暦, full-width digits, one row that comes back marked."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from client.demo.abroad import (
    ARITA,
    IMABARI,
    KANAZAWA,
    MONTH_ENDED_AT,
    OFFICE,
    SHIZUOKA,
    TAKAMATSU,
    Cast,
    add,
    figures,
    folder,
)
from client.demo.calls import move_clock, told_problems
from client.demo.form import Form
from client.demo.stage import Stage

KIND = "supports"
CONTACT = "PARIS-C-0001"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
ERA = '[$-411]ggge"年"m"月"d"日"'  # how Excel shows a date as 令和8年5月7日
KINDS = {
    "activity_support": "活動支援", "appointment": "アポイント", "interpreter": "通訳手配", "enquiry": "照会",
    "consultation": "相談対応",
}  # fmt: skip
REQUESTERS = {
    "prefecture_or_designated_city": "都道府県・指定都市",
    "municipality": "市区町村",
    "association": "協会等",
    "company": "企業",
}


class Line(NamedTuple):
    """`of`: a code, or a name and its kind. `by`: how an enquiry came."""

    day: int
    kind: str
    of: str | tuple[str, str]
    content: str
    by: str | None = None
    done: int | None = None
    due: date | None = None
    contact: str | None = None


LINES = (
    Line(7, "activity_support", TAKAMATSU, "盆栽の輸出商談への同行", done=7),
    Line(8, "activity_support", ARITA, "陶磁器の見本市の視察への同行", done=9),
    Line(11, "appointment", SHIZUOKA, "茶の輸入業者との面談の調整", done=12),
    Line(12, "enquiry", KANAZAWA, "姉妹都市の祭りの日程の照会", "メール", done=12),
    Line(13, "enquiry", KANAZAWA, "工芸学校の留学制度の照会", "来訪・訪問", done=13),
    Line(14, "interpreter", IMABARI, "市長の表敬訪問の通訳の手配", done=15),
    Line(18, "consultation", ("架空日仏協会", "協会等"), "交流30周年の式典の相談", done=18),
    Line(19, "appointment", ("見本トラベル株式会社", "企業"), "旅行博の主催者の紹介", done=20),
    Line(20, "activity_support", TAKAMATSU, "高校生の派遣の受入先の訪問", done=22),
    Line(21, "enquiry", IMABARI, "自転車の大会への参加方法の照会", "オンライン", done=22),
    Line(26, "activity_support", SHIZUOKA, "秋の商談会の会場の下見", due=date(2026, 7, 15), contact=CONTACT),
    Line(28, "consultation", ARITA, "ECサイトの仏語表記の相談", done=29),
)  # fmt: skip
REMARK = {"remark": "エラー"}  # the column that comes back beside the others
MESSAGES = sum(line.by == "メール" for line in LINES)
MISTAKEN = 9  # the enquiry that says how it came


def play(stage: Stage, cast: Cast, out: Path) -> None:
    stage.act(
        "パリ事務所の所務記録を、月に一度Excelで送る", "The Paris office sends its log of a month as Excel"
    )
    move_clock(stage, cast.registrar, MONTH_ENDED_AT)
    add(
        cast.officer, "office-contacts", code=CONTACT, office_code=OFFICE, counterpart_name="架空見本市会社",
        person_name="見本 アンヌ", title="会場担当", email="anne@fair.example", topics=["商談会", "会場"],
    )  # fmt: skip
    titles = {
        column["name"]: column["title"]["ja"]
        for column in cast.officer.get(f"/events/v1/imports/kinds/{KIND}")["columns"]
    } | REMARK
    marked = _sent(stage, cast, titles, folder(out))
    _mended(stage, cast, marked, folder(out))
    _told(stage, cast)


def _sent(stage: Stage, cast: Cast, titles: dict[str, str], kept: Path) -> Form:
    """As it comes back."""
    path = f"/events/v1/imports/kinds/{KIND}/template"
    form = Form(cast.officer.download(path, kept / "log-template.xlsx"), titles, key="content")
    for row, line in enumerate(LINES, start=form.header_row + 1):
        form.type(row, _typed(row, line))
        for field in ("received_on", "done_on", "due_on"):
            form.shape(row, field, ERA)
    wrong = form.header_row + 1 + MISTAKEN
    form.type(wrong, {"channel": None})
    stage.say(
        f"5月の{len(LINES)}件。受付日は「令和8年5月8日」「Ｒ８．５．１１」、団体コードは全角も混じります。1件は受付方法を書き忘れています。",
        f"{len(LINES)} lines with dates by era and full-width digits; one enquiry does not say how it came.",
    )
    stage.wrote(form.save(kept / "log-sent.xlsx"))
    result = cast.officer.submit("events", KIND, kept / "log-sent.xlsx")
    stage.expect("読んだ行 / 誤りのある行 / 保存された", "rows read, refused, stored",
                 (result.rows, result.refused, result.stored), (len(LINES), 1, False))  # fmt: skip
    told_problems(stage, cast.officer, result)
    path = f"{result.path}/marked-workbook"
    marked = Form(cast.officer.download(path, kept / "log-marked.xlsx"), titles, key="content")
    stage.wrote(kept / "log-marked.xlsx")
    stage.expect("印の付いたセル", "the marked cell", marked.marked(), [f"D{wrong}"])
    said = Counter(str(marked.read(row, "remark")).split()[0] for row in marked.rows)
    stage.expect("「エラー」の列（OK / 誤り）", "the column of errors: fine, wrong",
                 (said["OK"], said["誤り"]), (len(LINES) - 1, 1))  # fmt: skip
    return marked


def _mended(stage: Stage, cast: Cast, form: Form, kept: Path) -> None:
    form.type(form.header_row + 1 + MISTAKEN, {"channel": LINES[MISTAKEN].by})
    mended = form.save(kept / "log-mended.xlsx")
    stage.wrote(mended)
    for ja, en, expected in (
        ("直して送り直す（新規 / 変更なし）", "mended and sent again: created, unchanged", (len(LINES), 0)),
        ("同じファイルをもう一度（新規 / 変更なし）", "the same file once more: created, unchanged", (0, len(LINES))),
    ):  # fmt: skip
        result = cast.officer.submit("events", KIND, mended)
        stage.expect(ja, en, (result.created, result.unchanged), expected)


def _typed(row: int, line: Line) -> dict[str, Any]:
    """Days and codes in one shape or another, as people type."""
    shapes = (f"令和8年5月{line.day}日", f"Ｒ８．５．{line.day}".translate(WIDE), date(2026, 5, line.day))
    if isinstance(line.of, str):
        of = {"organisation_code": line.of.translate(WIDE) if row % 2 else line.of}
    else:
        of = dict(zip(("requester_name", "requester_kind"), line.of, strict=True))
    return of | {
        "office_code": OFFICE, "received_on": shapes[row % 3], "kind": KINDS[line.kind], "channel": line.by,
        "content": line.content, "done_on": date(2026, 5, line.done) if line.done else None, "due_on": line.due,
        "contact_code": line.contact,
    }  # fmt: skip


def _told(stage: Stage, cast: Cast) -> None:
    """By who asked and for what; e-mails are kept and not counted."""
    asked = {"dimensions": "requester_kind,kind"}
    found = Counter({
        (one["requester_kind"], one["kind"]): one["value"]
        for one in figures(cast.headquarters, "office-supports", **asked)["cells"]
        if one["metric"] == "cases"
    })  # fmt: skip
    stage.table(
        ("依頼者 requester", *KINDS.values(), "計"),
        [
            (said, *(found[of, kind] for kind in KINDS), sum(found[of, kind] for kind in KINDS))
            for of, said in REQUESTERS.items()
        ],
        right=tuple(range(1, len(KINDS) + 2)),
    )
    stage.expect("件数（本部が読む統計）", "counted, as headquarters read it",
                 found.total(), len(LINES) - MESSAGES)  # fmt: skip
    kept = cast.officer.get("/events/v1/supports", {"office": OFFICE, "countable": False})["items"]
    stage.expect("メールの照会は残り、数えない", "the enquiry by e-mail is kept, and not counted",
                 [one["not_countable_reason"] for one in kept], ["enquiry_by_message"] * MESSAGES)  # fmt: skip
