"""The versions that every row carries, in a module that imports nothing."""

#: The version of the code: part of what decides whether a page must be curated again.
PIPELINE_VERSION = "0.1.0.dev0"

#: The version of the tables' columns and their meaning; neither changes without it and a CHANGELOG line.
SCHEMA_VERSION = "2"
