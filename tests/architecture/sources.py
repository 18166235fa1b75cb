"""The product's source files as trees, for the lints of this folder."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("services", "client", "migrations")


def files(*roots: str) -> list[str]:
    """Paths from the repository's root."""
    return sorted(str(path.relative_to(ROOT)) for root in roots for path in (ROOT / root).rglob("*.py"))


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text but docstrings, with its line; an f-string as one text, its values left out."""
    inside = {
        id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    }
    said = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "?" for part in node.values)
            yield node.lineno, "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside | said:
            yield node.lineno, node.value


def called(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every dotted name that is called, with its line."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)
