"""What `qingwen COMMAND --help` ends with: how settings are given, and examples."""

COMMAND = """\
examples:
  qingwen run                                raw/ into curated/; a second call does only what is new
  qingwen run --raw crawl --curated tables   the same with folders of your own
  qingwen fix page.txt > repaired.txt        one page, any encoding in, UTF-8 out
  curl -s https://… | qingwen fix --strip    as a filter, without menus and footers
  qingwen explain page.html                  what was changed, why, and how sure it is
  qingwen report curated                     a page of figures and samples to open in a browser
  qingwen verify curated --raw raw           whether the tables are whole, and every edit replays

exit status: 0 done (rejected pages do not count as a failure), 1 failed, 2 wrong usage
"""

RUN = """\
Settings come from --settings FILE (TOML), then from the environment (QINGWEN_TARGET, QINGWEN_LIMITS__PAGE_BYTES, …),
then from these options; the later one counts. A file of settings:

  target = "Hans"            # or Hant, keep
  punctuation = "fullwidth"  # or keep
  shard_bytes = 8388608
  [strip]
  related = false            # leave lists of related news where they are
  [limits]
  page_bytes = 67108864

examples:
  qingwen run --raw raw/samples --curated /tmp/tables
  QINGWEN_TARGET=keep qingwen run
"""

FIX = """\
examples:
  qingwen fix page.txt                  repaired text, simplified characters
  qingwen fix --target keep *.txt       in the script that each page is in
  zcat page.html.gz | qingwen fix --strip
"""

EXPLAIN = """\
examples:
  qingwen explain page.txt              every edit in its place; removed text is struck out
  qingwen explain --json page.txt | jq '.edits[] | select(.confidence < 0.9)'
"""

LEARN = """\
Writes the table site_lines. The next `qingwen run` removes these lines where they stand at the edge of a page, and
curates everything again if lines have come or gone. Only what is new in raw/ is counted.

examples:
  qingwen learn --raw crawl --curated tables
  qingwen learn --curated lines              into a folder of its own; site_lines = "lines" in the settings uses it
"""

DEDUPE = """\
Writes the table duplicates: documents whose text is the same in folded form, or nearly the same, each with the document
that stands for it: the one with the fewest places left damaged, then the fewest edits, then the longest text.

examples:
  qingwen dedupe --curated tables
  qingwen dedupe --curated tables --similarity 0.9
"""

VERIFY = """\
Without --raw, what the tables tell by themselves: digests and schemas of all files, counts, edits in order, sections
that cover the text, rows without a document, files that belong to nothing. With --raw, every page is read and decoded
again and its edits replayed, which must give documents.text letter for letter.

examples:
  qingwen verify curated
  qingwen verify s3://bucket/tables --raw s3://bucket/crawl --workers 8

exit status: 0 nothing is wrong, 1 something is (each with its file and what to do), 2 there are no tables
"""
