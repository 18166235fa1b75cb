"""How rows of the registry name other records: by their codes."""

from services.gateway.registry.tables import code_list, country, organisation, overseas_office, person
from services.kit.directory import UNKNOWN_ORGANISATION, did_you_mean
from services.kit.findings import Finding
from services.kit.resource import Ref
from services.kit.text import Text

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
UNKNOWN_OFFICE = Finding(
    "overseas_office_unknown",
    Text("このコードの海外事務所は登録されていません", "No overseas office has this code"),
    Text("海外事務所のコード（paris など）を確認してください。", "Check the office's code, such as paris."),
    "L3-02",
)
UNKNOWN_CODE_LIST = Finding(
    "code_list_unknown",
    Text("このコード表は登録されていません", "There is no code list of this name"),
    Text("コード表の名称を確認してください。", "Check the code list's name."),
    "L3-02",
)


def to_organisation(field: str, column: str) -> Ref:
    return Ref(field, column, organisation, "code", UNKNOWN_ORGANISATION, meant=did_you_mean)


def to_person(field: str = "person_number", column: str = "person_id") -> Ref:
    return Ref(field, column, person, "number", UNKNOWN_PERSON)


def to_country(field: str = "country") -> Ref:
    return Ref(field, "_country_id", country, "alpha2", UNKNOWN_COUNTRY)


def to_office(field: str = "office_code") -> Ref:
    return Ref(field, "_office_id", overseas_office, "code", UNKNOWN_OFFICE)


def to_code_list(field: str = "code_list") -> Ref:
    return Ref(field, "code_list_id", code_list, "name", UNKNOWN_CODE_LIST)
