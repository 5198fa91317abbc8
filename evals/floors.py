"""The figures that a change may not make worse: evals/floors.json.

A floor rises with `--raise-floors`; it is lowered by hand only, with a line of reason under "reasons" in that file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FLOORS = Path(__file__).with_name("floors.json")
SLACK = 0.01  # how far a floor lies below what was measured when it was set: three spans in three hundred


def hold(which: str, measured: Mapping[str, float], lift: bool) -> list[str]:
    """What fell below the floors of `which` ("quick" or "full"); with `lift`, the others are raised in the file."""
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    said = fallen(measured, floors[which])
    if lift:
        floors[which] = raised(measured, floors[which])
        FLOORS.write_text(json.dumps(floors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return said


def fallen(measured: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """A sentence for each figure below its floor, or above its ceiling.

    >>> fallen({"right": 0.9, "wrong_max": 0.1}, {"right": 0.95, "wrong_max": 0.2})
    ['right is 0.9000, its floor 0.9500']
    """
    said = []
    for name, floor in floors.items():
        value = measured[name]
        if name.endswith("_max") and value > floor:
            said.append(f"{name} is {value:.4f}, its ceiling {floor:.4f}")
        elif not name.endswith("_max") and value < floor:
            said.append(f"{name} is {value:.4f}, its floor {floor:.4f}")
    return said


def raised(measured: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """The floors lifted, and the ceilings brought down, to `SLACK` from what was measured; none the other way.

    >>> raised({"right": 0.9, "wrong_max": 0.0}, {"right": 0.95, "wrong_max": 0.2})
    {'right': 0.95, 'wrong_max': 0.01}
    """
    lifted = {}
    for name, value in measured.items():
        if name.endswith("_max"):
            lifted[name] = min(round(value + SLACK, 4), floors.get(name, round(value + SLACK, 4)))
        else:
            lifted[name] = max(round(value - SLACK, 4), floors.get(name, 0.0))
    return lifted
