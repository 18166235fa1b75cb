"""An application for a grant with all that is done with it, by who applies and by the section; and its submissions."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.gateway.desk.forms import typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.due import days_left
from services.gateway.desk.pages.grant_sheets import (
    APPLICANTS,
    OFFICERS,
    READERS,
    SHEETS,
    Sheets,
    column,
    earlier,
    named,
    sheets,
    sums,
    worded,
)
from services.gateway.desk.pages.grant_writing import (
    CHECK,
    CORRECTIONS,
    ONE,
    READ,
    asked_again,
    computed,
)
from services.gateway.desk.pages.oneself import before
from services.gateway.desk.pages.uploads import no_file
from services.gateway.desk.sheet import Cell
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

SUBMISSION = "/desk/grants/submissions/{id}"
FILES, ADD, REMOVE, CONTENT = (
    "grants_application_files_list", "grants_applications_add_file", "grants_application_files_remove",
    "grants_application_files_content",
)  # fmt: skip
MEMBERS, JOIN, LEAVE = (
    "grants_application_members_list", "grants_applications_add_member", "grants_application_members_remove",
)  # fmt: skip
SUBMISSIONS, RECEIPT, SNAPSHOT = (
    "grants_submissions_list", "grants_submissions_read", "grants_submissions_snapshot",
)  # fmt: skip
ELIGIBILITY, CLOCK = "grants_applications_eligibility", "identity_clock_read"
AWARDS, AWARD, LETTERS, LETTER = (
    "grants_awards_list", "grants_awards_read", "grants_documents_list", "grants_documents_paper",
)  # fmt: skip
SHOWN = (
    *SHEETS, READ, CHECK, CORRECTIONS, FILES, MEMBERS, SUBMISSIONS, SNAPSHOT, ELIGIBILITY, CLOCK, AWARDS, AWARD,
    LETTERS,
)  # fmt: skip
ENDS = ("awarded", "withdrawn", "declined")  # of those with a grant, what becomes of it
FORM_PAPER = Text("様式", "The form")
ITSELF = Text("助成金の申請", "An application for a grant")
ADDED, REMOVED = (
    Text("書類を追加しました。", "The document is added."),
    Text("書類を外しました。", "The document is removed."),
)
JOINED, LEFT = (
    Text("構成団体を追加しました。その団体の同意が必要です。", "The member is added. It has to consent."),
    Text("構成団体を外しました。", "The member is removed."),
)

pages = Pages()


@pages.page(ONE, ITSELF, roles=READERS, calls=SHOWN)
async def application(visit: Visit) -> Response:
    return await _application(visit)


async def _application(
    visit: Visit, given: dict[str, Any] | None = None, *, status: int = 200, problem: Any = None
) -> Response:
    record = await visit.read(READ, ref=visit.path("id"))
    identity = record["id"]
    found = await sheets(visit, record["round_code"], record)
    submissions = await visit.every(SUBMISSIONS, application_id=identity, sort="-arrived_at")
    correction = await asked_again(visit, record)
    checked = await computed(visit, found, record["answers"], whole=True)
    members = await visit.every(MEMBERS, application_id=identity, sort="organisation_code")
    files = await visit.every(FILES, application_id=identity, sort="arrived_at")
    # an officer judges what arrived, not what is being mended
    arrived = bool(submissions) and visit.role in OFFICERS
    snapshot = await visit.read(SNAPSHOT, ref=submissions[0]["id"]) if arrived else None
    writes = _writes(visit, record)
    past = await earlier(visit, record)
    now = (await visit.read(CLOCK))["now"]
    award = await _award(visit, identity) if record["state"] in ENDS else None
    return visit.show(
        "grant_application.html", status=status, problem=worded(problem, found, visit, members), one=record,
        found=found, content=snapshot or record | {"computed": checked["computed"]}, snapshot=snapshot,
        submissions=submissions, correction=correction, members=members, writes=writes,
        named=lambda pointer: named(pointer, found, visit, members) or pointer,
        files=[one for one in files if one["removed_at"] is None],
        missing=checked["findings"] if writes and not correction else [],
        verdict=await visit.read(ELIGIBILITY, ref=identity), sums=sums((snapshot or record)["budget"]),
        days=days_left(record["closes_at"], now), given=given or {}, acts=_acts(record), award=award,
        returns=_acts(award) if award else {},
        early=bool(found.round["publish_at"]) and before(now, found.round["publish_at"]),
        letters=await visit.every(LETTERS, application_id=identity, sort="-issued_on"),
        home=ONE.format(id=identity), fields=_correctable(found, visit, joint=record["joint"]),
        joins=writes and (not correction or any(at.startswith("/members") for at in correction["fields"])),
        moved=_moved(record, found, past), left=_left(record, past),
    )  # fmt: skip


async def _award(visit: Visit, application: str) -> Any:
    """The grant that was decided, with what may be done with it."""
    made = (await visit.read(AWARDS, application_id=application, limit=1))["items"]
    return await visit.read(AWARD, ref=made[0]["id"]) if made else None


def _acts(record: dict[str, Any]) -> dict[str, Any]:
    return {one["action"]: one.get("closed") for one in record["available_actions"]}


def _moved(
    record: dict[str, Any], found: Sheets, before: dict[str, list[Cell]]
) -> dict[str, list[str]] | None:
    """What a new version of the form has changed and nobody has looked at yet, by the labels of the cells."""
    change = record["form_change"]
    if change is None:
        return None
    told = {name: found.answers for name in ("added", "changed", "unfit")} | {
        "removed": before[change["from_code"]]
    }
    return {name: [column(one, cells) for one in change[name]] for name, cells in told.items()}


def _left(
    record: dict[str, Any], before: dict[str, list[Cell]]
) -> list[tuple[str, list[Cell], dict[str, Any]]]:
    """What found no place in a later version of the form, as its cells were then."""
    return [
        (code, [one for one in before[code] if one.name in texts], texts)
        for code, texts in sorted(record["left_over"].items()) if texts
    ]  # fmt: skip


def _writes(visit: Visit, record: dict[str, Any]) -> bool:
    """Whether the visitor has it to write just now; the service is asked again with each change."""
    if record["state"] == "expired":
        return visit.role in OFFICERS and record["channel"] != "online"
    if record["state"] not in ("draft", "correction_requested"):
        return False
    if visit.role in OFFICERS:
        return bool(record["channel"] != "online")
    return bool(record["organisation_code"] == visit.organisation)


def _correctable(found: Sheets, visit: Visit, *, joint: bool) -> list[tuple[str, str]]:
    """What a correction may name, as pointers with labels."""
    at = [one for one in found.about if one.name in ("title", "department", "category_code")]
    cells = [*at, *(one for one in found.answers if not one.computed), *found.budget]
    pointers = [f"/{one.at.replace('.', '/')}" for one in cells]
    return [
        (pointer, named(pointer, found, visit)) for pointer in [*pointers, *(["/members"] if joint else [])]
    ]


@pages.command(f"{ONE}/files", ITSELF, roles=READERS, calls=(*SHOWN, ADD))
async def add_file(visit: Visit) -> Response:
    file = visit.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _application(visit, status=422, problem=no_file(visit))
    name = file.filename.replace("\\", "/").rpartition("/")[2]
    query = {"document": visit.field("document"), "file_name": name}
    try:
        await visit.attach(ADD, file, query, ref=visit.path("id"))
    except Refused as refused:
        return await _application(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{ONE.format(id=visit.path('id'))}#files", ADDED)


@pages.page(f"{ONE}/files/{{file}}", Text("書類", "A document"), roles=READERS, calls=(CONTENT,))
async def file(visit: Visit) -> Response:
    return await visit.file(CONTENT, ref=visit.path("file"))


@pages.command(f"{ONE}/files/{{file}}/remove", ITSELF, roles=READERS, calls=(*SHOWN, REMOVE))
async def remove_file(visit: Visit) -> Response:
    return await _done(visit, REMOVE, visit.path("file"), REMOVED, "#files")


@pages.command(f"{ONE}/members", ITSELF, roles=READERS, calls=(*SHOWN, JOIN))
async def join(visit: Visit) -> Response:
    return await _done(visit, JOIN, visit.path("id"), JOINED, "#members")


@pages.command(f"{ONE}/members/{{member}}/remove", ITSELF, roles=READERS, calls=(*SHOWN, LEAVE))
async def leave(visit: Visit) -> Response:
    return await _done(visit, LEAVE, visit.path("member"), LEFT, "#members")


async def _done(visit: Visit, call: str, ref: str, said: Text, at: str = "") -> Response:
    """A command of the page with what its form has for it."""
    body = typed(visit.form, visit.entries(call))
    for name in ("fields", "documents"):
        if name in body:
            body[name] = [value for value in visit.form.getlist(name) if isinstance(value, str)]
    try:
        await visit.do(call, body or None, ref=ref)
    except Refused as refused:
        return await _application(visit, body, status=refused.status, problem=refused.problem)
    return visit.go(ONE.format(id=visit.path("id")) + at, said)


def _act(verb: str, roles: tuple[str, ...], said: Text) -> None:
    call = f"grants_applications_{verb}"

    @pages.command(f"{ONE}/{verb}", ITSELF, roles=roles, calls=(*SHOWN, call))
    async def act(visit: Visit) -> Response:
        return await _done(visit, call, visit.path("id"), said)


def _award_act(verb: str, said: Text) -> None:
    call = f"grants_awards_{verb}"

    @pages.command(f"{ONE}/awards/{{award}}/{verb}", ITSELF, roles=READERS, calls=(*SHOWN, call))
    async def act(visit: Visit) -> Response:
        return await _done(visit, call, visit.path("award"), said)


def _member_act(verb: str, said: Text) -> None:
    call = f"grants_application_members_{verb}"

    @pages.command(f"{ONE}/members/{{member}}/{verb}", ITSELF, roles=APPLICANTS, calls=(*SHOWN, call))
    async def act(visit: Visit) -> Response:
        return await _done(visit, call, visit.path("member"), said, "#members")


_act(
    "send",
    APPLICANTS,
    Text("内部決裁に回しました。別の担当者が承認します。", "Sent for approval by another officer of yours."),
)
_act(
    "approve", APPLICANTS, Text("承認しました。まだ提出していません。", "Approved. It is not submitted yet.")
)
_act("acknowledge", READERS, Text("様式の変更を確認しました。", "The change of the form is acknowledged."))
_act("send_back", APPLICANTS, Text("下書きに戻しました。", "It is a draft again."))
_act(
    "submit",
    APPLICANTS,
    Text("提出しました。控えは「提出の控え」にあります。", "Submitted. Your receipt is below."),
)
_act("withdraw", READERS, Text("取り下げました。", "It is withdrawn."))
_act("decline", READERS, Text("辞退を登録しました。", "It is declined."))
_award_act(
    "withdraw", Text("助成決定を取り下げました。", "The grant is withdrawn: it counts as never decided.")
)
_award_act("decline", Text("採択後の辞退を登録しました。", "The grant is declined."))
_act("accept", OFFICERS, Text("受理しました。", "Accepted."))
_act("request_correction", OFFICERS, Text("補正を求めました。", "The correction is asked for."))
_act("dismiss", OFFICERS, Text("却下しました。", "Dismissed."))
_act(
    "extend",
    OFFICERS,
    Text("この申請の締切を延長しました。", "The deadline of this application is extended."),
)
_act("enter", OFFICERS, Text("到達を登録しました。", "The arrival is entered."))
_member_act("consent", Text("同意を登録しました。", "Your consent is entered."))
_member_act("withdraw_consent", Text("同意を取り消しました。", "Your consent is taken back."))


@pages.page(f"{ONE}/form", FORM_PAPER, roles=READERS, calls=("grants_applications_form",))
async def form_paper(visit: Visit) -> Response:
    return await visit.file("grants_applications_form", ref=visit.path("id"))


@pages.page("/desk/grants/documents/{id}", Text("通知書・文書", "A letter"), roles=READERS, calls=(LETTER,))
async def letter(visit: Visit) -> Response:
    return await visit.file(LETTER, ref=visit.path("id"))


@pages.page(f"{SUBMISSION}/form", FORM_PAPER, roles=READERS, calls=("grants_submissions_form",))
async def submitted_paper(visit: Visit) -> Response:
    return await visit.file("grants_submissions_form", ref=visit.path("id"))


@pages.page(
    SUBMISSION,
    Text("提出の控え", "The receipt of a submission"),
    roles=READERS,
    calls=(*SHEETS, RECEIPT, SNAPSHOT),
)
async def submission(visit: Visit) -> Response:
    receipt = await visit.read(RECEIPT, ref=visit.path("id"))
    snapshot = await visit.read(SNAPSHOT, ref=receipt["id"])
    found = await sheets(visit, receipt["round_code"], snapshot)
    return visit.show(
        "grant_submission.html", receipt=receipt, content=snapshot, found=found, sums=sums(snapshot["budget"])
    )


@pages.page(
    f"{SUBMISSION}/snapshot", Text("提出した内容", "What was submitted"), roles=READERS, calls=(SNAPSHOT,)
)
async def snapshot(visit: Visit) -> Response:
    """The very bytes that the SHA-256 is of."""
    return await visit.file(SNAPSHOT, accept="application/json", ref=visit.path("id"))
