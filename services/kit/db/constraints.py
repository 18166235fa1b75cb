"""Constraint names as refusals: the rule that the database held is said in the programme's words."""

import asyncpg
from sqlalchemy.exc import DBAPIError

from services.kit.errors import CONFLICT, EXISTS, INVALID, PARAMETERS, UNAVAILABLE, Refusal

# unique · exclusion and temporal keys · foreign key · check
_RULE_STATES = {"23505": EXISTS, "23P01": CONFLICT, "23503": CONFLICT, "23514": CONFLICT}
# NUL in text, lone surrogate, out of range: the caller's bytes, whichever layer let them through
_INPUT_STATES = {"22021", "22000", "22003", "22P05", "22008", "22007"}
# lock not available, cancelled, too many clients, serialisation, deadlock, shutting down
_LATER_STATES = {"55P03", "57014", "53300", "40001", "40P01", "57P01", "57P03", "25P04"}

_CONNECTION = "08"  # the class of states of a connection that is refused or lost


def constraint_of(error: DBAPIError) -> str:
    return str(getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or "")


def refusal_of(error: DBAPIError, named: dict[str, Refusal]) -> Refusal | None:
    """The refusal that a database error stands for; None when it is a fault of ours."""
    constraint = constraint_of(error)
    if constraint in named:
        return named[constraint]
    return _of_state(str(getattr(error.orig, "sqlstate", "") or "")) or (
        UNAVAILABLE if error.connection_invalidated else None
    )


def refusal_of_read(error: asyncpg.PostgresError) -> Refusal | None:
    """A read has parameters only: what the database cannot take of them was malformed."""
    refusal = _of_state(str(error.sqlstate or ""))
    return PARAMETERS if refusal is INVALID else refusal


def _of_state(state: str) -> Refusal | None:
    if state in _RULE_STATES:
        return _RULE_STATES[state]
    if state in _INPUT_STATES:
        return INVALID
    return UNAVAILABLE if state in _LATER_STATES or state.startswith(_CONNECTION) else None
