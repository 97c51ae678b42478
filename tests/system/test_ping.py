"""`echoline ping` against the real daemon, and against nobody."""

import re
import signal
import socket
import subprocess
import time

import pytest

from program import ECHOLINE, echoline
from sanitized import PATIENCE

STATISTICS = re.compile(
    r"--- (?P<target>\S+) ping statistics ---\n"
    r"(?P<sent>\d+) sent, (?P<answered>\d+) answered, (?P<lost>\d+) lost\n"
    r"(?:min/avg/p50/p99/max/mdev = (?P<times>[\d./]+) ms\n)?"
)


def target(daemon, name):
    return "%s:%d" % daemon.address(name)


def figures(stdout):
    found = STATISTICS.search(stdout)
    assert found, stdout
    return tuple(int(found[name]) for name in ("sent", "answered", "lost"))


@pytest.mark.parametrize("protocol", ["echo", "line"])
@pytest.mark.parametrize("size", [1, 56, 5000])
def test_ping_counts_what_is_answered_and_exits_with_0(daemon, protocol, size):
    to = target(daemon, protocol)
    done = echoline("ping", "-c", 5, "-i", 0.01, "-s", size, "--protocol", protocol, to)
    assert done.returncode == 0 and done.stderr == ""
    assert figures(done.stdout) == (5, 5, 0)
    for sequence in range(1, 6):
        assert re.search(rf"^{size} bytes from {to}: seq={sequence} time=\d", done.stdout, re.M)
    times = STATISTICS.search(done.stdout)["times"]
    least, mean, p50, p99, most, _ = map(float, times.split("/"))
    assert least <= p50 <= p99 <= most and least <= mean <= most


def test_ping_keeps_its_interval(daemon):
    start = time.monotonic()
    assert echoline("ping", "-c", 4, "-i", 0.2, target(daemon, "echo")).returncode == 0
    assert 0.6 <= time.monotonic() - start < 0.6 + 2 * PATIENCE


def test_ping_exits_with_1_where_nobody_listens():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        to = "127.0.0.1:%d" % bound.getsockname()[1]
        done = echoline("ping", "-c", 2, "-i", 0.01, to)
    assert done.returncode == 1
    assert f"cannot connect to {to}: Connection refused" in done.stderr
    assert figures(done.stdout) == (2, 0, 2)


def test_ping_exits_with_1_where_nobody_answers(daemon):
    done = echoline("ping", "-c", 2, "-i", 0.01, "-W", 0.1, target(daemon, "discard"))
    assert done.returncode == 1
    assert figures(done.stdout) == (2, 0, 2)
    assert "no reply in 100.000 ms" in done.stdout


def test_ping_says_so_when_the_target_speaks_another_protocol(daemon):
    done = echoline("ping", "-c", 1, "--protocol", "line", target(daemon, "echo"))
    assert done.returncode == 1
    assert "does the target speak another protocol?" in done.stdout


def test_ping_over_a_unix_socket(start_daemon, tmp_path):
    start_daemon(arguments=["--listen", f"echo=unix:{tmp_path}/echo"])
    done = echoline("ping", "-c", 2, "-i", 0, f"unix:{tmp_path}/echo")
    assert done.returncode == 0
    assert figures(done.stdout) == (2, 2, 0)


@pytest.mark.parametrize(
    "arguments",
    [[], ["ping"], ["ping", "nowhere"], ["ping", "-c", "-1", "127.0.0.1:7"], ["pong"]],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_a_wrong_command_line_exits_with_2(arguments):
    done = echoline(*arguments, seconds=10)
    assert done.returncode == 2
    assert done.stderr.startswith("echoline") or "Run with --help" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
def test_an_interrupt_prints_the_statistics(daemon, number):
    ping = subprocess.Popen(
        [ECHOLINE, "ping", "-i", "0.01", target(daemon, "echo")], stdout=subprocess.PIPE, text=True
    )
    try:
        for _ in range(5):
            assert "time=" in ping.stdout.readline()
        ping.send_signal(number)
        rest, _ = ping.communicate(timeout=20 * PATIENCE)
    finally:
        if ping.poll() is None:
            ping.kill()
            ping.wait(10)
    sent, answered, lost = figures(rest)
    assert sent == answered >= 5 and lost == 0
    assert ping.returncode == 0
