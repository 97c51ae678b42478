"""`echoline connect`: pipes, files and a terminal to a service and back."""

import os
import signal
import socket
import subprocess
import threading

import pytest

from deadline import until
from peer import SECONDS
from process import Process
from program import ECHOLINE, echoline
from sanitized import check_growth, scaled
from service import Service, reset
from terminal import Terminal


def start(*arguments, stdin=subprocess.PIPE):
    return subprocess.Popen(
        [ECHOLINE, "connect", *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(program):
    """(exit code, stdout, stderr) of a program that ends by itself."""
    try:
        stdout, stderr = program.communicate(timeout=SECONDS)
    finally:
        if program.poll() is None:
            program.kill()
            program.wait(10)
    return program.returncode, stdout, stderr.decode()


def test_a_pipe_gets_its_replies_and_the_end(daemon):
    done = echoline("connect", daemon.target("line"), stdin=None, input="PING\nECHO hello\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "+PONG\n+hello\n", "")


def test_nothing_at_all_is_sent_and_the_peer_is_read_to_its_end(daemon):
    done = echoline("connect", daemon.target("daytime"))
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.endswith("\n") and len(done.stdout) > 10


def test_closed_standard_input_is_an_empty_one(daemon):
    done = echoline("connect", daemon.target("daytime"), preexec_fn=lambda: os.close(0))
    assert done.returncode == 0 and len(done.stdout) > 10


def test_line_feeds_become_crlf_when_asked():
    received = []
    with Service(lambda peer, _: received.append(peer.makefile("rb").read())) as service:
        done = echoline("connect", "--crlf", service.target, stdin=None, input="a\nb\r\n\nc")
    assert done.returncode == 0
    assert received == [b"a\r\nb\r\n\r\nc"]


@pytest.mark.parametrize("kind", ["file", "pipe"])
def test_large_transfers_both_ways_at_once_stay_whole_in_bounded_memory(daemon, tmp_path, kind):
    block = os.urandom(1 << 20)
    count = scaled(300)
    sent, received = tmp_path / "sent", tmp_path / "received"
    with open(sent, "wb") as file:
        for _ in range(count):
            file.write(block)
    if kind == "file":
        with open(sent, "rb") as stdin, open(received, "wb") as stdout:
            program = subprocess.Popen(
                [ECHOLINE, "connect", daemon.target("echo")], stdin=stdin, stdout=stdout
            )
            assert program.wait(SECONDS * 3) == 0
    else:
        program = start(daemon.target("echo"))
        memory = Process(program.pid)

        def feed():
            for _ in range(count):
                program.stdin.write(block)
            program.stdin.close()

        feeder = threading.Thread(target=feed)
        before, total = None, 0
        with open(received, "wb") as file:
            feeder.start()
            while data := program.stdout.read(1 << 20):
                file.write(data)
                total += len(data)
                if total < (count - 8) << 20:  # it may end with the last of them
                    after = memory.resident()
                    before = before or after
        feeder.join(SECONDS)
        assert program.wait(SECONDS) == 0
        check_growth(before, after, 4 << 20)
    assert subprocess.run(["cmp", sent, received]).returncode == 0


def test_input_is_not_read_while_the_peer_does_not_read():
    go_on = threading.Event()

    def stall(peer, _):
        go_on.wait(SECONDS)
        while peer.recv(1 << 20):
            pass

    with Service(stall) as service:
        program = start(service.target)
        os.set_blocking(program.stdin.fileno(), False)
        taken, full = 0, 0
        while full < 20:  # what the kernel and we hold, and no more
            try:
                taken += os.write(program.stdin.fileno(), bytes(1 << 16))
                full = 0
            except BlockingIOError:
                full += 1
                threading.Event().wait(0.05)
            assert taken < 64 << 20, "the input is read without end"
        go_on.set()
        assert finish(program)[0] == 0


@pytest.mark.parametrize("to, why", [("127.0.0.1:1", "Connection refused"), ("unix:/no/such", "")])
def test_a_refused_connection_exits_with_1_and_says_why(to, why):
    done = echoline("connect", to)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"echoline: cannot connect to {to}: {why}")


def test_a_peer_that_closes_first_ends_the_session(daemon):
    program = start(daemon.target("line"))
    program.stdin.write(b"QUIT\n")
    program.stdin.flush()
    assert program.wait(SECONDS) == 0  # though the input is still open
    code, stdout, stderr = finish(program)
    assert stdout == b"+BYE\r\n"
    assert stderr == f"echoline: {daemon.target('line')} closed the connection\n"


def test_input_that_the_peer_did_not_want_is_a_failure(tmp_path):
    def hang_up(peer, _):
        peer.recv(1)
        peer.shutdown(socket.SHUT_WR)
        release.wait(SECONDS)

    release = threading.Event()
    (tmp_path / "large").write_bytes(bytes(64 << 20))
    with Service(hang_up) as service, open(tmp_path / "large", "rb") as stdin:
        done = echoline("connect", service.target, stdin=stdin)
        release.set()
    assert done.returncode == 1
    assert "the peer closed the connection before all of the input was sent" in done.stderr


def test_a_reset_is_a_failure():
    def serve(peer, _):
        peer.recv(1)
        reset(peer)

    with Service(serve) as service:
        program = start(service.target)
        program.stdin.write(b"x")
        program.stdin.flush()
        program.wait(SECONDS)
    code, stdout, stderr = finish(program)
    assert code == 1
    assert stderr == "echoline: the connection broke: Connection reset by peer\n"


def test_a_connection_on_which_nothing_moves_is_given_up(daemon):
    program = start("--timeout", "300ms", daemon.target("line"))
    assert program.wait(SECONDS) == 1
    assert "nothing was sent or received for 300ms" in finish(program)[2]


def test_an_interrupt_closes_the_connection_and_exits_with_130(daemon):
    program = start(daemon.target("echo"))
    program.stdin.write(b"x")
    program.stdin.flush()
    assert program.stdout.read(1) == b"x"
    program.send_signal(signal.SIGINT)
    assert program.wait(SECONDS) == 130
    finish(program)
    [session] = until(lambda: daemon.events("session"))
    assert session["end"] == "peer-closed"


def test_output_that_nobody_reads_any_more_ends_the_session(daemon):
    program = start(daemon.target("chargen"))
    program.stdout.read(1000)
    program.stdout.close()
    assert program.wait(SECONDS) == 1
    assert program.stderr.read() == b"echoline: cannot write the output: Broken pipe\n"
    program.stdin.close()


def test_a_person_types_lines_and_ends_with_control_d(daemon):
    with Terminal(ECHOLINE, "connect", daemon.target("line")) as terminal:
        terminal.see(b"connected to " + daemon.target("line").encode())
        terminal.type(b"PING hello\r")
        terminal.see(b"+hello")
        terminal.type(b"\x04")
        assert terminal.exit_code() == 0


def test_control_c_leaves_at_a_terminal(daemon):
    with Terminal(ECHOLINE, "connect", daemon.target("line")) as terminal:
        terminal.see(b"Ctrl-C leaves")
        terminal.type(b"\x03")
        assert terminal.exit_code() == 130
