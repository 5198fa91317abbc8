"""Scripts that derive the data files of the package from their sources, and make the samples and the pins."""
