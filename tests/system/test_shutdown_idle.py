"""A stop with clients that never close: those that are idle do not hold it up."""

import resource
import select
import signal
import threading
import time
from contextlib import ExitStack

import pytest

from daemon import listener
from deadline import until
from peer import Peer
from sanitized import PATIENCE, scaled


@pytest.fixture
def daemon(start_daemon):
    listeners = listener("echo") + listener("line") + listener("discard")
    return start_daemon('workers = 2\nshutdown_grace = "60s"\n' + listeners)


def connect(stack, daemon, name, count):
    return [stack.enter_context(Peer(daemon.address(name))) for _ in range(count)]


def seconds_to_end(daemon, number=signal.SIGTERM):
    start = time.monotonic()
    daemon.signal(number)
    assert daemon.wait(30 * PATIENCE) == 0
    return time.monotonic() - start


@pytest.mark.parametrize("count", [50, 1000])
def test_idle_clients_that_never_close_are_left_at_once(daemon, reliability, count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ExitStack() as stack:
        peers = connect(stack, daemon, "line", scaled(count))
        for peer in peers:
            assert peer.ask(b"PING") == b"+PONG\r\n"
        seconds = seconds_to_end(daemon)
        assert seconds < 3 * PATIENCE
        # They were told so properly.
        for peer in peers:
            assert peer.read_to_end() == b""
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    reliability(17, f"{scaled(count)} idle clients that never close: gone after {seconds:.2f} s, exit 0")


def test_those_that_had_said_nothing_for_a_second_are_idle(daemon):
    with ExitStack() as stack:
        connect(stack, daemon, "echo", 20)
        time.sleep(1.1)  # the time that is meant
        assert seconds_to_end(daemon) < 0.9 * PATIENCE


def test_one_that_has_just_connected_keeps_its_second(daemon):
    with ExitStack() as stack:
        start = time.monotonic()
        [peer] = connect(stack, daemon, "line", 1)
        daemon.signal(signal.SIGTERM)
        time.sleep(0.5 / PATIENCE)  # within its second
        peer.send(b"PING\r\nQUIT\r\n")
        assert peer.read_to_end() == b"+PONG\r\n+BYE\r\n"
        peer.socket.close()
        assert daemon.wait(30 * PATIENCE) == 0
        assert time.monotonic() - start < 1.5 * PATIENCE


def test_those_that_are_being_closed_and_do_not_close_are_left_too(daemon):
    with ExitStack() as stack:
        for peer in connect(stack, daemon, "line", 50):
            assert peer.ask(b"QUIT") == b"+BYE\r\n"
            assert peer.read() == b""
        assert seconds_to_end(daemon) < 3 * PATIENCE


def test_those_that_have_begun_a_line_are_left_too(daemon):
    with ExitStack() as stack:
        peers = connect(stack, daemon, "line", 50)
        for peer in peers:
            peer.send(b"PING\r\nECHO half")
            assert peer.read_line() == b"+PONG\r\n"
        assert seconds_to_end(daemon) < 3 * PATIENCE
        for peer in peers:
            assert peer.read_to_end() == b""


def test_one_that_speaks_once_more_after_the_end_is_left_too(daemon):
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"x")
        assert peer.read_exactly(1) == b"x"
        start = time.monotonic()
        daemon.signal(signal.SIGTERM)
        assert peer.read() == b""
        peer.send(b"x")
        assert daemon.wait(30 * PATIENCE) == 0
        assert time.monotonic() - start < 3 * PATIENCE
    assert [line["end"] for line in daemon.events("session")] == ["shutdown"]


def test_one_that_never_ceases_to_speak_is_left_too(daemon):
    with Peer(daemon.address("echo")) as peer:
        daemon_ended = threading.Event()

        def speak():
            try:
                while not daemon_ended.wait(0.03):
                    peer.send(b"x")
            except OSError:
                pass

        speaker = threading.Thread(target=speak)
        speaker.start()
        assert peer.read_exactly(1) == b"x"
        assert seconds_to_end(daemon) < 3 * PATIENCE
        daemon_ended.set()
        speaker.join()


@pytest.mark.parametrize("kind", ["TCP", "Unix"])
def test_those_that_have_not_read_what_is_there_for_them_are_left_too(start_daemon, tmp_path, kind):
    place = "127.0.0.1:0" if kind == "TCP" else f"unix:{tmp_path}/socket"
    daemon = start_daemon('shutdown_grace = "60s"\n' + listener("echo", place))
    with ExitStack() as stack:
        peers = connect(stack, daemon, "echo", 20)
        for peer in peers:
            peer.send(b"x" * 3000)
        for peer in peers:
            until(lambda: select.select([peer], [], [], 0)[0], what="the echo")
        assert seconds_to_end(daemon) < 3 * PATIENCE
        for peer in peers:
            assert peer.read_to_end() == b"x" * 3000


def test_one_with_more_to_read_is_not_idle(daemon):
    with Peer(daemon.address("echo")) as peer:
        sent = peer.send_while_taken(b"x" * 100_000, seconds=0.3)
        daemon.signal(signal.SIGTERM)
        time.sleep(0.3)  # what is idle would be gone by then
        assert len(peer.read_to_end()) == sent
