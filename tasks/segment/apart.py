"""Lines that are not pieces of a paragraph, though they end without a mark: keywords and numbers of papers."""

from __future__ import annotations

from tasks.expressions import seldom

# A paper's own labels, which reading sites run together with their values: 关键词水利;灌区.
_LABELLED = seldom(
    r"[\[【(]?\s?(?:关\s{0,3}键\s{0,3}[词字]|中图分类号|文献标[识志]码|文章编号|中图法分类号|DOI|doi|Key\s?[Ww]ords?|KEY\s?WORDS)"
)
# Keywords alone: three terms and more, none longer than this, with nothing else between them.
_TERMS = seldom(r"(?=[^;]{1,40};[^;]{1,40};)[^,。!?;:、“”]{2,16}(?:;\s?[^,。!?;:、“”]{2,16}){2,11}")


def stands_apart(folded: str) -> bool:
    """Whether neither the line above nor the line below goes on from a line: a paper's keywords and numbers.

    >>> stands_apart("水渠;灌区;用水协会"), stands_apart("关键词水渠;灌区"), stands_apart("渠修通了;水来了")
    (True, True, False)
    """
    return _LABELLED.match(folded) is not None or (";" in folded and _TERMS.fullmatch(folded) is not None)
