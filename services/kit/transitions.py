"""State machines as data: from a table come the guard, the open actions, the audit's states and the diagram."""

from dataclasses import dataclass
from functools import cached_property

from services.kit.errors import ACTION_CLOSED, Refused
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


@dataclass(frozen=True)
class Machine:
    name: str
    initial: str
    transitions: tuple[Transition, ...]

    @cached_property
    def _steps(self) -> dict[tuple[str, str], Transition]:
        return {(one.action, state): one for one in self.transitions for state in one.before}

    def step(self, action: str, state: str) -> Transition | None:
        return self._steps.get((action, state))

    def steps(self, action: str) -> tuple[Transition, ...]:
        return tuple(one for one in self.transitions if one.action == action)

    def why_closed(self, action: str, state: str) -> Text | None:
        return None if self.step(action, state) is not None else self.steps(action)[0].closed

    def closed(self, action: str, state: str) -> Finding | None:
        """What a command or a row is told where the table has no such step."""
        reason = self.why_closed(action, state)
        return None if reason is None else Finding(ACTION_CLOSED.code, ACTION_CLOSED.title, reason)

    def take(self, action: str, state: str) -> Transition:
        """The step that a command takes; refused where there is none."""
        step = self.step(action, state)
        if step is None:
            raise Refused(ACTION_CLOSED, self.steps(action)[0].closed)
        return step

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
