"""`echoline send` to services that break off, answer late or wrongly, or are not there."""

import collections
import contextlib
import os
import signal
import subprocess
import threading

import pytest

from deadline import until
from peer import SECONDS
from process import Process
from program import ECHOLINE, echoline
from sanitized import PATIENCE
from sent_lines import lines_of, numbers, tally
from service import Service, reset


@pytest.mark.parametrize("how", ["reset", "close", "half a reply"])
def test_a_line_whose_connection_broke_is_sent_again_and_reported(how):
    def serve(connection, number):
        for line in lines_of(connection):
            if number == 0 and line == b"3\n":
                if how == "reset":
                    reset(connection)
                if how == "half a reply":
                    connection.sendall(b"3")
                return
            connection.sendall(line)

    with Service(serve) as service:
        done = echoline(
            "send", "--protocol", "echo", service.target, stdin=None, input=numbers(5)
        )
    assert done.returncode == 0 and done.stdout == numbers(5)
    assert tally(done.stderr) == {"read": 5, "sent": 5, "answered": 5, "retried": 1}
    assert "line 3: sent 2 times, may have been executed each time" in done.stderr


def test_at_most_once_such_a_line_is_lost_instead():
    received = []

    def serve(connection, _):
        for line in lines_of(connection):
            received.append(line)
            if line == b"3\n":
                return
            connection.sendall(line)

    with Service(serve) as service:
        done = echoline(
            *("send", "--protocol", "echo", "--at-most-once", service.target),
            stdin=None,
            input=numbers(5),
        )
    assert done.returncode == 1
    assert done.stdout == "1\n2\n4\n5\n"
    assert received == [b"1\n", b"2\n", b"3\n", b"4\n", b"5\n"]
    assert tally(done.stderr) == {"read": 5, "sent": 5, "answered": 4, "lost": 1}
    assert "line 3: sent and not answered, may have been executed: the service closed" in done.stderr


def test_a_line_that_is_never_answered_is_lost_after_its_retries():
    def serve(connection, _):
        for line in lines_of(connection):
            if line != b"2\n":
                connection.sendall(line)

    with Service(serve) as service:
        done = echoline(
            *("send", "--protocol", "echo", "--retries", 2, "-w", "100ms", service.target),
            stdin=None,
            input=numbers(3),
        )
    assert done.returncode == 1 and done.stdout == "1\n3\n"
    assert tally(done.stderr) == {"read": 3, "sent": 3, "answered": 2, "retried": 2, "lost": 1}
    assert "line 2: sent and not answered, may have been executed: nothing came" in done.stderr


def test_a_late_reply_is_not_taken_for_the_next_lines():
    late = threading.Event()

    def serve(connection, number):
        for line in lines_of(connection):
            if number == 0:
                late.wait(SECONDS)
            connection.sendall(b"%d %s" % (number, line))
            late.set()

    with Service(serve) as service:
        done = echoline(
            *("send", "-w", "200ms", service.target), stdin=None, input=numbers(2)
        )
        late.set()
    assert done.returncode == 0
    assert done.stdout == "1 1\n1 2\n"


def test_a_connection_that_was_closed_while_idle_is_not_used_again():
    """Also at most once: nothing was sent on it."""
    closed = threading.Event()

    def serve(connection, number):
        file = lines_of(connection)
        connection.sendall(file.readline())
        if number == 0:
            file.close()
            connection.close()
            closed.set()
        else:
            file.read()

    with Service(serve) as service:
        program = subprocess.Popen(
            [ECHOLINE, "send", "--protocol", "echo", "--at-most-once", service.target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        program.stdin.write("1\n")
        program.stdin.flush()
        assert program.stdout.readline() == "1\n"
        assert closed.wait(SECONDS)
        until(lambda: not Process(program.pid).sockets(), SECONDS, "it to drop the connection")
        out, err = program.communicate("2\n", timeout=SECONDS)
    assert program.returncode == 0 and out == "2\n"
    assert tally(err) == {"read": 2, "sent": 2, "answered": 2}


def test_a_line_that_comes_together_with_what_was_not_asked_for_is_sent_once():
    """The connection is over then, and the line is for the next."""
    received = collections.Counter()
    connections = []

    def serve(connection, _):
        connections.append(connection)
        for line in lines_of(connection):
            received[line] += 1
            connection.sendall(line)

    with Service(serve) as service:
        program = subprocess.Popen(
            [ECHOLINE, "send", "--protocol", "echo", "--at-most-once", service.target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(10):
            program.stdin.write(b"%d\n" % number)
            program.stdin.flush()
            program.stdout.readline()
            # Both are there when it goes on, soon after a reply: the connection was not idle.
            program.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, program.pid, os.WSTOPPED)
            program.stdin.write(b"with %d\n" % number)
            program.stdin.flush()
            with contextlib.suppress(OSError):  # what came late the last time has ended it already
                connections[-1].sendall(b"surplus\n")
            program.send_signal(signal.SIGCONT)
            program.stdout.readline()
        out, err = program.communicate(timeout=SECONDS)
    figures = tally(err.decode())
    assert figures["read"] == 20 and "retried" not in figures
    assert set(received.values()) == {1}, received


def test_where_nobody_listens_nothing_is_sent_and_the_reading_stops():
    done = echoline(
        "send", "--retries", 1, "127.0.0.1:1", stdin=None, input=numbers(100), seconds=SECONDS
    )
    assert done.returncode == 1 and done.stdout == ""
    assert "echoline: cannot connect to 127.0.0.1:1: Connection refused" in done.stderr
    figures = tally(done.stderr)
    assert figures["read"] == figures["not_sent"] < 100
    assert "echoline: line 1: not sent" in done.stderr


def test_an_echo_that_is_not_the_line_is_told(daemon):
    done = echoline(
        "send", "--protocol", "echo", daemon.target("line"), stdin=None, input="PING\n"
    )
    assert done.returncode == 1 and done.stdout == "+PONG\n"
    assert tally(done.stderr) == {"read": 1, "sent": 1, "different": 1}
    assert "line 1: what came back is not what was sent" in done.stderr


def test_after_an_interrupt_no_attempt_is_begun():
    tried_again = threading.Event()

    def serve(connection, number):
        connection.recv(100)
        if number == 1:
            tried_again.set()

    with Service(serve) as service:
        program = subprocess.Popen(
            [ECHOLINE, "send", "--retries", "100", service.target],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        program.stdin.write("1\n")
        program.stdin.flush()
        assert tried_again.wait(SECONDS)
        program.send_signal(signal.SIGINT)
        assert program.wait(1.5 * PATIENCE) == 130
        _, err = program.communicate()
    figures = tally(err)
    assert figures["lost"] == 1 and figures["retried"] >= 1


@pytest.mark.parametrize(
    "greeting, per_line", [(b"220 hello\r\n", 1), (b"", 2)], ids=["greeting", "two replies"]
)
@pytest.mark.parametrize("count", [1, 5])
def test_more_than_a_reply_for_each_line_is_told(greeting, per_line, count):
    def serve(connection, _):
        connection.sendall(greeting)
        for line in lines_of(connection):
            connection.sendall(b"+" + line[:-2] + b"\r\n" + b"more\r\n" * (per_line - 1))

    with Service(serve) as service:
        done = echoline("send", service.target, stdin=None, input=numbers(count))
    assert done.returncode == 1
    assert "more came than one reply to each line: " in done.stderr
    assert done.stderr.count("+") + done.stderr.count("more\\r") > 0


def test_bytes_of_255_reach_a_line_service_as_they_are(daemon):
    line = b"ECHO \xff\xff a\xff\n"
    done = subprocess.run(
        [ECHOLINE, "send", daemon.target("line")], input=line, stdout=subprocess.PIPE, timeout=SECONDS
    )
    assert (done.returncode, done.stdout) == (0, b"+" + line[5:-1] + b"\r\n")


@pytest.mark.parametrize("end", ["\n", "\nb\n", ""], ids=["ended", "in the middle", "last"])
def test_a_line_that_is_too_long_is_one_message_however_it_comes(end):
    def serve(connection, _):
        for line in lines_of(connection):
            connection.sendall(b"+" + line[:1] + b"\n")

    with Service(serve) as service:
        done = echoline("send", service.target, stdin=None, input="a\n" + "x" * (1 << 20) + "x" + end)
        assert done.returncode == 1 and done.stdout == "+a\n"
        assert (
            "echoline: line 2 of the input is longer than 1MiB, which is the most that a line may"
            " have\n" in done.stderr
        )
        done = echoline("send", service.target, stdin=None, input="x" * (1 << 20) + end[:1])
        assert done.returncode == 0 and done.stdout == "+x\n"


def test_a_file_without_a_name_exits_with_2():
    done = echoline("send", "127.0.0.1:1", "")
    assert done.returncode == 2 and "FILE: the name is empty" in done.stderr
