"""The versions that every row carries. Nothing else is in here, so that any module can ask without importing anything."""

#: The version of the code: part of what decides whether a page must be curated again.
PIPELINE_VERSION = "0.1.0.dev0"

#: The version of the tables' columns and their meaning. A name or a meaning changes only with this and a CHANGELOG line.
SCHEMA_VERSION = "1"
