"""max_connections: exact, in both of its modes, and without a leak."""

import select
import time
from contextlib import ExitStack

import pytest

from daemon import listener
from deadline import steady, until
from full import full_or
from peer import Peer
from sanitized import PATIENCE, scaled

FULL = b"-ERR server is full, try again later\r\n"


def limited(at_limit, *listeners, max_connections=10):
    settings = f'max_connections = {max_connections}\nat_limit = "{at_limit}"\n'
    return f'shutdown_grace = "1s"\n[limits]\n{settings}' + "".join(listeners)


def connect(stack, address, count):
    return [stack.enter_context(Peer(address)) for _ in range(count)]


def with_something_to_read(peers):
    return select.select(peers, [], [], 0)[0]


def served(peers):
    """Those of `peers`, which have asked something, that are answered when all has settled."""
    steady(lambda: len(with_something_to_read(peers)))
    return with_something_to_read(peers)


@pytest.mark.parametrize("protocol", ["echo", "line"])
def test_waiting_ten_of_fifty_are_served_and_a_next_one_when_one_leaves(
    start_daemon, reliability, protocol
):
    daemon = start_daemon(limited("wait", listener(protocol)))
    with ExitStack() as stack:
        waiting = connect(stack, daemon.address(protocol), 50)
        for peer in waiting:
            peer.send(b"PING\r\n")
        being_served, waits = served(waiting), []
        assert len(being_served) == 10
        while waiting:
            waiting = [peer for peer in waiting if peer not in being_served]
            leaver = being_served.pop()
            assert leaver.read_line() in (b"PING\r\n", b"+PONG\r\n")
            leaver.socket.close()
            if waiting:
                start = time.monotonic()
                [next_one] = until(lambda: with_something_to_read(waiting), what="the next one")
                waits.append(time.monotonic() - start)
                being_served.append(next_one)
    assert sorted(waits)[len(waits) // 2] < 0.05 * PATIENCE
    reliability(2, f"{protocol}: 10 of 50 served, the next one {max(waits) * 1000:.0f} ms after one left at most")


def test_waiting_takes_no_processor_time_while_full(start_daemon, reliability):
    daemon = start_daemon(limited("wait", listener("echo")))
    with ExitStack() as stack:
        peers = connect(stack, daemon.address("echo"), 50)
        for peer in peers:
            peer.send(b"x")
        assert len(served(peers)) == 10
        share = daemon.cpu_share(1.0)
        assert share < 0.03
    reliability(2, f"{share:.0%} of a processor while 40 wait")


def test_refusing_the_line_protocol_says_so_to_forty_of_fifty(start_daemon, reliability):
    daemon = start_daemon(limited("refuse", listener("line")))
    with ExitStack() as stack:
        first = connect(stack, daemon.address("line"), 10)
        for peer in first:
            assert peer.ask(b"PING") == b"+PONG\r\n"
        times = []
        for peer in connect(stack, daemon.address("line"), 40):
            start = time.monotonic()
            assert peer.read_to_end() == FULL
            times.append(time.monotonic() - start)
        # A machine that is busy with others may hold up one of them.
        assert sorted(times)[len(times) // 2] < 0.1 * PATIENCE
        assert first[0].stats()["connections_refused_total"] == 40
        for peer in first:
            assert peer.ask(b"PING") == b"+PONG\r\n"
    reliability(1, f"10 served, 40 told and counted, each within {max(times) * 1000:.1f} ms")


def test_refusing_tells_also_a_client_that_has_already_sent_something(start_daemon):
    daemon = start_daemon(limited("refuse", listener("line"), max_connections=1))
    with Peer(daemon.address("line")) as first:
        assert first.ask(b"PING") == b"+PONG\r\n"
        for _ in range(20):
            with Peer(daemon.address("line")) as peer:
                peer.send(b"PING\r\n" * 1000)
                assert peer.read_to_end() == FULL


def test_refusing_the_echo_protocol_closes_forty_of_fifty(start_daemon, reliability):
    daemon = start_daemon(limited("refuse", listener("echo")))
    with ExitStack() as stack:
        peers = connect(stack, daemon.address("echo"), 50)
        refused = until(lambda: len(r := with_something_to_read(peers)) == 40 and r)
        for peer in refused:
            assert peer.read_to_end() == b""
        for peer in peers:
            if peer not in refused:
                peer.send(b"x")
                assert peer.read_exactly(1) == b"x"
    reliability(1, "echo: 10 served, 40 closed")


def test_refusing_takes_the_next_one_once_one_has_left(start_daemon):
    daemon = start_daemon(limited("refuse", listener("line"), max_connections=1))

    def is_served():
        with Peer(daemon.address("line")) as peer:
            try:
                return peer.ask(b"PING") == b"+PONG\r\n"
            except ConnectionError:
                return False

    with Peer(daemon.address("line")) as first:
        assert first.ask(b"PING") == b"+PONG\r\n"
        assert not is_served()
    until(is_served, what="service for the next one")


def test_a_listener_with_a_limit_of_its_own_leaves_the_others_alone(start_daemon):
    few = listener("echo", max_connections=3, at_limit="refuse")
    daemon = start_daemon(limited("wait", few, listener("line"), max_connections=100))
    with ExitStack() as stack:
        echoes = connect(stack, daemon.address("echo"), 5)
        refused = until(lambda: len(r := with_something_to_read(echoes)) == 2 and r)
        assert [peer.read_to_end() for peer in refused] == [b"", b""]
        for peer in connect(stack, daemon.address("line"), 20):
            assert peer.ask(b"PING") == b"+PONG\r\n"


def test_a_full_listener_that_waits_leaves_the_others_alone(start_daemon):
    few = listener("echo", max_connections=3)
    daemon = start_daemon(limited("wait", few, listener("line"), max_connections=100))
    with ExitStack() as stack:
        echoes = connect(stack, daemon.address("echo"), 5)
        for peer in echoes:
            peer.send(b"x")
        assert len(served(echoes)) == 3
        for peer in connect(stack, daemon.address("line"), 20):
            assert peer.ask(b"PING") == b"+PONG\r\n"


@pytest.mark.parametrize("at_limit", ["wait", "refuse"])
def test_thousands_of_short_connections_leak_no_permit_and_no_descriptor(
    start_daemon, reliability, at_limit
):
    limit, count = full_or(64, 16), scaled(full_or(100_000, 5000))
    daemon = start_daemon(limited(at_limit, listener("line"), max_connections=limit))
    address = daemon.address("line")

    def all_places_are_there():
        with ExitStack() as stack:
            peers = connect(stack, address, limit)
            try:
                return all(peer.ask(b"PING") == b"+PONG\r\n" for peer in peers)
            except ConnectionError:
                return False

    until(all_places_are_there)
    before = steady(daemon.descriptors)
    for number in range(count):
        with Peer(address) as peer:
            if number % 3 == 0:
                peer.send(b"PING\r\n")
            elif number % 3 == 1:
                peer.reset()
    until(all_places_are_there, 30, "service for as many as before")
    until(lambda: daemon.descriptors() <= before, what="the close of every descriptor")
    reliability(2, f"{at_limit}: {count} came and went at a limit of {limit}, no place and no descriptor lost")


def test_the_descriptor_table_has_room_for_all_from_the_start(start_daemon):
    # The kernel stops every thread for milliseconds while it makes the table of a process larger.
    daemon = start_daemon(limited("wait", listener("echo"), max_connections=3000))
    with open(f"/proc/{daemon.pid}/status") as status:
        [size] = [int(line.split()[1]) for line in status if line.startswith("FDSize:")]
    assert 3000 < size <= 4096
