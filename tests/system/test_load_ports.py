"""`echoline load` on a machine with hardly a local port: a network namespace of its own."""

import ctypes
import fcntl
import os
import socket
import struct

import pytest

from daemon import Daemon, listener
from load_run import measured

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)


def in_a_network_with_twenty_ports():
    if _libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare(2)")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as ports:
        ports.write("40000 40019")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes network namespaces")
def test_a_run_out_of_local_ports_is_invalid_and_names_the_remedies(tmp_path):
    daemon = Daemon(tmp_path, listener("echo"), before_exec=in_a_network_with_twenty_ports)
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    other = os.open(f"/proc/{daemon.pid}/ns/net", os.O_RDONLY)
    try:
        assert _libc.setns(other, CLONE_NEWNET) == 0
        run = measured("--churn", "-n", 100, "-c", 2, daemon.target("echo"))
    finally:
        _libc.setns(own, CLONE_NEWNET)
        os.close(own)
        os.close(other)
        daemon.kill()
    assert run.requests + run.results["errors"]["total"] == 100 and run.requests >= 20
    assert run.returncode == 4
    assert "no free local port" in run.results["invalid"][0]
    assert "--bind" in run.results["invalid"][0] and "ip_local_port_range" in run.results["invalid"][0]
    # The service was there all the time.
    assert run.results["outages"] == []
