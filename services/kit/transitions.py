"""State machines as data: from a table come the guard, the open actions, the audit's states and the diagram."""

from dataclasses import dataclass

from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.text import Text


@dataclass(frozen=True, slots=True)
class Transition:
    """`closed` tells the caller why the action is not open from another state."""

    action: str
    before: tuple[str, ...]
    after: str
    closed: Text


@dataclass(frozen=True, slots=True)
class Machine:
    name: str
    initial: str
    transitions: tuple[Transition, ...]

    def transition(self, action: str) -> Transition:
        return next(one for one in self.transitions if one.action == action)

    def why_closed(self, action: str, state: str) -> Text | None:
        one = self.transition(action)
        return None if state in one.before else one.closed

    def apply(self, action: str, state: str) -> str:
        """The next state; refused where the table has no such step."""
        if (reason := self.why_closed(action, state)) is not None:
            raise Refused(ACTION_CLOSED, reason)
        return self.transition(action).after

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
