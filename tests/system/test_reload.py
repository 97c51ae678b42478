"""A new configuration without a new daemon: what changes with SIGHUP, and what goes on."""

import os
import signal
import time
from contextlib import ExitStack

from daemon import limits, listener
from deadline import until
from manager import Manager
from peer import PING, PONG, Peer, answers, free_port
from sanitized import PATIENCE


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


def test_the_command_line_keeps_its_precedence(start_daemon):
    arguments = ["--listen", "line=127.0.0.1:0", "--log-level", "info"]
    daemon = start_daemon(listener("echo"), arguments=arguments)
    assert daemon.reload('[log]\nlevel = "error"\n' + limits(max_connections=9) + listener("echo"))
    assert [line["listener"] for line in daemon.events("listening")] == ["line"]
    with Peer(daemon.address("line")) as peer:
        assert peer.stats()["connections_max"] == 9
