"""Writing: pages become rows, rows become the Parquet files of a shard, a shard becomes visible all at once.

schema.py says what the tables are, rows.py makes rows of pages, parquet.py writes them, shard.py gathers a shard,
manifest.py records what a shard was made from, store.py makes it visible and clears what it supersedes.
"""
