"""ENDED of the admin: what connections came to whose listener has keep_ended."""

import random
import socket
import struct
import threading

import pytest

from daemon import limits, listener
from deadline import until
from peer import PING, PONG, Peer
from program import pipe_through
from test_admin import ADMIN, ask

KEPT = {"keep_ended": True}


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & (1 << 64) - 1
    return f"{value:016x}"


def ended(daemon, count, command="ENDED"):
    """The fields of each, the latest first, once there are so many."""

    def told():
        lines = [line for line in ask(daemon, command).splitlines() if line.startswith("+id=")]
        return lines if len(lines) >= count else None

    lines = until(told, what=f"{count} that have ended")
    return [dict(field.split("=", 1) for field in line[1:].split() if "=" in field) for line in lines]


def hashes(session):
    return tuple(session[name] for name in ("in_hashed", "in_hash", "out_hashed", "out_hash"))


def abort(peer):
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.socket.close()


def test_what_nc_has_sent_and_got_is_told_by_its_hash(start_daemon):
    daemon = start_daemon(ADMIN + listener("echo", **KEPT) + listener("line", **KEPT))
    assert pipe_through("nc", "-N", *daemon.address("echo"), input=b"foobar") == b"foobar"
    [session] = ended(daemon, 1)
    assert (session["listener"], session["end"]) == ('"echo"', "peer-closed")
    assert session["peer"].startswith("127.0.0.1:")
    assert (session["in"], session["in_bytes"]) == ("fin", "6")
    assert (session["out"], session["out_bytes"]) == ("fin", "6")
    assert hashes(session) == ("6", "85944171f73967e8", "6", "85944171f73967e8")
    assert 0 <= float(session["ago"]) < 60 and 0 <= float(session["lasted"]) < 60

    assert pipe_through("nc", "-N", *daemon.address("line"), input=b"PING\nQUIT\n") == b"+PONG\r\n+BYE\r\n"
    latest, before = ended(daemon, 2)
    assert before["id"] == session["id"]
    assert (latest["listener"], latest["end"]) == ('"line"', "done")
    assert hashes(latest) == ("10", fnv1a(b"PING\nQUIT\n"), "13", fnv1a(b"+PONG\r\n+BYE\r\n"))


def test_much_in_both_directions_at_once_has_the_hash_of_all_of_it(start_daemon):
    daemon = start_daemon(ADMIN + listener("echo", **KEPT))
    data = random.Random(5).randbytes(1 << 20)
    with Peer(daemon.address("echo")) as peer:
        sender = threading.Thread(target=lambda: (peer.send(data), peer.send_end()))
        sender.start()
        assert peer.read_to_end() == data
        sender.join()
    [session] = ended(daemon, 1)
    size, of_all = str(len(data)), fnv1a(data)
    assert hashes(session) == (size, of_all, size, of_all)


def test_what_faults_have_made_of_the_output_is_what_is_hashed(start_faulty):
    daemon = start_faulty("echo", "corrupt xor 1 at byte 0", before=ADMIN, **KEPT)
    assert pipe_through("nc", "-N", *daemon.address("echo"), input=b"abc") == b"`bc"
    [session] = ended(daemon, 1)
    assert hashes(session) == ("3", fnv1a(b"abc"), "3", fnv1a(b"`bc"))


def test_a_direction_ends_by_fin_by_reset_or_not_at_all(start_daemon):
    daemon = start_daemon(ADMIN + limits(close_timeout="100ms") + listener("line", **KEPT))
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(PING) == PONG
        daemon.sessions_may_fail = True
        abort(peer)
        [reset] = ended(daemon, 1)
    assert (reset["in"], reset["out"], reset["end"]) == ("reset", "reset", "connection-error")
    assert hashes(reset) == ("6", fnv1a(b"PING\r\n"), "7", fnv1a(b"+PONG\r\n"))

    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"QUIT") == b"+BYE\r\n"
        # It keeps its end open.
        still_open = ended(daemon, 2)[0]
    assert (still_open["in"], still_open["out"]) == ("open", "fin")

    with Peer(daemon.address("line")) as peer:
        assert peer.ask(PING) == PONG
        [session_id] = [
            line.split()[0][4:] for line in ask(daemon, "SESSIONS").splitlines() if '"line"' in line
        ]
        assert ask(daemon, f"ABORT {session_id}") == "+OK\n"
        aborted = ended(daemon, 3)[0]
    assert (aborted["id"], aborted["in"], aborted["out"]) == (session_id, "open", "reset")
    assert aborted["end"] == "aborted"


def test_those_of_all_workers_are_told_the_latest_first_and_as_many_as_are_asked_for(start_daemon):
    daemon = start_daemon("workers = 2\n" + ADMIN + listener("line", **KEPT))
    for number in range(6):
        pipe_through("nc", "-N", *daemon.address("line"), input=b"ECHO %d\n" % number)
        ended(daemon, number + 1)
    expected = [fnv1a(b"ECHO %d\n" % number) for number in reversed(range(6))]
    assert [session["in_hash"] for session in ended(daemon, 6)] == expected
    assert [session["in_hash"] for session in ended(daemon, 2, "ENDED 2")] == expected[:2]


def test_a_proxys_header_is_not_hashed_and_its_client_is_told(start_daemon):
    daemon = start_daemon(ADMIN + listener("echo", **KEPT) + 'proxy = ["127.0.0.1"]\n')
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"PROXY TCP4 203.0.113.7 127.0.0.1 51512 7\r\nfoobar")
        peer.send_end()
        assert peer.read_to_end() == b"foobar"
    [session] = ended(daemon, 1)
    assert session["peer"] == "203.0.113.7:51512" and session["proxy"].startswith("127.0.0.1:")
    assert hashes(session) == ("6", "85944171f73967e8", "6", "85944171f73967e8")
    assert int(session["in_bytes"]) > 6


@pytest.mark.parametrize("argument", ["0", "1001", "x"])
def test_how_many_is_a_number_within_bounds(start_daemon, argument):
    daemon = start_daemon(ADMIN + listener("line", **KEPT))
    expected = f"-ERR ENDED '{argument}': how many is 1 to 1000\n"
    assert ask(daemon, f"ENDED {argument}") == expected
    assert ask(daemon, "ENDED") in ("", "\n")


def test_nothing_is_kept_unless_a_listener_asks_for_it(start_daemon):
    daemon = start_daemon(ADMIN + listener("echo"))
    assert pipe_through("nc", "-N", *daemon.address("echo"), input=b"a") == b"a"
    assert ask(daemon, "ENDED").startswith("-ERR no listener has keep_ended = true")
