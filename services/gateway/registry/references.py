"""How rows of the registry name other records: by their codes."""

from services.gateway.registry.tables import country, organisation, person
from services.kit.findings import Finding
from services.kit.resource import Ref
from services.kit.text import Text

UNKNOWN_ORGANISATION = Finding(
    "organisation_unknown",
    Text("この団体コードの団体は登録されていません", "No organisation has this code"),
    Text("団体コード（検査数字を含む6桁など）を確認してください。", "Check the code, check digit included."),
    "L3-06",
)
UNKNOWN_PERSON = Finding(
    "person_unknown",
    Text("この番号の人は登録されていません", "No person has this number"),
    Text("番号を確認してください。", "Check the number."),
)
UNKNOWN_COUNTRY = Finding(
    "country_unknown",
    Text("この国コードは登録されていません", "No country has this code"),
    Text(
        "ISO 3166-1 の2文字コード（US など）を入力してください。",
        "Enter an ISO 3166-1 code of two letters, such as US.",
    ),
    "L3-02",
)


def to_organisation(field: str, column: str) -> Ref:
    return Ref(field, column, organisation, "code", UNKNOWN_ORGANISATION)


def to_person(field: str = "person_number", column: str = "person_id") -> Ref:
    return Ref(field, column, person, "number", UNKNOWN_PERSON)


def to_country(field: str = "country") -> Ref:
    return Ref(field, "_country_id", country, "alpha2", UNKNOWN_COUNTRY)
