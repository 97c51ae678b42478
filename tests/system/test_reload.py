"""A new configuration without a new daemon: SIGHUP."""

import os
import signal
import socket
import time
from contextlib import ExitStack

import pytest

from activate import launcher
from daemon import listener
from deadline import until
from manager import Manager
from peer import Peer
from sanitized import PATIENCE, scaled

PING, PONG = b"PING", b"+PONG\r\n"


def limits(**settings):
    lines = (f"{key} = {repr(value).replace(chr(39), chr(34))}\n" for key, value in settings.items())
    return "[limits]\n" + "".join(lines)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def answers(address):
    with Peer(address) as peer:
        return peer.ask(PING) == PONG


def listening_socket(port):
    """The number of the socket that listens there, as the kernel knows it."""
    with open("/proc/net/tcp") as table:
        lines = [line.split() for line in table][1:]
    [inode] = [line[9] for line in lines if line[3] == "0A" and line[1].endswith(f":{port:04X}")]
    return inode


def test_a_listener_that_is_added_serves(start_daemon):
    daemon = start_daemon(listener("echo"))
    assert daemon.reload(listener("echo") + listener("line"))
    assert answers(daemon.address("line"))


def test_a_listener_that_is_removed_accepts_no_more_and_serves_those_it_has(start_daemon):
    daemon = start_daemon(listener("echo") + listener("line"))
    with Peer(daemon.address("line")) as live:
        assert live.ask(PING) == PONG
        assert daemon.reload(listener("echo"))
        assert [line["listener"] for line in daemon.events("not-listening")] == ["line"]
        until(lambda: refuses(daemon.address("line")), 20 * PATIENCE, "the end of its socket")
        assert live.ask(PING) == PONG
        # Another one of that name has nothing to do with it.
        assert daemon.reload(listener("echo") + listener("line"))
        assert answers(daemon.address("line"))
        assert live.ask(PING) == PONG


def refuses(address):
    try:
        Peer(address).socket.close()
        return False
    except ConnectionRefusedError:
        return True


def test_a_unix_path_goes_with_its_listener_and_stays_when_it_is_kept(start_daemon, tmp_path):
    kept, removed = f"{tmp_path}/kept", f"{tmp_path}/removed"
    config = listener("line", f"unix:{kept}", name="kept")
    daemon = start_daemon(config + listener("line", f"unix:{removed}", name="removed"))
    inode = os.stat(kept).st_ino
    assert daemon.reload(config)
    until(lambda: not os.path.exists(removed), 20 * PATIENCE)
    assert os.stat(kept).st_ino == inode
    assert answers(kept)


def test_a_listener_of_the_same_address_keeps_its_socket_whatever_else_changes(start_daemon):
    port = free_port()
    daemon = start_daemon(listener("echo", f"127.0.0.1:{port}", name="one"))
    before = listening_socket(port)
    assert daemon.reload(listener("line", f"127.0.0.1:{port}", name="two", backlog=7))
    assert listening_socket(port) == before
    assert answers(("127.0.0.1", port))
    assert len(daemon.events("listening")) == 1


def test_a_port_chosen_by_the_kernel_is_kept(start_daemon):
    daemon = start_daemon(listener("line"))
    assert daemon.reload(listener("line", max_line="1KiB"))
    assert len(daemon.events("listening")) == 1
    assert answers(daemon.address("line"))


def test_a_live_connection_keeps_the_settings_it_began_with(start_daemon):
    daemon = start_daemon(listener("line", max_line="1KiB"))
    text = b"ECHO " + b"x" * 500
    with Peer(daemon.address("line")) as old:
        assert old.ask(PING) == PONG
        assert daemon.reload(listener("line", max_line="100B", idle_timeout="300ms"))
        with Peer(daemon.address("line")) as new:
            assert new.ask(text).startswith(b"-ERR")
            assert old.ask(text) == b"+" + b"x" * 500 + b"\r\n"
            assert new.read_to_end() == b""  # idle
        assert old.ask(PING) == PONG


def test_an_idle_timeout_that_grows_does_not_spare_those_who_began_with_a_shorter_one(start_daemon):
    daemon = start_daemon(listener("line", idle_timeout="500ms"))
    with Peer(daemon.address("line")) as old:
        assert old.ask(PING) == PONG
        assert daemon.reload(listener("line", idle_timeout="10m"))
        start = time.monotonic()
        assert old.read_to_end() == b""
        assert time.monotonic() - start < 1 + PATIENCE


def test_more_permits_take_effect_for_those_who_wait(start_daemon):
    daemon = start_daemon(limits(max_connections=1) + listener("line"))
    with Peer(daemon.address("line")) as first, Peer(daemon.address("line")) as second:
        assert first.ask(PING) == PONG
        second.send(PING + b"\r\n")
        assert daemon.reload(limits(max_connections=2) + listener("line"))
        assert second.read_line() == PONG
        assert first.ask(PING) == PONG


def test_fewer_permits_cut_nobody_and_hold_once_enough_have_left(start_daemon):
    daemon = start_daemon(limits(max_connections=3) + listener("line"))
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("line"))) for _ in range(3)]
        assert [peer.ask(PING) for peer in peers] == [PONG] * 3
        assert daemon.reload(limits(max_connections=1, at_limit="refuse") + listener("line"))
        assert [peer.ask(PING) for peer in peers] == [PONG] * 3
        for left in (2, 1):
            peers.pop().socket.close()
            until(lambda: peers[0].stats()["connections_active"] == left, 20 * PATIENCE)
            with Peer(daemon.address("line")) as refused:
                assert refused.read_line().startswith(b"-ERR server is full")
        peers.pop().socket.close()
        until(lambda: admitted(daemon), 20 * PATIENCE, "a free place")


def admitted(daemon):
    with Peer(daemon.address("line")) as peer:
        return peer.ask(PING) == PONG


def test_a_full_server_that_is_to_refuse_does_not_leave_the_next_one_waiting(start_daemon):
    full = {"max_connections": 1}
    daemon = start_daemon(limits(**full) + listener("line"))
    with Peer(daemon.address("line")) as first, Peer(daemon.address("line")) as second:
        assert first.ask(PING) == PONG
        assert daemon.reload(limits(**full, at_limit="refuse") + listener("line"))
        assert second.read_line().startswith(b"-ERR server is full")


def test_the_log_level_follows(start_daemon, tmp_path):
    with Manager(str(tmp_path / "notify")) as manager:
        daemon = start_daemon(listener("line"), environment=manager.environment)
        daemon.config_file.write_text('[log]\nlevel = "error"\n' + listener("line"))
        daemon.request_reload()
        until(lambda: manager.values("READY") == ["1", "1"], 20 * PATIENCE)
        assert not daemon.events("reloaded")
        assert answers(daemon.address("line"))
        until(lambda: active(daemon) == 1, 20 * PATIENCE, "the end of that session")
        assert daemon.reload(listener("line"))
        assert not pings(daemon)
        assert answers(daemon.address("line"))
        until(lambda: pings(daemon), 20 * PATIENCE)


def pings(daemon):
    """The sessions in the log that were one PING."""
    return [line for line in daemon.events("session") if line["received"] == "6"]


def active(daemon):
    """How many are being served, with the one who asks."""
    with Peer(daemon.address("line")) as peer:
        return peer.stats()["connections_active"]


def test_the_grace_of_a_later_stop_follows(start_daemon):
    daemon = start_daemon('shutdown_grace = "60s"\n' + listener("echo"))
    assert daemon.reload('shutdown_grace = "300ms"\n' + listener("echo"))
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"x")
        assert peer.read_exactly(1) == b"x"
        daemon.signal(signal.SIGTERM)
        assert daemon.wait(5 * PATIENCE) == 0


def test_what_cannot_change_while_it_runs_is_named(start_daemon):
    daemon = start_daemon("workers = 1\n" + listener("line"))
    fixed = 'workers = 2\nbusy_poll = "1us"\nslow_callback = "1s"\n[log]\nformat = "json"\n'
    for times in (1, 2):
        assert daemon.reload(fixed + listener("line"))
        names = [line["setting"] for line in daemon.events("restart-to-apply")]
        assert names == ["workers", "busy_poll", "slow_callback", "log.format"] * times
    with Peer(daemon.address("line")) as peer:
        assert peer.stats()["workers"] == 1


BAD = 'shutdown_grace = "soon"\n[[listener]]\nprotocol = "ecko"\naddress = "127.0.0.1:0"\n'


def test_a_bad_file_changes_nothing_and_every_error_is_logged(start_daemon, tmp_path):
    with Manager(str(tmp_path / "notify")) as manager:
        daemon = start_daemon(listener("line"), environment=manager.environment)
        assert not daemon.reload(BAD)
        errors = [line["what"] for line in daemon.events("reload-error")]
        places = [error.removeprefix(f"{daemon.config_file}:")[:5] for error in errors]
        assert places == ["1:18:", "3:12:"]
        [failed] = daemon.events("reload-failed")
        assert (failed.level, failed["errors"]) == ("error", "2")
        assert answers(daemon.address("line"))
        until(lambda: manager.values("READY") == ["1", "1"], 20 * PATIENCE)
        assert f"reload failed: {daemon.config_file}:1:18: " in manager.values("STATUS")[-1]
        # It stays to be seen, until a reload goes well.
        with Peer(daemon.address("line")):
            until(lambda: manager.values("STATUS")[-1].endswith("; 1 connection"), 20 * PATIENCE)
            assert manager.values("STATUS")[-1].startswith("reload failed: ")
        assert daemon.reload(listener("line"))
        until(lambda: "failed" not in manager.values("STATUS")[-1], 20 * PATIENCE)


def test_a_file_that_is_gone_changes_nothing(start_daemon):
    daemon = start_daemon(listener("line"))
    daemon.config_file.unlink()
    assert not daemon.reload()
    [error] = daemon.events("reload-error")
    assert "cannot read this file" in error["what"]
    assert answers(daemon.address("line"))


def test_an_address_that_cannot_be_bound_changes_nothing_at_all(start_daemon, tmp_path):
    taken = start_daemon(listener("echo")).port("echo")
    daemon = start_daemon(limits(max_connections=5) + listener("line"))
    path = f"{tmp_path}/new"
    assert not daemon.reload(
        limits(max_connections=7)
        + listener("line", f"unix:{path}", name="new")
        + listener("line", f"127.0.0.1:{taken}", name="taken")
    )
    [error] = daemon.events("reload-error")
    assert f"cannot listen on 127.0.0.1:{taken}: Address already in use" in error["what"]
    assert not os.path.exists(path)
    with Peer(daemon.address("line")) as peer:
        assert peer.stats()["connections_max"] == 5


def test_another_address_of_its_own_port_takes_a_restart_and_it_says_so(start_daemon):
    port = free_port()
    daemon = start_daemon(listener("line", f"127.0.0.1:{port}"))
    assert not daemon.reload(listener("line", f"0.0.0.0:{port}"))
    [error] = daemon.events("reload-error")
    assert f"this daemon itself has 127.0.0.1:{port}: " in error["what"]
    assert error["what"].endswith("takes a restart")
    assert answers(daemon.address("line"))


def test_reloading_is_told_before_it_begins_and_ready_when_it_is_over(start_daemon, tmp_path):
    with Manager(str(tmp_path / "notify")) as manager:
        daemon = start_daemon(listener("line"), environment=manager.environment)
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        assert daemon.reload(listener("line"))
        until(lambda: manager.values("READY") == ["1", "1"], 20 * PATIENCE)
        names = [line.partition("=")[0] for line in manager.told()]
        assert names == ["READY", "STATUS", "RELOADING", "MONOTONIC_USEC", "STATUS", "READY", "STATUS"]
        [when] = map(int, manager.values("MONOTONIC_USEC"))
        assert before <= when <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def test_without_a_file_there_is_nothing_to_reload(start_daemon, tmp_path):
    with Manager(str(tmp_path / "notify")) as manager:
        arguments = ["--listen", "line=127.0.0.1:0"]
        daemon = start_daemon(arguments=arguments, environment=manager.environment)
        daemon.request_reload()
        until(lambda: daemon.events("nothing-to-reload"), 20 * PATIENCE)
        # Who asked for it is not left waiting.
        until(lambda: manager.values("READY") == ["1", "1"], 20 * PATIENCE)
        assert manager.values("RELOADING") == ["1"]
        assert answers(daemon.address("line"))


def test_the_command_line_keeps_its_precedence(start_daemon):
    arguments = ["--listen", "line=127.0.0.1:0", "--log-level", "info"]
    daemon = start_daemon(listener("echo"), arguments=arguments)
    assert daemon.reload('[log]\nlevel = "error"\n' + limits(max_connections=9) + listener("echo"))
    assert [line["listener"] for line in daemon.events("listening")] == ["line"]
    with Peer(daemon.address("line")) as peer:
        assert peer.stats()["connections_max"] == 9


def test_inherited_sockets_go_on_and_have_to_match_as_at_the_start(start_daemon):
    config = listener("line", "systemd")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        daemon = start_daemon(config, **launcher({"line": listening}))
        assert daemon.reload(config + listener("echo"))
        assert answers(listening.getsockname())
        assert not daemon.reload(listener("line", "systemd", name="other"))
        [error] = daemon.events("reload-error")
        assert "FileDescriptorName=" in error["what"]
        assert answers(listening.getsockname())


@pytest.fixture
def slow_file(start_daemon):
    """A daemon whose file takes until it is written to be read."""
    daemon = start_daemon('shutdown_grace = "20s"\n' + listener("line"))
    daemon.config_file.unlink()
    os.mkfifo(daemon.config_file)
    return daemon


def test_a_file_that_takes_long_to_read_holds_nobody_up(slow_file):
    with Peer(slow_file.address("line")) as peer:
        slow_file.request_reload()
        until(lambda: slow_file.events("reloading"), 20 * PATIENCE)
        assert [peer.ask(PING) for _ in range(10)] == [PONG] * 10
        assert answers(slow_file.address("line"))
        slow_file.config_file.write_text(listener("line"))
        until(lambda: slow_file.events("reloaded"), 20 * PATIENCE)


def test_a_stop_during_a_reload_wins(slow_file):
    slow_file.request_reload()
    until(lambda: slow_file.events("reloading"), 20 * PATIENCE)
    with Peer(slow_file.address("line")) as peer:
        assert peer.ask(PING) == PONG
        slow_file.signal(signal.SIGTERM)
        assert peer.read_to_end() == b""
    slow_file.config_file.write_text(listener("line"))
    assert slow_file.wait(30 * PATIENCE) == 0
    assert not slow_file.events("reloaded")


def test_requests_during_a_reload_are_one_more_reload(slow_file):
    slow_file.request_reload()
    until(lambda: slow_file.events("reloading"), 20 * PATIENCE)
    for _ in range(10):
        slow_file.request_reload()
        assert answers(slow_file.address("line"))  # so that each has been seen
    slow_file.config_file.write_text(listener("line"))
    until(lambda: len(slow_file.events("reloading")) == 2, 20 * PATIENCE)
    slow_file.config_file.write_text(listener("line"))
    until(lambda: len(slow_file.events("reloaded")) == 2, 20 * PATIENCE)
    time.sleep(0.5)  # for what must not come
    assert len(slow_file.events("reloading")) == 2


def test_the_counters_are_logged_on_request(start_daemon):
    daemon = start_daemon(listener("line"))
    with Peer(daemon.address("line")) as peer:
        names = list(peer.stats())
        daemon.request_counters()
        until(lambda: daemon.events("counters"), 20 * PATIENCE)
    [line] = daemon.events("counters")
    assert list(line.fields) == names
    assert line["connections_active"] == "1"
