"""Stage 3: which script a page is in, a folded view that rules match on, and the conversion to the target script.

Which script (`detect`); the view (`fold`); the conversion (`convert`), which leaves lines alone that need none
(`patches`), tells words that overlap apart (`seams`), decides by context where OpenCC has no phrase (`hant`), leaves
characters that are spoken of (`mentions`), and brings look-alike letters (`homoglyphs`) and punctuation (`punctuation`)
into line. `tables` loads the character tables.
"""
