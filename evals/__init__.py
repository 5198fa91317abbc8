"""Evaluation: the damage run forwards, text of our own, and what the repair makes of it."""
