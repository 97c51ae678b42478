"""Names that the name server is silent about: they hold up nobody but themselves."""

import signal
import subprocess
import time

import pytest

from child import AT_ONCE
from daemon import listener
from deadline import until
from program import ECHOLINE, ECHOLINED, run
from sanitized import PATIENCE
from silent_names import SilentNames

NAMED = listener("echo", "nobody.example:7007")
SIGNALS = pytest.mark.parametrize("signals", [1, 2], ids=["one signal", "two signals"])


@SIGNALS
def test_a_stop_wins_over_the_look_up_of_a_start(tmp_path, signals):
    config = tmp_path / "c.toml"
    config.write_text(NAMED)
    names = SilentNames(tmp_path)
    command = [*names.launcher, ECHOLINED, "--config", str(config)]
    daemon = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        until(names.is_asked, 20 * PATIENCE, "the look-up")
        start = time.monotonic()
        for _ in range(signals):
            daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30 * PATIENCE) == 0
        assert time.monotonic() - start < AT_ONCE
        assert daemon.stderr.read().endswith(" info stopped\n")
    finally:
        daemon.kill()
        daemon.wait(10)


def test_a_reload_does_not_wait_for_the_look_up_of_the_one_before(start_daemon, tmp_path):
    names = SilentNames(tmp_path)
    daemon = start_daemon(listener("line"), launcher=names.launcher)
    daemon.config_file.write_text(listener("line") + listener("discard") + NAMED)
    daemon.request_reload()
    until(names.is_asked, 20 * PATIENCE, "the look-up")
    start = time.monotonic()
    assert daemon.reload(listener("line") + listener("daytime"))
    assert time.monotonic() - start < 2 + 2 * PATIENCE  # the resolver would take ten
    assert daemon.events("reload-superseded")
    assert [line["listener"] for line in daemon.events("listening")] == ["line", "daytime"]


@SIGNALS
def test_a_stop_wins_over_the_look_up_of_a_reload(start_daemon, tmp_path, signals):
    names = SilentNames(tmp_path)
    daemon = start_daemon(listener("line"), launcher=names.launcher)
    daemon.config_file.write_text(listener("line") + NAMED)
    daemon.request_reload()
    until(names.is_asked, 20 * PATIENCE, "the look-up")
    start = time.monotonic()
    for _ in range(signals):
        daemon.signal(signal.SIGTERM)
    assert daemon.wait(30 * PATIENCE) == 0
    assert time.monotonic() - start < AT_ONCE


@pytest.mark.parametrize(
    "arguments",
    [
        ["ping", "-c", "1", "-W", "200ms"],
        ["ping", "-c", "1", "-W", "200ms", "--protocol", "connect"],
        ["connect", "-w", "200ms"],
        ["send", "-w", "200ms", "--retries", "0"],
        ["load", "--connect-timeout", "200ms"],
    ],
    ids=" ".join,
)
def test_a_look_up_ends_with_the_time_out(tmp_path, arguments):
    names = SilentNames(tmp_path)
    done = run(*names.launcher, ECHOLINE, *arguments, "nobody.example:7", input="x\n", stdin=None)
    seconds = time.time() - names.ready_at()
    assert done.returncode == 1
    assert seconds < 0.2 + AT_ONCE
    if arguments[0] == "ping":
        assert "lost: cannot look up the name: no answer in 200.000 ms\n" in done.stdout


@pytest.mark.parametrize("subcommand", ["ping", "connect", "load", "send"])
def test_an_interrupt_wins_over_a_look_up(tmp_path, subcommand):
    names = SilentNames(tmp_path)
    command = [*names.launcher, ECHOLINE, subcommand, "nobody.example:7"]
    client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        client.stdin.write(b"x\n")
        client.stdin.flush()
        until(names.is_asked, 20 * PATIENCE, "the look-up")
        start = time.monotonic()
        client.send_signal(signal.SIGINT)
        client.wait(30 * PATIENCE)
        assert time.monotonic() - start < AT_ONCE
    finally:
        client.kill()
        client.communicate(timeout=10)
