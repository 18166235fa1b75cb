"""The two tables of capacity in a service's schema, as `Schema.capacity` makes them, and how a claim is read."""

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    and_,
    case,
    func,
)

from services.kit.db.tables import identity, version


def capacity_tables(metadata: MetaData) -> tuple[Table, Table]:
    """capacity_pool and capacity_claim of the schema that `metadata` names."""
    pool = Table(
        "capacity_pool", metadata, identity(), Column("resource", Text, nullable=False), Column("seats", Integer),
        Column("taken", Integer, nullable=False), Column("drawn", Integer, nullable=False),
        Column("offer_hours", Integer, nullable=False), version(),
    )  # fmt: skip
    claim = Table(
        "capacity_claim", metadata, identity(), Column("pool_id", Uuid, ForeignKey(pool.c.id), nullable=False),
        Column("party", SmallInteger, nullable=False), Column("priority", SmallInteger, nullable=False),
        Column("state", Text, nullable=False), Column("number", Integer),
        Column("claimed_at", DateTime(timezone=True), nullable=False),
        Column("offer_ends_at", DateTime(timezone=True)), Column("organisation_id", Uuid), version(),
    )  # fmt: skip
    return pool, claim


def _ended(claim: Table) -> ColumnElement[bool]:
    return and_(claim.c.state == "offered", claim.c.offer_ends_at <= func.platform.now())


def shown_state(claim: Table) -> ColumnElement[str]:
    """The state as readers see it: an offer that has ended is lapsed, though nobody has settled the pool yet."""
    return case((_ended(claim), "lapsed"), else_=claim.c.state)


def shown_offer_end(claim: Table) -> ColumnElement[object]:
    """Until when the offer holds; empty where `shown_state` says that there is none."""
    return case((_ended(claim), None), else_=claim.c.offer_ends_at)
