"""Every problem cites a rule: one of the thirty of machine readability, or one of ours."""

import re
from pathlib import Path

import services
from services.jet.app import RESOURCES
from services.kit import findings
from services.kit.findings import RULES, Finding
from services.kit.imports import form_remarks, remarks
from services.kit.imports.checking import kind_of
from services.kit.imports.parsing import CellProblem
from services.kit.text import Text

SOURCES = [one for one in Path(services.__file__).parent.rglob("*.py") if one != Path(findings.__file__)]
CITED = re.compile(r'"(L\d-\d\d)"')
WORDS = Text("語", "words")


def test_the_thirty_rules_have_words_in_both_languages() -> None:
    levels = {1: 15, 2: 6, 3: 9}
    assert list(RULES) == [f"L{level}-{n:02}" for level, last in levels.items() for n in range(1, last + 1)]
    assert all(text.ja and text.en for text in RULES.values())


def test_no_rule_is_cited_that_there_is_not() -> None:
    cited = {rule for source in SOURCES for rule in CITED.findall(source.read_text(encoding="utf-8"))}
    assert cited <= set(RULES)
    assert {"L1-12", "L1-13", "L2-03", "L2-06", "L3-06", "L3-07", "L3-08"} <= cited


def test_a_finding_without_a_rule_of_the_thirty_cites_its_own() -> None:
    assert Finding("overlap", WORDS, WORDS).rule == "overlap"
    assert Finding("merged", WORDS, WORDS, "L1-12").rule == "L1-12"
    problem = CellProblem("", 1, "A", "a", WORDS, Finding("overlap", WORDS, WORDS))
    assert problem.as_json()["rule"] == "overlap"


def test_what_is_wrong_with_the_shape_of_a_file_cites_machine_readability() -> None:
    found = [one for one in vars(remarks).values() if isinstance(one, Finding)] + [
        remarks.media_type_unsupported("x"),
        remarks.charset_unsupported("x"),
        remarks.undecodable("cp932", 1, 1),
        remarks.broken_text(1),
        remarks.too_many_columns(1),
        remarks.unknown_heading("A", "x"),
        remarks.cells_merged("A1:A2"),
        remarks.rows_not_read([1], 1),
        remarks.rows_hidden([1]),
        remarks.sheet_not_read("x"),
        form_remarks.heading_blank("A"),
        form_remarks.heading_repeated("A", WORDS),
        form_remarks.column_missing(WORDS),
        form_remarks.form_of_another_version("1", "2"),
    ]
    ours = {one.code for one in found if one.rule not in RULES}
    assert ours == {"workbook_too_big", "file_empty", "no_rows", "workbook_sent_as_text", "not_a_json_object"}


def test_every_column_that_is_sent_names_the_rules_that_it_is_held_to() -> None:
    kinds = [kind_of(one, history=True) for one in RESOURCES if "import" in one.access and one.write]
    columns = [column for kind in kinds for column in kind.columns]
    assert columns
    for column in columns:
        assert column.rules(), column.name
        assert ("L2-02" in column.rules()) == column.required
