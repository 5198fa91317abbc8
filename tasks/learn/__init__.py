"""Learning: which lines a site repeats around its articles (docs/adr/0010-learned-lines.md).

`rows` says what is counted of a page, `decide` what of it is furniture; tasks/strip/site.py takes it off a page.
"""
