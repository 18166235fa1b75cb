"""State machines as data: from a table come the guard, the open actions, the audit's states and the diagram."""

from dataclasses import dataclass

from services.kit.errors import ACTION_CLOSED
from services.kit.findings import Finding
from services.kit.text import Text


@dataclass(frozen=True, slots=True)
class Transition:
    """`closed` tells the caller why the action is not open from another state. One action may have several
    steps, each from states of its own."""

    action: str
    before: tuple[str, ...]
    after: str
    closed: Text


@dataclass(frozen=True, slots=True)
class Machine:
    name: str
    initial: str
    transitions: tuple[Transition, ...]

    def steps(self, action: str) -> tuple[Transition, ...]:
        return tuple(one for one in self.transitions if one.action == action)

    def why_closed(self, action: str, state: str) -> Text | None:
        steps = self.steps(action)
        return None if any(state in one.before for one in steps) else steps[0].closed

    def closed(self, action: str, state: str) -> Finding | None:
        """What a command or a row is told where the table has no such step."""
        reason = self.why_closed(action, state)
        return None if reason is None else Finding(ACTION_CLOSED.code, ACTION_CLOSED.title, reason)

    @property
    def states(self) -> tuple[str, ...]:
        steps = [state for one in self.transitions for state in (*one.before, one.after)]
        return tuple(dict.fromkeys([self.initial, *steps]))

    def diagram(self) -> str:
        """Mermaid, for the reference page."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [
            f"    {state} --> {one.after}: {one.action}" for one in self.transitions for state in one.before
        ]
        return "\n".join(lines)
