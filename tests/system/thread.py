"""One thread of a process, which can be made to hang."""

import ctypes
import os

PTRACE_DETACH = 17
PTRACE_SEIZE = 0x4206
PTRACE_INTERRUPT = 0x4207
WALL = 0x40000000  # of waitpid(2): children of every kind

_libc = ctypes.CDLL(None, use_errno=True)


def _ptrace(request, thread):
    zero = ctypes.c_void_p(0)
    if _libc.ptrace(ctypes.c_long(request), ctypes.c_long(thread), zero, zero) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"ptrace(2): {os.strerror(error)}")


def threads(pid):
    """The threads' names by their ids."""
    names = {}
    for entry in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{entry}/comm") as comm:
            names[int(entry)] = comm.read().strip()
    return names


class HungThread:
    """In a `with` block, the thread stands still, as in an endless loop or a lock that nobody gives
    back, while all others of its process run on. Stopped from outside, with ptrace(2): a signal
    would stop the whole process, and the program itself needs no way to be hung."""

    def __init__(self, thread):
        self._thread = thread

    def __enter__(self):
        _ptrace(PTRACE_SEIZE, self._thread)
        _ptrace(PTRACE_INTERRUPT, self._thread)
        os.waitpid(self._thread, WALL)
        return self

    def __exit__(self, *_):
        _ptrace(PTRACE_DETACH, self._thread)
