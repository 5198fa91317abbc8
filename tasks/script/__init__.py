"""Scripts: which one a page is in, a folded view that rules match on, and the conversion to the target script."""
