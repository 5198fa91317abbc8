"""Rules that know a row by its own words, wherever it stands: `spam`, `places` (with the `gazetteer`), `leftovers`,
`jammers`, `menus` and `bars`. They ask nothing of the other rules.
"""
