"""Build the wheel and the sdist, install the wheel where nothing else is, and use it there as a user would.

python -m tools.check_package              into build/package; some two minutes, most of them pip's
python -m tools.check_package --folder DIR
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
_DAMAGED = "產(chǎn)業(yè)發(fā)展，產(chǎn)業(yè)升級(jí)。\n"
_REPAIRED = "产业发展，产业升级。\n"
_PIP = ("-m", "pip", "--disable-pip-version-check")


def environment(folder: Path) -> Path:
    """A virtual environment of its own; its Python."""
    venv.create(folder, with_pip=True)
    return folder / "bin" / "python"


def call(*command: str | Path, at: Path, given: str = "") -> str:
    """What a command prints, run in an empty home. Raises SystemExit with all it said if it fails."""
    home = at / "home"
    home.mkdir(exist_ok=True)
    passing = {"PATH": os.environ["PATH"], "HOME": str(home), "DO_NOT_TRACK": "1"}
    passing |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    words = list(map(str, command))
    done = subprocess.run(words, cwd=at, env=passing, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(place: Path, folder: Path) -> Path:
    """Build the sdist, and the wheel out of it, into `folder`; the wheel."""
    python = environment(place / "builder")
    call(python, *_PIP, "install", "-q", "build", at=place)
    call(python, "-m", "build", "--outdir", folder, ROOT, at=place)
    return max(folder.glob("qingwen-*.whl"), key=lambda path: path.stat().st_mtime)


def use(place: Path, wheel: Path) -> None:
    """Install the wheel and run the commands of the README with it, in an empty folder."""
    python = environment(place / "user")
    call(python, *_PIP, "install", "-q", "-c", ROOT / "constraints.txt", wheel, at=place)
    qingwen, work = python.parent / "qingwen", place / "work"
    (work / "raw").mkdir(parents=True)
    (work / "raw" / "page.txt").write_text(_DAMAGED, encoding="utf-8")
    assert call(qingwen, "fix", at=work, given=_DAMAGED) == _REPAIRED
    assert "splice" in call(qingwen, "explain", "raw/page.txt", at=work)
    call(qingwen, "run", at=work)
    for command in (("verify", "curated", "--raw", "raw"), ("report", "curated"), ("learn",), ("dedupe",)):
        call(qingwen, *command, at=work)
    assert "Nothing to do: all 1 pages" in call(qingwen, "run", at=work)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, install, use. Returns 0, or ends with what failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "package", help="where wheel and sdist go")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qingwen-package-") as place:
        wheel = build(Path(place), folder.resolve())
        use(Path(place), wheel)
    for path in sorted(folder.iterdir()):
        print(f"{path}  {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
