"""Writing: pages become rows, rows become the Parquet files of a shard, a shard becomes visible all at once.

In the order in which a page meets them: what the tables are (`schema`; `names` alone), a page as rows (`rows`), files
of rows (`parquet`), the files of a shard (`shard`; rows of an older one, `pages`), what it amounts to (`tally`, with
`samples`) and was made from (`manifest`), and how it becomes visible (`store`: on a disk `local` and `disk`, on a
storage of objects `objects` and `lease`).

Tables of the whole corpus are `corpus`, what is kept of each shard for them `counts` and `sketches`, the learned lines
that come back from one `learned`. `qingwen verify` checks by `check`, `folder` and `replay`, and tells `findings`.
"""
