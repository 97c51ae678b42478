"""`echoline send`: the lines of a file or pipe to a service that may fail, and their replies."""

import re
import signal
import subprocess
import threading

import pytest

from peer import SECONDS
from process import Process
from program import ECHOLINE, echoline
from sanitized import check_growth, scaled
from service import Service, reset

SUMMARY = re.compile(
    r"echoline: lines: (?P<read>\d+) read, (?P<sent>\d+) sent, (?P<answered>\d+) answered, "
    r"(?P<different>\d+) different, (?P<retried>\d+) retried, (?P<lost>\d+) lost, "
    r"(?P<not_sent>\d+) not sent, in [\d.]+ s\n"
)


def target(daemon, name):
    return "%s:%d" % daemon.address(name)


def tally(stderr):
    """The figures of the summary that are not 0."""
    found = SUMMARY.search(stderr)
    assert found, stderr
    return {name: int(figure) for name, figure in found.groupdict().items() if int(figure)}


def lines_of(connection):
    return connection.makefile("rb")


def numbers(count):
    return "".join(f"{i}\n" for i in range(1, count + 1))


def test_the_lines_of_a_file_get_their_replies(daemon, tmp_path):
    (tmp_path / "commands").write_text("PING\nECHO a b\n\nPING last")
    done = echoline("send", target(daemon, "line"), tmp_path / "commands")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == ["+PONG", "+a b"]
    assert done.stdout.endswith("+last\n")
    assert tally(done.stderr) == {"read": 3, "sent": 3, "answered": 3}
    assert "blank lines left out, because a line service does not answer them: 1\n" in done.stderr


def test_a_reply_of_several_lines_stays_with_its_line(daemon):
    done = echoline("send", target(daemon, "line"), stdin=None, input="HELP\nPING\n")
    lines = done.stdout.splitlines()
    assert lines[0] == f"*{len(lines) - 2}" and lines[-1] == "+PONG"
    assert tally(done.stderr)["answered"] == 2


def test_an_empty_input_is_answered_altogether(daemon):
    done = echoline("send", target(daemon, "line"))
    assert (done.returncode, done.stdout, tally(done.stderr)) == (0, "", {})


def test_a_blank_line_is_echoed_like_any_other(daemon):
    done = echoline(
        "send", "--protocol", "echo", target(daemon, "echo"), stdin=None, input="a\n\nb\n"
    )
    assert done.returncode == 0 and done.stdout == "a\n\nb\n"


@pytest.mark.parametrize("connections", [1, 8])
def test_replies_come_in_the_order_of_the_lines(daemon, connections):
    count = scaled(5000)
    done = echoline(
        *("send", "--protocol", "echo", "-n", connections, target(daemon, "echo")),
        stdin=None,
        input=numbers(count),
    )
    assert done.returncode == 0 and done.stdout == numbers(count)


def test_unordered_replies_do_not_wait_for_a_late_one():
    others = threading.Semaphore(0)

    def serve(connection, _):
        for line in lines_of(connection):
            if line == b"1\n":
                for _ in range(9):
                    assert others.acquire(timeout=SECONDS)
            connection.sendall(line)
            if line != b"1\n":
                others.release()

    with Service(serve) as service:
        done = echoline(
            *("send", "--protocol", "echo", "-u", "-n", 2, service.target),
            stdin=None,
            input=numbers(10),
        )
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "1" and len(done.stdout.splitlines()) == 10


def test_a_late_reply_holds_up_the_input_and_not_the_memory():
    go_on = threading.Event()

    def serve(connection, _):
        for line in lines_of(connection):
            if line.startswith(b"first"):
                go_on.wait(SECONDS)
            connection.sendall(line)

    with Service(serve) as service:
        program = subprocess.Popen(
            [ECHOLINE, "send", "--protocol", "echo", "-n", "2", "--window", "50", service.target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        text = b"first\n" + (b"x" * 20000 + b"\n") * 2000

        def feed():
            program.stdin.write(text)
            program.stdin.close()

        feeder = threading.Thread(target=feed)
        before = Process(program.pid).resident()
        feeder.start()
        feeder.join(1)
        assert feeder.is_alive(), "40 MB were taken in behind a reply that has not come"
        check_growth(before, Process(program.pid).resident(), 16 << 20)
        go_on.set()
        out = program.stdout.read()
        feeder.join(SECONDS)
        assert program.wait(SECONDS) == 0
        assert out == text
        program.stdout.close()
        program.stderr.close()


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
        threading.Event().wait(0.3)  # a connection is idle after 50 ms
        out, err = program.communicate("2\n", timeout=SECONDS)
    assert program.returncode == 0 and out == "2\n"
    assert tally(err) == {"read": 2, "sent": 2, "answered": 2}


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
        "send", "--protocol", "echo", target(daemon, "line"), stdin=None, input="PING\n"
    )
    assert done.returncode == 1 and done.stdout == "+PONG\n"
    assert tally(done.stderr) == {"read": 1, "sent": 1, "different": 1}
    assert "line 1: what came back is not what was sent" in done.stderr


def test_an_interrupt_finishes_what_is_under_way(daemon):
    program = subprocess.Popen(
        [ECHOLINE, "send", "--protocol", "echo", target(daemon, "echo")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    program.stdin.write("a\n")
    program.stdin.flush()
    assert program.stdout.readline() == "a\n"
    program.send_signal(signal.SIGINT)
    assert program.wait(SECONDS) == 130
    _, err = program.communicate()
    assert "interrupted before the end of the input" in err
    assert tally(err) == {"read": 1, "sent": 1, "answered": 1}


def test_a_second_interrupt_ends_it_at_once(daemon):
    program = subprocess.Popen(
        [ECHOLINE, "send", "-w", "1h", target(daemon, "discard")],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    program.stdin.write("a\n")
    program.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(0.5)
    program.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(0.5)
    program.send_signal(signal.SIGINT)
    assert program.wait(SECONDS) == 130
    _, err = program.communicate()
    assert tally(err) == {"read": 1, "sent": 1, "lost": 1}


def test_output_that_nobody_reads_any_more_ends_it(daemon):
    program = subprocess.Popen(
        [ECHOLINE, "send", "--protocol", "echo", target(daemon, "echo")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    program.stdout.close()
    program.stdin.write(b"a\n")
    program.stdin.flush()
    assert program.wait(SECONDS) == 1
    err = program.stderr.read().decode()
    program.stdin.close()
    program.stderr.close()
    assert "cannot write the output: Broken pipe" in err
    assert "replies that came and were not printed: 1\n" in err


def test_a_file_that_is_missing_exits_with_1(tmp_path):
    done = echoline("send", "127.0.0.1:1", tmp_path / "missing")
    assert done.returncode == 1
    assert done.stderr == f"echoline: cannot open {tmp_path}/missing: No such file or directory\n"
