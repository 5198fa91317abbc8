"""The settings of a run: one validated object, from a TOML file, the environment and the caller, the last one first.

The Prefect UI shows a form made of this model's schema. Without `from __future__ import annotations`: Prefect builds
the model of a flow's parameters from real types.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, field_validator
from pydantic_core import ErrorDetails

from tasks.errors import SettingsError
from tasks.records import Columns, Limits, Policy, Punctuation, Target

#: Environment variables of this prefix are settings: QINGWEN_TARGET, QINGWEN_LIMITS__PAGE_BYTES.
ENV_PREFIX = "QINGWEN_"

# A shard is one task run, which costs Prefect some 10 ms, and a crash costs the shards under way: large enough for the
# first not to count, small enough for the second not to hurt. Measured in docs/adr/0003-shards-and-tasks.md.
_SHARD_BYTES = 8 * 2**20


_LIMITS = Limits()
_COLUMNS = Columns()

# TOML and the form of the UI give lists; the environment gives one string, with commas between the names.
Names = Annotated[
    tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], ...],
    BeforeValidator(lambda value: value.split(",") if isinstance(value, str) else value),
]


class LimitSettings(BaseModel):
    """Bounds on what one page, and one container, may cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page_bytes: int = Field(
        _LIMITS.page_bytes, ge=1, le=2**30, description="Largest page, in bytes; larger ones are rejected."
    )
    expansion: int = Field(
        _LIMITS.expansion, ge=1, description="How many times its size a compressed file may grow to."
    )
    depth: int = Field(_LIMITS.depth, ge=1, le=32, description="Compressions and archives around a page.")
    members: int = Field(_LIMITS.members, ge=1, description="Members of an archive.")
    seconds: float = Field(
        _LIMITS.seconds, gt=0, le=86_400, description="Processor time that curating one page may take, in seconds."
    )


class ColumnSettings(BaseModel):
    """The columns of JSONL, CSV and Parquet files, best first, without regard to case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Names = Field(_COLUMNS.text, min_length=1, description="Names of the column that holds a page's text.")
    url: Names = Field(_COLUMNS.url, description="Names of the column that holds its URL.")
    date: Names = Field(_COLUMNS.date, description="Names of the column that holds when it was fetched.")


class Settings(BaseModel):
    """What a run does: where it reads and writes, what the pages become, and how the work is spread."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    raw: str = Field("raw", min_length=1, description="Folder of raw pages, of any depth, or its URI.")
    curated: str = Field("curated", min_length=1, description="Folder that the tables are written to, or its URI.")
    target: Target = Field(Target.HANS, description="Script of the curated text.")
    punctuation: Punctuation = Field(
        Punctuation.FULLWIDTH, description="ASCII punctuation between Chinese characters: to full width, or as it is."
    )
    strip: dict[str, bool] = Field({}, description="Kinds of removal to switch off, as kind = false; all are on.")
    site_lines: str | None = Field(
        None, min_length=1, description="Folder of tables with the learned lines to remove; by default curated itself."
    )
    similarity: float = Field(
        0.75, ge=0.6, le=1, description="Least similarity of near duplicates, from 0.6 to 1 (for dedupe)."
    )
    limits: LimitSettings = Field(LimitSettings(), title="Limits", description="Bounds on what one page may cost.")
    columns: ColumnSettings = Field(
        ColumnSettings(), title="Columns", description="Columns that rows of pages are read from."
    )
    removed: Literal["keep", "drop"] = Field(
        "keep", description="What becomes of the rows of files that have been taken out of raw."
    )
    shard_bytes: int = Field(_SHARD_BYTES, ge=2**16, description="About how many bytes of raw files make a shard.")
    runner: Literal["local", "dask"] = Field("local", description="What does the work: this machine, or Dask.")
    dask_address: str | None = Field(
        None, description="Scheduler of a Dask cluster that is up; without it, a local one."
    )
    workers: int | None = Field(None, ge=1, le=1024, description="Worker processes; by default one a processor core.")

    @field_validator("strip")
    @classmethod
    def _known_kinds(cls, value: dict[str, bool]) -> dict[str, bool]:
        from tasks.strip import KINDS

        if unknown := sorted(set(value) - set(KINDS)):
            raise ValueError(f"no such kind of removal: {', '.join(unknown)} (there are {', '.join(sorted(KINDS))})")
        return value

    @classmethod
    def load(
        cls,
        file: str | Path | None = None,
        environment: Mapping[str, str] = os.environ,
        overrides: Mapping[str, Any] | None = None,
    ) -> Self:
        """Settings from a TOML file, then the environment, then `overrides`, of which None values do not count.

        Raises SettingsError, one sentence, if a setting is unknown or has a wrong value, or the file cannot be read.
        """
        values = _from_file(file) if file is not None else {}
        _merge(values, _from_environment(environment))
        chosen = {key: value for key, value in (overrides or {}).items() if value is not None}
        _merge(values, chosen)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = [str(part) for part in first["loc"]]
            place = "" if name[0] in chosen else _variable(name, environment) or str(file or "")
            raise SettingsError(_sentence(first, name, f", in {place}" if place else "")) from error

    def policy(self) -> Policy:
        """The settings that the stages see."""
        limits, columns = Limits(**self.limits.model_dump()), Columns(**self.columns.model_dump())
        return Policy(self.target, self.punctuation, self._kinds(), limits, columns)

    def _kinds(self) -> frozenset[str] | None:
        off = {kind for kind, on in self.strip.items() if not on}
        if not off:
            return None
        from tasks.strip import KINDS

        return frozenset(KINDS) - off

    def crew_size(self) -> int:
        """How many worker processes to run."""
        return self.workers or os.cpu_count() or 1


def _from_file(file: str | Path) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {file}: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"the settings file {file} is not valid TOML: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in sorted(environment.items()):
        if name.startswith(ENV_PREFIX):
            *groups, key = name.removeprefix(ENV_PREFIX).lower().split("__")
            inner = values
            for group in groups:
                inner = inner.setdefault(group, {})
                if not isinstance(inner, dict):  # QINGWEN_LIMITS, beside QINGWEN_LIMITS__DEPTH
                    raise SettingsError(f"{ENV_PREFIX}{group.upper()} is a group of settings; {name} sets one of them")
            inner[key] = text
    return values


def _merge(values: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(values.get(key), dict):
            _merge(values[key], value)
        else:
            values[key] = value


def _variable(name: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """The environment variable that a setting, or a part of it, was set by."""
    wanted = ENV_PREFIX + "__".join(name).upper()
    each = (given for given in environment if given.startswith(ENV_PREFIX))
    return next((given for given in each if given.upper().startswith(wanted) or wanted.startswith(given.upper())), None)


def _sentence(error: ErrorDetails, name: Sequence[str], place: str) -> str:
    """What is wrong, in a sentence that names the setting, the value, and where it was set."""
    path, value = ".".join(name), error["input"]
    if error["type"] == "extra_forbidden":
        groups = {"limits": LimitSettings.model_fields, "columns": ColumnSettings.model_fields}
        return f"there is no setting {path!r}{place}; there are {', '.join(groups.get(name[0], Settings.model_fields))}"
    if error["type"] in ("model_type", "dict_type"):
        return f"the setting {path!r} is a group of settings, not {value!r}{place}"
    return f"the setting {path!r} is wrong: {error['msg'].removeprefix('Value error, ')} (it is {value!r}{place})"
