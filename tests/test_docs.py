"""The documents against the code: commands that they show, columns that they describe, settings that they list."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from flows.cli import main, parser
from flows.record import RunRecord
from flows.settings import Settings
from tasks.write.schema import TABLES
from tasks.write.tally import Tally

ROOT = Path(__file__).parent.parent
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/operate.md", "curated/README.md", "raw/README.md"]


def code_lines(name: str) -> Iterator[str]:
    """The lines of a document's code: fenced or indented by four, without prompts and comments."""
    fenced = False
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line.strip().removeprefix("$ ")


def commands(program: str) -> list[str]:
    """Every call of a program in any document, up to a pipe or a comment, without what stands before it."""
    found = []
    for name in DOCUMENTS:
        for line in code_lines(name):
            for part in re.split(r"\s#|[|;]|&&|[<>]", line):
                words = shlex.split(part) if part.count('"') % 2 == 0 and part.count("'") % 2 == 0 else []
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words.pop(0)
                if words and words[0].removeprefix(".venv/bin/") == program:
                    found.append(shlex.join(words[1:]))
    return sorted(set(found))


@pytest.mark.parametrize("command", commands("qingwen"))
def test_every_call_of_the_command_in_the_documents_parses(command: str) -> None:
    words = shlex.split(command)
    if words not in (["--help"], ["--version"]):
        assert parser().parse_args(words).call


@pytest.mark.parametrize("command", commands("make"))
def test_every_make_target_in_the_documents_exists(command: str) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert next(word for word in shlex.split(command) if "=" not in word) in targets


def test_documents_show_how_to_run_and_to_serve() -> None:
    assert any(command.startswith("run") for command in commands("qingwen"))
    assert any(command.startswith("serve") for command in commands("qingwen"))
    assert "run" in commands("make")


def dictionary(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of curated/README.md."""
    text = (ROOT / "curated" / "README.md").read_text(encoding="utf-8")
    section = re.split(r"^#", text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("table", TABLES)
def test_the_data_dictionary_is_the_schema(table: str) -> None:
    said = dictionary(table)
    is_so = [
        [field.name, str(field.type), "yes" if field.nullable else "", field.metadata[b"description"].decode()]
        for field in TABLES[table]
    ]
    assert said == is_so


def test_the_data_dictionary_describes_a_runs_record() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 1, 1, tzinfo=UTC)
    keys = list(RunRecord("x", now, now, {}, 0, 0, Tally(), Tally()).to_json())
    assert [row[0] for row in dictionary("_runs")] == keys


def test_the_settings_file_in_the_operators_page_is_the_default() -> None:
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    settings = Settings.load(None, {}, tomllib.loads(block))
    assert settings.model_copy(update={"strip": {}}) == Settings()
    shown = {*tomllib.loads(block), "dask_address", "site_lines", "workers"}
    assert shown == set(Settings.model_fields)


@pytest.mark.parametrize("flow", ["curate", "learn", "dedupe"])
def test_the_deployment_is_the_flow_with_valid_settings(flow: str) -> None:
    plan = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    (deployment,) = (one for one in plan["deployments"] if one["name"] == flow)
    file, name = deployment["entrypoint"].split(":")
    assert (ROOT / file).is_file()
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
    assert Settings.load(None, {}, deployment["parameters"]["settings"]) == Settings()
    assert deployment["concurrency_limit"]["limit"] == 1


def test_what_is_served_is_what_is_deployed() -> None:
    """`qingwen serve` and prefect.yaml have the same flows, each with one run at a time and the settings as a form."""
    from flows.serve import deployments, schedule_of

    plan = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    planned = {one["name"]: one for one in plan["deployments"]}
    (said,) = planned["curate"]["schedules"]
    served = {one.name: one for one in deployments(Settings(), {"curate": schedule_of(**said)})}
    assert set(planned) == set(served)
    for name, one in served.items():
        assert one.entrypoint == planned[name]["entrypoint"]
        assert one.concurrency_limit == planned[name]["concurrency_limit"]["limit"] == 1
        assert one.concurrency_options.collision_strategy == planned[name]["concurrency_limit"]["collision_strategy"]
        assert set(planned[name]["parameters"]) <= set(one.parameters)
        assert planned[name]["work_pool"]["name"] == "qingwen"
    schedule = served["curate"].schedules[0].schedule
    assert (schedule.cron, schedule.timezone) == ("0 3 * * *", "Asia/Shanghai") == (said["cron"], said["timezone"])
    assert not served["verify"].schedules
    form = served["curate"]._parameter_openapi_schema.definitions["Settings"]["properties"]
    assert set(form) == set(Settings.model_fields)
    assert all(field.get("description") for field in form.values())


def test_the_before_and_after_is_what_the_command_prints(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme[readme.index("## Before and after") : readme.index("## Run it")]
    before, after, edit, why = (line.strip() for line in shown.splitlines() if line.startswith("    "))
    sample = str(ROOT / "raw" / "samples" / "02-shifts.txt")
    assert before in Path(sample).read_text(encoding="utf-8")
    assert main(["fix", sample]) == 0
    assert after in capfdbinary.readouterr().out.decode()
    assert main(["explain", sample]) == 0
    said = capfdbinary.readouterr().out.decode().splitlines()
    place, context = edit.split("  ")
    line = next(number for number, found in enumerate(said) if found.startswith(place) and context.strip("…") in found)
    assert said[line + 1].strip() == why


def test_every_adr_that_is_named_exists() -> None:
    for path in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("tasks/**/*.py"),
        *ROOT.glob("flows/*.py"),
    ]:
        for name in re.findall(r"docs/adr/[\w-]+\.md", path.read_text(encoding="utf-8")):
            assert (ROOT / name).is_file(), f"{path.name} names {name}"


def documents() -> list[Path]:
    """Every document that git knows."""
    return [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "raw" / "README.md",
        ROOT / "curated" / "README.md",
    ]


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as the usual renderers make them."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_is_dead(path: Path) -> None:
    """Links lead to files and headings that are there; what is named in code type as a path of ours is there too."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
        if re.match(r"\w+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file) if file else path
        assert found.exists(), f"{path.name} links to {target}"
        assert not anchor or anchor in anchors(found), f"{path.name} links to {target}"
    for name in re.findall(r"`((?:docs|tasks|flows|tests|evals|tools|benchmarks)/[\w/.-]+)`", text):
        assert (ROOT / name).exists(), f"{path.name} names {name}"


PACKAGES = sorted({path.parent for folder in ("tasks", "flows") for path in (ROOT / folder).rglob("__init__.py")})


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_first_docstring_of_a_folder_tells_what_each_module_is_for(package: Path) -> None:
    said = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = set(re.findall(r"`([a-z_]+/?)`", said))
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    folders = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").is_file()}
    assert modules | folders <= named, "name in it what is new, at the place where a page meets it"
    assert {name for name in named if name.endswith("/")} <= folders


def test_every_page_and_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")} - {"README.md"}
    assert pages == {target for target in re.findall(r"\]\(([^)]+)\)", index) if not target.startswith("..")}
