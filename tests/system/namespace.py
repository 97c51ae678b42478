"""The network namespace that this thread's sockets, and its children's, are made in."""

import contextlib
import ctypes
import os
import shutil
import subprocess

CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


def _enter(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"setns(2): {os.strerror(error)}")


@contextlib.contextmanager
def network_of(pid):
    """That of process `pid`, for this thread and those that it starts meanwhile."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    other = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    try:
        _enter(other)
        yield
    finally:
        _enter(own)
        os.close(own)
        os.close(other)


def why_none_of_our_own():
    """What is missing for own_network(); empty for nothing."""
    if os.geteuid() != 0:
        return "it takes root"
    if shutil.which("ip") is None:
        return "there is no ip(8)"
    try:
        with own_network():
            return ""
    except (OSError, subprocess.CalledProcessError) as error:
        return str(error)


@contextlib.contextmanager
def own_network():
    """A new one, with a loopback interface and nothing else."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if _libc.unshare(CLONE_NEWNET) != 0:
            error = ctypes.get_errno()
            raise OSError(error, f"unshare(2): {os.strerror(error)}")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield
    finally:
        _enter(own)
        os.close(own)
