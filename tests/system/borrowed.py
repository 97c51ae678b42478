"""The sockets of another process, to look at: pidfd_getfd(2)."""

import ctypes
import os
import socket
from contextlib import ExitStack, contextmanager

GETFD = 438

libc = ctypes.CDLL(None, use_errno=True)


def _borrow(pidfd, number):
    fd = libc.syscall(GETFD, pidfd, number, 0)
    if fd < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return socket.socket(fileno=fd)


@contextmanager
def connection_of(pid, peer):
    """That socket of the process whose other end has the address `peer`, a getsockname()."""
    with ExitStack() as stack:
        pidfd = os.pidfd_open(pid)
        stack.callback(os.close, pidfd)
        folder = f"/proc/{pid}/fd"
        for name in os.listdir(folder):
            try:
                if not os.readlink(f"{folder}/{name}").startswith("socket:"):
                    continue
                one = stack.enter_context(_borrow(pidfd, int(name)))
                if one.getpeername()[:2] == peer[:2]:
                    yield one
                    return
            except OSError as error:
                if isinstance(error, PermissionError):
                    raise
                # It listens, or is gone.
        raise AssertionError(f"the process {pid} has no connection to {peer}")
