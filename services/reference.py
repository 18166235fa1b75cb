"""The pages of docs/reference, made from the declarations: `python -m services.reference` writes, `--check` compares."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from services.declared import CARE_MACHINES, GRANT_MACHINES, MACHINES, RESOURCES, STATISTICS
from services.gateway.desk import app as desk
from services.gateway.door.problems import KINDS
from services.gateway.registry.app import SLICES
from services.kit import errors, glossary
from services.kit.capacity import domain as capacity
from services.kit.columns import Column
from services.kit.errors import Refusal
from services.kit.findings import RULES
from services.kit.http.problem import STATUS
from services.kit.imports.checking import kind_of
from services.kit.resource import Action, Resource
from services.openapi import SERVICES, document

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
ROLES = (
    "coordinator", "registrar", "auditor", "organisation", "host_authority", "ministry", "participant", "business",
    "service", "grant_officer", "event_officer",
)  # fmt: skip
STANDINGS = tuple(role for role in ROLES if role not in ("ministry", "service"))
MADE = "<!-- Made by `python -m services.reference`; change the declarations, not this page. -->"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _line(header)
    yield _line(["---"] * len(header))
    yield from (_line(row) for row in rows)
    yield ""


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def glossary_page() -> Iterator[str]:
    yield from (
        "# 用語集 / Glossary",
        "",
        "APIの項目名、表の列、画面や様式の見出しは、すべてこの表から作られます。",
        "",
        "Names of fields, titles of columns, templates and API documents all come from this one table.",
        "",
    )
    terms = glossary.terms().items()
    for heading, choices in (("用語 / Terms", False), ("選択肢 / Choices", True)):
        yield from (f"## {heading}", "")
        yield from table(
            ("日本語", "English", "identifier", "説明", "Note"),
            (
                (title.ja, title.en, f"`{term}`", note.ja, note.en)
                for term, (title, note) in terms
                if ("." in term) == choices
            ),
        )


def access_page() -> Iterator[str]:
    yield from (
        "# Access matrix",
        "",
        "Every operation of every service, the scope that it needs, and how far each role reaches in it. "
        "A service does not start with an operation that has no row here.",
        "",
        "- `all`: every row. `own`: rows of the organisations that the caller sees (an organisation itself; a host "
        "authority itself and its members of today); of grants, an officer's own sections, and for others what is announced. `self`: the caller's own person. Empty: refused with 403.",
        "- What lies outside a caller's reach is answered 404, like what does not exist.",
        "- `anonymous`: whoever sends no token. `open`: answered to everybody, token or none. ✎: who read it is logged "
        "in the audit before anything is shown. ✋: a person decides; a tool by itself is refused (403 "
        "`person_required`), so the token has to name the person that it acts for.",
        "- Which fields a role is shown, which it may write and when a command is open stand "
        "[below](#fields), resource by resource.",
        "",
    )
    for service in SERVICES:
        yield from (f"## {service}", "")
        rows = sorted(_operations(document(service)))
        if rows:
            yield from table(("Operation", "Path", "Scope", *ROLES, "anonymous"), (row for _, row in rows))
        else:
            yield from ("Nothing is offered here yet.", "")
    yield from _pages()
    yield from (
        "## Kinds of imports",
        "",
        "An import needs the scope `imports:write` and, for its kind, what this table says.",
        "",
    )
    yield from table(
        ("Kind", "Scope", *ROLES),
        (
            (
                f"`{one.service}` `{one.plural}`{' ✋' * rule.human}",
                f"`{rule.scope}`",
                *(rule.roles.get(role, "") for role in ROLES),
            )
            for one in RESOURCES
            if (rule := one.access.get("import")) is not None
        ),
    )
    yield from _fields()


def _pages() -> Iterator[str]:
    yield from (
        "## Pages of the desk",
        "",
        "A page is shown to the roles that its row names, and calls only the operations that stand in it; each of them is "
        "open to all of these roles, or the desk does not start. What a person sees on it is what these operations answer "
        "them. For anybody else there is no such page (404).",
        "",
    )
    yield from table(
        ("Page", "Title", "Operations", *STANDINGS),
        (
            (
                f"`{page.method} {page.path}`",
                page.title.en,
                " ".join(f"`{call}`" for call in page.calls),
                *("✓" if role in page.roles else "" for role in STANDINGS),
            )
            for page in sorted(desk.PAGES, key=lambda page: (page.path, page.method))
        ),
    )
    yield ""


def _fields() -> Iterator[str]:
    yield from (
        "## Fields",
        "",
        "Who is shown a field, and who may write it. A role that the row of an operation does not name is refused the "
        "operation; a field outside this table is in no answer, and in a body it is refused (422) with its pointer. "
        "*Fixed*: says which record it is, so that only a creation gives it. *Others leave it*: a role that may use "
        "the operation but not write the field leaves it as it stands, and repeats what was decided where it is "
        "required; anything else is refused (422 `field_not_yours`).",
        "",
    )
    for one in RESOURCES:
        title = glossary.title(one.plural)
        yield from (f"### {title.ja} / {title.en}: `{one.service}` `{one.plural}`", "")
        yield from table(("Field", "項目", "Shown to", "Written by"), _field_rows(one))
        if one.actions:
            yield from table(("Command", "Roles", "Open in"), (_command(action) for action in one.actions))


def _field_rows(one: Resource) -> Iterator[Sequence[str]]:
    written = set(one.write.model_fields) if one.write is not None else set[str]()
    ways = {verb: one.access[verb].roles for verb in ("create", "change", "import") if verb in one.access}
    writers = [role for role in ROLES if any(role in roles for roles in ways.values())]
    titles = {column.name: column.title.ja for column in one.export_columns}
    readers = {role for verb in ("list", "read") if verb in one.access for role in one.access[verb].roles}
    for name in dict.fromkeys((*one.fields, *sorted(written - set(one.fields)))):
        shown = [role for role in ROLES if role in readers and role in one.restricted.get(name, (role,))]
        said = ", ".join(role for role in writers if role in one.decided.get(name, (role,)))
        notes = ("fixed",) * (name in one.fixed) + ("others leave it",) * (name in one.decided)
        may = said + "".join(f" (*{note}*)" for note in notes) if name in written and writers else ""
        yield (
            f"`{name}`",
            titles.get(name) or glossary.title(name).ja,
            ", ".join(shown) if name in one.fields else "",
            may,
        )


def _command(action: Action) -> Sequence[str]:
    """The states from the machine that guards it; a command of no machine says why when it is closed."""
    service, _, plural = action.href.split("/")[1:4]
    own = GRANT_MACHINES.get(plural) if service == "grants" else None
    machines = MACHINES if own is None else (own,)
    steps = [step for machine in machines for step in machine.steps(action.name)]
    states = dict.fromkeys(f"`{state}`" for step in steps for state in step.before)
    opened = ", ".join(states) or "see `available_actions`"
    return (f"`{action.name}` `POST {action.href}`", ", ".join(action.roles), opened)


def _operations(described: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Sequence[str]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            reach = operation.get("x-roles")
            scope = f"`{operation['x-scope']}`" if reach is not None else "public"
            marks = " ✎" * bool(operation.get("x-audited")) + " ✋" * bool(operation.get("x-human"))
            row = (f"`{operation['operationId']}`", f"{method.upper()} `{path}`{marks}", scope)
            roles = ["open" if reach is None else reach.get(role, "") for role in ROLES]
            yield (path, method), (*row, *roles, "open" if reach is None else "")


def imports_page() -> Iterator[str]:
    yield from (
        "# Import kinds",
        "",
        "The columns of every kind of file. A column is recognised by its Japanese title, its English title or its "
        "name, in any order, and by the headings of its former forms, which stand in brackets; XLSX, CSV, TSV and "
        "NDJSON are taken. `GET /{service}/v1/imports/kinds/{kind}` tells the same, and `…/template` gives the form "
        "as a workbook. A heading that ends in （参考） is read past.",
        "",
        "Every problem cites a `rule`, and every column those that its values are held to: one of the thirty "
        "[below](#rules), else one of ours, which is named like the `code` of the problem.",
        "",
    )
    for resource in RESOURCES:
        if "import" in resource.access and resource.write is not None:
            found = kind_of(resource, history=False)
            yield from (
                f"## {found.title.ja} / {found.title.en}: `{resource.service}` `{found.name}`",
                "",
                f"Version {found.version}.",
                "",
            )
            yield from table(
                ("列", "Column", "Name", "Required", "入力", "Takes", "Rules"),
                (_column(one) for one in found.columns),
            )
    yield from (
        "## Rules",
        "",
        "行政データにおける機械可読性に関するルール（デジタル庁）による。",
        "",
    )
    yield from table(("id", "日本語", "English"), ((f"`{rule}`", *words) for rule, words in RULES.items()))


def _column(column: Column) -> Sequence[str]:
    choices = ", ".join(f"`{one.value}` {one.label.ja}" for one in column.cell.choices)
    taken = (
        (choices, ", ".join(f"`{one.value}`" for one in column.cell.choices)) if choices else column.cell.hint
    )
    required = "必須 yes" if column.required else ""
    former = f"（{'、'.join(column.aliases)}）" if column.aliases else ""
    rules = ", ".join(f"`{rule}`" for rule in column.rules())
    return (column.title.ja + former, column.title.en, f"`{column.name}`", required, *taken, rules)


def states_page() -> Iterator[str]:
    yield from ("# States", "", "The state machines that are built, from the tables that guard them.", "")
    for machine in (*MACHINES, *GRANT_MACHINES.values(), *CARE_MACHINES):
        yield from (f"## {machine.name}", "", "```mermaid", machine.diagram(), "```", "")
        yield from table(
            ("Action", "From", "To", "閉じている理由", "Why it is closed otherwise"),
            (
                (
                    f"`{one.action}`",
                    ", ".join(f"`{state}`" for state in one.before),
                    f"`{one.after}`",
                    *one.closed,
                )
                for one in machine.transitions
            ),
        )


def statistics_page() -> Iterator[str]:
    yield from (
        "# Statistics",
        "",
        "Figures of `GET /{service}/v1/statistics/{name}`, computed from the records at each question; those of counselling "
        "as they were released. How to ask: [Ask for a figure](../how-to/ask-for-a-figure.md).",
        "",
    )
    for one in STATISTICS:
        yield from (f"## {one.title.ja} / {one.title.en}: `{one.name}`", "")
        if one.records is not None:
            yield from (f"Of `/{one.records.service}/v1`, counted over its `{one.records.plural}`.", "")
        yield from table(
            ("Metric", "Unit"),
            ((f"`{name}`", measure.unit or "its own") for name, measure in one.measures.items()),
        )
        yield from (
            f"Dimensions: {', '.join(f'`{name}`' for name in one.dimensions)}.",
            "",
            f"Filters: {', '.join(f'`{name}`' for name in one.filters)}.",
            "",
        )


def errors_page() -> Iterator[str]:
    yield from (
        "# Errors",
        "",
        "Answers of `application/problem+json` by their `code`, which is stable. `title` and `detail` come in the "
        "caller's language (`Accept-Language`, Japanese unless English is preferred); `errors[]` names each place "
        "with a message and a remedy. The issuer at `/oauth/token` answers in the form of RFC 6749 instead.",
        "",
        "## Of every service",
        "",
    )
    header = ("Status", "code", "日本語", "English", "どうするか", "What to do")
    catalogue = [one for one in vars(errors).values() if isinstance(one, Refusal)]
    yield from table(header, (_refusal(one) for one in sorted(catalogue, key=_order)))
    yield from ("## Where seats are claimed", "", "Of courses, fairs and whatever else has places.", "")
    yield from table(header, (_refusal(one) for one in sorted(capacity.REFUSALS, key=_order)))
    yield from (
        "## Where the database has the last word",
        "",
        "Rules that a constraint of the database holds, whatever two callers do at once.",
        "",
    )
    named = {one.code: one for resource in RESOURCES for one in resource.constraints.values()}
    named |= {one.code: one for slice_ in SLICES for one in getattr(slice_, "CONSTRAINTS", {}).values()}
    yield from table(
        header,
        (
            _refusal(one)
            for one in sorted((one for one in named.values() if one not in capacity.REFUSALS), key=_order)
        ),
    )
    yield from ("## Of the door", "", "Refused before any service is asked.", "")
    yield from table(
        header,
        (
            (str(kind.status), f"`{code}`", *kind.title, *kind.detail)
            for code, kind in sorted(KINDS.items(), key=lambda one: (one[1].status, one[0]))
        ),
    )


def _order(refusal: Refusal) -> tuple[int, str]:
    return STATUS[refusal.sort], refusal.code


def _refusal(refusal: Refusal) -> Sequence[str]:
    return (str(STATUS[refusal.sort]), f"`{refusal.code}`", *refusal.title, *refusal.detail)


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "glossary.md": glossary_page,
    "access-matrix.md": access_page,
    "imports.md": imports_page,
    "states.md": states_page,
    "statistics.md": statistics_page,
    "errors.md": errors_page,
}


def written(page: Callable[[], Iterator[str]]) -> str:
    return "\n".join([MADE, "", *page()]).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        raise SystemExit("usage: python -m services.reference [--check]")
    made = {FOLDER / name: written(page) for name, page in PAGES.items()}
    old = [
        file for file, text in made.items() if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    if arguments:
        for file in old:
            print(
                f"docs/reference/{file.name} is not what the declarations say. `python -m services.reference` writes it."
            )
        return 1 if old else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in old:
        file.write_text(made[file], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
