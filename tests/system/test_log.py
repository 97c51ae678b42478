"""The daemon's log: one event, one line, whatever a peer sends."""

import json
import os
import signal
import socket
import subprocess

import pytest

import log_line
from daemon import listener
from deadline import until
from peer import Peer
from process import Process
from program import ECHOLINED
from sanitized import PATIENCE

# What would be an entry of its own, if it came to stand at the beginning of a line.
FORGED = b"2026-11-21T00:00:00.000Z error session-failed id=1"
NASTY = b'PING\r\n"\\\x1b[2J\x85\xff' + FORGED + b"\r\n\r\n\n" + FORGED + b"\n\x00\n"


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("protocol", ["echo", "line"])
def test_nothing_that_a_peer_sends_gets_into_the_log(
    start_daemon, reliability, protocol, log_format
):
    log = f'[log]\nlevel = "debug"\nformat = "{log_format}"\n'
    daemon = start_daemon(log + listener(protocol))
    with Peer(daemon.address(protocol)) as peer:
        peer.send(NASTY)
        peer.send_end()
        peer.read_to_end()
    until(lambda: daemon.events("session"), what="the session's log line")
    # Teardown finds that each line is one of the log's, and no session failed.
    assert "\x1b" not in daemon.stderr()
    assert len(daemon.events("session")) == 1
    reliability(20, f"{protocol}, {log_format}: one entry, none forged")


def test_a_peer_with_a_nasty_address_does_not_get_into_the_log(start_daemon, tmp_path):
    daemon = start_daemon(listener("line", f"unix:{tmp_path}/line"))
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"WHOAMI") == b"+unix\r\n"
    with socket.socket(socket.AF_UNIX) as client:
        client.bind("\0name\n" + FORGED.decode())
        client.settimeout(10)
        client.connect(daemon.address("line"))
        client.sendall(b"WHOAMI\n")
        assert client.recv(100) == b"+unix\r\n"
    until(lambda: len(daemon.events("session")) == 2)


def test_a_listener_with_an_awkward_name_is_escaped(start_daemon):
    name = 'a "b" \\ =\u00e9'
    written = name.replace("\\", "\\\\").replace('"', '\\"')
    daemon = start_daemon('[log]\nformat = "json"\n' + listener("echo", name=written))
    [line] = daemon.events("listening")
    assert line["listener"] == name


def test_every_line_is_an_object_in_json(start_daemon):
    daemon = start_daemon('[log]\nformat = "json"\n' + listener("line"))
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"QUIT") == b"+BYE\r\n"
    until(lambda: daemon.events("session"))
    assert daemon.stop() == 0
    entries = [json.loads(line) for line in daemon.stderr().splitlines()]
    assert {entry["schema"] for entry in entries} == {"echolined.log/2"}
    events = [entry["event"] for entry in entries]
    assert events == ["listening", "ready", "session", "stopping", "stopped"]
    session = entries[2]
    assert (session["received"], session["sent"]) == (len("QUIT\r\n"), len("+BYE\r\n"))
    assert isinstance(session["seconds"], float)


def test_a_session_ends_in_one_line_with_its_figures(start_daemon):
    daemon = start_daemon(listener("echo"))
    with Peer(daemon.address("echo")) as peer:
        own = "%s:%d" % peer.socket.getsockname()
        peer.send(b"x" * 1000)
        peer.send_end()
        peer.read_to_end()
    [line] = until(lambda: daemon.events("session"))
    assert (line.level, line["peer"], line["end"]) == ("info", own, "peer-closed")
    assert (line["received"], line["sent"]) == ("1000", "1000")


def stderr_of_a_short_life(*arguments, journal=False):
    """What a daemon writes that is asked to stop as soon as it can be. `journal` has it told that
    its standard error is the journal's."""

    def tell_of_journal():
        status = os.fstat(2)
        os.environ["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"

    daemon = subprocess.Popen(
        [ECHOLINED, "--listen", "echo=127.0.0.1:0", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=tell_of_journal if journal else None,
    )
    try:
        until(lambda: Process(daemon.pid).blocks(signal.SIGTERM), 20 * PATIENCE)
        daemon.send_signal(signal.SIGTERM)
        _, stderr = daemon.communicate(timeout=30 * PATIENCE)
        assert daemon.returncode == 0
        return stderr
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait(10)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_lines_for_the_journal_begin_with_their_priority(tmp_path, log_format):
    (tmp_path / "c.toml").write_text(f'[log]\nlevel = "debug"\nformat = "{log_format}"\n')
    lines = stderr_of_a_short_life("--config", tmp_path / "c.toml", journal=True).splitlines()
    assert lines
    for line in lines:
        priority, _, rest = line.partition(">")
        level = log_line.parse(rest).level
        assert priority == {"debug": "<7", "info": "<6", "warning": "<4", "error": "<3"}[level]


def test_a_log_that_is_not_the_journal_s_has_no_priorities(monkeypatch):
    monkeypatch.setenv("JOURNAL_STREAM", "1:1")
    for line in stderr_of_a_short_life().splitlines():
        assert log_line.parse(line)


def test_the_log_level_error_is_silent_when_all_is_well():
    assert stderr_of_a_short_life("--log-level", "error") == ""


def test_the_log_level_info_is_the_default():
    assert stderr_of_a_short_life() != ""
    assert " info stopped\n" in stderr_of_a_short_life("--log-level", "info")


def test_a_log_that_nobody_takes_does_not_stop_the_daemon():
    daemon = subprocess.Popen(
        [ECHOLINED, "--listen", "line=127.0.0.1:0"], stderr=subprocess.PIPE, text=True
    )
    try:
        address = daemon.stderr.readline().partition("address=")[2].split()[0]
        daemon.stderr.close()
        host, _, port = address.rpartition(":")
        for _ in range(20):
            with Peer((host, int(port))) as peer:
                assert peer.ask(b"PING") == b"+PONG\r\n"
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30 * PATIENCE) == 0
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait(10)


def test_debug_mode_names_the_task_that_holds_a_loop(start_daemon):
    # Nothing that does anything takes less than a microsecond.
    daemon = start_daemon('slow_callback = "1us"\n' + listener("echo", name="slow"))

    def of_the_session():
        # Again and again: of so many reports only some are written.
        peer.send(b"x")
        assert peer.read_exactly(1) == b"x"
        tasks = [line.fields.get("task", "") for line in daemon.events("slow-callback")]
        return {task for task in tasks if "session 1 of slow" in task}

    with Peer(daemon.address("slow")) as peer:
        [task] = until(of_the_session)
    assert "session.cpp:" in task, "where it was created"


def test_a_flood_of_one_kind_is_ten_lines_and_a_count(start_daemon, reliability):
    # What takes longer than that is every turn of every loop.
    daemon = start_daemon('slow_callback = "1us"\n' + listener("line"))

    def suppressed():
        with Peer(daemon.address("line")) as peer:
            peer.ask(b"PING")
        return [line for line in daemon.events("slow-callback") if "suppressed" in line.fields]

    count = until(suppressed)[0]
    assert daemon.events("slow-callback").index(count) == 10
    assert count.level == "warning"
    assert int(count["suppressed"]) > 0
    reliability(21, f"10 lines, then \"{count['suppressed']} suppressed\"")
