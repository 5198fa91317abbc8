"""Compiles the search over hidden bytes, where there is a C compiler; the package works without it, only slower."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

MODULE = "tasks.repair.shift.kernel._search"
FOLDER = Path("tasks", "repair", "shift", "kernel")
# -ffp-contract=off: a multiplication and an addition in one would round otherwise than Python's two.
FLAGS = ["-O3", "-ffp-contract=off", "-fvisibility=hidden"]


def compile_search(root: Path, into: Path) -> Path:
    """Compile the module into `into`; where it lies. Raises setuptools' errors where that cannot be done."""
    folder = root / FOLDER
    extension = Extension(
        MODULE,
        [str(folder / "module.c")],
        depends=[str(header) for header in sorted(folder.glob("*.h"))],
        extra_compile_args=FLAGS,
    )
    command = build_ext(Distribution({"name": "qingwen", "ext_modules": [extension]}))
    command.build_lib, command.build_temp = str(into), str(into / "objects")
    command.ensure_finalized()
    command.run()
    return Path(command.get_ext_fullpath(MODULE))


class CompiledSearch(BuildHookInterface[Any]):
    """Adds the compiled module to a wheel; an editable install gets it beside its source."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        try:
            made = compile_search(root, root / "build" / "compiled")
        except (BaseError, CCompilerError) as error:
            self.app.display_warning(f"The search for lost bytes is installed uncompiled, and slower: {error}")
            return
        place = FOLDER / made.name
        if version == "editable":
            (root / place).unlink(missing_ok=True)  # a running program may have the old one open
            (root / place).write_bytes(made.read_bytes())
            return
        build_data["force_include"][str(made)] = str(place)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
