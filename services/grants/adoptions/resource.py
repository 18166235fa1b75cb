"""The public list of adopted projects (採択結果), without a key, from the instant at which a round's results are public."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Select, Text, Uuid, any_, literal

from services.grants import access
from services.grants.adoptions.source import lines
from services.grants.terms import CountryCodes
from services.kit.fields import Short, equals
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.resource import Basis, Filter, Resource
from services.kit.statistics import line
from services.kit.wire import Called, Wire, choice

State = Literal["selected", "awarded", "declined"]


class PublicAward(Wire):
    """`amount_yen`: what was decided; what was selected, before that. `sample`: the rules' figures are not confirmed."""

    id: UUID
    programme_code: Annotated[str, Called("grant_programme_code")]
    programme_name_ja: str
    programme_name_en: str
    edition_name_ja: str
    edition_name_en: str
    fiscal_year: int
    category_code: str | None
    category_name_ja: str | None
    category_name_en: str | None
    row_no: Annotated[int, Called("award_row_no")]
    title: Annotated[str, Called("project_title")]
    organisation_code: str
    organisation_name: str
    organisation_kind: str
    department: Annotated[str, Called("applying_department")]
    members: Annotated[list[str], several(cells.TEXT), Called("award_members")]
    country_codes: CountryCodes
    amount_yen: Annotated[int, Called("adopted_yen")]
    state: Annotated[State, choice("adopted_state", get_args(State)), Called("adopted_state")]
    mark: str | None
    sample: bool


def source(_: Basis) -> Select[Any]:
    return lines().add_columns(literal(1).label("row_version"))


FILTERS = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "programme_code": equals(line("programme_code", Text)),
    "category_code": equals(line("category_code", Text)),
    "organisation_kind": equals(line("organisation_kind", Text)),
    "country": Filter(Short, lambda given: given == any_(line("country_codes", ARRAY(Text)))),
    "state": equals(line("state", Text), State),
}
public_awards = Resource(
    service="grants",
    schema="grants",
    name="public_award",
    plural="public/awards",
    read=PublicAward,
    source=source,
    access={"list": access.ANNOUNCED},
    filters=FILTERS | {"id": equals(line("id", Uuid), UUID)},
    sorts=("row_no", "fiscal_year", "organisation_code", "amount_yen"),
)
