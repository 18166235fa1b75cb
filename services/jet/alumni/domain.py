"""Rules of alumni (JET経験者): who is one says so, for purposes that are named, and takes it back at any time.

Nobody becomes one by leaving the Programme. One's own consent is given by oneself; CLAIR enters what was given in
writing. A withdrawal ends every use: from then on the record is its person's alone, and that person's to renew.
"""

from datetime import date

from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

ALUMNUS = Machine(
    "alumnus",
    "consented",
    (
        Transition(
            "write", ("consented", "withdrawn"), "consented", Text("同意を確認してください。", "Check the consent.")
        ),
        Transition(
            "withdraw_consent", ("consented",), "withdrawn",
            Text("同意はすでに撤回されています。", "The consent was withdrawn already."),
        ),
    ),
)  # fmt: skip
FORMS = {"participant": "oneself", "coordinator": "written"}
FORM = Finding(
    "consent_of_another_form",
    Text("同意の方法が違います", "This is not how the consent was given"),
    Text(
        "本人は oneself、CLAIR が書面で受けたときは written としてください。",
        "A person writes as oneself; CLAIR enters what it has in writing.",
    ),
)
IN_FUTURE = Finding(
    "consent_in_the_future",
    Text("同意日が今日より後です", "The day of the consent is yet to come"),
    Text("同意した日を入力してください。", "Enter the day on which the consent was given."),
)
BEFORE_WITHDRAWAL = Finding(
    "consent_withdrawn_since",
    Text("この同意は後で撤回されています", "This consent was withdrawn since"),
    Text("改めて同意した日を入力してください。", "Enter the day on which the person has consented anew."),
)
NO_CHAPTER = Finding(
    "contact_through_no_chapter",
    Text("支部を通じた連絡には支部が必要です", "Contact through a chapter needs a chapter"),
    Text("支部を選ぶか、連絡方法を変えてください。", "Choose a chapter or another way."),
)


def judged(
    role: str, form: str, consented_on: date, today: date, withdrawn_on: date | None
) -> list[tuple[str, Finding]]:
    """Why a consent does not hold. `form`: as it is written for the first time; None asks nothing."""
    found = []
    if FORMS.get(role, form) != form:
        found.append(("consent_form", FORM))
    if consented_on > today:
        found.append(("consented_on", IN_FUTURE))
    if withdrawn_on is not None and consented_on < withdrawn_on:
        found.append(("consented_on", BEFORE_WITHDRAWAL))
    return found
