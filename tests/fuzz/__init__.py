"""Fuzzing of the front door: mutated files, guided by which lines of tasks/read and tasks/decode they reach.

Not atheris: no release of it installs on Python 3.11 to 3.14 (3.0 stops at 3.13, 3.1 begins at 3.12), nor on anything
but Linux on x86-64, and what it is used for here, coverage, mutation and a corpus, is small.

    python -m tests.fuzz --seconds 600 --seed 7     a longer look than `make check` takes
"""
