"""FAULT of those who administer: faults of one living session."""

import contextlib
import time

import pytest

from daemon import listener
from deadline import until
from faulty import faulty, sessions
from peer import PING, PONG, Peer
from sanitized import PATIENCE
from test_admin import ADMIN, ask, asked_by_program

# A plan that does nothing for as long as a test lasts.
IDLE = "reset after 24h"


@pytest.fixture(name="administered")
def with_faults_that_wait(start_daemon):
    return start_daemon(
        "workers = 3\n"
        + ADMIN
        + faulty("echo", IDLE)
        + faulty("line", fault_in_band=True)
        + listener("echo", name="plain")
        + faulty("echo", IDLE, name="others", fault_sources=["127.0.0.2"])
        + faulty("echo", IDLE, name="bounded", fault_max_time="200ms")
    )


def id_of(daemon, peer):
    """The number of the session that is this peer's."""
    address = "%s:%d" % peer.socket.getsockname()[:2]

    def find():
        for line in ask(daemon, "SESSIONS 1000").splitlines():
            if f" peer={address} " in line:
                return line.split()[0].removeprefix("+id=")
        return None

    return until(find, 5 * PATIENCE, "the session")


def fault(daemon, peer, what):
    return ask(daemon, f"FAULT {id_of(daemon, peer)} {what}")


def test_a_fault_counts_from_where_the_session_is(administered):
    with Peer(administered.address("echo")) as peer:
        peer.send(b"0123456789")
        assert peer.read_exactly(10) == b"0123456789"
        assert fault(administered, peer, "reset at byte 3") == "+OK\n"
        assert fault(administered, peer, "corrupt xor 1 at byte 1") == "+OK\n"
        peer.send(b"abcdef")
        assert peer.read_exactly(3) == b"acc"
        with pytest.raises(ConnectionResetError):
            peer.read()
    [session] = sessions(administered)
    assert (session["end"], session["faults"]) == ("fault", "corrupt@output:11 reset@output:13")


def test_lines_replies_and_times_count_from_there_too(administered):
    with Peer(administered.address("line")) as peer:
        assert peer.ask(PING) == PONG
        assert fault(administered, peer, "swallow-reply after line 2") == "+OK\n"
        assert peer.ask(b"ECHO told") == b"+told\r\n"
        peer.send(b"ECHO swallowed\r\n")
        assert peer.ask(b"ECHO told") == b"+told\r\n"
        begin = time.monotonic()
        assert fault(administered, peer, "fin after 200ms") == "+OK\n"
        assert peer.read() == b""
        assert time.monotonic() - begin >= 0.15
    [session] = sessions(administered)
    assert session["faults"] == "swallow-reply@reply:3 fin@time:200ms"


def test_they_are_shown_and_ended(administered):
    with Peer(administered.address("line")) as peer:
        assert peer.ask(b"FAULT delay 1ms every line") == b"+OK\r\n"
        assert fault(administered, peer, "stall forever at byte 2") == "+OK\n"
        assert fault(administered, peer, "show") == "+delay 1ms every line\n+stall forever at byte 2\n"
        peer.send(PING + b"\r\n")
        assert peer.read_exactly(2) == PONG[:2]
        assert fault(administered, peer, "OFF") == "+OK\n"
        assert peer.read_exactly(len(PONG) - 2) == PONG[2:]
        assert fault(administered, peer, "SHOW") == ""
        # And the client can end what the administrator has asked for.
        assert fault(administered, peer, "drop 1B every 3B") == "+OK\n"
        peer.send(b"FAULT OFF\r\n")
        until(lambda: fault(administered, peer, "SHOW") == "", what="the end of them")


def test_others_are_left_alone_whichever_worker_has_them(administered):
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(Peer(administered.address("echo"))) for _ in range(12)]
        for number, peer in enumerate(peers):
            assert fault(administered, peer, f"corrupt xor {number + 1} at byte 0") == "+OK\n"
        for number, peer in enumerate(peers):
            peer.send(b"\x00x")
            assert peer.read_exactly(2) == bytes([number + 1]) + b"x"


def test_what_is_ordered_and_what_is_met_is_shown_as_it_happens(administered):
    with Peer(administered.admin_address()) as monitor, Peer(administered.address("echo")) as peer:
        session = id_of(administered, peer)
        assert monitor.ask(b"MONITOR fault") == b"+OK events follow\r\n"
        assert fault(administered, peer, "drop 1B at byte 0") == "+OK\n"
        line = monitor.read_line().decode()
        assert f'session-ordered id={session} what=fault fault="drop 1B at byte 0" by=admin' in line
        peer.send(b"ab")
        assert peer.read_exactly(1) == b"b"
        assert f"debug fault id={session} listener=echo what=drop times=1" in monitor.read_line().decode()
        assert fault(administered, peer, "OFF") == "+OK\n"
        assert f"session-ordered id={session} what=faults-off by=admin" in monitor.read_line().decode()


def test_the_bounds_of_the_listener_hold(administered):
    with Peer(administered.address("bounded")) as peer:
        assert fault(administered, peer, "stall forever at byte 0") == "+OK\n"
        begin = time.monotonic()
        peer.send(b"x")
        assert peer.read_exactly(1) == b"x"
        assert time.monotonic() - begin >= 0.15


@pytest.mark.parametrize(
    ("name", "what", "reply"),
    [
        ("plain", "fin", 'has no faults; give its listener "plain" faults and fault_sources, for the'),
        ("others", "SHOW", 'has no faults: its source is not in fault_sources of the listener "others"'),
        ("echo", 'answer "x" every line', 'cannot have it: "answer "x" every line" happens at a reply'),
        ("echo", "silent", "has been accepted already"),
    ],
)
def test_a_session_that_cannot_have_it_says_what_would_work(administered, name, what, reply):
    with Peer(administered.address(name)) as peer:
        session = id_of(administered, peer)
        assert ask(administered, f"FAULT {session} {what}").startswith(f"-ERR session {session} {reply}")
        # It goes on as it was.
        peer.send(b"x")
        assert peer.read_exactly(1) == b"x"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("FAULT", "-ERR FAULT takes an id and a fault, SHOW or OFF, as in FAULT 17 reset at byte 0\n"),
        ("FAULT 17", "-ERR FAULT takes an id and a fault, SHOW or OFF, as in FAULT 17 reset at byte 0\n"),
        ("FAULT x OFF", "-ERR the id 'x' is no number; SESSIONS and the log tell it\n"),
        ("FAULT 4000000 OFF", "-ERR there is no session 4000000 any more\n"),
        (
            "FAULT 17 reset at bite 3",
            '-ERR fault, column 10: "bite" is no place after "at"; did you mean "byte"?\n',
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(administered, line, reply):
    assert ask(administered, line) == reply


def test_the_daemons_own_business_has_none(administered):
    with Peer(administered.admin_address()) as peer:
        reply = fault(administered, peer, "reset at byte 0")
        assert reply.endswith("is of the daemon's own business, which has no faults\n")
        assert peer.ask(b"PING") == b"+PONG\r\n"


def test_a_session_that_waits_for_its_proxy_has_not_begun(start_daemon):
    daemon = start_daemon(ADMIN + faulty("echo", IDLE, proxy=["127.0.0.0/8"]))
    with Peer(daemon.address("echo")) as peer:
        assert fault(daemon, peer, "fin").endswith("has not begun: the header of its proxy is still to come\n")
        peer.send(b"PROXY TCP4 192.0.2.1 192.0.2.2 5 7\r\nx")
        assert peer.read_exactly(1) == b"x"
        [line] = [one for one in ask(daemon, "SESSIONS").splitlines() if ' listener="echo"' in one]
        session = line.split()[0].removeprefix("+id=")
        assert ask(daemon, f"FAULT {session} fin at byte 0") == "+OK\n"
        assert peer.read() == b""


def test_a_session_that_is_being_closed_has_none(administered):
    with Peer(administered.address("line")) as peer:
        session = id_of(administered, peer)
        assert peer.ask(b"QUIT") == b"+BYE\r\n"
        assert peer.read() == b""
        reply = ask(administered, f"FAULT {session} SHOW")
        assert reply == f"-ERR session {session} is being closed\n"
    sessions(administered)
    assert ask(administered, f"FAULT {session} SHOW") == f"-ERR there is no session {session} any more\n"


def test_a_session_that_the_server_ends_has_no_new_ones(administered):
    with Peer(administered.address("echo"), receive_buffer=4096) as peer:
        session = id_of(administered, peer)
        peer.send_while_taken(b"x" * 65536, limit=64 << 20)
        assert ask(administered, f"CLOSE {session}") == "+OK\n"
        assert ask(administered, f"FAULT {session} fin") == (
            f"-ERR session {session} is being ended (closed-by-order) and has no new faults\n"
        )
        peer.reset()


def test_echoline_asks_for_it_as_well(administered):
    with Peer(administered.address("echo")) as peer:
        done = asked_by_program(administered, f"FAULT {id_of(administered, peer)} fin at byte 1")
        assert (done.returncode, done.stdout) == (0, "+OK\n")
        peer.send(b"ab")
        assert peer.read_exactly(1) == b"a"
        assert peer.read() == b""
        done = asked_by_program(administered, "FAULT 4000000 SHOW")
        assert done.returncode == 1
