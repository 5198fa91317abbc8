"""What the language model of the repair says of a row of symbols, all at once."""

from __future__ import annotations

from tasks.repair.lm import UNKNOWN, model


def chances(seen: str) -> tuple[list[int], list[int]]:
    """The cost of each symbol of a row after the two before it, from the third on; and, from the second on, of each
    after the one before it alone. In steps of the model.

    >>> triples, pairs = chances("中华人")
    >>> triples == [model().cost("中", "华", "人")], pairs[1] == model().cost("", "华", "人")
    (True, True)
    """
    lm = model()
    index, find1, find2, starts1, starts2 = lm.index.get, lm.after1.find, lm.after2.find, lm.starts1, lm.starts2
    costs1, costs2, costs3, backoffs1, backoffs2 = lm.costs1, lm.costs2, lm.costs3, lm.backoffs1, lm.backoffs2
    triples: list[int] = []
    pairs: list[int] = []
    pair, last = -1, index(seen[0], -1)
    for symbol in seen[1:]:
        following = index(symbol, -1)
        at = find1(symbol, starts1[last], starts1[last + 1]) if last >= 0 and following >= 0 else -1
        if at >= 0:
            two = costs2[at]
        else:
            two = UNKNOWN if following < 0 else costs1[following]
            if last >= 0:
                two += backoffs1[last]
        pairs.append(two)
        if pair < 0:
            triples.append(two)
        else:
            place = find2(symbol, starts2[pair], starts2[pair + 1])
            triples.append(costs3[place] if place >= 0 else backoffs2[pair] + two)
        pair, last = at, following
    return triples[1:], pairs
