"""The signals of a stop: which are one request, which are two, and that no moment is a bad one."""

import signal
import socket
import time
from contextlib import ExitStack

import pytest

from daemon import listener
from deadline import until
from peer import Peer
from sanitized import PATIENCE, scaled

SEVERAL_WORKERS = 'workers = 4\nshutdown_grace = "60s"\n'


def seconds_to_end(daemon):
    start = time.monotonic()
    assert daemon.wait(30 * PATIENCE) == 0
    return time.monotonic() - start


def wait_in_backlog(stack, address, count):
    for _ in range(count):
        client = stack.enter_context(socket.socket())
        client.setblocking(False)
        client.connect_ex(address)


def test_two_signals_at_once_with_a_full_backlog_end_several_workers_at_once(start_daemon):
    for _ in range(scaled(30)):
        daemon = start_daemon(SEVERAL_WORKERS + listener("echo"))
        with ExitStack() as stack:
            daemon.suspend()
            daemon.signal(signal.SIGTERM)
            daemon.signal(signal.SIGINT)
            wait_in_backlog(stack, daemon.address("echo"), 200)
            daemon.resume()
            assert seconds_to_end(daemon) < 1 * PATIENCE
        assert daemon.events("aborting")


def test_an_abort_resets_who_is_accepted_after_it_too(start_daemon):
    daemon = start_daemon(SEVERAL_WORKERS + listener("chargen") + listener("echo"))
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("chargen"))) for _ in range(4)]
        for peer in peers:
            assert peer.read()
        daemon.suspend()
        wait_in_backlog(stack, daemon.address("echo"), 200)
        daemon.signal(signal.SIGTERM)
        daemon.signal(signal.SIGINT)
        daemon.resume()
        assert seconds_to_end(daemon) < 1 * PATIENCE
        for peer in peers:
            with pytest.raises(ConnectionResetError):
                peer.read_to_end()


@pytest.fixture
def busy(start_daemon):
    """A daemon with a client that keeps it from ending: it does not read."""
    daemon = start_daemon('shutdown_grace = "60s"\n' + listener("chargen"))
    with Peer(daemon.address("chargen")) as peer:
        assert peer.read()
        yield daemon


def stop_began(daemon):
    return until(lambda: daemon.events("stopping"), what="the beginning of the stop")


def test_the_same_signal_twice_in_a_row_is_one_request(start_daemon):
    # As timeout(1) sends it: to its child and to its child's group.
    daemon = start_daemon('shutdown_grace = "60s"\n' + listener("echo"))
    with Peer(daemon.address("echo")) as peer:
        sent = peer.send_while_taken(b"x" * 100_000, seconds=0.3)
        daemon.signal(signal.SIGTERM)
        stop_began(daemon)
        daemon.signal(signal.SIGTERM)
        assert len(peer.read_to_end()) == sent
    assert not daemon.events("aborting")


@pytest.mark.parametrize(
    "first, second", [(signal.SIGTERM, signal.SIGINT), (signal.SIGINT, signal.SIGTERM)]
)
def test_the_other_signal_aborts_however_close(busy, first, second):
    busy.signal(first)
    stop_began(busy)
    busy.signal(second)
    assert seconds_to_end(busy) < 0.5 * PATIENCE
    assert busy.events("aborting")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_same_signal_aborts_once_it_is_no_repetition(busy, reliability, number):
    busy.signal(number)
    stop_began(busy)
    time.sleep(0.3)  # the time that is meant
    assert busy.is_running()
    busy.signal(number)
    seconds = seconds_to_end(busy)
    assert seconds < 0.5 * PATIENCE
    assert busy.events("aborting")
    reliability(15, f"a second {number.name}: the end after {seconds * 1000:.0f} ms")
