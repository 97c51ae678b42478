"""first_byte_timeout, line_timeout, drain_timeout, min_close_rate, max_session_time: what holds a
connection and does nothing with it is ended in time, and whoever uses one is not."""

import threading
import time

import pytest

from daemon import listener
from deadline import until
from full import full_or
from peer import Peer
from sanitized import PATIENCE

SLACK = 0.5 * PATIENCE  # what a busy machine may add
WATCH = listener("line", name="watch")


@pytest.fixture
def start(start_daemon):
    def start(protocol, **limits):
        return start_daemon('shutdown_grace = "1s"\n' + listener(protocol, **limits) + WATCH)

    return start


def check_end(daemon, word):
    """That the one session has ended so, in the log and among the counters."""
    until(lambda: daemon.events("session"), 10 * PATIENCE, "the end of the session")
    [session] = daemon.events("session")
    assert session["end"] == word
    with Peer(daemon.address("watch")) as watch:
        assert watch.stats()["connections_timed_out_total"] == 1


def seconds_to_end(peer, start):
    """Until FIN or a reset."""
    try:
        peer.read_to_end()
    except ConnectionResetError:
        pass
    return time.monotonic() - start


def test_a_client_that_says_nothing_is_closed_at_the_first_byte_deadline(start, reliability):
    daemon = start("echo", first_byte_timeout="500ms")
    begin = time.monotonic()
    with Peer(daemon.address("echo")) as peer, Peer(daemon.address("echo")) as busy:
        busy.send(b"x")
        after = seconds_to_end(peer, begin)
        assert 0.5 <= after <= 0.55 + SLACK
        busy.send(b"y")
        assert busy.read_exactly(2) == b"xy"
        check_end(daemon, "first-byte-timeout")
        reliability(7, f"no byte at all: closed after {after:.2f} s of 0.50 s")


def test_one_byte_at_a_time_is_cut_at_the_line_deadline(start, reliability):
    # A byte a second against ten seconds, or the same in a tenth of the time.
    unit = full_or(1.0, 0.1)
    daemon = start("line", line_timeout=f"{int(10 * unit * 1000)}ms")
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"
        over = threading.Event()

        def drip():
            while not over.wait(unit):
                try:
                    peer.send(b"x")
                except OSError:
                    return

        peer.send(b"x")
        begin = time.monotonic()
        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert peer.read_line() == b"-ERR the line has not ended in time\r\n"
            after = time.monotonic() - begin
            assert 10 * unit <= after <= 11 * unit + SLACK
            # Bytes that go on coming do not keep the connection either.
            assert seconds_to_end(peer, begin) <= 11 * unit + 1 + SLACK
        finally:
            over.set()
            dripping.join()
        check_end(daemon, "line-timeout")
        reliability(7, f"a byte every {unit:g} s: cut after {after:.2f} s of a line's {10 * unit:g} s")


def test_lines_that_end_in_time_are_served_however_long_they_take_together(start):
    daemon = start("line", line_timeout="400ms")
    with Peer(daemon.address("line")) as peer:
        for _ in range(5):
            peer.send(b"PI")
            time.sleep(0.2)
            peer.send(b"NG\r\n")
            assert peer.read_line() == b"+PONG\r\n"
        time.sleep(0.6)  # between lines there is no deadline
        assert peer.ask(b"PING") == b"+PONG\r\n"


def test_a_client_that_stops_reading_is_reset_at_the_drain_deadline(start, reliability):
    daemon = start("chargen", drain_timeout="500ms")
    with Peer(daemon.address("chargen"), receive_buffer=4096) as peer:
        begin = time.monotonic()
        until(lambda: daemon.events("session"), 10 * PATIENCE, "the end of the session")
        # Until the kernels are full it takes what it is sent.
        after = time.monotonic() - begin
        assert 0.5 <= after <= 0.55 + 0.5 + SLACK
        with pytest.raises(ConnectionResetError):
            peer.read_to_end()
    check_end(daemon, "drain-timeout")
    reliability(5, f"one that takes nothing for 0.50 s of drain_timeout: reset after {after:.2f} s")


def test_a_client_that_reads_slowly_is_kept(start):
    daemon = start("chargen", drain_timeout="700ms")
    with Peer(daemon.address("chargen"), receive_buffer=4096) as peer:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            assert peer.read(4096)
            time.sleep(0.05)
        assert daemon.events("session") == []


def test_a_session_that_is_busy_ends_at_its_longest_time(start):
    daemon = start("line", max_session_time="1s")
    begin = time.monotonic()
    with Peer(daemon.address("line")) as peer:
        line = b"+PONG\r\n"
        while line == b"+PONG\r\n":
            peer.send(b"PING\r\n")
            line = peer.read_line()
        assert line == b"-ERR a session may not last any longer\r\n"
        assert 1.0 <= time.monotonic() - begin <= 1.1 + SLACK
    check_end(daemon, "max-session-time")


def test_a_session_that_does_not_end_then_is_reset(start):
    daemon = start("chargen", max_session_time="500ms", close_timeout="500ms")
    begin = time.monotonic()
    with Peer(daemon.address("chargen"), receive_buffer=4096):
        # It takes nothing at all, and has nothing to take in peace.
        until(lambda: daemon.events("session"), 10 * PATIENCE, "the end of the session")
        assert time.monotonic() - begin <= 1.1 + SLACK
    check_end(daemon, "max-session-time")


def test_a_closing_client_that_goes_on_sending_single_bytes_is_reset_below_the_least_rate(start):
    daemon = start("line", close_timeout="100ms", min_close_rate="1KiB")
    with Peer(daemon.address("line")) as peer:
        begin = time.monotonic()
        peer.send(b"QUIT\r\n")
        assert peer.read_line() == b"+BYE\r\n"
        with pytest.raises(OSError):
            for _ in range(int(10 * PATIENCE / 0.05)):
                peer.send(b"x")
                time.sleep(0.05)
        # Twelve times close_timeout, and a byte each time that there was patience left.
        assert 1.2 <= time.monotonic() - begin <= 1.4 + SLACK
    check_end(daemon, "min-close-rate")


def test_the_longest_time_is_told_where_a_close_has_no_patience(start):
    daemon = start("line", max_session_time="300ms", close_timeout="0s")
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"
        assert peer.read_line() == b"-ERR a session may not last any longer\r\n"
    check_end(daemon, "max-session-time")


@pytest.mark.parametrize(
    "deadline, before, meanwhile",
    [
        ("idle_timeout", b"PING\r\n", b"PING\r\n"),
        ("line_timeout", b"PI", b"NG\r\n"),
        ("first_byte_timeout", b"", b"PING\r\n"),
    ],
)
def test_nobody_pays_for_time_in_which_the_daemon_stood_still(start, deadline, before, meanwhile):
    daemon = start("line", **{deadline: "400ms"})
    for _ in range(3):
        with Peer(daemon.address("line")) as peer:
            peer.send(before)
            if before.endswith(b"\n"):
                assert peer.read_line() == b"+PONG\r\n"
            daemon.suspend()
            time.sleep(0.1)  # what wakes the sweep comes before what the client sends
            peer.send(meanwhile)
            time.sleep(0.7)  # twice the deadline in all
            daemon.resume()
            assert peer.read_line() == b"+PONG\r\n"
            assert peer.ask(b"PING") == b"+PONG\r\n"


def test_a_client_that_reads_is_not_reset_because_the_daemon_stood_still(start):
    daemon = start("chargen", drain_timeout="400ms", idle_timeout="400ms")
    with Peer(daemon.address("chargen"), receive_buffer=4096) as peer:
        for _ in range(3):
            assert peer.read(4096)
            daemon.suspend()
            time.sleep(0.1)  # as above
            while True:  # all that the kernels have
                peer.socket.settimeout(0.8)  # twice the deadline
                try:
                    assert peer.read()
                except TimeoutError:
                    break
            daemon.resume()
            peer.socket.settimeout(10 * PATIENCE)
            assert peer.read()
