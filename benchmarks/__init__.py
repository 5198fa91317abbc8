"""Speed, beside the peers and beside the floor, on the same pages in the same run: `make bench`.

Read `corpora.py` for the pages, `subjects.py` for what is timed, `measure.py` for how.
"""
