"""Reloads while there is something to do."""

import signal
import threading
import time
from contextlib import ExitStack

from daemon import listener
from deadline import until
from peer import PING, PONG, Peer
from sanitized import PATIENCE, scaled


class Talkers:
    """Connections that ask and are answered all the time. Use it in a `with` block."""

    def __init__(self, address, count):
        self._address = address
        self._count = count
        self._over = threading.Event()
        self._peers = []
        self.rounds = 0
        self.failures = []

    def _talk(self):
        while not self._over.is_set():
            try:
                for peer in self._peers:
                    peer.send(PING + b"\r\n")
                for peer in self._peers:
                    if peer.read_line() != PONG:
                        self.failures.append("another answer")
                # And one that comes and goes.
                with Peer(self._address) as passing:
                    if passing.ask(PING) != PONG:
                        self.failures.append("another answer for one who came and went")
                self.rounds += 1
            except OSError as error:
                self.failures.append(repr(error))
                return

    def __enter__(self):
        self._peers = [Peer(self._address) for _ in range(self._count)]
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        for peer in self._peers:
            peer.socket.close()


def variant(number):
    """Configurations that differ in a listener that comes and goes, and in settings of one that
    stays."""
    text = "workers = 2\n" + listener("line", idle_timeout=f"{600 + number}s", backlog=100 + number)
    return text + (listener("echo", name=f"extra{number}") if number % 2 else "")


def test_a_hundred_reloads_with_two_hundred_connections_disturb_nobody(start_daemon, reliability):
    daemon = start_daemon(variant(0))
    with Talkers(daemon.address("line"), 200) as talkers:
        until(lambda: talkers.rounds > 0, 60 * PATIENCE, "a first round")
        before = daemon.descriptors()
        for number in range(1, scaled(100, 4) + 1):
            assert daemon.reload(variant(number))
            assert talkers.failures == []
        assert daemon.reload(variant(0))
        rounds = talkers.rounds
        until(lambda: talkers.rounds > rounds + 1, 60 * PATIENCE, "a last round")
        assert talkers.failures == []
        # The one who comes and goes, and the listener that went last.
        assert daemon.descriptors() <= before + 2
    reliability(16, f"{scaled(100, 4)} reloads, 200 connections, {talkers.rounds} rounds: no error")


def test_connections_outlive_many_listeners(start_daemon):
    daemon = start_daemon(listener("line"))
    with ExitStack() as stack:
        peers = []
        for number in range(10):
            peers.append(stack.enter_context(Peer(daemon.address("line"))))
            assert peers[-1].ask(PING) == PONG
            assert daemon.reload(listener("line", idle_timeout=f"{600 + number}s"))
            assert daemon.reload(listener("echo") + listener("line", name=f"line{number}"))
            assert daemon.reload(listener("line"))
        assert [peer.ask(PING) for peer in peers] == [PONG] * 10


def test_a_storm_of_signals_drops_nothing_and_comes_to_an_end(start_daemon, reliability):
    daemon = start_daemon(variant(0))
    with Talkers(daemon.address("line"), 20) as talkers:
        end = time.monotonic() + 5
        sent = 0
        while time.monotonic() < end:
            daemon.request_reload()
            daemon.request_counters()
            sent += 1
            time.sleep(0.001)
        assert sent > 500
        rounds = talkers.rounds
        until(lambda: talkers.rounds > rounds + 1, 60 * PATIENCE, "another round")
        assert talkers.failures == []
        assert daemon.reload(variant(1))
    # At most one in a tenth of a second, one that was pending, and one to see that it ended.
    reloads = len(daemon.events("reloaded"))
    assert 1 <= reloads <= 5 / 0.1 + 3
    daemon.request_reload()
    daemon.signal(signal.SIGTERM)
    assert daemon.wait(30 * PATIENCE) == 0
    reliability(15, f"{sent // 5} SIGHUP a second for 5 s: {reloads} reloads, no answer lost, exit 0")


def test_a_storm_does_not_keep_it_from_stopping(start_daemon):
    daemon = start_daemon(listener("line"))
    for _ in range(200):
        daemon.request_reload()
    daemon.signal(signal.SIGTERM)
    for _ in range(200):
        if daemon.is_running():
            daemon.request_reload()
    assert daemon.wait(30 * PATIENCE) == 0
