"""Modules and functions that a reader can take in at once."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path for folder in ("tasks", "flows", "evals", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
#: What docs/models.md says, and CONTRIBUTING.md asks for.
MODULE_LINES, FUNCTION_LINES = 300, 50
SHORT, SHORT_SHARE = 20, 0.9


def lengths(path: Path) -> dict[str, int]:
    """The lines of each function of a module, by its name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {f"{node.name}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1 for node in found}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_and_its_functions_fit_a_head(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= MODULE_LINES
    assert {name: lines for name, lines in lengths(path).items() if lines > FUNCTION_LINES} == {}


def test_most_functions_are_short() -> None:
    every = [lines for path in MODULES for lines in lengths(path).values()]
    assert sum(lines < SHORT for lines in every) >= SHORT_SHARE * len(every)
