"""How connections behind proxies end where the daemon ends them: at a stop, and by order."""

import signal
import time

import pytest

from deadline import until
from peer import Peer
from proxied import CLIENT, behind, sessions, v1  # noqa: F401
from sanitized import PATIENCE


def test_a_stop_does_not_wait_for_headers(behind):
    daemon = behind()
    with Peer(daemon.address("line")), Peer(daemon.address("line")) as slow:
        slow.send(v1(*CLIENT)[:20])
        began = time.monotonic()
        daemon.stop()
        assert time.monotonic() - began < 5


# What a proxy has sent when a stop begins, and what it sends then.
@pytest.mark.parametrize("before", [0, 1, 20, len(v1(*CLIENT))])
def test_a_stop_spares_a_client_that_is_just_being_named(behind, before):
    daemon = behind()
    whole = v1(*CLIENT) + b"PING\r\n"
    with Peer(daemon.address("line")) as peer:
        peer.send(whole[:before])
        daemon_has(daemon, 1)
        daemon.signal(signal.SIGTERM)
        until(lambda: daemon.events("stopping"), 10, "the beginning of the stop")
        peer.send(whole[before:])
        assert peer.read_to_end() == b"+PONG\r\n"
    assert daemon.wait(10 * PATIENCE) == 0
    assert not daemon.events("proxy-header-refused")
    (session,) = sessions(daemon)
    assert (session["peer"], session["end"]) == ("203.0.113.7:51512", "shutdown")


def daemon_has(daemon, count):
    """Waits until it has so many sessions."""

    def has():
        with Peer(daemon.address("plain")) as watch:
            return watch.stats()["connections_active"] == count + 1

    until(has, 10 * PATIENCE, f"{count} sessions")


def test_a_header_that_an_administrator_cuts_off_is_no_fault_of_the_proxys(behind, tmp_path):
    daemon = behind(["--admin", f"unix:{tmp_path}/admin"])
    with Peer(daemon.address("line")) as peer, Peer(str(tmp_path / "admin")) as admin:
        peer.send(b"PROXY TCP4")
        daemon_has(daemon, 1)
        (of_peer,) = (line for line in admin.ask(b"SESSIONS") if b'listener="line"' in line)
        number = of_peer.split()[0].removeprefix(b"+id=")
        assert admin.ask(b"CLOSE " + number).startswith(b"+")
        assert peer.read_to_end() == b""
    (session,) = until(lambda: sessions(daemon), 10, "the session's line")
    assert session["end"] == "closed-by-order"
    assert not daemon.events("proxy-header-refused")


def test_what_is_no_header_is_told_during_a_stop_as_well(behind):
    daemon = behind()
    with Peer(daemon.address("line")) as peer:
        daemon_has(daemon, 1)
        daemon.signal(signal.SIGTERM)
        until(lambda: daemon.events("stopping"), 10, "the beginning of the stop")
        peer.send(b"PING\r\n")
        with pytest.raises(ConnectionResetError):
            peer.read_to_end()
    assert daemon.wait(10 * PATIENCE) == 0
    (session,) = sessions(daemon)
    assert session["end"] == "bad-proxy-header"
