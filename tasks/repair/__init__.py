"""Repair: what damage left in the decoded text, brought back to what was written."""
