"""What `tests/run --full` does more of."""

import os

FULL = os.environ.get("ECHOLINE_FULL") == "ON"


def full_or(full, short):
    """`full` in a full run, else `short`: how often, how much, or which cases."""
    return full if FULL else short
