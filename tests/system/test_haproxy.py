"""An HAProxy in front of the daemon, which names its clients in either version of its protocol."""

import contextlib
import shutil
import subprocess

import pytest

from daemon import listener
from deadline import until
from peer import Peer, free_port
from program import echoline

HAPROXY = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")

pytestmark = pytest.mark.skipif(HAPROXY is None, reason="haproxy is not installed; .ci/install test does")


@contextlib.contextmanager
def haproxy(folder, server, option):
    """A real one, in front of `server`."""
    port = free_port()
    config = folder / "haproxy.cfg"
    config.write_text(
        "defaults\n  mode tcp\n  timeout connect 10s\n  timeout client 60s\n  timeout server 60s\n"
        f"listen front\n  bind 127.0.0.1:{port}\n  server back {server} {option}\n"
    )
    with subprocess.Popen([HAPROXY, "-db", "-f", config], stderr=subprocess.DEVNULL) as popen:
        try:
            yield ("127.0.0.1", port)
        finally:
            popen.kill()


@pytest.mark.parametrize(
    "option", ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c", "send-proxy-v2 check"]
)
@pytest.mark.parametrize("where", ["tcp", "unix"])
def test_haproxy_names_its_clients(start_daemon, tmp_path, where, option):
    address = f"unix:{tmp_path}/line" if where == "unix" else "127.0.0.1:0"
    daemon = start_daemon(listener("line", address, proxy=["127.0.0.1"]))
    server = f"unix@{tmp_path}/line" if where == "unix" else daemon.target("line")
    with haproxy(tmp_path, server, option) as front:
        # Until it listens.
        peer = until(lambda: connected(front), 10, "haproxy")
        with peer:
            own = "%s:%d" % peer.socket.getsockname()
            answer = peer.ask(b"WHOAMI")
            assert answer.startswith(b"+%s via " % own.encode()), answer
        loaded = echoline(
            *["load", "--quiet", "-n", "500", "-c", "4", "--protocol", "line"], "%s:%d" % front
        )
        assert "offered 500 = answered 500 + failed 0" in loaded.stdout, loaded.stdout
    assert not daemon.events("proxy-header-refused")


def connected(address):
    try:
        return Peer(address)
    except ConnectionRefusedError:
        return None
