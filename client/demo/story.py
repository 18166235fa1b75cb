"""The main job, played over HTTP: `python -m client.demo.story var/demo.json`.

Figures that it prints are what the running system answered; files go to out/. Ends with 1 if an answer is
not the one expected.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from client.api import Api, ImportFailed
from client.demo import (
    abroad,
    awarding,
    clerk,
    counselling,
    exhibition,
    fair,
    granting,
    handing_over,
    ministry,
    mission,
    news,
    office_log,
    orientation,
    programme,
    seminar,
    survey,
)
from client.demo.cast import coming_in
from client.demo.clients import credentials
from client.demo.members import client_id
from client.demo.stage import Stage
from client.problem import Problem

OUT = Path("out")


def play(described: dict[str, Any], out: Path, stage: Stage) -> None:
    clients, story = described["clients"], described["story"]
    with ExitStack() as stack:

        def caller(role: str, person: str | None = None) -> Api:
            return stack.enter_context(Api(described["url"], credentials(clients[role], person)))

        def member(code: str) -> Api:
            known = clients["member"] | {"client_id": client_id("organisation", code)}
            return stack.enter_context(Api(described["url"], credentials(known)))

        def himself(role: str) -> Api:
            return caller("participant", clients["participant"]["people"][role])

        tool = caller("service", clients["service"]["people"]["organisation"])
        coordinator = caller("coordinator")
        clock = coordinator.get("/identity/v1/clock")
        stage.say(
            f"架橋 {described['url']}（業務日付 {clock['today']}、人も団体別の人数も架空です）",
            "A sandbox; all people, and the numbers of each organisation, are invented.",
        )
        clerk.play(stage, tool, story, out)
        programme.rosters(stage, coordinator, out)
        programme.resignation(stage, coordinator, caller("registrar"), story, out)
        programme.neighbour(stage, coordinator, caller("neighbour"), story)
        ministry.play(stage, caller("ministry"), out)
        behind = clients["service"]["people"]
        registrar, officer = caller("registrar"), caller("service", behind["host_authority"])
        orientation.play(
            stage,
            orientation.Cast(coordinator, registrar, officer, caller("host_authority"), himself("newcomer")),
            story,
            out,
        )
        deciding = {role: caller("service", behind[role]) for role in ("coordinator", "gathering")}
        survey.play(
            stage,
            survey.Cast(deciding["coordinator"], registrar, deciding["gathering"], member),
            story,
            out,
        )
        looking = tuple(
            (himself(role), number) for role, number in coming_in(story).items() if role != "newcomer"
        )
        companies = caller("exhibitor"), caller("service", behind["other_exhibitor"])
        fair.play(stage, fair.Cast(coordinator, registrar, companies, looking, tool), out)
        officers = caller("service", behind["care_officer"]), caller("service", behind["care_deputy"])
        counselling.play(
            stage,
            counselling.Cast(
                registrar, himself("participant"), coming_in(story)["participant"], tool,
                caller("service", behind["counsellor"]), officers, coordinator,
            ),
            [Path(one) for one in described["kept"]],
            out,
        )  # fmt: skip
        grants = _of_grants(registrar, behind, lambda role: caller("service", behind[role]))
        awarding.play(stage, grants, granting.play(stage, grants, story), out)
        _abroad(stage, registrar, lambda role: caller("service", behind[role]), described, out)


def _abroad(
    stage: Stage, registrar: Api, at: Callable[[str], Api], described: Mapping[str, Any], out: Path
) -> None:
    paris = abroad.Cast(
        registrar, at("events_officer"), at("paris_officer"), at("paris_successor"), at("organisation")
    )
    for act in (office_log, exhibition, seminar, news, mission):
        act.play(stage, paris, out)
    handing_over.play(stage, paris, described["url"], Path(described["mail"]), out)


def _of_grants(registrar: Api, ids: Mapping[str, str], at: Callable[[str], Api]) -> granting.Cast:
    return granting.Cast(
        registrar, at("grant_officer"), at("grant_deputy"), at("grant_secondee"),
        (at("panel_first"), at("panel_second"), at("panel_third")),
        (at("organisation"), at("organisation_deputy")), (at("neighbour"), at("neighbour_deputy")), ids,
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m client.demo.story var/demo.json", file=sys.stderr)
        return 2
    began = time.monotonic()
    OUT.mkdir(exist_ok=True)
    stage = Stage()
    described = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    try:
        play(described, OUT, stage)
    except (Problem, ImportFailed, httpx.HTTPError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - began
    if stage.failures:
        stage.say(
            f"\n期待と違う答えが{stage.failures}件あります。",
            f"{stage.failures} answers were not as expected.",
        )
        return 1
    stage.say(
        f"\nすべて期待どおりでした（{seconds:.1f}秒）。", f"Everything as expected; files are in {OUT}/."
    )
    stage.say(
        "\n画面で試すには `make run` の後、ブラウザで /desk を開き、次のアドレスを入力してください。",
        "To look at it in a browser: `make run`, open /desk, and enter one of these addresses.",
    )
    for role, address in described["desk"].items():
        stage.say(f"  {role:<16} {address}", "")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
