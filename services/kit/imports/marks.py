"""The words and colours of a marked workbook. Colour never stands alone: the エラー column has the words."""

from collections.abc import Mapping, Sequence

from services.kit.findings import Finding
from services.kit.imports.parsing import CellProblem

COLOURS = {"error": "FFC7CE", "warning": "FFEB9C"}
_LABELS = {"error": "誤り", "warning": "確認"}
GOOD = "OK"
_UNTOLD = "（問題が多いため、この行の結果は示していません）"
STATUS_WIDTH = 70
_MAX_TEXT = 32_000


def worst(problems: Sequence[CellProblem]) -> str:
    return "error" if any(problem.finding.severity == "error" for problem in problems) else "warning"


def row_status(problems: Sequence[CellProblem], letters: Mapping[str, str], omitted: int = 0) -> str:
    """While problems are omitted, a row without any may be wrong all the same."""
    if not problems:
        return _UNTOLD if omitted else GOOD
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


def omission(omitted: int) -> str:
    """What a workbook says that does not show all the problems of its file."""
    return (
        f"問題が多いため、{omitted:,}件は示していません。直して送り直すと、残りが示されます。 "
        f"{omitted:,} further problems are not shown; mend these and send it again to see them."
    )


def summary(
    findings: Sequence[Finding],
    rows: Sequence[int],
    problems: Mapping[int, Sequence[CellProblem]],
    omitted: int = 0,
) -> str:
    wrong = [row for row in rows if problems.get(row) and worst(problems[row]) == "error"]
    text = f"誤りのある行 {len(wrong)}" + ("以上" if omitted else f" / OK {len(rows) - len(wrong)}")
    if wrong:
        text += "（" + "、".join(f"{row}行目" for row in wrong[:10]) + ("…" if len(wrong) > 10 else "") + "）"
    if omitted:
        text += "\n" + omission(omitted)
    return "\n".join([text, about_file(findings)]).strip()


def about_file(findings: Sequence[Finding]) -> str:
    """What is said of the file as a whole, the first of it."""
    return "\n".join(
        f"{_LABELS[finding.severity]} {finding.message.ja} → {finding.remedy.ja}" for finding in findings[:10]
    )
