"""What the daemon answers to those who administer it."""

import os
import re
import signal
import socket
import threading

import pytest

from daemon import listener
from deadline import until
from peer import PING, Peer
from program import echoline
from sanitized import PATIENCE, check_growth

ADMIN = '[admin]\naddress = "127.0.0.1:0"\n'


@pytest.fixture(name="daemon")
def administered(start_daemon):
    return start_daemon(ADMIN + listener("echo") + listener("line"))


def ask(daemon, line):
    with Peer(daemon.admin_address()) as peer:
        reply = peer.ask(line.encode())
    lines = reply if isinstance(reply, list) else [reply]
    return "".join(line.decode() for line in lines).replace("\r\n", "\n")


def asked_by_program(daemon, *line):
    return echoline("ask", "%s:%d" % daemon.admin_address(), *line)


def test_help_tells_each_command_and_one(daemon):
    commands = [line.split()[0] for line in ask(daemon, "HELP").splitlines()]
    for command in commands:
        name = command.strip("+:")
        assert ask(daemon, f"help {name.lower()}").startswith(f"+{name}")
    assert ask(daemon, "HELP SING") == "-ERR unknown command 'SING', try HELP\n"


@pytest.mark.parametrize(
    "line, reply",
    [
        ("SING", "-ERR unknown command 'SING', try HELP\n"),
        ("PING x", "-ERR PING takes no argument\n"),
        ("STATS weather", "-ERR no figure begins with 'weather'; STATS alone tells all\n"),
        ("LEVEL loud", "-ERR no level 'loud'; it is debug, info, warning or error\n"),
        ("x" * 2000, "-ERR line longer than 1024 bytes\n"),
        ("quit", "+BYE\n"),
    ],
)
def test_what_is_asked_is_answered(daemon, line, reply):
    assert ask(daemon, line) == reply


def test_the_listeners_are_told_with_their_places(daemon):
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"x")
        peer.read(1)
        lines = ask(daemon, "LISTENERS").splitlines()
    host, port = daemon.address("echo")
    assert lines[0] == f'+name="echo" protocol=echo address={host}:{port} taken=1 places=10000'
    assert [line.split()[0] for line in lines] == ['+name="echo"', '+name="line"', '+name="admin"']


def test_the_level_changes_at_once_until_a_reload(daemon):
    assert ask(daemon, "LEVEL") == "+info\n"
    assert ask(daemon, "LEVEL error") == "+error\n"
    with Peer(daemon.address("line")) as peer:
        peer.ask(b"QUIT")
    assert ask(daemon, "LEVEL") == "+error\n"
    assert daemon.events("session") == []
    assert ask(daemon, "RELOAD").startswith("+OK")
    assert ask(daemon, "LEVEL") == "+info\n"
    assert [line["level"] for line in daemon.events("log-level")] == ["error"]


def test_the_log_tells_its_level_whichever_way_it_changes(daemon):
    for level in ("error", "info", "warning", "debug"):
        assert ask(daemon, f"LEVEL {level}") == f"+{level}\n"
    until(lambda: len(daemon.events("log-level")) == 4, what="a line for each")


def test_sigusr1_answers_at_every_level(daemon):
    assert ask(daemon, "LEVEL error") == "+error\n"
    daemon.request_counters()
    until(lambda: daemon.events("counters"), what="the counters")
    assert ask(daemon, "LEVEL info") == "+info\n"


def test_a_reload_is_answered_when_it_is_done(daemon):
    daemon.config_file.write_text("workers = 7\n" + ADMIN + listener("discard"))
    done = asked_by_program(daemon, "RELOAD")
    assert (done.returncode, done.stdout) == (0, "+OK 2 listeners; waiting for a restart: workers\n")
    until(lambda: [line for line in daemon.events("listening") if line["listener"] == "discard"])


def test_a_reload_that_fails_tells_every_error_and_changes_nothing(daemon):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = "127.0.0.1:%d" % other.getsockname()[1]
        daemon.config_file.write_text(ADMIN + listener("echo", taken) + listener("line", "127.0.0.1:1"))
        done = asked_by_program(daemon, "RELOAD")
    assert done.returncode == 1
    assert re.fullmatch(rf"-ERR not reloaded: cannot listen on {taken}: .*\n", done.stdout)
    daemon.config_file.write_text("colour = 1\n[limits]\nflavour = 2\n")
    reply = ask(daemon, "RELOAD")
    assert "'colour'" in reply and "'flavour'" in reply and reply.count("\n") == 1
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(PING) == b"+PONG\r\n"


def test_without_a_file_there_is_nothing_to_reload(start_daemon):
    daemon = start_daemon(arguments=["--admin", "127.0.0.1:0"])
    assert ask(daemon, "RELOAD") == "-ERR not reloaded: the daemon was started without --config\n"


def test_each_of_many_who_reload_at_once_has_its_own_file_read(daemon):
    """The last change to the file comes before the last request: whoever asks then sees it."""
    replies = []

    def reload():
        replies.append(ask(daemon, "RELOAD"))

    threads = [threading.Thread(target=reload) for _ in range(6)]
    for thread in threads:
        thread.start()
    daemon.config_file.write_text("colour = 1\n")
    assert "'colour'" in ask(daemon, "RELOAD")
    daemon.config_file.write_text(ADMIN + listener("echo"))
    assert ask(daemon, "RELOAD") == "+OK 2 listeners\n"
    for thread in threads:
        thread.join()
    assert len(replies) == 6


def test_a_reload_that_a_stop_interrupts_is_answered(start_daemon):
    daemon = start_daemon(ADMIN)
    daemon.config_file.unlink()
    os.mkfifo(daemon.config_file)
    with Peer(daemon.admin_address()) as peer:
        peer.send(b"RELOAD\r\n")
        until(lambda: daemon.events("reloading"), what="the reload")
        daemon.signal(signal.SIGTERM)
        assert peer.read_line() == b"-ERR not reloaded: the daemon is stopping\r\n"
        assert peer.read() == b""
    assert daemon.wait(20) == 0


def test_clients_that_have_gone_do_not_keep_their_places_for_a_reload_that_hangs(start_daemon):
    daemon = start_daemon(ADMIN)
    daemon.config_file.unlink()
    os.mkfifo(daemon.config_file)
    for leave in (Peer.reset, lambda peer: peer.socket.close()):
        peers = [Peer(daemon.admin_address()) for _ in range(8)]
        for peer in peers:
            peer.send(b"RELOAD\r\n")
        until(lambda: daemon.events("reloading"), what="the reload")
        for peer in peers:
            leave(peer)
        until(lambda: ask(daemon, "PING") == "+PONG\n", 30 * PATIENCE, "a place")


def test_who_half_closes_behind_a_reload_has_every_reply(start_daemon):
    daemon = start_daemon(ADMIN)
    daemon.config_file.unlink()
    os.mkfifo(daemon.config_file)
    with Peer(daemon.admin_address()) as peer:
        peer.send(b"RELOAD\r\n" + b"x" * 2000 + b"\r\nPING")
        peer.send_end()
        until(lambda: daemon.events("reloading"), what="the reload")
        daemon.config_file.write_text(ADMIN)
        assert peer.read_to_end() == b"+OK 3 listeners\r\n-ERR line longer than 1024 bytes\r\n+PONG\r\n"


def test_a_second_stop_is_refused(daemon):
    with Peer(daemon.admin_address()) as one, Peer(daemon.admin_address()) as other:
        assert one.ask(PING) == other.ask(PING) == b"+PONG\r\n"
        daemon.suspend()
        one.send(b"STOP 20s\r\n")
        other.send(b"STOP 0s\r\n")
        daemon.resume()
        replies = {one.read_to_end(), other.read_to_end()}
    assert daemon.wait(20) == 0
    refused = b"-ERR already stopping; a SIGTERM to the daemon resets what is left\r\n"
    assert refused in replies
    [stopping] = daemon.events("stopping")
    assert {reply[:3] for reply in replies} == {b"+OK", b"-ER"}
    assert float(stopping["grace_seconds"]) == (20 if b"+OK stopping, within 20s\r\n" in replies else 0)


@pytest.mark.parametrize("grace", ["", " 0s", " 3s"])
def test_stop_is_answered_and_then_stops(daemon, grace):
    with Peer(daemon.address("echo")) as idle, Peer(daemon.admin_address()) as peer:
        idle.send(b"x")
        assert idle.read(1) == b"x"
        peer.send(f"STOP{grace}\r\n".encode())
        within = grace.strip() or "10s"
        assert peer.read_line() == f"+OK stopping, within {within}\r\n".encode()
        assert peer.read() == b""
    assert daemon.wait(20) == 0


def test_a_grace_that_is_none_stops_nothing(daemon):
    assert ask(daemon, "STOP soon").startswith("-ERR 'STOP': ")
    assert ask(daemon, "STOP 9000h") == "-ERR 'STOP' takes at most 8760h\n"
    assert ask(daemon, "PING") == "+PONG\n"


def test_hostile_input_is_bounded(daemon):
    with Peer(daemon.admin_address()) as peer:
        peer.send(bytes(range(256)) * 4096 + b"\r\nPING\r\n")
        while (line := peer.read_line()) != b"+PONG\r\n":
            assert line.startswith(b"-ERR unknown command '")
    with Peer(daemon.admin_address()) as peer:
        before = daemon.resident()
        peer.send_while_taken(b"HELP\r\nLISTENERS\r\nSTATS\r\n" * 1000, limit=64 << 20)
        check_growth(before, daemon.resident(), 16 << 20)
    assert ask(daemon, "PING") == "+PONG\n"
