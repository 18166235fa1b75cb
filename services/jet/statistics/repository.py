"""The lines of the report's training tables, each with its figures, from runs, attendance and headcounts.

An edition is one line, or each of its runs is; one without a run that was not cancelled is a line still. Its edition says
whether a line is counted by attendance (distinct persons over all runs and sessions of the line) or by headcounts (the sum
over its runs of what is not part of another audience): the other may be there and is not added.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Integer, Select, column, select, text

from services.kit.resource import Basis

INTEGERS = (
    "row_no", "fiscal_year", "session_no", "participants", "jet_participants", "person_times", "period_no", "runs",
)  # fmt: skip
TEXTS = (
    "course_code", "edition_code", "run_code", "date_start", "date_end", "date_precision", "date_text",
    "training_name", "training_name_en", "place", "audience", "stream", "component", "method", "counted_by", "state",
    "not_held_reason", "line_edition", "line_run", "participants_qualifier", "jet_participants_qualifier",
    "person_times_qualifier",
)  # fmt: skip

# Which runs, and which of their components where these are told apart, make which line.
_PART = """
part AS (
    SELECT dense_rank() OVER (ORDER BY e.id, a.id, a.stream, a.component) AS line, e.id AS edition_id, r.id AS run_id,
        a.id AS alone, a.stream, a.component, {starts} AS starts_on, {ends} AS ends_on, {method} AS method
    FROM jet.training_edition AS e JOIN jet.training_course AS c ON c.id = e.course_id
    LEFT JOIN jet.training_run AS r ON r.edition_id = e.id AND r.cancelled_on IS NULL
    {components}
    CROSS JOIN LATERAL (SELECT CASE WHEN e.listing = 'each_run' THEN r.id END AS id, {stream} AS stream,
        {component} AS component) AS a
    WHERE c.kind IN ({kinds})
),"""
_WHOLE = {
    "starts": "r.starts_on", "ends": "r.ends_on", "method": "e.delivery", "components": "",
    "stream": "NULL::text", "component": "NULL::text",
}  # fmt: skip
# Heads are of a whole run: it has a component only where all of its sessions have the same.
_BY_COMPONENT = {
    "starts": "coalesce(o.starts_on, r.starts_on)", "ends": "coalesce(o.ends_on, r.ends_on)",
    "method": "coalesce(o.form, e.delivery)", "stream": "r.stream", "component": "o.component",
    "components": """
    LEFT JOIN LATERAL (
        SELECT s.component, min((s.starts_at AT TIME ZONE 'Asia/Tokyo')::date) AS starts_on,
            max((s.ends_at AT TIME ZONE 'Asia/Tokyo')::date) AS ends_on,
            CASE WHEN count(DISTINCT s.form) = 1 THEN min(s.form) END AS form
        FROM jet.training_session AS s WHERE s.run_id = r.id
            AND (e.counted_by = 'attendance' OR (SELECT count(DISTINCT coalesce(t.component, '')) = 1
                 FROM jet.training_session AS t WHERE t.run_id = r.id))
        GROUP BY s.component
        UNION
        SELECT NULL, NULL, NULL, 'e_learning' WHERE e.counted_by = 'attendance' AND EXISTS (
            SELECT FROM jet.learning_progress AS g JOIN jet.training_enrolment AS n ON n.id = g.enrolment_id
            WHERE n.run_id = r.id) AND NOT EXISTS (
            SELECT FROM jet.training_session AS s WHERE s.run_id = r.id AND s.component IS NULL)
    ) AS o ON true""",
}  # fmt: skip
# Everybody of whom it is known whether they came: a party counts its persons, e-learning whoever has begun.
_COUNTED = """
recorded AS (
    SELECT a.run_id, {component} AS component, coalesce(n.participant_id, n.attendee_id) AS person, n.participant_id,
        a.persons
    FROM jet.training_attendance AS a JOIN jet.training_enrolment AS n ON n.id = a.enrolment_id
    JOIN jet.training_session AS s ON s.id = a.session_id
    UNION ALL
    SELECT n.run_id, NULL, coalesce(n.participant_id, n.attendee_id), n.participant_id, (g.percent > 0)::integer
    FROM jet.learning_progress AS g JOIN jet.training_enrolment AS n ON n.id = g.enrolment_id
),
attended AS (
    SELECT line, sum(persons) AS participants, count(*) FILTER (WHERE serves AND persons > 0) AS jet_participants
    FROM (
        SELECT p.line, d.person, bool_or(d.participant_id IS NOT NULL) AS serves, max(d.persons) AS persons
        FROM part AS p JOIN recorded AS d ON d.run_id = p.run_id AND d.component IS NOT DISTINCT FROM p.component
        GROUP BY p.line, d.person
    ) AS persons GROUP BY line
),
heads AS (
    SELECT p.line, {heads} FROM part AS p JOIN jet.training_headcount AS h ON h.run_id = p.run_id GROUP BY p.line
),"""
_HEADS = {
    "participants": "h.unit = 'persons' AND h.within IS NULL",
    "jet_participants": "h.unit = 'persons' AND h.audience = 'jet_participant'",
    "person_times": "h.unit = 'person_times' AND h.within IS NULL",
}
# The widest precision of its runs is the line's where its edition does not say another.
_LINES = """
lines AS (
    SELECT p.line, p.edition_id, p.alone, p.stream, p.component, min(p.starts_on) AS starts_on,
        max(p.ends_on) AS ends_on, count(p.run_id) AS runs, bool_or(p.starts_on <= platform.today()) AS begun,
        coalesce(e.date_precision, (ARRAY['day', 'month', 'year', 'as_required'])[
            max(array_position(ARRAY['day', 'month', 'year', 'as_required'], r.date_precision))]) AS date_precision,
        min(r.number) AS session_no, min(r.code) AS run_code, min(p.method) AS method,
        {date_text} AS date_text, {place} AS place, {audience} AS audience
    FROM part AS p JOIN jet.training_edition AS e ON e.id = p.edition_id
    LEFT JOIN jet.training_run AS r ON r.id = p.run_id
    GROUP BY p.line, p.edition_id, p.alone, p.stream, p.component, e.id
),
figures AS (
    SELECT l.*, e.fiscal_year, c.code AS course_code, e.code AS edition_code, e.counted_by,
        e.name_ja AS training_name, e.name_en AS training_name_en,
        row_number() OVER (PARTITION BY e.fiscal_year ORDER BY e.report_line, array_position(ARRAY[{kinds}], c.kind),
            l.starts_on, l.session_no, l.stream, l.component, e.code, l.run_code) AS row_no,
        CASE e.counted_by WHEN 'attendance' THEN t.participants ELSE h.participants END AS participants,
        CASE e.counted_by WHEN 'attendance' THEN t.jet_participants ELSE h.jet_participants END AS jet_participants,
        CASE e.counted_by WHEN 'headcount' THEN h.person_times END AS person_times,
        {qualifiers},
        CASE WHEN l.alone IS NULL AND count(*) OVER (PARTITION BY e.id) = 1 THEN e.code END AS line_edition,
        CASE WHEN count(*) OVER (PARTITION BY e.id, l.alone) = 1 AND l.alone IS NOT NULL THEN l.run_code END AS line_run,
        coalesce(e.not_held_reason, CASE WHEN l.runs = 0 THEN (
            SELECT string_agg(DISTINCT x.cancelled_reason, '、') FROM jet.training_run AS x WHERE x.edition_id = e.id)
        END) AS reason, e.not_held_reason IS NOT NULL OR l.runs = 0 AS called_off
    FROM lines AS l JOIN jet.training_edition AS e ON e.id = l.edition_id
    JOIN jet.training_course AS c ON c.id = e.course_id
    LEFT JOIN attended AS t ON t.line = l.line LEFT JOIN heads AS h ON h.line = l.line
),
stated AS (
    SELECT f.*, CASE WHEN num_nonnulls(participants, jet_participants, person_times) > 0 THEN 'held'
        WHEN called_off THEN 'not_held' WHEN begun THEN 'held' ELSE 'planned' END AS state
    FROM figures AS f
)"""
_SHOWN = """
SELECT row_no, fiscal_year, course_code, edition_code, CASE WHEN alone IS NOT NULL THEN run_code END AS run_code,
    session_no, {dates}, date_text, training_name, training_name_en, place, audience, stream, component, method,
    counted_by, state, CASE state WHEN 'not_held' THEN reason END AS not_held_reason, line_edition, line_run,
    participants, jet_participants, person_times, participants_qualifier, jet_participants_qualifier,
    person_times_qualifier, NULL::integer AS period_no, runs
FROM stated"""
# Runs that overlap or abut, by the line's own precision, are one span; one without dates is a span without.
_SPANS = """,
dated AS (
    SELECT s.line, p.run_id, p.starts_on, p.ends_on, {first} AS first, {last} AS last
    FROM stated AS s JOIN part AS p ON p.line = s.line
),
broken AS (
    SELECT d.*, first > 1 + max(last) OVER (PARTITION BY line ORDER BY first, last
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS apart
    FROM dated AS d
),
numbered AS (
    SELECT b.*, 1 + count(*) FILTER (WHERE apart) OVER (PARTITION BY line ORDER BY first, last) AS period_no
    FROM broken AS b
),
span AS (
    SELECT line, period_no, min(starts_on) AS starts_on, max(ends_on) AS ends_on, nullif(count(run_id), 0) AS runs
    FROM numbered GROUP BY line, period_no
)
SELECT s.row_no, s.fiscal_year, s.course_code, s.edition_code, s.training_name, s.training_name_en, s.state,
    {dates}, n.period_no, n.runs
FROM stated AS s JOIN (SELECT line, period_no, runs, starts_on AS span_from, ends_on AS span_until FROM span) AS n
    ON n.line = s.line"""


def _sure(name: str, which: str) -> str:
    return (
        f"CASE WHEN bool_or(h.qualifier = 'about') FILTER (WHERE {which}) THEN 'about' "
        f"WHEN bool_or(h.qualifier = 'at_least') FILTER (WHERE {which}) THEN 'at_least' ELSE 'exact' END "
        f"AS {name}_qualifier"
    )


def _text(of_run: str, of_edition: str) -> str:
    """A line that is a run has the run's text first; one of several runs the edition's, else what all of them share."""
    shared = f"CASE WHEN count(DISTINCT r.{of_run}) = 1 AND count(r.{of_run}) = count(r.id) THEN min(r.{of_run}) END"
    return (
        f"CASE WHEN p.alone IS NULL THEN coalesce(e.{of_edition}, {shared}) "
        f"ELSE coalesce(min(r.{of_run}), e.{of_edition}) END"
    )


def _dates(first: str, last: str) -> str:
    """As printed: 2024-04-08, 2024-08 or 2024; none (都度) without."""
    printed = "to_char({day}, CASE date_precision WHEN 'day' THEN 'YYYY-MM-DD' WHEN 'month' THEN 'YYYY-MM' WHEN 'year' THEN 'YYYY' END)"
    precision = (
        f"CASE WHEN {first} IS NULL OR date_precision = 'as_required' THEN 'none' ELSE date_precision END"
    )
    return (
        f"{printed.format(day=first)} AS date_start, {printed.format(day=last)} AS date_end, "
        f"{precision} AS date_precision"
    )


def _step(day: str) -> str:
    """Days, months or years, counted so that two that abut differ by one."""
    return (
        f"CASE s.date_precision WHEN 'day' THEN {day} - DATE '1970-01-01' "
        f"WHEN 'month' THEN (12 * extract(year FROM {day}) + extract(month FROM {day}))::integer "
        f"WHEN 'year' THEN extract(year FROM {day})::integer ELSE 0 END"
    )


def _statement(kinds: Sequence[str], parts: dict[str, str], shown: str) -> str:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    heads = [
        f"sum(h.value) FILTER (WHERE {which}) AS {name}, {_sure(name, which)}"
        for name, which in _HEADS.items()
    ]
    qualifiers = [
        f"CASE e.counted_by WHEN 'headcount' THEN h.{name}_qualifier ELSE 'exact' END AS {name}_qualifier"
        for name in _HEADS
    ]
    component = "NULL::text" if parts is _WHOLE else "s.component"
    return "WITH" + "".join(
        (
            _PART.format(kinds=named, **parts),
            _COUNTED.format(component=component, heads=", ".join(heads)),
            _LINES.format(
                kinds=named, qualifiers=", ".join(qualifiers), date_text=_text("date_text", "date_text"),
                place=_text("place", "place_text"), audience=_text("audience_text", "audience_text"),
            ),
            shown,
        )
    )  # fmt: skip


def _source(sql: str, names: Sequence[str]) -> Callable[[Basis], Select[Any]]:
    columns = [column(name, Integer) if name in INTEGERS else column(name) for name in names]
    lines = text(sql).columns(*columns).subquery("line")
    return lambda _: select(lines)


def lines(*kinds: str) -> Callable[[Basis], Select[Any]]:
    """Lines of the courses of some kinds, numbered within each fiscal year."""
    return _source(
        _statement(kinds, _WHOLE, _SHOWN.format(dates=_dates("starts_on", "ends_on"))), (*INTEGERS, *TEXTS)
    )


def components(*kinds: str) -> Callable[[Basis], Select[Any]]:
    """The same with a line for each stream and component."""
    shown = _SHOWN.format(dates=_dates("starts_on", "ends_on"))
    return _source(_statement(kinds, _BY_COMPONENT, shown), (*INTEGERS, *TEXTS))


def spans(*kinds: str) -> Callable[[Basis], Select[Any]]:
    """The spans of time in which each line was held, numbered within it."""
    shown = _SPANS.format(
        first=_step("p.starts_on"), last=_step("p.ends_on"), dates=_dates("span_from", "span_until")
    )
    names = (
        "row_no", "fiscal_year", "period_no", "runs", "course_code", "edition_code", "training_name",
        "training_name_en", "state", "date_start", "date_end", "date_precision",
    )  # fmt: skip
    return _source(_statement(kinds, _WHOLE, shown), names)
