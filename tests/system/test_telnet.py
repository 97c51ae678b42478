"""Telnet's negotiation on the line protocol, byte by byte."""

import pytest

from daemon import listener
from peer import Peer
from sanitized import check_growth, scaled

IAC, DONT, DO, WONT, WILL, SB, SE = b"\xff", b"\xfe", b"\xfd", b"\xfc", b"\xfb", b"\xfa", b"\xf0"
INTERRUPT = IAC + b"\xf4"
TIMING_MARK = b"\x06"


@pytest.fixture
def daemon(start_daemon):
    return start_daemon('shutdown_grace = "1s"\n' + listener("line"))


@pytest.fixture
def peer(daemon):
    with Peer(daemon.address("line")) as peer:
        yield peer


def test_nothing_is_sent_before_the_client_speaks(peer):
    assert peer.ask(b"PING") == b"+PONG\r\n"


def test_the_first_do_of_an_option_gets_wont_and_the_second_nothing(peer):
    peer.send((IAC + DO + b"\x01") * 2 + b"PING\r\n")
    assert peer.read_line() == IAC + WONT + b"\x01" + b"+PONG\r\n"


def test_the_first_will_of_an_option_gets_dont_and_the_second_nothing(peer):
    peer.send((IAC + WILL + b"\x1f") * 2 + b"PING\r\n")
    assert peer.read_line() == IAC + DONT + b"\x1f" + b"+PONG\r\n"


def test_wont_and_dont_get_nothing(peer):
    peer.send(IAC + WONT + b"\x01" + IAC + DONT + b"\x01" + b"PING\r\n")
    assert peer.read_line() == b"+PONG\r\n"


def test_every_do_timing_mark_gets_its_wont(peer):
    peer.send((IAC + DO + TIMING_MARK) * 3)
    assert peer.read_exactly(9) == (IAC + WONT + TIMING_MARK) * 3


def test_negotiation_is_answered_without_a_line(peer):
    peer.send(IAC + DO + b"\x03")
    assert peer.read_exactly(3) == IAC + WONT + b"\x03"


def test_two_iacs_are_one_byte_of_text(peer):
    peer.send(b"ECHO a" + IAC + IAC + b"b\r\n")
    assert peer.read_line() == b"+a\xffb\r\n"


def test_a_subnegotiation_is_taken_out_with_all_it_holds(peer):
    peer.send(b"PI" + IAC + SB + b"\x18\x00xterm\r\nQUIT\r\n" + IAC + IAC + IAC + SE + b"NG\r\n")
    assert peer.read_line() == b"+PONG\r\n"


def test_a_command_split_over_pieces_is_understood(peer):
    for byte in IAC + DO + b"\x01" + b"PING" + IAC + IAC + b"\r\0":
        peer.send(bytes([byte]))
    assert peer.read_exactly(3) == IAC + WONT + b"\x01"
    assert peer.read_line() == b"-ERR unknown command 'PING\\xff', try HELP\r\n"


def test_enter_as_cr_nul_ends_a_line(peer):
    peer.send(b"PING\r\0PING two\r\0")
    assert peer.read_line() == b"+PONG\r\n"
    assert peer.read_line() == b"+two\r\n"


def test_control_c_ends_the_session_and_its_timing_mark_is_answered(peer):
    peer.send(b"PING\r\n" + INTERRUPT + IAC + DO + TIMING_MARK)
    received = peer.read_to_end()
    assert received.count(IAC + WONT + TIMING_MARK) == 1
    assert received.replace(IAC + WONT + TIMING_MARK, b"") == b"+PONG\r\n+BYE\r\n"


def test_a_line_that_control_c_breaks_off_is_not_executed(peer):
    peer.send(b"ECHO half" + INTERRUPT)
    assert peer.read_to_end() == b"+BYE\r\n"


@pytest.mark.parametrize("command", [0xED, 0xF3], ids=["Control-Z", "Control-\\"])
def test_other_interrupts_leave_the_session_alone(peer, command):
    peer.send(IAC + bytes([command]) + IAC + DO + TIMING_MARK + b"PING\r\n")
    assert peer.read_line() == IAC + WONT + TIMING_MARK + b"+PONG\r\n"


def test_a_client_that_negotiates_and_never_reads_costs_no_memory(daemon):
    with Peer(daemon.address("line")) as peer, Peer(daemon.address("line")) as other:
        other.ask(b"PING")
        before = daemon.resident()
        peer.send_while_taken((IAC + DO + TIMING_MARK) * 10_000, limit=scaled(64 << 20))
        check_growth(before, daemon.resident(), 2 << 20)
        assert other.ask(b"PING") == b"+PONG\r\n"
