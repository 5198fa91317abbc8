"""Print constraints.txt: the versions that are installed in the environment that runs this.

python -m tools.make_constraints > constraints.txt        (`make lock` does it in a fresh environment)
"""

from __future__ import annotations

import re
from importlib.metadata import distributions

HEADER = """\
# The versions that `make run`, `make test` and CI install: a fresh install of today is the install that was tested.
# Written by `make lock`, from a fresh environment with every extra; pyproject.toml says which versions could be others.
"""
# The tools that install are the user's own; the project itself is not pinned.
LEFT_OUT = frozenset({"pip", "setuptools", "wheel", "qingwen"})


def pins() -> list[str]:
    """A `name==version` for each installed distribution, sorted by name."""
    found = {re.sub(r"[-_.]+", "-", d.metadata["Name"]).lower(): d.version for d in distributions()}
    return [f"{name}=={version}" for name, version in sorted(found.items()) if name not in LEFT_OUT]


def main() -> None:
    """Print the file."""
    print(HEADER + "\n".join(pins()))


if __name__ == "__main__":
    main()
