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


@cache
def nodes(module: ast.Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(module))


@cache
def texts(module: ast.Module) -> tuple[tuple[int, str], ...]:
    """Every text but docstrings, with its line; an f-string as one text, its values left out."""
    joined = [node for node in nodes(module) if isinstance(node, ast.JoinedStr)]
    left_out = {id(part) for node in joined for part in ast.walk(node)}
    left_out |= {id(node.value) for node in nodes(module) if isinstance(node, ast.Expr)}
    found = [(node.lineno, _said(node)) for node in joined]
    for node in nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            found.append((node.lineno, node.value))
    return tuple(found)


def _said(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "?" for part in node.values)


def called(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every dotted name that is called, with its line."""
    for node in nodes(module):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)


def dotted(node: ast.AST) -> str:
    """`a.b.c` as it is written; of what is no name before a dot, a question mark."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"
