"""Rules of officers (担当者): who follows whom on which day, who is known already, and of whom a company is told.

A person is known by the address at the organisation together with the name: an office may share a mailbox, and two
people of one name have two addresses.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.japan.names import search_key
from services.kit.text import Text

# Who holds an officer's post: advisers are participants. Posts of staff and of contacts are the registrar's to give.
HOLDERS = ("officer", "participant")
AHEAD = timedelta(days=366)
DAY = timedelta(days=1)
Findings = list[tuple[str, Finding]]
Row = dict[str, Any]

COMPANY = Refusal(
    "company_of_contacts",
    "payload",
    Text(
        "会社名は、事業者等の担当者だけに必要です",
        "A company belongs to contacts of companies, and to nobody else",
    ),
    Text(
        "事業者等の担当者には会社名を入力し、ほかの人では空欄にしてください。",
        "Give the company of a contact, and leave it out for anybody else.",
    ),
)
ENDED = Text("この職は終わっています。", "This post has ended.")
OF_STAFF = Text("CLAIR職員の職は登録係が変更します。", "Posts of CLAIR's staff are changed by the registrar.")
OF_CONTACT = Text(
    "事業者等の担当者の職は登録係が変更します。",
    "Posts of contacts of companies are changed by the registrar.",
)
OF_ANOTHER = Text(
    "引継ぎは、その団体の担当者か CLAIR が行います。",
    "A post is handed over by its own organisation, or by CLAIR.",
)
# Who holds it acts for the members as well.
HOST_SECTION = "host"
OF_HOST = Text(
    "取りまとめ担当の引継ぎは、取りまとめ担当か CLAIR が行います。",
    "Officers for the host authority are followed by their own hand, or CLAIR's.",
)
NOT_HOST = Finding(
    "officer_section_of_host",
    Text("取りまとめ担当の異動は登録できません", "You cannot change officers for the host authority"),
    OF_HOST,
)
# Who holds it counsels people of the programme, for the organisation of the post: a vendor, a host authority, CLAIR.
COUNSELLOR_SECTION = "counsellor"
# 役員・評議員: governors and mayors on CLAIR's boards, none of whom acts for CLAIR here.
BOARD_SECTION = "board"
# Who holds it in a prefecture or designated city heads CLAIR's branch (支部) there.
BRANCH_SECTION = "branch"
OF_COUNSELLORS = Text(
    "相談員の職は登録係が変更します。", "Posts of counsellors are changed by the registrar."
)
NOT_COUNSELLOR = Finding(
    "counsellor_section_of_registrar",
    Text("相談員は登録できません", "You cannot register counsellors"),
    OF_COUNSELLORS,
)
TOO_EARLY = Finding(
    "hand_over_too_early",
    Text("引継日が、この職の開始日以前です", "The post had not begun before this day"),
    Text("前任者の職の開始日より後の日を入力してください。", "Give a day after the first of the post."),
)
TOO_LATE = Finding(
    "hand_over_too_late",
    Text("1年より先の日です", "This lies more than a year ahead"),
    Text("1年以内の日を入力してください。", "Give a day within a year from now."),
)
ITSELF = Finding(
    "successor_is_holder",
    Text("後任者が前任者と同じ人です", "The successor is who holds the post now"),
    Text("後任者を確認してください。", "Check the successor."),
)
UNKNOWN = Finding(
    "officer_unknown",
    Text("この番号の担当者は登録されていません", "No officer has this number"),
    Text(
        "番号を確認するか、氏名とメールアドレスを入力してください。",
        "Check the number, or give name and e-mail address.",
    ),
)
UNNAMED = Finding(
    "successor_unnamed",
    Text("後任者が分かりません", "Nobody is named as the successor"),
    Text(
        "後任者の番号か、氏名とメールアドレスの両方か、どちらか一方を入力してください。",
        "Give either the successor's number, or both name and e-mail address.",
    ),
)
OVERLAP = Finding(
    "officer_term_overlap",
    Text(
        "この日以後に始まる任期が登録されています", "A term that begins on this day or later is there already"
    ),
    Text(
        "有効開始日を確認してください。登録済みの任期の変更は CLAIR に連絡してください。",
        "Check the first day. Ask CLAIR to change a term that is there.",
    ),
)
NO_ADDRESS = Finding(
    "officer_without_address",
    Text("この担当者のメールアドレスは未登録です", "No e-mail address is known of this officer"),
    Text(
        "この取り込みでは登録されません。CLAIR に連絡してください。", "This file does not set it. Ask CLAIR."
    ),
    severity="warning",
)


def check_company(kind: str, company: str | None) -> Findings:
    """Mirrored by the constraint person_company."""
    if (kind == "contact") == (company is not None):
        return []
    return [("company", Finding(COMPANY.code, COMPANY.title, COMPANY.detail))]


def why_closed(post: Mapping[str, Any]) -> Text | None:
    """Why a post cannot be handed over."""
    if post["holder"] not in HOLDERS:
        return OF_CONTACT if post["holder"] == "contact" else OF_STAFF
    return ENDED if post["ended"] else None


def not_to_give(role: str, section: str) -> Finding | None:
    """Nobody comes by the rights of a host authority by an organisation's hand alone, nor by those of a counsellor but
    by the registrar's. The database holds the same."""
    if section == COUNSELLOR_SECTION:
        return None if role == "registrar" else NOT_COUNSELLOR
    return NOT_HOST if role == "organisation" and section == HOST_SECTION else None


def check_day(day: date, first: date | None, today: date) -> Finding | None:
    if first is not None and day <= first:
        return TOO_EARLY
    return TOO_LATE if day > today + AHEAD else None


def check_naming(number: str | None, name: str | None, email: str | None) -> Findings:
    by_name, both = name is not None or email is not None, name is not None and email is not None
    return (
        []
        if (number is not None) != by_name and (number is not None or both)
        else [("successor_number", UNNAMED)]
    )


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the organisation with the address that a row gives, or with none."""

    id: UUID
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Term:
    """A post of the organisation and section of a row that runs on the row's first day, or begins later.

    `of_this_file`: an earlier row of the same file made it.
    """

    id: UUID
    person: UUID
    name: str | None
    title: str
    department: str | None
    valid_from: date | None
    of_this_file: bool


def recognised(known: Sequence[Known], name: str) -> Known | None:
    """Whoever has the name; with the very address rather than with none."""
    same = [one for one in known if search_key(one.name) == search_key(name)]
    return min(same, key=lambda one: one.email is None, default=None)


def place(
    rows: Sequence[Row],
    known: Mapping[int, Sequence[Known]],
    terms: Mapping[int, Sequence[Term]],
    today: date,
) -> dict[int, Findings]:
    """Say of each row whom it names (`person_id`, `_new`), whose terms end with it (`_ends`) and which it is already
    (`_there`); what is wrong with it, by row."""
    found: dict[int, Findings] = defaultdict(list)
    newcomers: dict[tuple[object, ...], UUID] = {}
    named: dict[tuple[object, ...], set[UUID]] = defaultdict(set)
    for row in rows:
        person = recognised(known.get(row["_row"], ()), row["name"])
        if person is not None and person.email is None:
            found[row["_row"]].append(("email", NO_ADDRESS))
        key = (row["organisation_id"], row["email"].lower(), search_key(row["name"]))
        row["_new"] = person is None
        row["person_id"] = newcomers.setdefault(key, uuid7()) if person is None else person.id
        named[row["organisation_id"], row["section"]].add(row["person_id"])
    for row in rows:
        stay = named[row["organisation_id"], row["section"]]
        found[row["_row"]] += _follows(row, terms.get(row["_row"], ()), stay, today)
    return found


def _follows(row: Row, terms: Sequence[Term], stay: set[UUID], today: date) -> Findings:
    first: date = row["valid_from"]
    begun = {one.id for one in terms if one.valid_from is None or one.valid_from < first}
    own = [one for one in terms if one.person == row["person_id"]]
    row["_there"] = next((one for one in own if one.id in begun or one.valid_from == first), None)
    row["_ends"] = []
    if row["_there"] is not None:
        return []
    others = [one for one in terms if one.person not in stay and not one.of_this_file]
    if own or any(one.id not in begun for one in others):
        return [("valid_from", OVERLAP)]
    if first > today + AHEAD:
        return [("valid_from", TOO_LATE)]
    row["_ends"] = [one.id for one in others]
    return [("name", _ends(one.name or "", first - DAY)) for one in others]


def _ends(name: str, last: date) -> Finding:
    return Finding(
        "officer_followed",
        Text(f"{name} さんの職は {last} までになります", f"The post of {name} ends on {last}"),
        Text(
            "続ける人は、同じ所属の行として加えてください。",
            "Add a row of the same section for whoever goes on.",
        ),
        severity="warning",
    )
