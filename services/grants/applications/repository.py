"""The statements of applications: the lock that each command takes, the state by the clock, and the whole of one."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import DateTime, and_, case, cast, func, or_, select, text, update

from services.grants.applications.domain import UNSUBMITTED
from services.grants.applications.tables import application
from services.grants.decision_tables import selection_entry
from services.grants.tables import category, form_version, grant_round
from services.kit.db.session import ReadSession, Record, WriteSession
from services.kit.directory import country

_A = application.c
NOW: Any = cast(select(func.platform.now()).scalar_subquery(), DateTime(timezone=True))
CLOSES: Any = func.greatest(grant_round.c.closes_at, _A.closes_at)
_UNSUBMITTED = or_(*(_A.state == one for one in UNSUBMITTED))
_PUBLISHED = grant_round.c.publish_at <= NOW
_OFFICER: Any = select(func.platform.caller_is("grant_officer")).scalar_subquery()


def _of_entry(column: Any, *shown: Any) -> Any:
    """Of what was decided on it, once that is decided and shown; `grant_round` is joined."""
    e, decided = selection_entry.c, grant_round.c.decided_at.is_not(None)
    asked = select(column).where(e.application_id == _A.id, decided, *shown)
    return asked.correlate(application, grant_round).scalar_subquery()


def _state(shown: Any) -> Any:
    """`domain.state_of`, on the database's clock, and after the ranking what was decided."""
    return case(
        (and_(_UNSUBMITTED, CLOSES <= NOW), "expired"),
        (_A.state == "ranked", func.coalesce(_of_entry(selection_entry.c.standing, shown), "ranked")),
        else_=_A.state,
    )


# Its officers know what was decided before it is public; what may be done with it goes by what is public.
STATE = _state(or_(_PUBLISHED, _OFFICER))
PUBLIC_STATE = _state(_PUBLISHED)
_KEPT = or_(*(selection_entry.c.standing == one for one in ("selected", "awarded")))
SELECTED_YEN = _of_entry(selection_entry.c.amount_yen, or_(_PUBLISHED, _OFFICER), _KEPT)


class Held(NamedTuple):
    """An application as it stands, locked until the transaction ends. `state` is the stored one, and after the ranking
    the public one."""

    id: UUID
    round_id: UUID
    organisation_id: UUID
    state: str
    channel: str
    sent_by: UUID | None
    opens_at: datetime
    closes_at: datetime
    round_stands: bool
    form_version_id: UUID | None
    form_changed: bool
    now: datetime


async def lock(session: WriteSession, identity: UUID) -> Held:
    r = grant_round.c
    state = case((_A.state == "ranked", PUBLIC_STATE), else_=_A.state)
    found = await session.execute(
        select(
            _A.id, _A.round_id, _A.organisation_id, state, _A.channel, _A.sent_by, r.opens_at, CLOSES,
            and_(r.announced_at.is_not(None), r.cancelled_at.is_(None)), _A.form_version_id,
            _A.form_change.is_not(None), NOW,
        )
        .join_from(application, grant_round, r.id == _A.round_id)
        .where(_A.id == identity)
        .with_for_update(of=application)
    )  # fmt: skip
    return Held(*found.one())


async def move(session: WriteSession, identity: UUID, **sets: Any) -> None:
    values = sets | {"row_version": _A.row_version + 1}
    await session.execute(update(application).where(_A.id == identity).values(values))


async def touch(session: WriteSession, identity: UUID) -> None:
    """What belongs to it has changed."""
    await move(session, identity)


class Round(NamedTuple):
    """What a draft takes over from its round. `closed`: its deadline has passed."""

    section: str
    edition_id: UUID
    form_version_id: UUID | None
    stands: bool
    closed: bool


_ROUND = """
SELECT r.section, r.edition_id, r.form_version_id, r.announced_at IS NOT NULL AND r.cancelled_at IS NULL,
    r.closes_at <= platform.now() FROM grants.round AS r WHERE r.id = :id
"""


async def round_of(session: WriteSession, identity: UUID) -> Round:
    return Round(*(await session.execute(text(_ROUND), {"id": identity})).one())


async def schema(session: WriteSession, version: UUID | None) -> dict[str, Any] | None:
    """Of a version of a form."""
    asked = select(form_version.c.form_schema).where(form_version.c.id == version)
    found: dict[str, Any] | None = await session.scalar(asked)
    return found


async def parted(session: WriteSession, round_id: UUID, organisation: UUID) -> bool:
    """Whether the caller is in conflict with whatever the organisation has in the round."""
    asked = (
        "SELECT grants.in_conflict(CAST(:person AS uuid), NULL, :round, ARRAY[CAST(:organisation AS uuid)])"
    )
    values = {"person": session.scope.principal.person, "round": round_id, "organisation": organisation}
    return bool((await session.execute(text(asked), values)).scalar_one())


async def has_category(session: WriteSession, edition: UUID, code: str) -> bool:
    asked = select(category.c.id).where(category.c.edition_id == edition, category.c.code == code)
    return (await session.execute(asked)).first() is not None


async def has_countries(session: WriteSession, codes: Collection[str]) -> bool:
    """Whether all of them are in the directory."""
    asked = select(func.count()).where(country.c.alpha2.in_(codes))
    return await session.scalar(asked) == len(codes)


# Of what others of it have taken under a cap nobody is told while a closed round of the edition awaits publication: that
# would say who was selected, to an officer's paper entry and in a snapshot as well.
_DOSSIER = """
SELECT a.id, a.section, a.organisation_id, a.department, a.project_number, a.category_code, a.title, a.joint, a.country_codes,
    a.answers, a.budget, r.code AS round_code, o.code AS organisation_code, o.name AS organisation_name, o.kind AS organisation_kind,
    coalesce(o.valid_from <= platform.today(), true) AND coalesce(o.valid_to >= platform.today(), true) AS stands,
    v.code AS rules_code, v.rules, f.code AS form_code, f.form_schema,
    (SELECT count(*) FROM grants.application AS p WHERE p.round_id = a.round_id AND p.department = a.department
        AND p.organisation_id = a.organisation_id AND p.id <> a.id AND p.state NOT IN ('dismissed', 'withdrawn')) AS prior,
    (SELECT c.taken_yen - coalesce((SELECT e.amount_yen FROM grants.selection_entry AS e WHERE e.application_id = a.id
            AND r.decided_at IS NOT NULL AND e.standing IN ('selected', 'awarded')), 0)
        FROM grants.budget_cap AS c WHERE c.edition_id = r.edition_id AND c.kind = 'organisation' AND c.holder_id = a.organisation_id AND NOT EXISTS (
            SELECT FROM grants.round AS w WHERE w.edition_id = r.edition_id AND w.announced_at IS NOT NULL
                AND w.cancelled_at IS NULL AND w.closes_at <= platform.now()
                AND (w.publish_at IS NULL OR w.publish_at > platform.now()))) AS taken,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('organisation_code', mo.code, 'name', mo.name, 'kind', mo.kind,
            'share_yen', m.share_yen, 'consented_at', m.consented_at, 'consented_by', m.consented_by) ORDER BY mo.code),
            '[]') FROM grants.application_member AS m JOIN directory.organisation AS mo ON mo.id = m.organisation_id
        WHERE m.application_id = a.id) AS members,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'document', x.document_code, 'name', x.file_name,
            'media_type', x.media_type, 'size', x.size, 'sha256', encode(x.sha256, 'hex'), 'verdict', x.verdict)
            ORDER BY x.id), '[]') FROM grants.application_file AS x
        WHERE x.application_id = a.id AND x.removed_at IS NULL) AS files,
    ARRAY(SELECT x.document_code FROM grants.application_file AS x
        WHERE x.application_id = a.id AND x.verdict = 'bad') AS bad_documents
FROM grants.application AS a JOIN grants.round AS r ON r.id = a.round_id
    JOIN directory.organisation AS o ON o.id = a.organisation_id
    JOIN grants.rule_version AS v ON v.id = r.rule_version_id
    LEFT JOIN grants.form_version AS f ON f.id = a.form_version_id
WHERE a.id = $1
"""
_DOCUMENTS = ("answers", "budget", "rules", "form_schema", "members", "files")

Dossier = Mapping[str, Any]


async def dossier(reading: ReadSession, identity: UUID) -> Dossier:
    """An application with all that it is judged by."""
    found: Record | None = await reading.row(_DOSSIER, identity)
    assert found is not None
    # the pools of reads leave documents as text, the connections of writes do not
    opened = {name: from_json(found[name]) for name in _DOCUMENTS if isinstance(found[name], str)}
    return {**found, **opened}


async def form_of(reading: ReadSession, code: str | None) -> dict[str, Any] | None:
    """Of a version by its code, to whom it is shown."""
    found = await reading.row("SELECT form_schema FROM grants.form_version WHERE code = $1", code)
    schema: dict[str, Any] | None = None if found is None else from_json(found["form_schema"])
    return schema
