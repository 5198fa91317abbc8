"""Compiles what is slow in Python, where there is a C compiler; the package works without it, only slower."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

# The modules, and the one file of each that includes the rest: the search over hidden bytes, and sets of characters.
MODULES = {
    "tasks.repair.shift.kernel._search": Path("tasks", "repair", "shift", "kernel", "module.c"),
    "tasks.chars._chars": Path("tasks", "chars", "_chars.c"),
}
# -ffp-contract=off: a multiplication and an addition in one would round otherwise than Python's two. -g0: what only
# debuggers read is three quarters of the files.
FLAGS = ["-O3", "-ffp-contract=off", "-fvisibility=hidden", "-g0"]


def compiled(root: Path, into: Path) -> dict[Path, Path]:
    """Compile the modules into `into`: where each belongs in the package, and where it lies. Raises setuptools' errors
    where that cannot be done."""
    extensions = [
        Extension(
            name,
            [str(root / source)],
            depends=[str(header) for header in sorted((root / source).parent.glob("*.h"))],
            extra_compile_args=FLAGS,
        )
        for name, source in MODULES.items()
    ]
    command = build_ext(Distribution({"name": "qingwen", "ext_modules": extensions}))
    command.build_lib, command.build_temp = str(into), str(into / "objects")
    command.ensure_finalized()
    command.run()
    made = {source.parent: Path(command.get_ext_fullpath(name)) for name, source in MODULES.items()}
    return {folder / file.name: file for folder, file in made.items()}


class CompiledModules(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel; an editable install gets them beside their sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        try:
            made = compiled(root, root / "build" / "compiled")
        except (BaseError, CCompilerError) as error:
            self.app.display_warning(f"qingwen is installed uncompiled, and slower: {error}")
            return
        for place, file in made.items():
            if version == "editable":
                (root / place).unlink(missing_ok=True)  # a running program may have the old one open
                (root / place).write_bytes(file.read_bytes())
            else:
                build_data["force_include"][str(file)] = str(place)
                build_data["pure_python"] = False
                build_data["infer_tag"] = True
