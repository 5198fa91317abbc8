"""What text looks like that is read out of step: characters near each other that hardly stand together."""

from __future__ import annotations

import re
from functools import cache

from tasks.chars import CharRows, CharSet
from tasks.decode.score import Tenths, everyday, mean_cost, tenths_of_all

# Characters up to this cost are ordinary ones: the 5,772 of the table. Three others in a row stand in 2 healthy lines
# of 1,000, and in two thirds of the runs of GB18030 that are 20 characters out of step.
_ORDINARY = 11.0
_SHORT_ODD = 3
# Where characters dearer than this stand together, with at most so many between each two, text may be out of step: two
# on a page that lost bytes (92 of 100 stretches of four, and one place of healthy text in 90), three on others (77 of
# 100 stretches of four, 96 of eight, and one place of healthy text in 900).
DEAR, BETWEEN = 10.4, 1
_FEW, _MANY = 2, 3
# What they and the character behind them must cost for it, in tenths of nats: so much each, which ordinary ones do, and
# so much more. Of healthy text the language model need hardly be asked.
_EACH, _OVER, _OVER_UNEXPECTED = 60, 110, 180
# Six that are no everyday ones (1,935 are), with at most one between each two, and with three on either side dearer on
# the average than this: of healthy text one place in 470,000 characters, of lines that lost two bytes and show no half
# 82 in 100.
_LONG = 6
_BESIDE = 3
_RARE = 9.0
#: The 1,935 everyday characters cost less.
EVERYDAY = 9.5
# Kana, the syllables of Korean, signs and drawings are never odd; beside hanzi letters are not, either.
_NEVER = "\\x00-\x7f\u2190-\u27bf\u3041-\u30fe\uac00-\ud7a3"
_NO_HANZI = "\\x00-\x7f\u00a0-\u052f\u2000-\u27bf\u3041-\u30fe\uff01-\uff5e"


def is_odd(text: str, lossy: bool = False) -> bool:
    """Whether a page that shows no half character may have a stretch between two lost bytes. `lossy` says that bytes
    are known to be lost from it.

    >>> is_odd("桥下的水很清"), is_odd("桥下诎俜倜很清"), is_odd("桥下诎俜很清"), is_odd("桥下诎俜很清", lossy=True)
    (False, True, False, True)
    """
    return odd_row(text, 0, lossy) is not None


def odd_row(text: str, start: int, damaged: bool) -> tuple[int, int] | None:
    """Where from `start` on the first characters stand together that hardly do in text, None if nowhere; on a page
    that is `damaged` fewer say so. Halves are of them.

    >>> odd_row("桥下诎俜倜很清", 0, False)
    (2, 5)
    """
    count, over = (_FEW, _OVER) if damaged else (_MANY, _OVER_UNEXPECTED)
    return _odd_rows().find(text, start, count, BETWEEN, _EACH, over)


@cache
def _odd_rows() -> CharRows:
    return CharRows(_dearer(DEAR, _NO_HANZI), Tenths(), tenths_of_all, 0x10000, 0x10FFFF)


def has_rare_run(text: str) -> bool:
    """Whether characters that are no everyday ones stand so near each other as in no healthy text.

    >>> has_rare_run("九十七吩诹街苣诔こ隽俗苗"), has_rare_run("九十七份在两周内长出了")
    (True, False)
    """
    at = _everyday_set().find(text, 0, _LONG, 1)
    while at >= 0:
        match = _rare_run().search(text, at)
        if not match:
            return False
        if mean_cost(text[max(match.start() - _BESIDE, 0) : match.end() + _BESIDE]) > _RARE:
            return True
        at = _everyday_set().find(text, match.end(), _LONG, 1)
    return False


@cache
def _everyday_set() -> CharSet:
    return CharSet(_dearer(EVERYDAY, _NEVER), 0x10000, 0x10FFFF)


@cache
def _rare_run() -> re.Pattern[str]:
    rare = _dearer(EVERYDAY, _NEVER)
    return re.compile(f"{rare}(?:[^\\x00-\\x7f]?{rare}){{{_LONG - 1}}}")


@cache
def odd_run() -> re.Pattern[str]:
    """So many characters in a row that hardly a text has: what a stretch out of step is full of."""
    odd = _dearer(_ORDINARY, _NEVER)  # a class in front is looked for at thrice the speed of a run
    return re.compile(f"{odd}{odd}{{{_SHORT_ODD - 1}}}|{_rare_run().pattern}")


@cache
def rare() -> re.Pattern[str]:
    """A character that is no everyday one."""
    return re.compile(f"[^\\x00-\\x7f{re.escape(everyday(EVERYDAY))}]")


def _dearer(limit: float, never: str) -> str:
    return f"[^{never}{re.escape(everyday(limit))}]"
