"""The events service in the test's process, with officers of headquarters and of the overseas offices."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.events.app import RESOURCES, create_app
from services.postgres import PrivatePostgres
from tests.support.report_tables import local_governments
from tests.support.serving import Caller
from tests.support.staffed import Staffed, code, done, staffed, wrong

__all__ = ["Events", "code", "done", "events_over", "wrong"]
OFFICES = {
    "new_york": ("ニューヨーク", "US", "America/New_York"), "london": ("ロンドン", "GB", "Europe/London"),
    "paris": ("パリ", "FR", "Europe/Paris"), "singapore": ("シンガポール", "SG", "Asia/Singapore"),
    "seoul": ("ソウル", "KR", "Asia/Seoul"), "sydney": ("シドニー", "AU", "Australia/Sydney"),
    "beijing": ("北京", "CN", "Asia/Shanghai"),
}  # fmt: skip


class Events(Staffed):
    service, role, resources = "events", "event_officer", RESOURCES

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        for place, (office, (name, country, zone)) in enumerate(OFFICES.items(), 1):
            self.sql(
                f"INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) "
                f"VALUES ('{country}', '{country}X', '{country}', '{country}')"
            )
            self.sql(
                "INSERT INTO directory.overseas_office (code, name_ja, name_en, city_ja, city_en, country, time_zone, "
                "chart_order) "
                f"VALUES ('{office}', '{name}事務所', '{office}', '{name}', '{office}', '{country}', '{zone}', {place})"
            )
        self.headquarters = self.officer("events")

    def organisations(self, *names: str) -> None:
        """Local governments by their names in the report, and others with a code made of their place here."""
        known = local_governments()
        for name in dict.fromkeys(names):
            row = known.get(name) or {"code": code("O"), "name": name, "kind": "other"}
            self.sql(
                "INSERT INTO directory.organisation (code, name, kind, search_key) "
                f"VALUES ('{row['code']}', '{row['name']}', '{row['kind']}', '') ON CONFLICT DO NOTHING"
            )

    def figures(self, name: str, caller: Caller | None = None, **params: Any) -> Any:
        """A statistic's answer, of FY2024 where nothing else is said."""
        asked = {"fiscal_year": 2024} | params
        return done(
            self.call("statistics_read", caller or self.headquarters, path={"name": name}, params=asked)
        )

    def at(self, office: str) -> Caller:
        """An officer of an overseas office."""
        return self.officer(f"office-{office}")


@contextmanager
def events_over(postgres: PrivatePostgres, user: str = "") -> Iterator[Events]:
    """`user`: as whom the service connects, if not as its own role."""
    with staffed(Events, create_app, postgres, user) as made:
        yield made
