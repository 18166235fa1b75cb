"""What the database of one service says of its feed, queue, seal and pools; asked when somebody looks."""

from prometheus_client import Gauge

from services.kit import metrics
from services.kit.auth.scope import Scope
from services.kit.db.session import Database, ReadSession, Unreachable

# Rows at or above the watermark are those that the feed cannot show yet.
_AGES = """
SELECT (SELECT coalesce(extract(epoch FROM platform.now() - min(at)), 0)::float8 FROM {s}.outbox
        WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())) AS feed,
       (SELECT coalesce(extract(epoch FROM now() - min(xact_start)), 0)::float8 FROM pg_stat_activity
        WHERE usename = current_user AND backend_xid IS NOT NULL) AS write,
       to_regclass('{s}.pgqueuer') IS NOT NULL AS jobs, to_regclass('{s}.audit_checkpoint') IS NOT NULL AS sealed
"""
_JOBS = """
SELECT count(*) FILTER (WHERE status = 'queued') AS queued, count(*) FILTER (WHERE status = 'picked') AS running,
       count(*) FILTER (WHERE status = 'failed') AS held,
       coalesce(extract(epoch FROM now() - min(created) FILTER (WHERE status = 'queued')), 0)::float8 AS age
FROM {s}.pgqueuer
"""
_SEALED = "SELECT extract(epoch FROM now() - max(sealed_at))::float8 AS age FROM {s}.audit_checkpoint"

_POOL = Gauge(
    "kakehashi_pool_connections", "Connections by pool: size, used, waiting", ["service", "pool", "what"],
    registry=metrics.REGISTRY,
)  # fmt: skip
_DATABASE_UP = Gauge(
    "kakehashi_database_up",
    "Whether the database answered this scrape",
    ["service"],
    registry=metrics.REGISTRY,
)
_FEED = Gauge(
    "kakehashi_feed_age_seconds", "How long the oldest change waits to appear in the feed", ["service"],
    registry=metrics.REGISTRY,
)  # fmt: skip
_WRITE = Gauge(
    "kakehashi_open_write_age_seconds",
    "Age of the service's oldest open write",
    ["service"],
    registry=metrics.REGISTRY,
)
_QUEUE = Gauge("kakehashi_queue_jobs", "Jobs by state", ["service", "state"], registry=metrics.REGISTRY)
_QUEUE_AGE = Gauge(
    "kakehashi_queue_age_seconds", "Age of the oldest job that waits", ["service"], registry=metrics.REGISTRY
)
_SEAL = Gauge(
    "kakehashi_audit_seal_age_seconds",
    "Age of the newest audit checkpoint",
    ["service"],
    registry=metrics.REGISTRY,
)


async def look(service: str, schema: str, database: Database, scope: Scope) -> None:
    """Set every gauge; without a database the ages keep their last value and `kakehashi_database_up` says so."""
    for pool, (size, used, waiting) in database.figures().items():
        for what, value in (("size", size), ("used", used), ("waiting", waiting)):
            _POOL.labels(service, pool, what).set(value)
    try:
        async with database.reading(scope) as session:
            await _ask(service, schema, session)
    except (Unreachable, TimeoutError, OSError):
        _DATABASE_UP.labels(service).set(0)
    else:
        _DATABASE_UP.labels(service).set(1)


async def _ask(service: str, schema: str, session: ReadSession) -> None:
    ages = await session.row(_AGES.format(s=schema))
    assert ages is not None
    _FEED.labels(service).set(ages["feed"])
    _WRITE.labels(service).set(ages["write"])
    if ages["jobs"]:
        queue = await session.row(_JOBS.format(s=schema))
        assert queue is not None
        for state in ("queued", "running", "held"):
            _QUEUE.labels(service, state).set(queue[state])
        _QUEUE_AGE.labels(service).set(queue["age"])
    if ages["sealed"]:
        sealed = await session.row(_SEALED.format(s=schema))
        if sealed is not None and sealed["age"] is not None:
            _SEAL.labels(service).set(sealed["age"])
