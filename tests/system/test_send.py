"""`echoline send`: the lines of a file or pipe to a service, and their replies."""

import signal
import subprocess
import threading

import pytest

from deadline import until
from peer import SECONDS
from process import Process
from program import ECHOLINE, echoline
from sanitized import check_growth, scaled
from sent_lines import lines_of, numbers, tally
from service import Service


def test_the_lines_of_a_file_get_their_replies(daemon, tmp_path):
    (tmp_path / "commands").write_text("PING\nECHO a b\n\nPING last")
    done = echoline("send", daemon.target("line"), tmp_path / "commands")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == ["+PONG", "+a b"]
    assert done.stdout.endswith("+last\n")
    assert tally(done.stderr) == {"read": 3, "sent": 3, "answered": 3}
    assert "empty lines left out, because a line service does not answer them: 1\n" in done.stderr


def test_a_reply_of_several_lines_stays_with_its_line(daemon):
    done = echoline("send", daemon.target("line"), stdin=None, input="HELP\nPING\n")
    lines = done.stdout.splitlines()
    assert lines[0] == f"*{len(lines) - 2}" and lines[-1] == "+PONG"
    assert tally(done.stderr)["answered"] == 2


def test_an_empty_input_is_answered_altogether(daemon):
    done = echoline("send", daemon.target("line"))
    assert (done.returncode, done.stdout, tally(done.stderr)) == (0, "", {})


def test_a_blank_line_is_echoed_like_any_other(daemon):
    done = echoline(
        "send", "--protocol", "echo", daemon.target("echo"), stdin=None, input="a\n\nb\n"
    )
    assert done.returncode == 0 and done.stdout == "a\n\nb\n"


@pytest.mark.parametrize("connections", [1, 8])
def test_replies_come_in_the_order_of_the_lines(daemon, connections):
    count = scaled(5000)
    done = echoline(
        *("send", "--protocol", "echo", "-n", connections, daemon.target("echo")),
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


def test_an_interrupt_finishes_what_is_under_way(daemon):
    program = subprocess.Popen(
        [ECHOLINE, "send", "--protocol", "echo", daemon.target("echo")],
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


def test_a_second_interrupt_ends_it_at_once():
    received = threading.Event()

    def serve(connection, _):
        for _ in lines_of(connection):
            received.set()

    with Service(serve) as service:
        program = subprocess.Popen(
            [ECHOLINE, "send", "-w", "1h", service.target],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        program.stdin.write("a\n")
        program.stdin.flush()
        assert received.wait(SECONDS)  # and by then it listens to signals
        program.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(0.5)
        until(lambda: not Process(program.pid).has_pending(signal.SIGINT), SECONDS, "the first")
        program.send_signal(signal.SIGINT)
        assert program.wait(SECONDS) == 130
        _, err = program.communicate()
    assert tally(err) == {"read": 1, "sent": 1, "lost": 1}


def test_output_that_nobody_reads_any_more_ends_it(daemon):
    program = subprocess.Popen(
        [ECHOLINE, "send", "--protocol", "echo", daemon.target("echo")],
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
