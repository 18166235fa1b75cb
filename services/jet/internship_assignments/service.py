"""Runs of the assignment: made as often as wanted, each checked before it is stored; one at a time is published.

Publishing makes assignments. Those stand from then on: a later run keeps them, and fills what was given back.
"""

import asyncio
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from services.jet.internship_assignments.domain import RUN, Assignment, Placed, unmet, verify
from services.jet.internship_assignments.repository import Asked, Assignments, Gathered
from services.jet.internship_assignments.solver import assign
from services.jet.internship_assignments.words import KEPT, explained
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.resource import Change, Row
from services.kit.text import Text

RUNS, NAME = "internship-assignment-runs", "internship-assignments"
CHANGED = Text(
    "この割当の後で、応募・受入先・配属のいずれかが変わりました。新しい割当を作成してください。",
    "Applications, hosts or assignments have changed since this run. Make a new one.",
)
NO_APPLICATION = Finding(
    "internship_application_missing",
    Text("この人の応募がないか、取り下げられています", "There is no application of this person that stands"),
    Text("先に応募を登録してください。", "Enter the application first."),
)
ELSEWHERE = Finding(
    "internship_host_of_another",
    Text("この受入先は別のインターンシップのものです", "This host belongs to another programme"),
    Text("このインターンシップの受入先から選んでください。", "Choose among this programme's hosts."),
)
CONDITION = Finding(
    "internship_condition_unmet",
    Text("受入先の条件を満たしていません", "A condition of the host is not met"),
    Text(
        "参加年数・日本語能力・言語の条件を確認し、ほかの受入先を選んでください。",
        "Check years of participation, Japanese level and languages, and choose another host.",
    ),
)


async def make(session: WriteSession, programme: UUID, seed: str | None) -> UUID:
    """The command: one run over what stands now."""
    repository = Assignments(session)
    await repository.hold(programme)
    gathered = await repository.case(programme)
    drawn, began = seed or secrets.token_hex(8), time.monotonic()
    found = await asyncio.to_thread(assign, gathered.case, drawn)
    verify(gathered.case, found)
    spent = round((time.monotonic() - began) * 1000)
    run = _run(gathered, found, programme, drawn) | {
        "number": await repository.number(programme), "milliseconds": spent
    }  # fmt: skip
    await repository.keep(run, list(_results(gathered, found, run)))
    told = {name: value for name, value in run.items() if name not in ("id", "input_sha256", "programme_id")}
    await audit.entry(session, "jet", "create", RUNS, run["id"], after=told, states=(None, RUN.initial))
    await audit.publish(session, "jet", RUNS, [Change(0, "INSERT", run["id"], None, None)])
    identity: UUID = run["id"]
    return identity


def _run(gathered: Gathered, found: Assignment, programme: UUID, seed: str) -> Row:
    case, score = gathered.case, found.score
    places = sum(host.places for host in case.hosts)
    kept, asking = len(case.kept), len(case.applicants)
    return {
        "id": uuid7(), "programme_id": programme, "state": RUN.initial, "seed": seed, "input_sha256": case.digest(),
        "applicants": kept + asking, "kept": kept, "assigned": kept + score.assigned, "first_met": score.first,
        "second_met": score.second, "third_met": score.third, "unassigned": asking - score.assigned,
        "places": places, "places_left": places - kept - score.assigned, "objective": found.objective,
        "bound": found.proof.bound,
    }  # fmt: skip


def _results(gathered: Gathered, found: Assignment, run: Row) -> Iterator[Row]:
    told = dict(explained(gathered.case, found, run["seed"]))
    of = {"run_id": run["id"], "programme_id": run["programme_id"]}
    for one in found.placed:
        outcomes = [wish.outcome for wish in one.wishes]
        yield of | _placed(one, gathered, outcomes) | _said(told[one.application])
    for application, host in gathered.case.kept:
        wishes = gathered.wishes[application]
        rank = wishes.index(host) + 1 if host in wishes else None
        row = _placed(Placed(application, 0, host, rank, ()), gathered, [])
        yield of | row | {"kept": True, "lottery_number": None} | _said(KEPT)


def _placed(one: Placed, gathered: Gathered, outcomes: Sequence[str]) -> Row:
    names = ("first_outcome", "second_outcome", "third_outcome")
    return {
        "id": uuid7(), "application_id": one.application, "participant_id": gathered.participants[one.application],
        "host_id": one.host, "preference": one.rank, "kept": False, "lottery_number": one.number,
        **{name: outcomes[place] if place < len(outcomes) else None for place, name in enumerate(names)},
    }  # fmt: skip


def _said(text: Text) -> Row:
    return {"explanation_ja": text.ja, "explanation_en": text.en}


async def publish(session: WriteSession, programme: UUID, run: UUID) -> None:
    """The command: applicants and hosts see their own from now on. What a run was made of must still stand."""
    repository = Assignments(session)
    await repository.hold(programme)
    found = await repository.lock(run)
    reason = RUN.why_closed("publish", found.state)
    if reason is None and (await repository.case(programme)).case.digest() != bytes(found.input_sha256):
        reason = CHANGED
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)
    for former in await repository.supersede(programme):
        await audit.entry(session, "jet", "supersede", RUNS, former, states=("published", "superseded"))
        await audit.publish(session, "jet", RUNS, [Change(0, "UPDATE", former, None, None)])
    made = await repository.publish(run)
    await audit.entry(
        session, "jet", "publish", RUNS, run, after={"assignments": made}, states=(found.state, "published")
    )
    await audit.publish(session, "jet", RUNS, [Change(0, "UPDATE", run, None, None)])
    # nobody's organisation is told by the feed: a host may be an employer as well
    await audit.publish(session, "jet", NAME, [Change(0, "INSERT", one, None, None) for one in made])


async def name(session: WriteSession, rows: Sequence[Row]) -> dict[int, Asked]:
    """What rows that CLAIR enters itself are about, filled in. No run decides at the same time."""
    repository = Assignments(session)
    for programme in sorted({row["programme_id"] for row in rows}):
        await repository.hold(programme)
    asked = await repository.named(rows)
    for row in rows:
        one = asked[row["_row"]]
        row["application_id"], row["organisation_id"] = one.application_id, one.organisation_id
    return asked


async def judge(
    session: WriteSession, rows: Sequence[Row], asked: Mapping[int, Asked]
) -> dict[int, list[tuple[str, Finding]]]:
    """An assignment without a run is of somebody whose application stands, at a host of the programme whose conditions
    they meet. Places are held by the database, and runs keep what is entered."""
    repository = Assignments(session)
    applicants = await repository.applicants(
        [one.application_id for one in asked.values() if one.application_id]
    )
    hosts = {
        host.id: host
        for programme in {row["programme_id"] for row in rows}
        for host in await repository.hosts(programme)
    }
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        applicant = applicants.get(row["application_id"])
        if applicant is None:
            found[row["_row"]] = [("jet_number", NO_APPLICATION)]
        elif not asked[row["_row"]].of_programme:
            found[row["_row"]] = [("internship_host_code", ELSEWHERE)]
        elif any(unmet(hosts[row["host_id"]], applicant)):
            found[row["_row"]] = [("internship_host_code", CONDITION)]
    return found
