"""A standard error that takes nothing, or not all: the daemon serves, stops, and says what was lost."""

import fcntl
import os
import pty
import re
import resource
import signal
import termios
import time

import pytest

from child import AT_ONCE, Child
from deadline import steady, until
from peer import Peer, free_port
from sanitized import PATIENCE, scaled

LOST = re.compile(rb"warning log-lines-dropped count=(\d+)\n")
# More than a pipe holds, and with the buffer of the log more than it holds, too.
A_PIPE_FULL = 3_000
MORE_THAN_THE_LOG_HOLDS = 25_000


class Logged(Child):
    """Each connection is a line of its log."""

    def __init__(self, tmp_path, stderr, **options):
        self.port = free_port()
        config = tmp_path / "c.toml"
        config.write_text(
            'shutdown_grace = "20s"\n'
            f'[[listener]]\nname = "line"\nprotocol = "line"\naddress = "127.0.0.1:{self.port}"\n'
        )
        super().__init__("--config", config, stderr=stderr, **options)
        until(self._answers, 20 * PATIENCE, "an answer")

    def _answers(self):
        try:
            return self.ping()
        except ConnectionError:
            return False

    def ping(self):
        with Peer(("127.0.0.1", self.port)) as peer:
            return peer.ask(b"PING") == b"+PONG\r\n"

    def log(self, lines):
        """Has it log so many lines: each is a connection that says an empty line."""
        for _ in range(lines):
            with Peer(("127.0.0.1", self.port)) as peer:
                peer.send(b"\n")


class Pipe:
    """Its standard error, and what has been read from it."""

    def __init__(self, non_blocking=False):
        self.end, self.write_end = os.pipe()
        if non_blocking:
            os.set_blocking(self.write_end, False)
        self.text = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.end)
        os.close(self.write_end)

    def waiting(self):
        return int.from_bytes(fcntl.ioctl(self.end, termios.FIONREAD, bytes(4)), "little")

    def read_until(self, condition):
        def read():
            if self.waiting():
                self.text += os.read(self.end, 4096)
            return condition(self.text)

        until(read, 60 * PATIENCE, "what was to come in the log")


@pytest.mark.parametrize("non_blocking", [False, True], ids=["blocking", "non-blocking"])
@pytest.mark.parametrize("second", [False, True], ids=["one signal", "two signals"])
def test_a_pipe_that_nobody_reads_does_not_hold_up_the_stop(tmp_path, non_blocking, second):
    with Pipe(non_blocking) as pipe, Logged(tmp_path, pipe.write_end) as child:
        child.log(scaled(A_PIPE_FULL))
        steady(pipe.waiting)
        assert child.ping()
        child.signal(signal.SIGTERM)
        if second:
            child.signal(signal.SIGINT)
        assert child.ends_within(AT_ONCE) == 0


def test_a_terminal_that_was_stopped_does_not_hold_up_the_stop(tmp_path):
    master, terminal = pty.openpty()
    try:
        with Logged(tmp_path, terminal) as child:
            termios.tcflow(terminal, termios.TCOOFF)  # Ctrl-S
            child.log(100)
            assert child.ping()
            child.signal(signal.SIGTERM)
            assert child.ends_within(AT_ONCE) == 0
    finally:
        os.close(master)
        os.close(terminal)


def count_of_sessions(text):
    return text.count(b" session id=")


@pytest.mark.parametrize("non_blocking", [False, True], ids=["blocking", "non-blocking"])
def test_lines_that_were_lost_are_told_once_the_log_is_read_again(tmp_path, non_blocking):
    with Pipe(non_blocking) as pipe, Logged(tmp_path, pipe.write_end) as child:
        lines = MORE_THAN_THE_LOG_HOLDS
        child.log(lines)
        # Every line has come, or is counted in its place, while the daemon goes on.
        pipe.read_until(LOST.search)
        child.log(1)

        def all_there(text):
            lost = sum(int(count) for count in LOST.findall(text))
            # The pings of the start are sessions, too.
            return count_of_sessions(text) + lost > lines + 1

        pipe.read_until(all_there)
        before, count, after = LOST.split(pipe.text, maxsplit=1)
        assert int(count) > 0
        assert child.popen.poll() is None
        # In the place of those that are missing, but for the order in which sessions end.
        last = int(re.findall(rb" session id=(\d+)", before)[-1])
        first = int(re.findall(rb" session id=(\d+)", after)[0])
        assert last < first
        child.signal(signal.SIGTERM)
        pipe.read_until(lambda text: text.endswith(b" info stopped\n"))
        assert child.ends_within() == 0


def test_nothing_is_lost_where_the_log_is_only_slow(tmp_path):
    with Pipe(non_blocking=True) as pipe, Logged(tmp_path, pipe.write_end) as child:
        child.log(A_PIPE_FULL)
        pipe.read_until(lambda text: count_of_sessions(text) > A_PIPE_FULL)
        assert not LOST.search(pipe.text)
        child.signal(signal.SIGTERM)
        assert child.ends_within() == 0


def test_a_slow_reader_is_told_at_the_end_what_it_will_not_get(tmp_path):
    with Pipe() as pipe, Logged(tmp_path, pipe.write_end) as child:
        child.log(A_PIPE_FULL)
        steady(pipe.waiting)
        child.signal(signal.SIGTERM)
        # A few pages on, as a person would at a pager, and no more.
        time.sleep(0.1)
        for _ in range(4):
            pipe.text += os.read(pipe.end, 4096)
        assert child.ends_within(AT_ONCE) == 0
        while pipe.waiting():
            pipe.text += os.read(pipe.end, 4096)
        for line in pipe.text.splitlines(keepends=True):
            assert line.endswith(b"\n")


def test_a_file_that_may_not_grow_is_no_end_of_the_daemon(tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))

    log = tmp_path / "log"
    with open(log, "ab") as stderr, Logged(tmp_path, stderr, preexec_fn=limit) as child:
        child.log(500)
        until(lambda: log.stat().st_size == 8192, 20 * PATIENCE, "the end of the file")
        assert child.ping()
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
        # It had kept them.
        until(lambda: count_of_sessions(log.read_bytes()) > 501, 20 * PATIENCE)
        child.signal(signal.SIGTERM)
        assert child.ends_within() == 0
    assert not LOST.search(log.read_bytes())
    assert log.read_bytes().endswith(b" info stopped\n")


def test_a_full_disk_does_not_hold_up_the_stop(tmp_path):
    with open("/dev/full", "wb") as full, Logged(tmp_path, full) as child:
        child.log(100)
        assert child.ping()
        child.signal(signal.SIGTERM)
        assert child.ends_within() == 0


def test_a_storm_of_wishes_for_counters_does_not_hold_up_the_stop(tmp_path):
    with Pipe() as pipe, Logged(tmp_path, pipe.write_end) as child:
        for _ in range(3000):
            child.signal(signal.SIGUSR1)
            child.signal(signal.SIGHUP)
        child.signal(signal.SIGTERM)
        assert child.ends_within(AT_ONCE) == 0
