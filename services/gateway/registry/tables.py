"""The registry's tables in the shared directory."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import DATERANGE

from services.kit.db.tables import ERASABLE, identity, known_from, validity, version
from services.kit.temporal import known_view

METADATA = MetaData(schema="directory")

country = Table(
    "country", METADATA, identity(), Column("alpha2", Text, nullable=False), Column("alpha3", Text, nullable=False),
    Column("name_ja", Text, nullable=False), Column("name_en", Text, nullable=False), version(),
)  # fmt: skip
overseas_office = Table(
    "overseas_office", METADATA, identity(), Column("code", Text, nullable=False),
    Column("name_ja", Text, nullable=False), Column("name_en", Text, nullable=False),
    Column("city_ja", Text, nullable=False), Column("city_en", Text, nullable=False),
    Column("country", Text, ForeignKey("directory.country.alpha2"), nullable=False),
    Column("time_zone", Text, nullable=False), Column("chart_order", Integer), version(),
)  # fmt: skip
organisation = Table(
    "organisation", METADATA, identity(), Column("code", Text, nullable=False), Column("name", Text, nullable=False),
    Column("name_kana", Text), Column("name_en", Text), Column("kind", Text, nullable=False),
    Column("corporate_number", Text), Column("valid_from", Date), Column("valid_to", Date),
    Column("search_key", Text, nullable=False), version(),
)  # fmt: skip
organisation_role = Table(
    "organisation_role", METADATA, identity(),
    Column("organisation_id", Uuid, ForeignKey("directory.organisation.id"), nullable=False),
    Column("role", Text, nullable=False), *validity(), known_from(), version(),
)  # fmt: skip
hierarchy = Table(
    "hierarchy", METADATA, identity(),
    Column("member_id", Uuid, ForeignKey("directory.organisation.id"), nullable=False),
    Column("host_id", Uuid, ForeignKey("directory.organisation.id"), nullable=False), *validity(), known_from(),
    version(),
)  # fmt: skip
successor = Table(
    "successor", METADATA, identity(),
    Column("predecessor_id", Uuid, ForeignKey("directory.organisation.id"), nullable=False),
    Column("successor_id", Uuid, ForeignKey("directory.organisation.id"), nullable=False),
    Column("kind", Text, nullable=False), Column("effective_on", Date, nullable=False),
    Column("effective", DATERANGE, nullable=False), known_from(), version(),
)  # fmt: skip
department = Table(
    "department", METADATA, identity(),
    Column("organisation_id", Uuid, ForeignKey("directory.organisation.id"), nullable=False),
    Column("code", Text, nullable=False), Column("name", Text, nullable=False), Column("name_en", Text),
    Column("upper_code", Text), Column("office_code", Text, ForeignKey("directory.overseas_office.code")),
    Column("chart_order", Integer), *validity(), known_from(), version(),
)  # fmt: skip
person = Table(
    "person", METADATA, identity(), Column("number", Text, nullable=False), Column("kind", Text, nullable=False),
    Column("company", Text), version(),
)  # fmt: skip
person_detail = Table(
    "person_detail", METADATA, Column("person_id", Uuid, ForeignKey("directory.person.id"), primary_key=True),
    Column("name", Text, nullable=False), Column("name_kana", Text), Column("email", Text), info=ERASABLE,
)  # fmt: skip
post = Table(
    "post", METADATA, identity(), Column("person_id", Uuid, ForeignKey("directory.person.id"), nullable=False),
    Column("organisation_id", Uuid, ForeignKey("directory.organisation.id"), nullable=False),
    Column("section", Text, nullable=False), Column("department", Text), Column("title", Text, nullable=False),
    Column("phone", Text), Column("unit_code", Text), Column("count_printed", Boolean, nullable=False),
    *validity(), known_from(), version(),
)  # fmt: skip
secondment = Table(
    "secondment", METADATA, identity(), Column("person_id", Uuid, ForeignKey("directory.person.id"), nullable=False),
    Column("home_id", Uuid, ForeignKey("directory.organisation.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("next_office_code", Text, ForeignKey("directory.overseas_office.code")), *validity(), known_from(),
    version(),
)  # fmt: skip
code_list = Table(
    "code_list", METADATA, identity(), Column("name", Text, nullable=False), Column("title_ja", Text, nullable=False),
    Column("title_en", Text, nullable=False), Column("version", Text, nullable=False),
    Column("source", Text, nullable=False), Column("source_on", Date), version(),
)  # fmt: skip
code = Table(
    "code", METADATA, identity(), Column("code_list_id", Uuid, ForeignKey("directory.code_list.id"), nullable=False),
    Column("code", Text, nullable=False), Column("label_ja", Text, nullable=False), Column("label_en", Text),
    Column("label_kana", Text), *validity(), Column("replaced_by_code", Text), version(),
)  # fmt: skip

organisation_role_known = known_view(organisation_role)
hierarchy_known = known_view(hierarchy)
successor_known = known_view(successor)
department_known = known_view(department)
post_known = known_view(post)
secondment_known = known_view(secondment)
