"""How well one line goes on from another, by the character model that the repair ships (tasks/repair/lm)."""

from __future__ import annotations

from tasks.repair.lm import BOUNDARY, UNIT, model, symbols


def affinity(before: str, after: str) -> float:
    """By how many nats `after` is likelier as the rest of `before` than as a new paragraph after a lost full stop.

    Looks at two characters on each side. Loads the model when first called.

    >>> affinity("保护着下游的居", "民和农田。") > 5 > 0 > affinity("保护着下游的居民", "近年来雨水很少。")
    True
    """
    left = symbols((BOUNDARY * 2 + before)[-2:])
    right = symbols((after + BOUNDARY)[:2])
    costs = model()
    ends = min(costs.cost(left[0], left[1], mark) for mark in "。,")
    begins = costs.cost(BOUNDARY, BOUNDARY, right[0]) + costs.cost(BOUNDARY, right[0], right[1])
    goes_on = costs.cost(left[0], left[1], right[0]) + costs.cost(left[1], right[0], right[1])
    return (ends + begins - goes_on) * UNIT
