"""What the house forbids in its sources and no linter knows: other clocks, stray SQL, long files."""

import ast
import re
from collections.abc import Callable

import pytest

from tests.architecture.sources import PRODUCT, ROOT, called, files, nodes, texts, tree

LINES, FUNCTION_LINES = 400, 60

# Business time is platform.now(); the machine's clock serves audit, tokens and leases alone.
CLOCKS = {
    "services/gateway/door/state.py": "keys and refused tokens end by the real clock",
    "services/gateway/registry/bootstrap.py": "the end of a secret",
    "services/gateway/registry/clients/repository.py": "the ends of secrets and keys",
    "services/gateway/registry/issuer/authentication.py": "expiry of a client's assertion",
    "services/gateway/registry/issuer/queries.py": "the ends of keys of saved queries",
    "services/gateway/registry/queries/repository.py": "the ends of keys of saved queries",
    "services/gateway/registry/issuer/repository.py": "keys, refused tokens and used assertions end by the real clock",
    "services/gateway/registry/issuer/service.py": "expiry of access tokens",
    "services/gateway/door/refusals.py": "when a request was refused, and the door's own token",
    "services/gateway/door/telemetry.py": "when a request came, in the access log",
    "services/gateway/door/trace.py": "the time that is part of a request's id",
    "services/gateway/registry/sessions/repository.py": "the ends of links and sessions",
    "services/gateway/desk/calls.py": "expiry of the desk's assertions",
    "services/gateway/registry/sandbox/routes.py": "the offset of a sandbox is counted from the real clock",
    "services/gateway/registry/support/repository.py": "the age of a refused request",
    "services/kit/db/watch.py": "the age of jobs and of open writes",
    "services/kit/blobs.py": "a lease: what was staged and never arrived is swept",
    "services/kit/db/migration.py": "the audit row's `at`, and the age of stored answers and of staged files",
    "services/kit/http/guard.py": "expiry of internal tokens, and the age of stored answers",
    "services/kit/sealing.py": "when a checkpoint was sealed",
    "services/kit/mail.py": "when a letter was sent",
    "services/kit/ids.py": "the timestamp inside an id",
    "client/credentials.py": "expiry of the client's assertion",
    "migrations/care/202611301010_counselling.py": "the age of stored answers",
    "migrations/grants/202611301200_programmes.py": "the age of stored answers",
    "migrations/events/202612020900_offices.py": "the age of stored answers",
    "migrations/identity/202611220920_clients.py": "the age of a signing key",
    "migrations/identity/202611230120_keys_and_ceilings.py": "the ends of keys and secrets, and changes of rights",
    "migrations/identity/202611230950_forget_answers.py": "the age of stored answers",
    "migrations/identity/202611240910_sessions.py": "the ends of links and sessions",
    "migrations/jet/202611230950_forget_answers.py": "the age of stored answers",
    "migrations/platform/202611220900_clock_and_caller.py": "the definition of business time",
    "migrations/run.py": "the offset of a sandbox is counted from the real clock",
}
_CLOCK_CALL = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$"
)
_CLOCK_SQL = re.compile(
    r"(?<![\w.])(now\(\)|(clock|statement|transaction)_timestamp\(\)|current_(date|time(stamp)?)\b|localtime)",
    re.I,
)

# SQL as text belongs to repositories and to the kit's database layer; elsewhere it needs its reason here.
SQL = {
    "services/gateway/door/state.py": "the door reads keys, clients and refused tokens, nothing else",
    "services/gateway/registry/bootstrap.py": "makes the first client before any service runs",
    "services/gateway/registry/sandbox/routes.py": "the clock's one row",
    "services/kit/audit.py": "plumbing of every schema",
    "services/kit/blobs.py": "plumbing of every schema",
    "services/kit/changes.py": "plumbing of every schema",
    "services/kit/http/forms.py": "the organisation's name on a form",
    "services/kit/http/guard.py": "stored answers, in the transaction of their effect",
    "services/kit/imports/applying.py": "the names of deferred constraints, of the catalogue",
    "services/kit/imports/engine.py": "the lock of one import, and its state",
    "services/kit/imports/seen.py": "a table of its own, on disk, while a file is read",
    "services/kit/imports/store.py": "plumbing of every schema",
    "services/kit/operations.py": "plumbing of every schema",
    "services/kit/sealing.py": "plumbing of every schema",
    "services/kit/temporal.py": "asks for the database's own instant",
}
_SQL = re.compile(r"\s*(SELECT\s|INSERT INTO\s|UPDATE\s+[\w.?]+\s+(AS \w+ )?SET\s|DELETE FROM\s|WITH \w+ AS)")


def other_clocks(module: ast.Module) -> list[int]:
    calls = [line for line, name in called(module) if _CLOCK_CALL.search(name)]
    return calls + [line for line, text in texts(module) if _CLOCK_SQL.search(text)]


def stray_sql(module: ast.Module) -> list[int]:
    return [line for line, text in texts(module) if _SQL.match(text)]


def _keeps_sql(file: str) -> bool:
    return file.endswith("/repository.py") or file.startswith(("services/kit/db/", "migrations/"))


@pytest.mark.parametrize(
    ("lint", "allowed", "looked_at"),
    [
        (other_clocks, CLOCKS, files(*PRODUCT)),
        (stray_sql, SQL, [file for file in files(*PRODUCT) if not _keeps_sql(file)]),
    ],
    ids=["clocks", "sql"],
)
def test_only_where_a_reason_is_given(
    lint: Callable[[ast.Module], list[int]], allowed: dict[str, str], looked_at: list[str]
) -> None:
    found = {file: lines for file in looked_at if (lines := lint(tree(file)))}
    assert {file: lines for file, lines in found.items() if file not in allowed} == {}
    assert allowed.keys() - found.keys() == set(), "reasons for what is no longer there"


@pytest.mark.parametrize(
    ("lint", "source"),
    [
        (other_clocks, "at = datetime.now(UTC)"),
        (other_clocks, "at = datetime.datetime.utcnow()"),
        (other_clocks, "at = date.today()"),
        (other_clocks, "at = time.time()"),
        (other_clocks, "q = f'SELECT {x} WHERE at > now()'"),
        (other_clocks, "q = 'SELECT CURRENT_DATE'"),
        (stray_sql, "q = 'SELECT 1 FROM jet.participant'"),
        (stray_sql, "q = f'UPDATE {table} SET x = 1'"),
        (stray_sql, "q = 'DELETE FROM jet.participant'"),
    ],
)
def test_the_lints_see_what_they_forbid(lint: Callable[[ast.Module], list[int]], source: str) -> None:
    assert lint(ast.parse(source)) == [1]


@pytest.mark.parametrize("source", ["q = 'SELECT platform.now()'", '"""SELECT now() in a docstring."""'])
def test_the_lints_leave_the_rest_alone(source: str) -> None:
    assert other_clocks(ast.parse(source)) == []


def test_files_and_functions_stay_short() -> None:
    long: list[str] = []
    for file in files(*PRODUCT, "tests", "bench"):
        lines = (ROOT / file).read_text(encoding="utf-8").count("\n")
        if lines > LINES:
            long.append(f"{file}: {lines} lines")
        for node in nodes(tree(file)) if lines >= FUNCTION_LINES else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > FUNCTION_LINES:
                    long.append(f"{file}: {node.name} has {length} lines")
    assert long == []


def _named(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [ast.unparse(node)]
    return [node.id] if isinstance(node, ast.Name) else [node.attr] if isinstance(node, ast.Attribute) else []


def test_the_product_does_not_know_that_it_is_tested() -> None:
    knows = re.compile(r"\b(is_)?(testing|under_test)\b|PYTEST|unittest", re.I)
    names = {
        (file, name)
        for file in files(*PRODUCT)
        for node in nodes(tree(file))
        for name in _named(node)
        if knows.search(name)
    }
    said = {(file, text) for file in files(*PRODUCT) for _, text in texts(tree(file)) if knows.search(text)}
    assert names | said == set()
