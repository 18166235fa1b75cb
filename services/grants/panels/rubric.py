"""By what a panel scores (審査基準), and how many scores an application takes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from services.grants.rules import CODE_TWICE, Code
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.wire import Line, Wire

UNKNOWN = Finding(
    "criterion_unknown",
    Text("この審査基準はありません", "The rubric has no such criterion"),
    Text("審査会の審査基準のコードを確認してください。", "Check the codes of the panel's rubric."),
)
MISSING = Finding(
    "criterion_missing",
    Text("点数のない審査基準があります", "A criterion has no score"),
    Text("すべての審査基準に点数を付けてください。", "Score every criterion."),
)
ABOVE = Finding(
    "score_above_maximum",
    Text("点数が満点を超えています", "The score is above the maximum"),
    Text("満点以下の点数にしてください。", "Give no more than the criterion's maximum."),
)


class Criterion(Wire):
    """`weight`: against the other criteria's. `maximum`: 満点."""

    code: Code
    ja: Line
    en: Line
    weight: Annotated[StrictInt, Field(ge=1, le=100)] = 1
    maximum: Annotated[StrictInt, Field(ge=1, le=100)] = 5


class Rubric(Wire):
    """`quorum`: sealed scores that an application takes. `normalised`: a reviewer's strictness is evened out."""

    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=20)]
    quorum: Annotated[StrictInt, Field(ge=1, le=20)] = 2
    normalised: StrictBool = False


def contradictions(rubric: Rubric) -> Iterator[tuple[str, Finding]]:
    seen = Counter[str]()
    for place, one in enumerate(rubric.criteria):
        seen[one.code] += 1
        if seen[one.code] > 1:
            yield f"criteria/{place}/code", CODE_TWICE


def misscored(rubric: Rubric, scores: Mapping[str, int]) -> Iterator[tuple[str, Finding]]:
    """At places within the scores."""
    known = {one.code: one for one in rubric.criteria}
    for code, given in scores.items():
        if code not in known:
            yield code, UNKNOWN
        elif given > known[code].maximum:
            yield code, ABOVE
    if known.keys() - scores.keys():
        yield "", MISSING
