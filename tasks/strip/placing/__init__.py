"""Rules that know a row by where it stands: `frame` with `around`, above the text `head`, `tops` and `records`, below
it `foot` and `tails`, other articles `headlines` and `teasers`, and `edges` for running text of the site's. Where the
article begins and ends they see by what `about` found.
"""
