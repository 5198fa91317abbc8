"""What is raised when the environment, not the data, is at fault.

    QingwenError            anything this project raises on purpose; the command exits 1
    └── UsageError          the caller asked for something that cannot be; the command exits 2
        ├── InputError      raw/ is missing, is not a folder or a file, or holds nothing to read
        └── SettingsError   a setting that is not known, or has a wrong value

Bad data is never an exception: it ends as a `Reject` (tasks/records.py) or as a flagged edit. The message of each is
one sentence that says what is wrong and with what.
"""

from __future__ import annotations


class QingwenError(Exception):
    """The base of this project's exceptions."""


class UsageError(QingwenError):
    """What was asked for cannot be done: exit 2."""


class InputError(UsageError):
    """There is nothing to read where the caller pointed."""


class SettingsError(UsageError):
    """A setting that is not known, or has a wrong value."""
