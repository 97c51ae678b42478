"""Makes `operator new` of a daemon fail at a chosen call (failing_new.cpp)."""

import mmap
import os
import struct

LIBRARY = os.environ.get("FAILING_NEW", "")

CALLS, FIRST, NUMBER, FAILED = range(4)


class FailingNew:
    """`environment` is what the daemon has to be started with."""

    def __init__(self, folder):
        path = folder / "failing_new"
        path.write_bytes(bytes(32))
        with open(path, "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 32)
        self.environment = {"LD_PRELOAD": LIBRARY, "ECHOLINE_FAILING_NEW": str(path)}

    def _get(self, index):
        return struct.unpack_from("q", self._memory, 8 * index)[0]

    def _set(self, index, value):
        struct.pack_into("q", self._memory, 8 * index, value)

    def calls(self):
        """How many there have been."""
        return self._get(CALLS)

    def failed(self):
        """How many of them have failed."""
        return self._get(FAILED)

    def arm(self, first, number=1):
        """The call that is `first`, counted from now, fails, and the `number` - 1 after it."""
        self._set(NUMBER, number)
        self._set(FIRST, first)

    def disarm(self):
        self._set(FIRST, 0)
        self._set(NUMBER, 0)
