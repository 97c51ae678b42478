"""A reload that takes a listener away: who waits in its backlog is served, or told, as at a stop."""

import signal
from contextlib import ExitStack

import pytest

from daemon import listener
from deadline import until
from peer import Peer, free_port
from sanitized import PATIENCE

FULL = b"-ERR server is full, try again later\r\n"
OTHER = listener("echo", name="other")


def config(*listeners, grace="20s", at_limit="wait"):
    limits = f'[limits]\nmax_connections = 3\nat_limit = "{at_limit}"\n'
    return f'workers = 2\nshutdown_grace = "{grace}"\n{limits}' + "".join(listeners)


def connect(stack, address, count):
    return [stack.enter_context(Peer(address)) for _ in range(count)]


def occupied(stack, address):
    """Those who have all of the server's places."""
    peers = connect(stack, address, 3)
    for peer in peers:
        assert peer.ask(b"PING") == b"+PONG\r\n"
    return peers


def test_those_who_wait_for_a_place_are_served_as_places_come_free(start_daemon):
    daemon = start_daemon(config(listener("line"), OTHER))
    with ExitStack() as stack:
        address = daemon.address("line")
        present = occupied(stack, address)
        waiting = connect(stack, address, 20)
        for peer in waiting:
            peer.send(b"PING\r\nQUIT\r\n")
        assert daemon.reload(config(OTHER))
        for peer in present:
            peer.socket.close()
        for peer in waiting:
            assert peer.read_to_end() == b"+PONG\r\n+BYE\r\n"
            peer.socket.close()
        with pytest.raises(ConnectionRefusedError):
            until(lambda: Peer(address).socket.close())


@pytest.mark.parametrize("kind", ["TCP", "Unix"])
def test_a_listener_that_comes_back_meanwhile_goes_on_with_its_socket(start_daemon, tmp_path, kind):
    place = f"127.0.0.1:{free_port()}" if kind == "TCP" else f"unix:{tmp_path}/socket"
    line = listener("line", place)
    daemon = start_daemon(config(line, OTHER))
    with ExitStack() as stack:
        address = daemon.address("line")
        present = occupied(stack, address)
        waiting = connect(stack, address, 5)
        for peer in waiting:
            peer.send(b"PING\r\nQUIT\r\n")
        assert daemon.reload(config(OTHER))
        # Again and again, and under a name that may be new.
        assert daemon.reload(config(OTHER, line))
        assert daemon.reload(config(OTHER))
        assert daemon.reload(config(OTHER, listener("line", place, name="again")))
        assert daemon.address("again") == address
        for peer in present:
            peer.socket.close()
        for peer in waiting:
            assert peer.read_to_end() == b"+PONG\r\n+BYE\r\n"
            peer.socket.close()
        [late] = connect(stack, address, 1)
        assert late.ask(b"PING") == b"+PONG\r\n"


def test_nobody_is_waited_for_beyond_the_grace(start_daemon):
    daemon = start_daemon(config(listener("line"), OTHER, grace="300ms"))
    with ExitStack() as stack:
        address = daemon.address("line")
        present = occupied(stack, address)
        [waiting] = connect(stack, address, 1)
        assert daemon.reload(config(OTHER, grace="300ms"))
        with pytest.raises(ConnectionError):
            waiting.read()
        assert present[0].ask(b"PING") == b"+PONG\r\n"


def test_those_who_are_refused_are_told_so(start_daemon):
    daemon = start_daemon(config(listener("line"), OTHER, at_limit="refuse"))
    with ExitStack() as stack:
        address = daemon.address("line")
        occupied(stack, address)
        daemon.suspend()
        waiting = connect(stack, address, 10)
        daemon.config_file.write_text(config(OTHER, at_limit="refuse"))
        daemon.request_reload()
        daemon.resume()
        for peer in waiting:
            assert peer.read_to_end() == FULL


def test_a_stop_does_not_wait_for_them(start_daemon):
    daemon = start_daemon(config(listener("line"), OTHER, grace="60s"))
    with ExitStack() as stack:
        address = daemon.address("line")
        present = occupied(stack, address)
        connect(stack, address, 5)
        assert daemon.reload(config(OTHER, grace="60s"))
        daemon.signal(signal.SIGTERM)
        for peer in present:
            assert peer.read() == b""
            peer.socket.close()
        assert daemon.wait(5 * PATIENCE) == 0
