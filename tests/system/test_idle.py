"""idle_timeout: closes the silent in time, keeps the active."""

import select
import time
from contextlib import ExitStack

from daemon import listener
from deadline import until
from peer import Peer
from sanitized import PATIENCE

SLACK = 0.5 * PATIENCE  # what a busy machine may add


def idle_after(timeout, *protocols):
    limits = f'[limits]\nidle_timeout = "{timeout}"\n'
    return 'shutdown_grace = "1s"\n' + limits + "".join(map(listener, protocols))


def seconds_to_end(peer, start):
    assert peer.read() == b""
    return time.monotonic() - start


def test_a_silent_connection_is_closed_within_a_tenth(start_daemon):
    daemon = start_daemon(idle_after("1s", "echo"))
    start = time.monotonic()
    with Peer(daemon.address("echo")) as peer:
        assert 1.0 <= seconds_to_end(peer, start) <= 1.1 + SLACK


def test_a_connection_that_falls_silent_is_closed_within_a_tenth(start_daemon, reliability):
    timeout = 3.0
    daemon = start_daemon(idle_after("3s", "echo"))
    last = {}
    with ExitStack() as stack:
        # Spread over two tenths, so that some fall silent just after the daemon has looked.
        for _ in range(20):
            peer = stack.enter_context(Peer(daemon.address("echo")))
            time.sleep(timeout / 100)
            peer.send(b"x")
            peer.read_exactly(1)
            last[peer] = time.monotonic()
        silent_for = []
        while last:
            ready = select.select(list(last), [], [], 10 * PATIENCE)[0]
            assert ready, "some are never closed"
            for peer in ready:
                silent_for.append(seconds_to_end(peer, last.pop(peer)))
    assert min(silent_for) >= timeout
    assert max(silent_for) <= timeout * 1.1 + SLACK
    reliability(6, f"of 3 s: closed after {min(silent_for):.2f} to {max(silent_for):.2f} s")


def test_active_connections_are_kept(start_daemon):
    daemon = start_daemon(idle_after("500ms", "echo", "line"))
    with Peer(daemon.address("echo")) as echo, Peer(daemon.address("line")) as line:
        for _ in range(8):
            time.sleep(0.2)
            echo.send(b"x")
            assert echo.read_exactly(1) == b"x"
            assert line.ask(b"PING") == b"+PONG\r\n"
        assert line.stats()["connections_timed_out_total"] == 0


def test_a_receiver_counts_as_active(start_daemon):
    daemon = start_daemon(idle_after("500ms", "chargen"))
    end = time.monotonic() + 1.5
    with Peer(daemon.address("chargen")) as peer:
        while time.monotonic() < end:
            assert peer.read(1 << 20)


def test_a_reader_that_has_stopped_for_good_is_closed_too(start_daemon):
    daemon = start_daemon(idle_after("500ms", "chargen", "line"))
    with Peer(daemon.address("chargen")):
        with Peer(daemon.address("line")) as watch:
            # Asking keeps the one that watches.
            until(lambda: watch.stats()["connections_active"] == 1, 10 * PATIENCE)
            assert watch.stats()["connections_timed_out_total"] == 1
    until(lambda: len(daemon.events("session")) == 2, what="the log lines of both sessions")
    ends = {line["listener"]: line["end"] for line in daemon.events("session")}
    assert ends["chargen"] == "idle"


def test_zero_is_never(start_daemon):
    daemon = start_daemon(idle_after("0s", "echo"))
    with Peer(daemon.address("echo")) as peer:
        assert select.select([peer], [], [], 2.0)[0] == []


def test_a_half_sent_line_is_not_executed_when_its_sender_idles(start_daemon):
    daemon = start_daemon(idle_after("300ms", "line"))
    with Peer(daemon.address("line")) as peer:
        peer.send(b"PING\r\nPING half")
        assert peer.read_to_end() == b"+PONG\r\n"


def test_a_listener_that_is_gone_costs_no_processor_time(start_daemon):
    settings = 'workers = 1\nshutdown_grace = "1s"\n'
    daemon = start_daemon(settings + listener("line") + listener("echo", idle_timeout="100ms"))
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"x")
        assert peer.read_exactly(1) == b"x"
        assert daemon.reload(settings + listener("line"))
        assert peer.read() == b""
    until(lambda: len(daemon.events("session")) == 1, 10 * PATIENCE, "the session's line")
    before = wake_ups(daemon)
    time.sleep(2)  # in which it would wake up 400 times
    assert wake_ups(daemon) - before < 50


def wake_ups(daemon):
    with open(f"/proc/{daemon.pid}/status") as status:
        [count] = [int(line.split()[1]) for line in status if line.startswith("voluntary_")]
    return count
