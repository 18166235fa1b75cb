"""Documents as papers: one letter in Japanese, set from a document's row and its content. The same bytes at each request."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.grants.documents.content import (
    About,
    Application,
    DecisionNotice,
    Declination,
    Rejection,
    SelectionNotice,
    WaitlistNotice,
    opened,
)
from services.grants.documents.domain import Kind, head_of, series_of, sum_of, yen
from services.kit import papers
from services.kit.db.session import Record
from services.kit.japan.clock import day_in_japan
from services.kit.japan.fiscal_year import FiscalYear, label
from services.kit.japan.printed import printed_date, printed_period

TEMPLATE = Path(__file__).with_name("letter.typ")
FOUNDATION = "一般財団法人自治体国際化協会"
HEAD = "理事長"
SAMPLE = "この様式・規定は見本です"
_MOST_COLUMNS = 6  # beside each other on a page; each row of a wider list is told cell by cell

Block = dict[str, Any]
Items = Sequence[tuple[str, str | None]]


async def paper(record: Record, content: str) -> bytes:
    about, said = opened(record["kind"], content)
    letter = _LETTERS[record["kind"]](about, said)
    received = series_of(record["kind"]) == "received"
    title = letter.pop("title")
    ours, theirs = (
        [FOUNDATION, HEAD],
        [head_of(about.organisation_kind, about.organisation_name), about.department],
    )
    data = {
        "title": title, "code": record["code"], "day": _day(record["issued_on"]), "received": received,
        "to": ["　".join(ours)] if received else [theirs[0]], "from": theirs if received else ours,
        "contact": [] if received else [FOUNDATION, about.section_name, *filter(None, [about.contact])],
        "sample": SAMPLE if about.sample else None, "void": record["void_at"] is not None,
        "form_number": None,
    } | letter  # fmt: skip
    return await papers.pdf(TEMPLATE, _plain(data), record["issued_on"])


def _plain(value: Any) -> Any:
    """What was typed has tabs and ends of lines of several sorts."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "　")
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _day(day: date) -> str:
    return printed_date(day).ja


def _arrived(moment: datetime) -> str:
    return _day(day_in_japan(moment))


def _of_application(about: About) -> str:
    """The application that a letter answers."""
    if about.arrived_at is None:
        return "申請のありました"
    return f"{_arrived(about.arrived_at)}に申請（受付番号 {about.receipt_number}）のありました"


def _year(about: About) -> str:
    return label(FiscalYear(about.fiscal_year)).ja


def _about(about: About) -> Items:
    return (
        ("申請団体", f"{about.organisation_name}（{about.department}）"),
        (
            "制度",
            about.edition_name
            if _year(about) in about.edition_name
            else f"{about.edition_name}（{_year(about)}）",
        ),
        ("事業名", about.title),
    )


def _items(*items: tuple[str, str | None]) -> Block:
    return {"sort": "items", "rows": [list(one) for one in items if one[1] is not None]}


def _conditions(conditions: Sequence[str]) -> Iterator[Block]:
    if conditions:
        yield {"sort": "heading", "text": "条件"}
        yield {"sort": "list", "lines": list(conditions)}


def _maybe(day: date | None) -> str | None:
    return None if day is None else _day(day)


def _selection(about: About, said: SelectionNotice) -> Block:
    body = [
        f"{_of_application(about)}標記の事業について、審査の結果、下記のとおり採択することとしましたので、内示します。",
        "この内示は、助成金の交付の決定ではありません。交付の決定は、別に通知します。交付の決定の通知を受ける前に着手した"
        "事業の経費は、助成の対象とならないことがあります。",
    ]
    budget = f"この内示は、{_year(about)}の予算が成立することを条件とします。"
    return {
        "title": f"{about.edition_name}の採択（内示）について（通知）",
        "body": body,
        "blocks": [
            _items(
                *_about(about),
                ("申請額", None if said.requested_yen is None else sum_of(said.requested_yen)),
                ("内示額", sum_of(said.amount_yen)),
                ("審査会", _maybe(said.panel_on)),
            ),
            *_conditions([budget, *said.conditions] if said.budget_conditional else said.conditions),
        ],
    }


def _waitlist(about: About, said: WaitlistNotice) -> Block:
    return {
        "title": f"{about.edition_name}の審査結果（補欠）について（通知）",
        "body": [
            f"{_of_application(about)}標記の事業について、審査の結果、下記のとおり補欠としましたので、通知します。",
            "採択された団体の辞退等により予算に余裕が生じたときは、順位に従って採択し、改めて通知します。",
        ],
        "blocks": [
            _items(
                *_about(about),
                ("補欠順位", None if said.position is None else f"第{said.position}位"),
                ("審査会", _maybe(said.panel_on)),
                ("補欠の期限", _maybe(said.valid_until)),
            )
        ],
    }


def _rejected(subject: str, outcome: str) -> Callable[[About, Rejection], Block]:
    return lambda about, said: {
        "title": f"{about.edition_name}の{subject}について（通知）",
        "body": [
            f"{_of_application(about)}標記の事業について、{outcome}しましたので、下記のとおり通知します。"
        ],
        "blocks": [_items(*_about(about), ("審査会", _maybe(said.panel_on)), ("理由", said.reason))],
    }


def _decision(about: About, said: DecisionNotice) -> Block:
    reduced = said.amount_yen < said.requested_yen
    how = (
        "申請の内容を一部修正して、下記のとおり交付することを決定"
        if reduced
        else "下記のとおり交付することを決定"
    )
    before = f"（{said.notice_code}で内示）" if said.notice_code else ""
    return {
        "title": f"{about.edition_name}助成金交付{'（修正）' if reduced else ''}決定通知書",
        "body": [f"{_of_application(about)}標記の助成金{before}については、{how}しましたので、通知します。"],
        "blocks": [
            _items(
                *_about(about),
                ("交付決定額", sum_of(said.amount_yen)),
                ("申請額", sum_of(said.requested_yen)),
                ("修正の理由", said.reduced_reason if reduced else None),
                ("総事業費", yen(said.total_cost_yen)),
                ("助成対象経費", yen(said.eligible_cost_yen)),
                ("助成率", f"{said.rate[1]}分の{said.rate[0]}以内"),
                ("上限額", None if said.cap_yen is None else yen(said.cap_yen)),
                ("決定年月日", _day(said.decided_on)),
                ("事業の期間", printed_period(said.project_from, said.project_to).ja),
                ("申請の取下期限", f"{_day(said.withdrawal_until)}。この決定の内容に不服があるときは、この日までに申請を取り下げることができます。"),
                ("実績報告の期限", _day(said.report_due)),
            ),
            *_conditions(said.conditions),
        ],
    }  # fmt: skip


def _declined(subject: str, says: str, amount: str) -> Callable[[About, Declination], Block]:
    def letter(about: About, said: Declination) -> Block:
        on = "" if said.notice_on is None else f"{_day(said.notice_on)}付け"
        notice = f"{on}{said.notice_code}で通知のありました" if said.notice_code else "申請しました"
        return {
            "title": f"{about.edition_name}{subject}",
            "body": [f"{notice}標記の助成金について、下記のとおり{says}。"],
            "blocks": [
                _items(
                    *_about(about),
                    (amount, None if said.amount_yen is None else sum_of(said.amount_yen)),
                    (f"{says[:2]}の日" if says.startswith("辞退") else "取下げの日", _day(said.declined_on)),
                    ("理由", said.reason),
                )
            ],
        }

    return letter


_CHANNELS = {"online": "電子申請", "mail": "郵送", "counter": "持参"}


def _application(about: About, said: Application) -> Block:
    again = f"（第{said.submission_number}回提出）" if said.submission_number > 1 else ""
    arrived = "" if about.arrived_at is None else _arrived(about.arrived_at)
    return {
        "title": (said.form_title or f"{about.edition_name} 助成金交付申請書") + again,
        "form_number": said.form_number,
        "body": [f"{about.edition_name}の助成金の交付を受けたいので、関係書類を添えて、下記のとおり申請します。"],
        "blocks": [
            _items(
                *_about(about),
                ("助成申請額", sum_of(said.requested_yen)),
                ("提出", f"{arrived} {_CHANNELS[said.channel]}（受付番号 {about.receipt_number}）"),
                ("団体コード", about.organisation_code),
            ),
            *_members(said),
            *_parts(said),
            *_budget(said),
            *_files(said),
        ],
    }  # fmt: skip


def _table(
    columns: Sequence[str], figures: Sequence[bool], rows: Sequence[Sequence[str]], **more: Any
) -> Block:
    return {"sort": "table", "columns": list(columns), "figures": list(figures), "rows": [list(one) for one in rows]} | more  # fmt: skip


def _members(said: Application) -> Iterator[Block]:
    if said.members:
        yield {"sort": "heading", "text": "共同して申請する団体"}
        rows = [(one.name, one.code, yen(one.share_yen)) for one in said.members]
        yield _table(("団体", "団体コード", "負担額"), (False, False, True), rows)


def _parts(said: Application) -> Iterator[Block]:
    for part in said.parts:
        if part.heading is not None:
            yield {"sort": "heading", "text": part.heading}
        if part.cells:
            yield {"sort": "cells", "rows": [[one.label, one.text] for one in part.cells]}
        if part.rows is None:
            continue
        if len(part.rows.columns) <= _MOST_COLUMNS:
            yield _table(part.rows.columns, part.rows.figures, part.rows.rows)
            continue
        for row in part.rows.rows:
            yield {
                "sort": "cells",
                "rows": [list(one) for one in zip(part.rows.columns, row, strict=True)],
            }


def _budget(said: Application) -> Iterator[Block]:
    costs = [
        (
            one.category + ("" if one.eligible else "（対象外）"),
            one.note or "",
            yen(one.yen),
            yen(one.tax_yen),
        )
        for one in said.costs
    ]
    if said.indirect_yen:
        costs.append(("間接経費", "", yen(said.indirect_yen), ""))
    total = sum(one.yen for one in said.costs) + said.indirect_yen
    income = sum(one.yen for one in said.income)
    yield {"sort": "heading", "text": "収支予算書（支出）"}
    tax = sum(one.tax_yen for one in said.costs)
    yield _table(
        ("経費区分", "内容", "金額（税込）", "うち消費税"), (False, False, True, True), costs,
        foot=["合計", "", yen(total), yen(tax)],
    )  # fmt: skip
    yield {"sort": "heading", "text": "収支予算書（収入）"}
    rows = [(one.source, yen(one.yen)) for one in said.income]
    rows += [
        ("助成申請額", yen(said.requested_yen)),
        ("自己負担額", yen(total - income - said.requested_yen)),
    ]
    yield _table(("収入の内容", "金額"), (False, True), rows, foot=["合計", yen(total)])


def _files(said: Application) -> Iterator[Block]:
    if said.files:
        yield {"sort": "heading", "text": "添付書類"}
        rows = [(one.document, one.name, f"{one.size:,}", one.sha256) for one in said.files]
        yield _table(("書類", "ファイル名", "バイト", "SHA-256"), (False, False, True, False), rows)
    yield {
        "sort": "note",
        "text": f"この申請書は、提出された内容の写し（SHA-256 {said.snapshot_sha256}）から作成しました。",
    }


_LETTERS: dict[Kind, Callable[[About, Any], Block]] = {
    "application": _application,
    "selection_notice": _selection,
    "waitlist_notice": _waitlist,
    "rejection_notice": _rejected("審査結果（不採択）", "審査の結果、採択しないことと"),
    "dismissal_notice": _rejected("申請の却下", "申請を却下"),
    "decision_notice": _decision,
    "withdrawal": _declined("交付申請取下書", "申請を取り下げます", "申請額"),
    "declination": _declined("助成辞退届", "辞退します", "辞退する額"),
}
