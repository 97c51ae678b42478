"""What those who administer see of sessions and events, and the sessions that they end."""

import re
from contextlib import ExitStack

import pytest

from daemon import limits, listener
from deadline import until
from full import FULL
from peer import PING, PONG, Peer
from sanitized import check_growth
from test_admin import ADMIN, ask
from test_reload_load import Talkers


@pytest.fixture(name="daemon")
def administered(start_daemon):
    return start_daemon("workers = 2\n" + ADMIN + listener("echo") + listener("line"))


def sessions(daemon, command="SESSIONS 1000", of="line"):
    """The fields of each session of a listener, by its id."""
    found = {}
    for line in ask(daemon, command).splitlines():
        if f' listener="{of}" ' in line:
            fields = dict(field.split("=") for field in line[1:].split() if "=" in field)
            found[int(fields["id"])] = fields
    return found


def connected(daemon, stack, count):
    peers = [stack.enter_context(Peer(daemon.address("line"))) for _ in range(count)]
    for peer in peers:
        assert peer.ask(PING) == PONG
    return peers


def test_the_sessions_of_every_worker_are_told_with_their_state(daemon):
    with ExitStack() as stack:
        peers = connected(daemon, stack, 6)
        found = sessions(daemon)
        assert {fields["peer"] for fields in found.values()} == {
            "%s:%d" % peer.socket.getsockname() for peer in peers
        }
        for fields in found.values():
            assert (fields["received"], fields["sent"], fields["unsent"]) == ("6", "7", "0")
            assert float(fields["idle"]) <= float(fields["age"])
            assert int(fields["rtt_us"]) > 0
        first = ask(daemon, "SESSIONS 2").splitlines()
        assert [re.match(r"\+id=(\d+) ", line)[1] for line in first[:2]] == sorted(
            map(str, found), key=int
        )[:2]
        assert re.fullmatch(r"\+and [45] more", first[2])


def test_one_who_does_not_read_is_told_apart(start_daemon):
    daemon = start_daemon(ADMIN + limits(close_timeout="100ms") + listener("chargen"))
    with Peer(daemon.address("chargen")) as peer:
        peer.read(1)
        [number] = until(lambda: list(sessions(daemon, of="chargen")))
        until(lambda: "above_high_water" in ask(daemon, "SESSIONS"), what="more than it takes")
        assert ask(daemon, f"CLOSE {number}") == "+OK\n"
        [line] = until(lambda: daemon.events("session"), what="its end")
        assert line["end"] == "aborted"


def test_with_metrics_it_is_told_for_how_long(start_daemon):
    metrics = '[metrics]\naddress = "127.0.0.1:0"\n'
    daemon = start_daemon(ADMIN + metrics + listener("chargen"))
    with Peer(daemon.address("chargen")) as peer:
        peer.read(1)
        until(lambda: re.search(r" above_high_water=\d+\.\d{3} ", ask(daemon, "SESSIONS")))


@pytest.mark.parametrize("command", ["CLOSE", "ABORT"])
def test_a_session_is_ended_whichever_worker_has_it(daemon, command):
    with ExitStack() as stack:
        peers = connected(daemon, stack, 4)
        by_peer = {fields["peer"]: number for number, fields in sessions(daemon).items()}
        orders = 0
        for peer in peers[:3]:
            number = by_peer["%s:%d" % peer.socket.getsockname()]
            assert ask(daemon, f"{command} {number}") == "+OK\n"
            orders += 1
            if command == "CLOSE":
                assert peer.read() == b""
            else:
                with pytest.raises(ConnectionResetError):
                    peer.read()
            peer.socket.close()
            # It may not have gone yet.
            while (reply := ask(daemon, f"{command} {number}")) == "+OK\n":
                orders += 1
            assert reply == f"-ERR there is no session {number} any more\n"
        assert peers[3].ask(PING) == PONG
    end = {"CLOSE": "closed-by-order", "ABORT": "aborted"}[command]
    lines = until(lambda: daemon.events("session")[2:] and daemon.events("session"))
    assert [line["end"] for line in lines[:3]] == [end] * 3
    # An order is told when it is carried out, not when there is nobody to carry it out on.
    assert daemon.stop() == 0
    assert len(daemon.events("session-ordered")) == orders


@pytest.mark.parametrize(
    "line, reply",
    [
        ("SESSIONS 0", "-ERR SESSIONS '0': how many is 1 to 1000\n"),
        ("SESSIONS 1001", "-ERR SESSIONS '1001': how many is 1 to 1000\n"),
        ("CLOSE", "-ERR the id '' is no number; SESSIONS and the log tell it\n"),
        ("ABORT x", "-ERR the id 'x' is no number; SESSIONS and the log tell it\n"),
        ("CLOSE 77777", "-ERR there is no session 77777 any more\n"),
    ],
)
def test_what_cannot_be_done_is_told(daemon, line, reply):
    assert ask(daemon, line) == reply


def test_a_thousand_questions_at_once_are_answered_in_bounded_memory(daemon):
    with ExitStack() as stack:
        connected(daemon, stack, 20)
        with Peer(daemon.admin_address()) as peer:
            before = daemon.resident()
            peer.send(b"SESSIONS 1000\r\n" * 1000 + b"PING\r\n")
            for _ in range(1000):
                assert len(peer.read_reply()) >= 20
            assert peer.read_line() == PONG
            check_growth(before, daemon.resident(), 16 << 20)


def test_events_are_told_as_they_happen_until_a_line_comes(daemon):
    with Peer(daemon.admin_address()) as watcher:
        assert watcher.ask(b"MONITOR listener=line") == b"+OK events follow\r\n"
        assert ask(daemon, "LEVEL error") == "+error\n"
        for address in (daemon.address("echo"), daemon.address("line")):
            with Peer(address) as peer:
                peer.send(PING + b"\r\n")
                peer.read_line()
        lines = []
        while not lines or " info session " not in lines[-1]:
            lines.append(watcher.read_line().decode())
        assert [line for line in lines if " listener=line " not in line] == []
        assert re.match(r"\+\S+Z debug admitted id=\d+ ", lines[0])
        assert re.match(r"\+\S+Z info session id=\d+ .* end=peer-closed", lines[-1])
        assert daemon.events("session") == []
        assert watcher.ask(PING) == PONG
    assert ask(daemon, "LEVEL info") == "+info\n"


def test_an_overlong_line_ends_a_watch_with_an_error(daemon):
    with Peer(daemon.admin_address()) as watcher:
        assert watcher.ask(b"MONITOR") == b"+OK events follow\r\n"
        assert watcher.ask(b"x" * 2000) == b"-ERR line longer than 1024 bytes\r\n"
        assert watcher.ask(PING) == PONG


def test_a_watcher_who_does_not_read_loses_events_and_is_told_how_many(daemon):
    with Peer(daemon.admin_address(), receive_buffer=4096) as watcher:
        assert watcher.ask(b"MONITOR log-level") == b"+OK events follow\r\n"
        with Peer(daemon.admin_address()) as other:
            for _ in range(100):
                other.send(b"LEVEL info\r\n" * 1000)
                for _ in range(1000):
                    other.read_line()
        told = lost = 0
        while told + lost < 100000:
            line = watcher.read_line()
            found = re.fullmatch(rb"\+lost=(\d+)\r\n", line)
            told, lost = (told, lost + int(found[1])) if found else (told + 1, lost)
        assert told + lost == 100000 and lost > 0


def test_watchers_end_with_the_daemon(start_daemon):
    daemon = start_daemon(ADMIN)
    with Peer(daemon.admin_address()) as watcher:
        assert watcher.ask(b"MONITOR") == b"+OK events follow\r\n"
        assert daemon.stop() == 0
        assert b"stopping" in watcher.read_to_end()


def test_a_command_that_ends_with_the_connection_ends_monitor_too(start_daemon):
    daemon = start_daemon(ADMIN)
    with Peer(daemon.admin_address()) as peer:
        peer.send(b"MONITOR\r\n")
        assert peer.read_line() == b"+OK events follow\r\n"
        peer.send(b"PING")
        peer.send_end()
        assert peer.read_to_end().endswith(b"+PONG\r\n")


def test_reloads_under_load_are_all_answered_and_cut_nobody_off(start_daemon):
    config = "workers = 2\n" + ADMIN + listener("line")
    daemon = start_daemon(config)
    with Talkers(daemon.address("line"), 200) as talkers:
        for number in range(100 if FULL else 20):
            extra = listener("echo", name=f"extra{number}") if number % 2 else ""
            daemon.config_file.write_text(config + limits(max_connections=9000 + number) + extra)
            assert ask(daemon, "RELOAD") == f"+OK {2 + number % 2} listener" + "s\n"
        rounds = talkers.rounds
        until(lambda: talkers.rounds > rounds, what="another round")
    assert talkers.failures == []
