"""`echoline send --pipeline`: several lines on their way on each connection, and an account of them
that is exact whatever becomes of the connection."""

import select
import signal
import socket
import subprocess
import threading

import pytest

from deadline import steady
from peer import SECONDS
from process import Process
from program import ECHOLINE, echoline
from sanitized import check_growth, scaled
from sent_lines import Breaking, lines_of, numbers, tally
from service import Service, reset


def send(service, text, *options):
    return echoline("send", "--protocol", "echo", *options, service.target, stdin=None, input=text)


@pytest.mark.parametrize("connections", [1, 8])
def test_replies_come_in_the_order_of_the_lines(daemon, connections):
    count = scaled(20000)
    done = echoline(
        *("send", "--protocol", "echo", "-n", connections, "-p", 16, daemon.target("echo")),
        stdin=None,
        input=numbers(count),
    )
    assert done.returncode == 0 and done.stdout == numbers(count)
    assert tally(done.stderr) == {"read": count, "sent": count, "answered": count}


def test_a_reply_of_several_lines_stays_with_its_line(daemon):
    done = echoline(
        "send", "-p", 16, daemon.target("line"), stdin=None, input="HELP\nPING\n" * 50
    )
    assert done.returncode == 0 and tally(done.stderr)["answered"] == 100
    lines = done.stdout.splitlines()
    assert lines == lines[: len(lines) // 50] * 50 and lines[-1] == "+PONG"


def test_so_many_lines_are_on_their_way_and_no_more():
    on_their_way = []

    def serve(connection, _):
        answered = 0
        data = b""
        while answered < 20:
            while data.count(b"\n") < 4:
                data += connection.recv(1 << 20)
            more, _, _ = select.select([connection], [], [], 0)
            on_their_way.append(data.count(b"\n") + len(more))
            answered += on_their_way[-1]
            connection.sendall(data)
            data = b""
        connection.recv(1)

    with Service(serve) as service:
        done = send(service, numbers(20), "--pipeline", 4)
    assert done.returncode == 0 and done.stdout == numbers(20)
    assert on_their_way == [4] * 5


def test_a_batch_leaves_in_one_write():
    pieces = []

    def serve(connection, _):
        while data := connection.recv(1 << 20):
            pieces.append(data.count(b"\n"))
            connection.sendall(data)

    with Service(serve) as service:
        done = send(service, numbers(1600), "--pipeline", 16)
    assert done.returncode == 0
    # What comes first may be what there is, not yet a batch.
    assert pieces.count(16) >= 95, pieces


MODES = pytest.mark.parametrize("options", [[], ["-n", 3], ["-n", 3, "-u"]], ids=str)
BREAKS = pytest.mark.parametrize("how", Breaking.WAYS)


@MODES
@BREAKS
def test_what_a_broken_connection_leaves_unanswered_is_sent_again(how, options):
    count = 30 if how == "silence" else 200  # what is silent takes time
    breaking = Breaking(how, seed=1)
    with Service(breaking.serve) as service:
        done = send(service, numbers(count), "-p", 8, "-w", "200ms", "--retries", 20, *options)
    figures = tally(done.stderr)
    again = figures.pop("retried")
    assert figures == {"read": count, "sent": count, "answered": count}
    assert done.returncode == 0
    assert sorted(done.stdout.split(), key=int) == numbers(count).split()
    if "-u" not in options:
        assert done.stdout == numbers(count)
    told = done.stderr.count("may have been executed each time")
    assert 1 <= told <= again
    assert count <= sum(breaking.received.values()) <= count + again


@MODES
@BREAKS
def test_at_most_once_all_that_may_have_been_executed_is_lost_instead(how, options):
    count = 30 if how == "silence" else 200
    breaking = Breaking(how, seed=2)
    with Service(breaking.serve) as service:
        done = send(
            service, numbers(count), "-p", 8, "-w", "200ms", "--at-most-once", *options
        )
    figures = tally(done.stderr)
    assert done.returncode == 1
    assert figures["read"] == figures["sent"] == count == figures["answered"] + figures["lost"]
    assert figures["lost"] == done.stderr.count("sent and not answered, may have been executed")
    printed = done.stdout.split()
    assert len(set(printed)) == len(printed) == figures["answered"]
    assert set(breaking.received.values()) == {1}
    assert sum(breaking.received.values()) <= count


def test_a_line_that_kills_the_service_takes_no_other_with_it():
    def serve(connection, _):
        while data := connection.recv(1 << 20):
            if b"\n37\n" in b"\n" + data:
                return reset(connection)
            connection.sendall(data)

    with Service(serve) as service:
        done = send(service, numbers(100), "-p", 16, "--retries", 2)
    assert done.returncode == 1
    assert done.stdout == numbers(100).replace("\n37\n", "\n")
    figures = tally(done.stderr)
    assert (figures["answered"], figures["lost"]) == (99, 1)
    assert "line 37: sent and not answered, may have been executed: " in done.stderr


def test_what_comes_unasked_behind_a_batch_is_told():
    def serve(connection, _):
        for line in lines_of(connection):
            connection.sendall(line + (b"more\n" if line == b"20\n" else b""))

    with Service(serve) as service:
        done = send(service, numbers(20), "-p", 4)
    assert done.returncode == 1 and done.stdout == numbers(20)
    assert 'after line 20: more came than one reply to each line: "more\\n"' in done.stderr
    assert tally(done.stderr) == {"read": 20, "sent": 20, "answered": 20}


def test_a_flood_of_what_was_not_asked_for_ends_the_connection_and_not_the_memory():
    def serve(connection, _):
        while True:
            connection.sendall(b"flood\n" * 10000)

    with Service(serve) as service:
        done = send(service, numbers(40), "-p", 4)
    assert done.returncode == 1
    figures = tally(done.stderr)
    assert figures["read"] == 40 == figures["different"] + figures.get("lost", 0)
    assert "more came than one reply to each line" in done.stderr


def started(*arguments):
    return subprocess.Popen(
        [ECHOLINE, "send", "--protocol", "echo", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def fed(program, text):
    def feed():
        try:
            program.stdin.write(text)
            program.stdin.close()
        except BrokenPipeError:
            pass

    feeder = threading.Thread(target=feed)
    feeder.start()
    return feeder


def rest_of(program, feeder):
    """Its output, its messages and their figures, once it has ended."""
    with program.stdout, program.stderr:
        out, err = program.stdout.read().decode(), program.stderr.read().decode()
    assert program.wait(SECONDS) == 130
    feeder.join(SECONDS)
    return out, tally(err)


def test_a_service_that_never_reads_holds_up_the_input_and_not_the_memory():
    begun, over = threading.Event(), threading.Event()

    def serve(connection, _):
        connection.recv(1)
        begun.set()
        over.wait(SECONDS)

    with Service(serve) as service:
        program = started("-p", 1000, "--window", 100, "-w", "1h", service.target)
        process = Process(program.pid)
        before = process.resident()
        feeder = fed(program, (b"x" * 200_000 + b"\n") * 2000)
        assert begun.wait(SECONDS)
        steady(process.resident)  # it has taken in what it takes
        assert feeder.is_alive(), "400 MB were taken in"
        # A thousand lines of 200 kB are 200 MB; on their way are what sockets and pipes take.
        check_growth(before, process.resident(), 64 << 20)
        program.send_signal(signal.SIGINT)
        # Signals of a kind that come together are one: the first is read once a line is refused.
        assert b"not sent" in program.stderr.readline()
        assert program.poll() is None
        program.send_signal(signal.SIGINT)
        out, figures = rest_of(program, feeder)
        over.set()
    assert out == ""
    assert figures["read"] == figures["lost"] + figures["not_sent"]
    assert figures["lost"] == figures["sent"] > 0


def test_an_interrupt_lets_what_is_on_its_way_end_and_sends_nothing_more():
    got = []
    all_there, go_on = threading.Event(), threading.Event()

    def serve(connection, _):
        for line in lines_of(connection):
            got.append(line)
            if len(got) == 4:
                all_there.set()
                go_on.wait(SECONDS)
                connection.sendall(b"".join(got))

    with Service(serve) as service:
        program = started("-p", 4, service.target)
        feeder = fed(program, numbers(1000).encode())
        assert all_there.wait(SECONDS)
        program.send_signal(signal.SIGINT)
        # It has read the signal once the message of an undelivered line is there.
        assert b"not sent" in program.stderr.readline()
        go_on.set()
        out, figures = rest_of(program, feeder)
    assert out == numbers(4)
    assert figures["answered"] == figures["sent"] == 4 == len(got)
    assert figures["read"] == 4 + figures["not_sent"]


def test_more_lines_on_their_way_than_a_window_may_have_are_refused():
    done = echoline("send", "-n", 10000, "-p", 1000, "127.0.0.1:1")
    assert done.returncode == 2
    assert "--pipeline: times --connections it is over 1000000" in done.stderr
