"""Rules of a joint bid's members (構成団体): added by the lead with what each bears; each consents by a person of its own."""

from services.kit.errors import Refusal
from services.kit.text import Text

NOT_OF_MEMBER = Refusal(
    "consent_of_another", "conflict",
    Text("同意は、その構成団体の担当者が行います", "A member consents for itself"),
    Text("構成団体の担当者に依頼してください。", "Ask an officer of that organisation."),
)  # fmt: skip
CONSENTED = Refusal(
    "member_consented", "conflict",
    Text("すでに同意しています", "It has consented already"),
    Text("取り消すときは「同意の撤回」を行ってください。", "Withdraw the consent to take it back."),
)  # fmt: skip
NOT_CONSENTED = Refusal(
    "member_without_consent", "conflict",
    Text("まだ同意していません", "It has not consented"),
    Text("撤回する同意がありません。", "There is no consent to withdraw."),
)  # fmt: skip
SETTLED = Text(
    "提出後は、同意を変えられません。代表団体に相談してください。",
    "A consent stays once it is submitted. Speak to the lead.",
)
LEAD_ITSELF = Refusal(
    "member_is_lead", "conflict",
    Text("代表団体は構成団体にできません", "The lead is no further member"),
    Text("代表団体以外の団体コードを入力してください。", "Give the code of another organisation."),
)  # fmt: skip
TWICE = Refusal(
    "member_twice", "conflict",
    Text("この団体はすでに構成団体です", "This organisation is a member already"),
    Text("負担額を変えるには、いったん外してから登録し直してください。", "Remove it and add it anew to change its share."),
)  # fmt: skip
