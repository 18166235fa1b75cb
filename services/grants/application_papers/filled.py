"""The official papers of one application, filled: of what stands now, or of what was submitted."""

from collections.abc import Mapping
from typing import Any

from services.grants.applications.judging import own_share
from services.grants.budget import Budget
from services.grants.cost_sheet import cost_sheet_xlsx
from services.grants.form import Form
from services.grants.form_paper import form_docx
from services.grants.rules import Rules
from services.kit.text import Language, Text

_APPLICANT = Text("申請団体: {organisation}　{department}", "Applicant: {organisation}, {department}")
_TITLE = Text("事業名: {title}", "Project: {title}")
_MONEY = Text(
    "総事業費 {costs:,}円　収入 {income:,}円　助成申請額 {requested:,}円　自己負担 {own:,}円",
    "Costs {costs:,} yen, income {income:,} yen, grant asked for {requested:,} yen, own share {own:,} yen",
)
_RECEIPT = Text(
    "受付番号: {receipt_number}（提出番号 {number}）",
    "Receipt number: {receipt_number} (submission {number})",
)


def form(schema: Mapping[str, Any], told: Mapping[str, Any], language: Language) -> bytes:
    """`told`: an application with what it is judged by, or a snapshot, which has a receipt number."""
    budget = Budget.model_validate(told["budget"])
    money = {
        "costs": sum(one.yen for one in budget.costs) + budget.indirect,
        "income": sum(one.yen for one in budget.income), "requested": budget.requested, "own": own_share(budget),
    }  # fmt: skip
    lines = [
        _APPLICANT.fill(organisation=told["organisation_name"], department=told["department"]),
        _TITLE.fill(title=told["title"]),
        _MONEY.fill(**money),
    ]
    if "receipt_number" in told:
        lines.append(_RECEIPT.fill(receipt_number=told["receipt_number"], number=told["number"]))
    heading = [one.within(language) for one in lines]
    return form_docx(Form.model_validate(schema), told["answers"], heading=heading, language=language)


def cost_sheet(dossier: Mapping[str, Any]) -> bytes:
    """With the categories of its rules to choose from; both languages stand on it."""
    whose = f"{dossier['organisation_name']}　{dossier['title']}"
    budget = Budget.model_validate(dossier["budget"])
    return cost_sheet_xlsx(Rules.model_validate(dossier["rules"]), budget, heading=Text(whose, whose))
