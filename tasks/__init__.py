"""The stages of the pipeline, one folder a stage, and `page.py`, where their order stands."""
