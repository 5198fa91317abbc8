"""What the page says of itself, which leaves the text and fills the metadata.

Its rows (`metadata`, of a post `boards`, at the end `signoffs`; cut by `fields`, `dates`, `names`, `bylines`,
`reporters`, `lone_writers`, `journals`, `official`), what they come to (`said`), and the title (`title`, below
`notices`; `title_looks`, `title_text`, `head_title`; what is none, `no_title`).
"""
