"""What the tables are called, for those who need no more of them: to import pyarrow takes a tenth of a second."""

#: The tables that a shard writes, in the order in which they are made visible.
SHARD_NAMES = ("edits", "sections", "documents", "rejects")

#: The tables that are made of the whole corpus at once (tasks/write/corpus.py).
CORPUS_NAMES = ("duplicates", "site_lines")

#: The time zone of the pages' own dates: they say what a clock in China showed.
PAGE_ZONE = "Asia/Shanghai"
