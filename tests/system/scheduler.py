"""What a busy machine adds to a time: how long threads that could run had to wait for a processor."""

import contextlib
import glob
import os
import time


def waited(*pids):
    """Seconds, of all threads that these processes have, since each began; see schedstat in proc(5)."""
    nanoseconds = 0
    for path in (path for pid in pids for path in glob.glob(f"/proc/{pid}/task/*/schedstat")):
        with contextlib.suppress(OSError), open(path) as file:
            nanoseconds += int(file.read().split()[1])
    return nanoseconds / 1e9


class Watch:
    """Of a daemon and of the test that measures it."""

    def __init__(self, daemon):
        self._pids = (daemon.pid, os.getpid())
        self.start()

    def start(self):
        self._waited = waited(*self._pids)
        self._begin = time.monotonic()

    def seconds(self):
        return time.monotonic() - self._begin

    def waited(self):
        return max(0.0, waited(*self._pids) - self._waited)
