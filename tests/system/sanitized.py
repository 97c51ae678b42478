"""What differs when the programs were built with sanitizers: they are slow, and their memory is not
the program's own."""

import os
import warnings

SANITIZED = bool(os.environ.get("ECHOLINE_SANITIZE"))

# How many times longer things may take.
PATIENCE = 10 if SANITIZED else 1


def scaled(count, divisor=10):
    """`count`, or a part of it where sanitizers make the whole too slow."""
    return max(1, count // divisor) if SANITIZED else count


def check_growth(before, after, allowed):
    """That a daemon's memory has not grown by more than `allowed` bytes."""
    if SANITIZED:
        warnings.warn("memory is not checked under sanitizers")
        return
    grown = after - before
    assert grown <= allowed, f"grew by {grown} bytes, allowed are {allowed}"
