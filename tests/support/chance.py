"""Random histories from seeds: each step is drawn from those of a table, so that every history is a full one."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

Draw = Callable[[Random], Any]
# a method's name → how often it comes beside the others, and how each of its arguments is drawn
Steps = Mapping[str, tuple[int, Mapping[str, Draw]]]


def whole(least: int, most: int) -> Draw:
    return lambda chance: chance.randint(least, most)


def among(*values: Any) -> Draw:
    return lambda chance: chance.choice(values)


def play(history: Any, steps: Steps, seed: int, length: int) -> None:
    """As many steps of `history`, then its `end`; what fails tells the steps that led there."""
    chance, told = Random(seed), list[str]()
    names = list(steps)
    weights = [steps[name][0] for name in names]
    try:
        for name in chance.choices(names, weights, k=length):
            drawn = {each: draw(chance) for each, draw in steps[name][1].items()}
            told.append(f"{name}({', '.join(f'{each}={value!r}' for each, value in drawn.items())})")
            getattr(history, name)(**drawn)
        told.append("end()")
        history.end(chance)
    except BaseException as error:
        error.add_note("\n".join([f"seed {seed}:", *told]))
        raise
