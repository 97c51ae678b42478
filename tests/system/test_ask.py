"""`echoline ask`: one line, its reply, and an exit code that a script can act on."""

import os
import subprocess
import threading

import pytest

from peer import SECONDS
from program import ECHOLINE, echoline
from sent_lines import lines_of
from service import Service, reset


def ask(*arguments):
    return echoline("ask", *arguments)


def test_the_reply_is_printed_for_the_shell(daemon):
    done = ask(daemon.target("line"), "ECHO one two")
    assert (done.returncode, done.stdout, done.stderr) == (0, "+one two\n", "")


def test_a_reply_of_several_lines_is_printed_to_its_end(daemon):
    done = ask(daemon.target("line"), "HELP")
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines[0] == f"*{len(lines) - 1}" and len(lines) > 2


def test_an_error_reply_is_printed_and_exits_with_1(daemon):
    to = daemon.target("line")
    done = ask(to, "NONSENSE")
    assert done.returncode == 1 and done.stdout.startswith("-ERR unknown command")
    assert done.stderr == f"echoline ask: {to} answered with an error\n"


def test_an_echo_is_the_line_itself(daemon):
    done = ask("--protocol", "echo", daemon.target("echo"), "")
    assert (done.returncode, done.stdout) == (0, "\n")
    done = ask("--protocol", "echo", daemon.target("line"), "PING")
    assert done.returncode == 1 and done.stdout == "+PONG\n"
    assert "something other than the line; for a service that answers lines use" in done.stderr


def test_a_byte_255_reaches_a_line_service_as_itself(daemon):
    done = subprocess.run(
        [ECHOLINE, "ask", daemon.target("line"), b"ECHO a\xff\xffb"], stdout=subprocess.PIPE
    )
    assert (done.returncode, done.stdout) == (0, b"+a\xff\xffb\n")


def test_nobody_there_exits_with_1_and_says_what_to_do():
    done = ask("127.0.0.1:1", "PING")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == (
        "echoline ask: cannot connect to 127.0.0.1:1: Connection refused; check that it is "
        "running and that this is its address\n"
    )


@pytest.mark.parametrize(
    "reply, words",
    [
        (b"", "the service closed the connection"),
        (b"half a reply", "the service closed the connection"),
        (b"*3\r\none\r\n", "the service closed the connection"),
        (b"x" * (1 << 20) + b"xx\n", "the reply is too long"),
        (b"*9\n" + (b"x" * 500_000 + b"\n") * 9, "the reply is too long"),
    ],
    ids=["none", "half", "cut", "endless line", "endless reply"],
)
def test_without_a_whole_reply_nothing_is_printed(reply, words):
    def serve(connection, _):
        lines_of(connection).readline()
        connection.sendall(reply)

    with Service(serve) as service:
        done = ask(service.target, "PING")
        assert done.returncode == 1 and done.stdout == ""
        assert f"no complete reply from {service.target}: {words}" in done.stderr


def test_a_reset_is_told():
    def serve(connection, _):
        lines_of(connection).readline()
        reset(connection)

    with Service(serve) as service:
        done = ask(service.target, "PING")
    assert done.returncode == 1 and "Connection reset by peer" in done.stderr


def test_a_reply_that_does_not_come_in_time_exits_with_1():
    go_on = threading.Event()

    def serve(connection, _):
        lines_of(connection).readline()
        connection.sendall(b"+ha")
        go_on.wait(SECONDS)

    with Service(serve) as service:
        done = ask("-w", "200ms", service.target, "PING")
        go_on.set()
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == (
        f"echoline ask: no complete reply from {service.target} within 200ms; allow more with "
        "--timeout\n"
    )


@pytest.mark.parametrize(
    "line, words",
    [("", "an empty line has no reply"), ("a\nb", "it is one line")],
    ids=["empty", "two"],
)
def test_what_is_no_line_exits_with_2(line, words):
    done = ask("127.0.0.1:1", line)
    assert done.returncode == 2 and words in done.stderr


def test_output_that_takes_nothing_exits_with_1(daemon):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [ECHOLINE, "ask", daemon.target("line"), "PING"], stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert done.stderr == (
        b"echoline ask: cannot write the output: " + os.strerror(28).encode() + b"\n"
    )
