"""Waiting for something to become true, for so long and no longer."""

import time

PAUSE = 0.005


def until(condition, seconds=10.0, what="the condition"):
    """Polls `condition` until it is true and returns its value; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come about within {seconds} s")
        time.sleep(PAUSE)


def steady(figure, seconds=0.3, within=30.0):
    """Polls `figure` until it has stayed the same for `seconds`, and returns it."""
    end = time.monotonic() + within
    value, since = figure(), time.monotonic()
    while time.monotonic() - since < seconds:
        if time.monotonic() > end:
            raise AssertionError(f"still changing after {within} s: {value}")
        time.sleep(PAUSE)
        now = figure()
        if now != value:
            value, since = now, time.monotonic()
    return value
