"""Whether an organisation may have a grant (資格): the facts that were looked at, and each reason why not."""

from dataclasses import asdict, dataclass
from typing import Any

from services.grants.money import Amount
from services.grants.rules import ApplicantKind, Rules
from services.kit.findings import Finding
from services.kit.text import Text


@dataclass(frozen=True, slots=True)
class Facts:
    """`kind`: None where it is none that a rule can name. `members`: the kinds of those who join. `prior`: other live
    applications of the same department to the round. `cap_left`: what is left under the organisation's yearly cap,
    None where it has none."""

    kind: ApplicantKind | None
    organisation_stands: bool
    joint: bool
    members: tuple[ApplicantKind | None, ...]
    prior: int
    cap_left: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    facts: Facts
    reasons: tuple[Finding, ...]

    @property
    def eligible(self) -> bool:
        return not self.reasons

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        reasons = [
            {
                "code": one.code,
                "message": {"ja": one.message.ja, "en": one.message.en},
                "remedy": {"ja": one.remedy.ja, "en": one.remedy.en},
            }
            for one in self.reasons
        ]
        facts = asdict(self.facts)
        return {
            "eligible": self.eligible,
            "facts": facts | {"members": list(self.facts.members)},
            "reasons": reasons,
        }


NOT_ADMITTED = Finding(
    "applicant_not_admitted",
    Text("この団体種別は、この制度に申請できません", "This kind of organisation cannot apply"),
    Text("要綱の申請者の種別を確認してください。", "See in the rules who may apply."),
)
GONE = Finding(
    "applicant_gone",
    Text("この団体は、今日の時点で存在しません", "This organisation does not exist today"),
    Text("合併などの場合は、承継した団体として申請してください。", "Apply as its successor."),
)
MEMBER_NOT_ADMITTED = Finding(
    "member_not_admitted",
    Text("共同申請に加われない団体種別が含まれています", "A member is of a kind that cannot join"),
    Text("要綱の共同申請者の種別を確認してください。", "See in the rules who may join a joint bid."),
)
NO_MEMBERS = Finding(
    "joint_without_members",
    Text("共同申請に、構成団体がありません", "A joint bid has no members"),
    Text("構成団体を登録するか、単独申請にしてください。", "Add who joins, or apply alone."),
)
MEMBERS_ALONE = Finding(
    "members_without_joint",
    Text("単独申請に、構成団体が登録されています", "An application that is not joint has members"),
    Text("共同申請にするか、構成団体を外してください。", "Make it a joint bid, or remove them."),
)
CAP_USED = Finding(
    "cap_left_below_minimum",
    Text(
        "団体の年度上限の残りが、最低額に満ちません", "What is left under the yearly cap is below the minimum"
    ),
    Text(
        "同じ年度のほかの助成を確認してください。",
        "See what else the organisation has been granted this year.",
    ),
)


def judged(rules: Rules, facts: Facts, grant: Amount | None = None) -> Verdict:
    """`grant`: what was computed, where there is a budget to compute from."""
    who = rules.applicants
    reasons = []
    if facts.kind not in who.kinds:
        reasons.append(NOT_ADMITTED)
    if not facts.organisation_stands:
        reasons.append(GONE)
    if any(kind not in who.joint_kinds for kind in facts.members):
        reasons.append(MEMBER_NOT_ADMITTED)
    if facts.joint != bool(facts.members):
        reasons.append(NO_MEMBERS if facts.joint else MEMBERS_ALONE)
    least = rules.minimum if rules.minimum is not None and rules.below_minimum == "ineligible" else 1
    if facts.cap_left is not None and facts.cap_left < least:
        reasons.append(CAP_USED)
    elif grant is not None and grant.ineligible is not None:
        reasons.append(grant.ineligible)
    return Verdict(facts, tuple(reasons))
