"""Duplicates: documents that are the same article (docs/adr/0011-duplicates.md).

`sketch` makes of a text what can be compared in bulk, `cluster` says which document stands for which.
"""
