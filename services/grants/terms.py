"""Terms that several slices of grants use: codes, and how rows name what they are of."""

from typing import Annotated

from pydantic import AfterValidator, Field, StrictInt, StrictStr
from sqlalchemy import Table

from services.grants.ledger.tables import budget_line
from services.grants.tables import edition, form_version, grant_round, mine, programme, rule_version
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.choices import several
from services.kit.japan.codes import CODE
from services.kit.resource import Ref
from services.kit.text import Text
from services.kit.wire import Called

# of our own making, so that a path never reads one as an id: KOKUSAI-2026
GrantCode = Annotated[StrictStr, Field(pattern=r"^[A-Z][A-Z0-9-]{1,29}$", examples=["KOKUSAI-2026"]), CODE]
# an edition's code with the number that the database assigned
RulesCode = Annotated[StrictStr, Field(pattern=r"^[A-Z][A-Z0-9-]{1,38}$", examples=["KOKUSAI-2026-R1"]), CODE]
Section = Annotated[
    StrictStr, Field(pattern=r"^grants-[a-z][a-z-]{0,29}$", examples=["grants-exchange"]), CODE,
    Called("grant_section"),
]  # fmt: skip
FormCode = Annotated[StrictStr, Field(pattern=r"^[A-Z][A-Z0-9-]{1,38}$", examples=["KOKUSAI-2026-F1"]), CODE]
# of the directory; one set is one value, in whatever order it was given
CountryCodes = Annotated[
    list[Annotated[StrictStr, Field(pattern=r"^[A-Z]{2}$", examples=["VN"]), CODE]], Field(max_length=20),
    AfterValidator(lambda given: sorted(set(given))), several(CODE),
]  # fmt: skip
Number = Annotated[Annotated[StrictInt, Field(ge=1, le=99)], cells.INTEGER]


def _ref(field: str, column: str, table: Table, what: Text) -> Ref:
    """Another section's is as unknown as one that is none."""
    unknown = Finding(
        f"{field.removesuffix('_code')}_unknown",
        Text(
            f"このコードの{what.ja}は、担当する係にありません",
            f"Your section has no {what.en} with this code",
        ),
        Text(f"{what.ja}のコードを確認してください。", f"Check the code of the {what.en}."),
    )
    return Ref(field, column, table, "code", unknown, within=lambda one: mine(one.c.section))


PROGRAMME = _ref("programme_code", "programme_id", programme, Text("助成制度", "programme"))
EDITION = _ref("edition_code", "edition_id", edition, Text("年度の実施", "edition"))
RULES = _ref("rules_code", "rule_version_id", rule_version, Text("要綱の版", "version of rules"))
FORM = _ref("form_code", "form_version_id", form_version, Text("様式の版", "version of a form"))
BUDGET_LINE = _ref("budget_line_code", "budget_line_id", budget_line, Text("予算科目", "budget line"))
PARENT = _ref("parent_code", "parent_id", grant_round, Text("募集回", "round"))
