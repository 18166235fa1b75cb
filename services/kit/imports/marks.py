"""The words and colours of a marked workbook. Colour never stands alone: the エラー column has the words."""

from collections.abc import Mapping, Sequence

from services.kit.findings import Finding
from services.kit.imports.parsing import CellProblem

COLOURS = {"error": "FFC7CE", "warning": "FFEB9C"}
_LABELS = {"error": "誤り", "warning": "確認"}
GOOD = "OK"
STATUS_WIDTH = 70
_MAX_TEXT = 32_000


def worst(problems: Sequence[CellProblem]) -> str:
    return "error" if any(problem.finding.severity == "error" for problem in problems) else "warning"


def row_status(problems: Sequence[CellProblem], letters: Mapping[str, str]) -> str:
    if not problems:
        return GOOD
    lines = [_line(problem, letters.get(problem.column, "")) for problem in problems]
    if worst(problems) == "warning":
        lines.insert(0, GOOD)
    return "\n".join(lines)[:_MAX_TEXT]


def _line(problem: CellProblem, letter: str) -> str:
    place = f"{letter}列 {problem.title.ja}" if letter else problem.title.ja
    finding = problem.finding
    understood = f"（「{problem.understood}」として読みました）" if problem.understood else ""
    return (
        f"{_LABELS[finding.severity]} {place}: {finding.message.ja}{understood} → 直し方: {finding.remedy.ja}"
    )


def cell_note(problems: Sequence[CellProblem]) -> str:
    return "\n".join(
        f"{problem.finding.message.ja}\n→ {problem.finding.remedy.ja}\n"
        f"{problem.finding.message.en}\n→ {problem.finding.remedy.en}"
        for problem in problems
    )[:_MAX_TEXT]


def summary(
    findings: Sequence[Finding], rows: Sequence[int], problems: Mapping[int, Sequence[CellProblem]]
) -> str:
    wrong = [row for row in rows if problems.get(row) and worst(problems[row]) == "error"]
    text = f"誤りのある行 {len(wrong)} / OK {len(rows) - len(wrong)}"
    if wrong:
        text += "（" + "、".join(f"{row}行目" for row in wrong[:10]) + ("…" if len(wrong) > 10 else "") + "）"
    remarks = [
        f"{_LABELS[finding.severity]} {finding.message.ja} → {finding.remedy.ja}" for finding in findings
    ]
    return "\n".join([text, *remarks[:10]])
