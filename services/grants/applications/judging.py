"""What an application is judged by: what is wrong with its content, whether its applicant may have a grant, and how much."""

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from services.grants.answers import validate
from services.grants.applications.repository import Dossier
from services.grants.budget import Budget
from services.grants.budget import findings as budget_findings
from services.grants.eligibility import Facts, Verdict, judged
from services.grants.form import Form
from services.grants.money import Amount, Application, Cost, Yen, grant
from services.grants.rules import ApplicantKind, Rules
from services.kit.findings import Finding
from services.kit.text import Text

Place = tuple[str, Finding]
DOCUMENT_MISSING = Finding(
    "document_missing",
    Text("必要な書類がありません", "A document that is asked for is missing"),
    Text("この書類のファイルを追加してください。", "Add a file of this document."),
)
FILE_BAD = Finding(
    "file_bad",
    Text("安全を確認できないファイルがあります", "A file was found to be unsafe"),
    Text(
        "このファイルを削除し、作り直したものを追加してください。",
        "Remove it, and add one that is made anew.",
    ),
)
NOT_CONSENTED = Finding(
    "member_not_consented",
    Text("まだ同意していない構成団体があります", "A member has not consented yet"),
    Text("その団体の担当者に、同意の登録を依頼してください。", "Ask an officer of it to consent."),
)
SHARES_ABOVE = Finding(
    "shares_above_own_share",
    Text(
        "構成団体の負担額の合計が、自己負担額を超えています",
        "The members bear more than the applicants' own share",
    ),
    Text(
        "合計を、総事業費から収入と助成申請額を除いた額以下にしてください。残りは代表団体が負担します。",
        "Keep the sum within the costs less income and what is asked for; the lead bears the rest.",
    ),
)


class Judged(NamedTuple):
    """`grant`: None where no kind of applicant, or no sound budget, is there to compute from."""

    rules: Rules
    form: Form | None
    budget: Budget
    verdict: Verdict
    grant: Amount | None


def kind_of(given: str) -> ApplicantKind | None:
    """The directory knows kinds of organisations that no rule names."""
    return next((one for one in get_args(ApplicantKind) if one == given), None)


def judge(dossier: Dossier) -> Judged:
    """By what the caller is told of its cap."""
    rules, kind = Rules.model_validate(dossier["rules"]), kind_of(dossier["organisation_kind"])
    cap = (
        None
        if kind is None or (dossier["joint"] and not rules.joint_uses_member_caps)
        else rules.cap_of(kind)
    )
    return judge_under(dossier, None if cap is None else max(0, cap - (dossier["taken"] or 0)))


def judge_under(dossier: Dossier, left: int | None) -> Judged:
    """`left`: under the tightest of its yearly caps; None where it has none."""
    rules, budget = Rules.model_validate(dossier["rules"]), Budget.model_validate(dossier["budget"])
    kind, joint = kind_of(dossier["organisation_kind"]), dossier["joint"]
    facts = Facts(
        kind, dossier["stands"], joint, tuple(kind_of(one["kind"]) for one in dossier["members"]),
        dossier["prior"], left,
    )  # fmt: skip
    sound = not any(budget_findings(rules, budget))
    amount = grant(rules, _asked(kind, budget, facts)) if kind is not None and sound else None
    form = Form.model_validate(dossier["form_schema"]) if dossier["form_schema"] else None
    return Judged(rules, form, budget, judged(rules, facts, amount), amount)


def _asked(kind: ApplicantKind, budget: Budget, facts: Facts) -> Application:
    return Application(
        kind=kind,
        costs=tuple(Cost(one.category, Yen(one.yen), Yen(one.tax)) for one in budget.costs),
        requested=Yen(budget.requested),
        income=Yen(sum(one.yen for one in budget.income)),
        indirect=Yen(budget.indirect),
        joint=facts.joint,
        cap_left=None if facts.cap_left is None else Yen(facts.cap_left),
    )


def own_share(budget: Budget) -> int:
    """What the applicants bear themselves (自己負担)."""
    costs = sum(one.yen for one in budget.costs) + budget.indirect
    return costs - sum(one.yen for one in budget.income) - budget.requested


def unfit(dossier: Dossier, judged: Judged) -> Iterator[Place]:
    """What stands against submitting it, each at its place: a JSON pointer without the first slash."""
    if judged.form is not None:
        yield from (
            (f"answers/{at}", one) for at, one in validate(judged.form, dossier["answers"], whole=True)
        )
    yield from ((f"budget/{at}", one) for at, one in budget_findings(judged.rules, judged.budget))
    yield from _documents(dossier, judged)
    members: list[dict[str, Any]] = dossier["members"]
    for number, member in enumerate(members):
        if member["consented_at"] is None:
            yield f"members/{number}", NOT_CONSENTED
    if members and sum(one["share_yen"] for one in members) > own_share(judged.budget):
        yield "members", SHARES_ABOVE


def _documents(dossier: Dossier, judged: Judged) -> Iterator[Place]:
    files: list[dict[str, Any]] = dossier["files"]
    there = {one["document"] for one in files}
    kind = judged.verdict.facts.kind
    for document in judged.rules.documents:
        asked = document.required and (not document.kinds or kind in document.kinds)
        if asked and document.code not in there:
            yield f"files/{document.code}", DOCUMENT_MISSING
    yield from ((f"files/{one['document']}", FILE_BAD) for one in files if one["verdict"] == "bad")
