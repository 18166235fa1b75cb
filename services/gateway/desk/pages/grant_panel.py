"""A round's panel at the desk: its rubric, members and assignments, each member's own scores, and the ranking that somebody
else signs. Of whoever is in conflict nothing is said: they are not offered."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.grant_calls import APPLICATIONS
from services.gateway.desk.pages.grant_selection import ONE as ROUND_PAGE
from services.gateway.desk.pages.grant_selection import PANELS, first_of
from services.gateway.desk.pages.grant_sheets import OFFICERS, ROUND, placed
from services.gateway.desk.pages.grant_writing import READ as APPLICATION
from services.gateway.desk.sheet import Cell, titled, typed
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Language, Text

ONE, MINE, REVIEW = f"{ROUND_PAGE}/panel", "/desk/grant-reviews", "/desk/grant-reviews/{id}"
PANEL, CREATE, MEMBERS, JOIN, ASSIGN, RANK, CONFLICTS = (
    "grants_panels_read", "grants_panels_create", "grants_panel_members_list", "grants_panels_add_member",
    "grants_panels_assign", "grants_panels_rank", "grants_rounds_conflicts",
)  # fmt: skip
CHANGE = "grants_panels_change"
REVIEWS, READ, SEAL = "grants_reviews_list", "grants_reviews_read", "grants_reviews_seal"
SHOWN = (ROUND, PANELS, PANEL, MEMBERS, APPLICATIONS, REVIEWS, CONFLICTS)
OF_REVIEW = (READ, PANEL, APPLICATION, ROUND)
ROWS, MINE_AT_ONCE = 30, 20
EMPTY: dict[str, Any] = {"rubric.criteria": [{}] * 5, "rubric.quorum": 2, "rubric.normalised": False}
MENDED = Text("審査基準を変更しました。", "The rubric is changed.")
REVIEWED = ("accepted", "in_review")
TITLE, OWN, SCORES = (
    Text("審査会と順位", "Panel and ranking"), Text("自分の評価", "My reviews"), Text("申請の評価", "A review"),
)  # fmt: skip
MADE, JOINED, ASSIGNED, RANKED, SEALED = (
    Text("審査会を作りました。委員を加えてください。", "The panel is there. Add its members."),
    Text("委員を加えました。", "The member is added."),
    Text("割り当てました。", "It is assigned."),
    Text("順位を確定しました。", "The ranking is signed."),
    Text("評価を確定しました。", "Your review is sealed."),
)

pages = Pages()


def _rubric(spoken: Language) -> list[Cell]:
    def cell(name: str, kind: Any, ja: str, en: str, at: str = "rubric", **more: Any) -> Cell:
        return Cell(name, f"{at}.{name}", kind, Text(ja, en).within(spoken), **more)

    column = "rubric.criteria"
    return [
        cell("criteria", "list", "審査基準", "Criteria", most=20, columns=(
            cell("code", "text", "コード（半角英小文字）", "Code, in small letters", column),
            cell("ja", "text", "名称（日本語）", "Name in Japanese", column),
            cell("en", "text", "名称（英語）", "Name in English", column),
            cell("weight", "number", "重み", "Weight", column), cell("maximum", "number", "満点", "Maximum", column),
        )),
        cell("quorum", "number", "定足数（申請ごとに必要な評価の数）", "Quorum: scores that each application takes"),
        cell("normalised", "flag", "委員ごとの甘辛をならす", "Even out how strict members are", options=(
            ("false", Text("ならさない", "No").within(spoken)), ("true", Text("ならす", "Yes").within(spoken)),
        )),
    ]  # fmt: skip


@pages.page(ONE, TITLE, roles=OFFICERS, calls=SHOWN)
async def panel(visit: Visit) -> Response:
    return await _shown(visit)


async def _shown(
    visit: Visit, refused: Refused | None = None, given: Mapping[str, Any] | None = None
) -> Response:
    of = await visit.read(ROUND, ref=visit.path("code"))
    made = (await visit.read(PANELS, round_code=of["code"]))["items"]
    one, etag = await visit.tagged(PANEL, ref=made[0]["id"]) if made else (None, "")
    members = await visit.every(MEMBERS, panel_id=one["id"], sort="joined_at") if one else []
    people = [row["person_id"] for row in members]
    rows = sorted(
        await visit.every(APPLICATIONS, round_code=of["code"], sort="closes_at"),
        key=lambda row: (row["rank"] or len(row), row["organisation_name"]),
    )
    first = first_of(visit, rows)
    cells = _rubric(visit.language)
    return visit.show(
        "grant_panel.html", status=refused.status if refused else 200, problem=_told(refused, cells, visit), of=of, one=one,
        people=people, called=lambda person: _called(visit, people, person), home=ONE.format(code=of["code"]),
        rows=rows[first : first + ROWS], first=first, all=len(rows), cells=cells, me=visit.cookie.person,
        etag=etag,
        values=given or ({f"rubric.{name}": value for name, value in one["rubric"].items()} if one else EMPTY), placed=placed(refused) if refused else {},
        reviews=_by_application(await visit.every(REVIEWS, panel_id=one["id"])) if one else {}, reviewed=REVIEWED,
        parted=await _parted(visit, of["code"]) if one else {},
        acts={act["action"]: act.get("closed") for act in one["available_actions"]} if one else {},
    )  # fmt: skip


async def _parted(visit: Visit, code: str) -> dict[str, list[str]]:
    """Who of the panel is in conflict, by application."""
    found = await visit.read(CONFLICTS, ref=code)
    return {one["application_id"]: one["person_ids"] for one in found["items"]}


def _by_application(reviews: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in reviews:
        found.setdefault(one["application_id"], []).append(one)
    return found


def _called(visit: Visit, people: list[str], person: str) -> str:
    """Members go by their place: an officer has no right to the directory's names."""
    number = people.index(person) + 1 if person in people else 0
    name = Text(f"委員{number}", f"Member {number}").within(visit.language)
    return name + (
        Text("（あなた）", " (you)").within(visit.language) if person == visit.cookie.person else ""
    )


def _told(refused: Refused | None, cells: Iterable[Cell], visit: Visit) -> dict[str, Any] | None:
    """Errors by the labels of their cells."""
    if refused is None:
        return None
    cells, errors = list(cells), []
    for one in refused.problem.get("errors") or ():
        label = titled(one.get("pointer") or "", cells, visit.language)
        errors.append(one | ({"message": f"{label}: {one['message']}", "pointer": ""} if label else {}))
    return {**refused.problem, "errors": errors}


@pages.command(ONE, TITLE, roles=OFFICERS, calls=(*SHOWN, CREATE))
async def create(visit: Visit) -> Response:
    given, rubric = _given(visit)
    try:
        await visit.do(CREATE, {"round_code": visit.path("code"), "rubric": rubric})
    except Refused as refused:
        return await _shown(visit, refused, given)
    return visit.go(ONE.format(code=visit.path("code")), MADE)


@pages.command(f"{ONE}/rubric", TITLE, roles=OFFICERS, calls=(*SHOWN, CHANGE))
async def mend(visit: Visit) -> Response:
    given, rubric = _given(visit)
    made = (await visit.read(PANELS, round_code=visit.path("code")))["items"]
    try:
        await visit.do(
            CHANGE, {"rubric": rubric}, match=visit.field("etag"), ref=made[0]["id"] if made else "-"
        )
    except Refused as refused:
        return await _shown(visit, refused, given)
    return visit.go(ONE.format(code=visit.path("code")), MENDED)


def _given(visit: Visit) -> tuple[dict[str, Any], dict[str, Any]]:
    """By the places of the cells, and as the service takes it."""
    given = typed(visit.form, _rubric(visit.language))
    return given, {at.partition(".")[2]: value for at, value in given.items() if value is not None}


@pages.command(f"{ONE}/members", TITLE, roles=OFFICERS, calls=(*SHOWN, JOIN))
async def join(visit: Visit) -> Response:
    return await _done(visit, JOIN, {"person_id": visit.field("person_id")}, JOINED)


@pages.command(f"{ONE}/assignments", TITLE, roles=OFFICERS, calls=(*SHOWN, ASSIGN))
async def assign(visit: Visit) -> Response:
    body = {name: visit.field(name) for name in ("application_id", "reviewer_id")}
    return await _done(visit, ASSIGN, body, ASSIGNED)


@pages.command(f"{ONE}/ranking", TITLE, roles=OFFICERS, calls=(*SHOWN, RANK))
async def rank(visit: Visit) -> Response:
    return await _done(visit, RANK, None, RANKED)


async def _done(visit: Visit, call: str, body: Any, said: Text) -> Response:
    made = (await visit.read(PANELS, round_code=visit.path("code")))["items"]
    try:
        await visit.do(call, body, ref=made[0]["id"] if made else "-")
    except Refused as refused:
        return await _shown(visit, refused)
    return visit.go(ONE.format(code=visit.path("code")), said)


@pages.page(MINE, OWN, roles=OFFICERS, calls=(REVIEWS, APPLICATION), menu=True)
async def mine(visit: Visit) -> Response:
    found = await visit.read(
        REVIEWS, reviewer_id=visit.cookie.person, sort="-assigned_at", limit=MINE_AT_ONCE,
        cursor=visit.query.get("cursor"),
    )  # fmt: skip
    rows = [(one, await visit.read(APPLICATION, ref=one["application_id"])) for one in found["items"]]
    return visit.show("grant_reviews.html", rows=rows, next=found["next"])


def _scored(rubric: Mapping[str, Any], spoken: Language) -> list[Cell]:
    def label(one: Mapping[str, Any]) -> Text:
        return Text(
            f"{one['ja']}（0〜{one['maximum']}点、重み{one['weight']}）",
            f"{one['en']} (0 to {one['maximum']}, weight {one['weight']})",
        )

    return [
        Cell(one["code"], f"scores.{one['code']}", "number", label(one).within(spoken))
        for one in rubric["criteria"]
    ]


@pages.page(REVIEW, SCORES, roles=OFFICERS, calls=OF_REVIEW)
async def review(visit: Visit) -> Response:
    return await _review(visit)


async def _review(
    visit: Visit, refused: Refused | None = None, given: Mapping[str, Any] | None = None
) -> Response:
    one = await visit.read(READ, ref=visit.path("id"))
    rubric = (await visit.read(PANEL, ref=one["panel_id"]))["rubric"]
    cells = _scored(rubric, visit.language)
    return visit.show(
        "grant_review.html", status=refused.status if refused else 200, problem=_told(refused, cells, visit), one=one,
        of=await visit.read(ROUND, ref=one["round_code"]), about=await visit.read(APPLICATION, ref=one["application_id"]),
        cells=cells, values=given or {}, placed=placed(refused) if refused else {}, home=REVIEW.format(id=one["id"]),
        acts={act["action"]: act.get("closed") for act in one["available_actions"]},
    )  # fmt: skip


@pages.command(REVIEW, SCORES, roles=OFFICERS, calls=(*OF_REVIEW, SEAL))
async def seal(visit: Visit) -> Response:
    one = await visit.read(READ, ref=visit.path("id"))
    cells = _scored((await visit.read(PANEL, ref=one["panel_id"]))["rubric"], visit.language)
    given = typed(visit.form, cells)
    scores = {at.partition(".")[2]: value for at, value in given.items() if value is not None}
    remark = visit.field("remark").replace("\r\n", "\n") or None
    try:
        await visit.do(SEAL, {"scores": scores, "remark": remark}, ref=one["id"])
    except Refused as refused:
        return await _review(visit, refused, given | {"remark": remark})
    return visit.go(REVIEW.format(id=one["id"]), SEALED)
