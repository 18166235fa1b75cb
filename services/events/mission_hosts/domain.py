"""The rule of a visited body: it has a code, or a name, or both where it is printed otherwise than the directory has it."""

from services.kit.findings import Finding
from services.kit.text import Text

NAMELESS = Finding(
    "mission_host_nameless",
    Text("訪問先には団体コードか名称が必要です", "A visited body has a code or a name"),
    Text("団体コードまたは名称を入力してください。", "Give its code, or its name."),
)


def check_host(organisation: str | None, name: str | None) -> list[tuple[str, Finding]]:
    """Mirrored by the constraint mission_host_named."""
    return [("name", NAMELESS)] if organisation is None and name is None else []
