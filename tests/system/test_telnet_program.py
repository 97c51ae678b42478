"""A person at a terminal with the real telnet program."""

import pytest

from daemon import listener
from deadline import until
from terminal import Terminal

CONTROL_C = b"\x03"
ESCAPE = b"\x1d"  # Control-], telnet's escape character


@pytest.fixture
def daemon(start_daemon):
    # At the level debug sessions in which nothing was said have a line, too.
    return start_daemon('shutdown_grace = "1s"\n[log]\nlevel = "debug"\n' + listener("line"))


@pytest.fixture
def telnet(daemon):
    with Terminal("telnet", *daemon.address("line")) as terminal:
        terminal.see(b"Escape character is '^]'.")
        until(lambda: terminal.takes_commands_after(ESCAPE), what="telnet's set-up of its terminal")
        yield terminal


def session(daemon):
    """The log's line on the one session, once it has ended."""
    [line] = until(lambda: daemon.events("session"), what="the session's log line")
    return line


def test_a_typed_command_gets_its_reply(telnet):
    telnet.type(b"PING hello\r")
    telnet.see(b"+hello\r\n")
    telnet.type(b"frobnicate\r")
    telnet.see(b"-ERR unknown command 'frobnicate', try HELP\r\n")


def test_quit_closes_the_connection(telnet, daemon):
    telnet.type(b"QUIT\r")
    telnet.see(b"+BYE\r\n")
    telnet.see(b"Connection closed by foreign host.")
    until(telnet.has_ended, what="the end of telnet")
    assert session(daemon)["end"] == "done"


def test_control_c_ends_the_session(telnet, daemon):
    telnet.type(b"PING\r")
    telnet.see(b"+PONG\r\n")
    telnet.type(CONTROL_C)
    telnet.see(b"+BYE\r\n")
    telnet.see(b"Connection closed by foreign host.")
    assert session(daemon)["end"] == "done"


def test_control_c_before_anything_else_ends_the_session(telnet, daemon):
    telnet.type(CONTROL_C)
    telnet.see(b"+BYE\r\n")
    assert session(daemon)["end"] == "done"


def test_the_escape_character_and_quit_end_the_session(telnet, daemon):
    telnet.type(ESCAPE)
    telnet.see(b"telnet> ")
    telnet.type(b"quit\r")
    telnet.see(b"Connection closed.")
    assert session(daemon)["end"] == "peer-closed"


def test_closing_the_terminal_ends_the_session(telnet, daemon):
    telnet.type(b"PING\r")
    telnet.see(b"+PONG\r\n")
    telnet.close()
    assert session(daemon)["end"] in ("peer-closed", "Connection reset by peer")
