"""The scripts for bpftrace, attached to a daemon that serves: each answers its question."""

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from daemon import listener
from deadline import steady, until
from installed import SOURCE
from peer import PING, PONG, Peer, exchange
from program import ECHOLINED, run
from sanitized import PATIENCE

SCRIPTS = SOURCE / "systemd/bpftrace"
# Whether the kernel lets somebody attach.
TRIAL = f"usdt:{ECHOLINED}:echoline:accept, tracepoint:syscalls:sys_enter_accept4 {{ }} BEGIN {{ exit(); }}"


@pytest.fixture(scope="session")
def _why_not():
    if not shutil.which("bpftrace"):
        return "there is no bpftrace"
    if b"stapsdt" not in Path(ECHOLINED).read_bytes():
        return "echolined was built without <sys/sdt.h>"
    trial = run("bpftrace", "-e", TRIAL)
    return (trial.stderr + trial.stdout).strip().splitlines()[-1] if trial.returncode else None


class Script:
    """A script that is attached to a daemon; it prints what it found when it is ended."""

    def __init__(self, folder, name, daemon):
        text = (SCRIPTS / name).read_text()
        file = folder / name
        file.write_text(text.replace("/usr/bin/echolined", ECHOLINED))
        self._output = folder / "output"
        with open(self._output, "wb") as output:
            self._popen = subprocess.Popen(
                ["bpftrace", "-B", "line", "-p", str(daemon.pid), file],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        # What BEGIN prints comes out once every probe is attached.
        [words] = re.findall(r'^BEGIN \{ printf\("(.*)\\n"\); \}$', text, re.MULTILINE)
        until(lambda: words in self.output() or self._has_ended(), 60 * PATIENCE, "its probes")
        assert words in self.output(), self.output()

    def output(self):
        return self._output.read_text()

    def _has_ended(self):
        return self._popen.poll() is not None

    def end(self):
        self._popen.send_signal(signal.SIGINT)
        self._popen.wait(60 * PATIENCE)
        return self.output()

    def kill(self):
        if not self._has_ended():
            self._popen.kill()
            self._popen.wait(10)


@pytest.fixture
def attach(_why_not, tmp_path):
    if _why_not:
        pytest.skip(f"NOT RUN, no script can be attached: {_why_not}")
    started = []

    def start(name, daemon):
        started.append(Script(tmp_path, name, daemon))
        return started[-1]

    yield start
    for script in started:
        script.kill()


def value(output, name, key):
    [found] = re.findall(rf"^@{name}\[{re.escape(key)}\]: (\d+)$", output, re.MULTILINE)
    return int(found)


def counted(output, name):
    """How many values a script's histograms of that name have, by key; a single one has the key ''."""
    found = {}
    for key, rows in re.findall(rf"^@{name}(?:\[(.*?)\])?: *\n((?:[\[(].*\n)+)", output, re.MULTILINE):
        found[key] = sum(int(count) for count in re.findall(r"(?:\)|\]) +(\d+) \|", rows))
    return found


def serve(daemon, count):
    before = len(daemon.events("session"))
    exchange(daemon.address("line"), count)
    until(lambda: len(daemon.events("session")) > before)


def test_every_script_is_tried():
    tested = set(re.findall(r'attach\("(\w+\.bt)"', Path(__file__).read_text()))
    assert {path.name for path in SCRIPTS.iterdir()} == tested


def test_who_stalls_names_who_does_not_read(start_daemon, attach):
    daemon = start_daemon(listener("chargen"), arguments=["--admin", "127.0.0.1:0"])
    script = attach("who_stalls.bt", daemon)
    with Peer(daemon.admin_address()) as admin, Peer(daemon.address("chargen"), 4096) as peer:
        peer.read()
        steady(lambda: admin.ask(b"STATS bytes_sent_total"))
    line = re.compile(r"^session \d+ of 127\.0\.0\.1 did not read for \d+ ms$", re.MULTILINE)
    # An interrupt ends it without the lines that are on their way.
    until(lambda: line.search(script.output()), 60 * PATIENCE, "the line")
    output = script.end()
    assert value(output, "stalls", "127.0.0.1") >= 1
    assert value(output, "stalled_ms", "127.0.0.1") >= 300
    assert value(output, "stalled_now", "127.0.0.1") == 0


def test_request_latency_has_every_turn(start_daemon, attach):
    daemon = start_daemon(listener("line"))
    script = attach("request_latency.bt", daemon)
    serve(daemon, 10)
    output = script.end()
    assert re.search(r"^@lines: 10$", output, re.MULTILINE), output
    assert sum(counted(output, "request_us").values()) == 10


def test_first_byte_has_every_connection(start_daemon, attach):
    daemon = start_daemon(listener("line"))
    script = attach("first_byte.bt", daemon)
    for _ in range(3):
        serve(daemon, 2)
    output = script.end()
    assert counted(output, "first_byte_ms") == {"": 3}
    assert value(output, "mean_ms", "127.0.0.1") < 10_000 * PATIENCE


def test_loop_lag_has_the_loops_and_slow_callbacks(start_daemon, attach):
    daemon = start_daemon('workers = 1\nslow_callback = "1us"\n' + listener("line"))
    script = attach("loop_lag.bt", daemon)
    for _ in range(3):  # to know when the loop went to sleep, when it woke up, and when it ran
        serve(daemon, 1)
        until(lambda: daemon.state() == "S", what="a loop that sleeps")
    output = script.end()
    assert counted(output, "held_us")[f"{daemon.pid}, echolined"] >= 1
    assert counted(output, "core_us")["echolined"] >= 1
    assert re.search(r"^echolined was held for \d+ us$", output, re.MULTILINE), output


def test_bytes_by_peer_are_those_that_were_sent_and_received(start_daemon, attach):
    daemon = start_daemon(listener("line"))
    script = attach("bytes_by_peer.bt", daemon)
    serve(daemon, 10)
    output = script.end()
    assert value(output, "sessions", "127.0.0.1") == 1
    assert value(output, "received", "127.0.0.1") == 10 * len(PING + b"\r\n")
    assert value(output, "sent", "127.0.0.1") == 10 * len(PONG)
