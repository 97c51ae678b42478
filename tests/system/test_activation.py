"""Sockets that systemd passes on: sd_listen_fds(3)."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack

import pytest

from activate import launcher
from daemon import listener
from deadline import until
from manager import Manager
from peer import Peer, peer_at
from program import ECHOLINED, echolined, run
from sanitized import PATIENCE


@pytest.fixture
def sockets():
    """Makes listening sockets, which stay open until the test is over."""
    with ExitStack() as stack:

        def make(family=socket.AF_INET, address=("127.0.0.1", 0), listen=True, kind=socket.SOCK_STREAM):
            made = stack.enter_context(socket.socket(family, kind))
            made.bind(address)
            if listen:
                made.listen(4096)
            return made

        yield make


def inherited(*names):
    return "".join(listener("echo" if name == "front" else "line", "systemd", name) for name in names)


def refused(config, passed, tmp_path):
    """The one line that a daemon says of sockets that do not fit."""
    file = tmp_path / "c.toml"
    file.write_text(config)
    how = launcher(passed)
    done = run(*how["launcher"], ECHOLINED, "--config", file, pass_fds=how["fds"])
    assert done.returncode == 78
    [line] = done.stderr.splitlines()
    return line


def test_listeners_serve_the_sockets_that_are_called_like_them(start_daemon, sockets):
    front, back = sockets(), sockets(socket.AF_INET6, ("::1", 0))
    passed = {"back": back, "front": front}  # not in the configuration's order
    daemon = start_daemon(inherited("front", "back"), **launcher(passed))
    assert daemon.port("front") == front.getsockname()[1]
    assert daemon.port("back") == back.getsockname()[1]
    assert [line["socket"] for line in daemon.events("listening")] == ["inherited"] * 2
    with Peer(front.getsockname()) as echo, Peer(back.getsockname()[:2]) as line:
        echo.send(b"hello")
        assert echo.read_exactly(5) == b"hello"
        assert line.ask(b"PING") == b"+PONG\r\n"


def test_a_socket_of_mptcp_is_served_like_any_other(start_daemon):
    IPPROTO_MPTCP = 262
    try:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    except OSError as error:
        pytest.skip(f"this kernel has no MPTCP: {error}")
    with made:
        made.bind(("127.0.0.1", 0))
        made.listen()
        start_daemon(inherited("back"), **launcher({"back": made}))
        with Peer(made.getsockname()) as peer:
            assert peer.ask(b"PING") == b"+PONG\r\n"


def test_a_socket_that_its_sharer_has_shut_down_is_told_with_what_helps(start_daemon, sockets):
    front = sockets()
    daemon = start_daemon(inherited("front") + listener("line"), **launcher({"front": front}))
    front.shutdown(socket.SHUT_RDWR)
    until(lambda: daemon.events("cannot-accept"), 20 * PATIENCE, "the error")
    error = daemon.events("cannot-accept")[0]
    assert error["listener"] == "front"
    assert "shut it down" in error["remedy"]


def test_a_listener_with_an_address_binds_it_beside_inherited_ones(start_daemon, sockets):
    config = inherited("front") + listener("line")
    daemon = start_daemon(config, **launcher({"front": sockets()}))
    assert ["socket" in line.fields for line in daemon.events("listening")] == [True, False]
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"


def test_the_command_line_can_take_a_socket_over(start_daemon, sockets):
    arguments = ["--listen", "line=systemd"]
    passed = launcher({"line": sockets()})
    daemon = start_daemon(inherited("front"), arguments=arguments, **passed)
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"


def test_a_listener_of_the_file_that_the_command_line_has_no_socket_for_is_warned_of(
    start_daemon, sockets
):
    arguments = ["--listen", "line=systemd"]
    passed = launcher({"line": sockets()})
    config = listener("line") + listener("chargen")
    daemon = start_daemon(config, arguments=arguments, **passed)
    assert [row["listener"] for row in daemon.events("listener-unused")] == ["chargen"]
    assert daemon.reload(listener("line") + listener("discard"))
    names = [row["listener"] for row in daemon.events("listener-unused")]
    assert names == ["chargen", "discard"]


def test_a_listener_that_the_command_line_replaces_is_not_warned_of(start_daemon):
    config = listener("line") + listener("chargen")
    daemon = start_daemon(config, arguments=["--listen", "line=127.0.0.1:0"])
    assert daemon.events("listener-unused") == []


def test_who_connected_before_the_daemon_is_served(start_daemon, sockets):
    back = sockets()
    with Peer(back.getsockname()) as peer:
        peer.send(b"PING\r\n")
        start_daemon(inherited("back"), **launcher({"back": back}))
        assert peer.read_line() == b"+PONG\r\n"


def test_a_unix_socket_is_shown_with_its_path_and_left_in_place(start_daemon, sockets, tmp_path):
    path = str(tmp_path / "front")
    front = sockets(socket.AF_UNIX, path)
    daemon = start_daemon(inherited("front"), **launcher({"front": front}))
    assert daemon.address("front") == path
    assert daemon.stop() == 0
    assert os.path.exists(path)


def test_who_waits_when_it_stops_is_left_to_the_next_daemon(start_daemon, sockets):
    back = sockets()
    count = 1500  # many more than it accepts before it looks at its signals
    with ExitStack() as stack:
        first = start_daemon(inherited("back"), **launcher({"back": back}))
        first.suspend()
        peers = [stack.enter_context(Peer(back.getsockname())) for _ in range(count)]
        for peer in peers:
            peer.send(b"PING\r\n")
        first.signal(signal.SIGTERM)
        first.resume()
        assert first.wait(30 * PATIENCE) == 0
        assert len(first.events("session")) < count
        start_daemon(inherited("back"), **launcher({"back": back}))
        assert [peer.read_line() for peer in peers] == [b"+PONG\r\n"] * count


def test_it_is_ready_with_inherited_sockets_too(start_daemon, sockets, tmp_path):
    with Manager(str(tmp_path / "notify")) as manager:
        environment = manager.environment
        daemon = start_daemon(
            inherited("front"), environment=environment, **launcher({"front": sockets()})
        )
        place = f"front 127.0.0.1:{daemon.port('front')}"
        manager.await_value("STATUS", f"{place}; 0 connections")


def test_the_variables_are_not_passed_on_and_the_sockets_closed_on_exec(start_daemon, sockets):
    daemon = start_daemon(inherited("front"), **launcher({"front": sockets()}))
    with open(f"/proc/{daemon.pid}/fdinfo/3") as info:
        [flags] = re.findall(r"flags:\s+(\d+)", info.read())
    assert int(flags, 8) & os.O_CLOEXEC
    assert int(flags, 8) & os.O_NONBLOCK


def test_a_listener_without_its_socket_is_refused(sockets, tmp_path):
    line = refused(inherited("front", "back"), {"front": sockets()}, tmp_path)
    assert 'listeners with the address "systemd": "back", "front"' in line
    assert 'passed on by systemd: "front"' in line
    assert "FileDescriptorName=" in line


def test_a_listener_is_refused_when_nothing_was_passed_on():
    done = echolined("--listen", "echo=systemd")
    assert done.returncode == 78
    assert 'passed on by systemd: none; start the daemon through .socket units' in done.stderr


def test_a_socket_that_no_listener_wants_is_refused(sockets, tmp_path):
    line = refused(inherited("front"), {"front": sockets(), "other": sockets()}, tmp_path)
    assert 'passed on by systemd: "front", "other"' in line
    line = refused(listener("echo"), {"echo": sockets()}, tmp_path)
    assert 'address "systemd": none' in line


def test_two_sockets_of_one_name_are_refused(sockets, tmp_path):
    # Two ListenStream= lines of one .socket unit.
    config = tmp_path / "c.toml"
    config.write_text(inherited("front"))
    how = launcher({"front": sockets(), "unused": sockets()})
    command = [word.replace("=unused", "=front") for word in how["launcher"]]
    done = run(*command, ECHOLINED, "--config", config, pass_fds=how["fds"])
    assert done.returncode == 78
    assert "two of these have one name" in done.stderr


def test_a_socket_without_a_name_is_refused(sockets, tmp_path):
    assert 'passed on by systemd: "unknown"' in refused(inherited("front"), [sockets()], tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [{"listen": False}, {"kind": socket.SOCK_DGRAM, "listen": False}],
    ids=["not listening", "datagrams"],
)
def test_what_does_not_listen_for_streams_is_refused(sockets, tmp_path, wrong):
    line = refused(inherited("front"), {"front": sockets(**wrong)}, tmp_path)
    assert 'the socket "front" that systemd passed on, descriptor 3, does not listen' in line


def test_sockets_meant_for_another_process_are_left_alone():
    environment = {**os.environ, "LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "echo"}
    done = echolined("--listen", "echo=systemd", env=environment)
    assert done.returncode == 78
    assert "passed on by systemd: none" in done.stderr


@pytest.mark.skipif(shutil.which("systemd-socket-activate") is None, reason="systemd is not installed")
def test_systemd_socket_activate_can_start_it(tmp_path):
    path = str(tmp_path / "echo")
    stderr = tmp_path / "stderr"
    command = ["systemd-socket-activate", "--listen", path, "--fdname", "echo"]
    with open(stderr, "wb") as log:
        activator = subprocess.Popen([*command, ECHOLINED, "--listen", "echo=systemd"], stderr=log)
    try:
        with until(lambda: peer_at(path), 20 * PATIENCE, "somebody who listens") as peer:
            peer.send(b"hello")
            assert peer.read_exactly(5) == b"hello"
        # It has become the daemon.
        activator.terminate()
        assert activator.wait(30 * PATIENCE) == 0
        assert "listening listener=echo" in stderr.read_text()
    finally:
        activator.kill()
        activator.wait()
