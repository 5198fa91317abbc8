"""Stages are pure: they know nothing of Prefect, files or the clock. Read off the syntax trees, so nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.records import Stage

TASKS = Path(__file__).parent.parent / "tasks"
PURE = sorted(path for path in TASKS.rglob("*.py") if path.relative_to(TASKS).parts[0] not in ("read", "write"))

# What no stage may use, whatever for: the flow's world, other processes, the network, the clock, chance.
FORBIDDEN = frozenset(
    [
        "prefect",
        "flows",
        "pydantic",
        "pandas",
        "pyarrow",
        "polars",
        "duckdb",
        "rich",
        "argparse",
        "logging",
        "subprocess",
        "multiprocessing",
        "threading",
        "socket",
        "http",
        "requests",
        "httpx",
        "time",
        "random",
        "secrets",
        "tempfile",
        "shutil",
        "os",
        "sys",
        "glob",
        "fsspec",
        "sqlite3",
    ]
)
# What costs too much to import for every page that does not need it: `qingwen fix` is a filter.
HEAVY = frozenset(
    ["trafilatura", "opencc", "numpy", "chardet", "lxml", "ftfy", "justext", "dateparser", "pypinyin", "rensa"]
)
# Files that ship with the package are data, read by functions of these names and no other way.
READS = frozenset({"read_text", "read_bytes"})
WRITES = frozenset(
    {"open", "write_text", "write_bytes", "unlink", "mkdir", "touch", "rename", "replace_file", "iterdir"}
)
CLOCK = frozenset({"now", "utcnow", "today"})


def names(path: Path) -> str:
    return str(path.relative_to(TASKS.parent))


def imports(nodes: Iterator[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def tops(found: Iterator[str]) -> set[str]:
    return {name.split(".")[0] for name in found}


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that runs when the module is imported: all but the bodies of functions and of `if TYPE_CHECKING`."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        waiting += ast.iter_child_nodes(node)


@pytest.mark.parametrize("path", PURE, ids=names)
def test_a_stage_knows_nothing_of_the_world(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tops(imports(ast.walk(tree))) & FORBIDDEN
    modules = set(imports(ast.walk(tree)))
    assert not any(name.startswith(("tasks.read", "tasks.write")) for name in modules)
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Global), "a stage keeps no state between pages"
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert called not in WRITES, f"line {node.lineno} touches files"
            assert not (called in CLOCK and not node.args), f"line {node.lineno} asks the clock"


@pytest.mark.parametrize("path", PURE, ids=names)
def test_heavy_libraries_are_imported_where_they_are_needed(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tops(imports(at_import(tree))) & HEAVY


@pytest.mark.parametrize("path", PURE, ids=names)
def test_files_that_a_stage_reads_are_its_own_data(path: Path) -> None:
    """A module that reads a file reads it next to itself: by way of __file__ or of importlib.resources."""
    text = path.read_text(encoding="utf-8")
    calls = {getattr(n.func, "attr", "") for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)}
    if calls & READS:
        assert "__file__" in text or "importlib.resources" in text or "importlib import resources" in text


def test_readers_and_writers_know_nothing_of_prefect() -> None:
    for path in TASKS.rglob("*.py"):
        assert not tops(imports(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))) & {"prefect", "flows"}, path


def calls_of(function: ast.FunctionDef) -> list[str]:
    """The plain names that a function calls, in the order in which they stand in it."""
    found = [n for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    return [n.func.id for n in sorted(found, key=lambda n: (n.lineno, n.col_offset)) if isinstance(n.func, ast.Name)]


def test_the_stages_run_in_the_order_in_which_the_ledger_lists_them() -> None:
    tree = ast.parse((TASKS / "page.py").read_text(encoding="utf-8"))
    functions = {node.name: calls_of(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    order = []
    for name in functions["_curating"]:
        order += functions.get(name, [name])
    # What is called again later, `repair` for the title of an HTML head, is no stage of the page's text.
    assert [name for name in dict.fromkeys(order) if name in set(Stage)] == list(Stage)


def test_only_the_flow_its_server_and_its_environment_know_prefect() -> None:
    flows = TASKS.parent / "flows"
    users = {
        path.name
        for path in flows.glob("*.py")
        if "prefect" in tops(imports(ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert users == {
        "curate.py",
        "dedupe.py",
        "embedded.py",
        "learn.py",
        "serve.py",
        "task_runs.py",
        "ui.py",
        "verify.py",
    }


def test_the_flow_module_has_no_postponed_annotations() -> None:
    for name in ("curate.py", "dedupe.py", "learn.py", "task_runs.py", "verify.py", "settings.py"):
        text = (TASKS.parent / "flows" / name).read_text(encoding="utf-8")
        assert "\nfrom __future__ import annotations" not in text


# Rules of strip, and what they may ask: the folders before their own, and what stands beside the folders.
LAYERS = ("wording", "about", "placing")


@pytest.mark.parametrize("path", sorted((TASKS / "strip").rglob("*.py")), ids=names)
def test_rules_ask_those_below_them_alone(path: Path) -> None:
    folder = path.parent.name
    if path == TASKS / "strip" / "__init__.py":
        return  # the order of all rules stands there
    above = LAYERS[LAYERS.index(folder) + 1 :] if folder in LAYERS else LAYERS
    found = set(imports(ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    assert not {name for name in found for layer in above if name.startswith(f"tasks.strip.{layer}")}
