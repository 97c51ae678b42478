"""`echoline load` against the real daemon, and against services that do it wrong."""

import contextlib
import re
import resource
import signal
import socket
import subprocess
import threading
import time

import pytest

from program import ECHOLINE, echoline
from sanitized import PATIENCE, scaled

# The run is over and right; whether its times can be believed depends on who else uses this machine.
DONE = (0, 4)


def target(daemon, name):
    return "%s:%d" % daemon.address(name)


def load(*arguments, **options):
    return echoline("load", *arguments, **options)


def requests(done):
    found = re.search(r"^(\d+) requests in ", done.stdout, re.M)
    assert found, done.stdout + done.stderr
    return int(found[1])


def errors(done):
    return {kind: int(count) for count, kind in re.findall(r"^errors: (\d+) (\w+)", done.stdout, re.M)}


@contextlib.contextmanager
def service(serve):
    """A service whose connections `serve(socket)` serves, each in a thread; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=run, args=[connection], daemon=True).start()

        def run(connection):
            with connection, contextlib.suppress(OSError):
                serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield "127.0.0.1:%d" % listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("threads", [1, 2])
def test_every_request_of_a_fixed_number_is_answered(daemon, threads):
    count = scaled(20000)
    done = load("-n", count, "-c", 20, "-t", threads, target(daemon, "echo"))
    assert done.returncode in DONE and done.stderr == ""
    assert requests(done) == count and errors(done) == {}


def test_a_run_lasts_as_long_as_is_asked(daemon):
    start = time.monotonic()
    done = load("-d", "500ms", "-c", 5, target(daemon, "echo"))
    assert done.returncode in DONE
    assert 0.5 <= time.monotonic() - start < 0.5 + 5 * PATIENCE
    assert requests(done) > 100 and errors(done) == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ["-s", "1"],
        ["-s", "1..3000", "-p", "20"],
        ["-s", "100KiB", "-p", "3"],
        ["--warmup", "100ms"],
        ["--connect-rate", "200"],
        ["--bind", "127.0.0.2,127.0.0.3"],
        ["--no-nodelay"],
        ["--busy-poll", "50us"],
        ["--no-verify"],
    ],
    ids=" ".join,
)
def test_echo_in_many_ways(daemon, arguments):
    done = load("-n", 1000, "-c", 10, *arguments, target(daemon, "echo"))
    assert done.returncode in DONE and done.stderr == ""
    assert requests(done) == 1000 and errors(done) == {}


def test_a_file_is_sent_as_it_is(daemon, tmp_path):
    payload = tmp_path / "payload"
    payload.write_bytes(bytes(range(256)) * 300)
    done = load("-n", 100, "-c", 5, "--payload", payload, target(daemon, "echo"))
    assert done.returncode in DONE
    assert requests(done) == 100 and f"{100 * 76800} bytes sent" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--protocol", "line"],
        ["--protocol", "line", "-s", "3000"],
        ["--line", "ECHO {seq} {random:32}"],
        ["--line", "ping {connection}"],
        ["--line", "HELP"],
    ],
    ids=" ".join,
)
def test_lines(daemon, arguments):
    done = load("-n", 500, "-c", 5, "-p", 4, *arguments, target(daemon, "line"))
    assert done.returncode in DONE
    assert requests(done) == 500 and errors(done) == {}


def test_a_line_that_the_service_refuses_is_an_error_with_its_words(daemon):
    done = load("-n", 10, "-c", 1, "--line", "NONSENSE", target(daemon, "line"))
    assert done.returncode == 1
    assert errors(done) == {"other": 10} and "unknown command 'NONSENSE'" in done.stdout


def test_a_rate_is_kept(daemon):
    done = load("-r", "1k", "-n", 1000, "-c", 10, target(daemon, "echo"))
    assert done.returncode in DONE
    assert requests(done) == 1000 and errors(done) == {}
    length = float(re.search(r"requests in ([\d.]+) s", done.stdout)[1])
    assert 0.99 <= length < 1 + 2 * PATIENCE
    assert "response ms" in done.stdout and "service  ms" in done.stdout


@pytest.mark.parametrize("stages", [["--ramp", "0:2k:500ms"], ["--step", "1k:250ms", "--step", "1k:250ms"]])
def test_stages_last_as_long_as_they_say(daemon, stages):
    done = load(*stages, "-c", 5, target(daemon, "echo"))
    assert done.returncode in DONE and errors(done) == {}
    unsent = re.search(r"^unsent: (\d+)", done.stdout, re.M)
    assert requests(done) + int(unsent[1] if unsent else 0) == 500
    assert "asked: 1000.0 a second" in done.stdout


def test_churn_connects_for_each_request(daemon):
    done = load("--churn", "-n", 500, "-c", 10, target(daemon, "echo"))
    assert done.returncode in DONE
    assert requests(done) == 500 and errors(done) == {}
    # One more looked whether anybody is there.
    sessions = [line for line in daemon.events("session") if line["listener"] == "echo"]
    assert len(sessions) in (500, 501)


def test_discard_takes_what_is_sent(daemon):
    done = load("--protocol", "discard", "-n", 1000, "-s", 1000, "-c", 5, target(daemon, "discard"))
    assert done.returncode in DONE and errors(done) == {}
    assert requests(done) == 1000 and "1000000 bytes sent, 0 received" in done.stdout


def test_chargen_is_received_and_verified(daemon):
    done = load("--protocol", "chargen", "-d", "200ms", "-c", 2, target(daemon, "chargen"))
    assert done.returncode in DONE and errors(done) == {}
    assert requests(done) > 0 and "RFC 864" not in done.stdout


def test_chargen_of_another_pattern_is_counted_and_said():
    def serve(connection):
        while True:
            connection.sendall(b"something else\n" * 100)

    with service(serve) as address:
        done = load("--protocol", "chargen", "-d", "200ms", "-c", 2, address)
    assert done.returncode in DONE and errors(done) == {}
    assert "not the pattern of RFC 864" in done.stdout


def test_over_a_unix_socket(start_daemon, tmp_path):
    start_daemon(arguments=["--listen", f"echo=unix:{tmp_path}/echo"])
    done = load("-n", 100, "-c", 5, f"unix:{tmp_path}/echo")
    assert done.returncode in DONE
    assert requests(done) == 100 and errors(done) == {}


def test_a_changed_byte_fails_the_run_and_its_place_is_reported():
    def serve(connection):
        seen = 0
        while data := connection.recv(65536):
            reply = bytearray(data)
            if seen <= 1000 < seen + len(data):
                reply[1000 - seen] ^= 1
            seen += len(data)
            connection.sendall(reply)

    with service(serve) as address:
        done = load("-n", 100, "-c", 1, "-s", 100, address)
    assert done.returncode == 1
    assert errors(done)["mismatch"] >= 1
    assert "mismatch: connection 0, request 10, offset 0" in done.stdout


def test_a_connection_that_is_reset_is_made_again():
    def serve(connection):
        for _ in range(10):
            connection.sendall(connection.recv(65536))
        connection.recv(65536)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with service(serve) as address:
        done = load("-n", 50, "-c", 1, address)
    assert done.returncode in DONE
    assert errors(done) == {"reset": 4} and requests(done) == 46


def test_a_service_that_comes_back_is_loaded_again(start_daemon):
    first = start_daemon(arguments=["--listen", "echo=127.0.0.1:0"])
    port = first.port("echo")
    running = subprocess.Popen(
        [ECHOLINE, "load", "-d", f"{3 * PATIENCE}s", "-c", "5", f"127.0.0.1:{port}"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        time.sleep(0.3 * PATIENCE)
        first.stop()
        start_daemon(arguments=["--listen", f"echo=127.0.0.1:{port}"])
        stdout, _ = running.communicate(timeout=60 * PATIENCE)
    finally:
        running.kill()
        running.wait(10)
    assert running.returncode in DONE
    found = re.search(r"(\d+) opened", stdout)
    assert found is None or int(found[1]) >= 10


def test_nobody_there_is_said_at_once():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        to = "127.0.0.1:%d" % bound.getsockname()[1]
        done = load(to, seconds=20 * PATIENCE)
    assert done.returncode == 1
    assert done.stderr == f"echoline load: cannot connect to {to}: Connection refused\n"


def test_too_few_files_are_said_with_the_number_and_the_remedy(daemon):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    done = load("-c", 1000, target(daemon, "echo"), preexec_fn=limit)
    assert done.returncode == 1
    assert "1000 connections need 1064 open files, and the limit is 256" in done.stderr
    assert "ulimit -Hn 1064" in done.stderr


def test_a_soft_limit_on_files_is_raised(daemon):
    def limit():
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))

    done = load("-c", 300, "-n", 300, target(daemon, "echo"), preexec_fn=limit)
    assert done.returncode in DONE
    assert requests(done) == 300 and errors(done) == {}


def test_a_service_that_never_answers_fails_the_run(daemon):
    done = load("-d", "200ms", "-c", 2, "-W", "100ms", target(daemon, "discard"))
    assert done.returncode == 1
    assert requests(done) == 0 and errors(done)["timeout"] >= 2


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (["-d", "ten"], '--duration: "ten" is not a duration'),
        (["-s", "1..x"], '--size: "1..x" is not a size'),
        (["-r", "fast"], '--rate: "fast" is not a rate'),
        (["--ramp", "1:2"], '--ramp: "1:2" is not FROM:TO:TIME'),
        (["-r", "1k", "--step", "1:1s"], "--rate, --ramp and --step: give one of them"),
        (["-d", "1s", "-n", "5"], "--duration and --requests: give one of them"),
        (["-c", "2", "-t", "3"], "--threads: 3 are more than the 2 --connections"),
        (["--line", "{x}"], '--line: "{x}": {x} is not {seq}'),
        (["--line", "PING", "--protocol", "echo"], "--line is for --protocol line"),
        (["--churn", "--protocol", "discard"], "--churn needs replies"),
        (["-r", "1k", "--protocol", "chargen"], "--protocol chargen sends by itself"),
        (["--protocol", "http"], '--protocol: "http" is none of echo, line, discard, chargen'),
        (["--payload", "/nonexistent"], "--payload: /nonexistent: cannot be read"),
        (["--arrival", "poisson"], "--arrival needs a --rate"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_line_says_what_is_wrong_and_exits_with_2(arguments, complaint):
    done = load(*arguments, "127.0.0.1:7007", seconds=10 * PATIENCE)
    assert done.returncode == 2
    assert complaint in done.stderr and done.stdout == ""


def test_the_help_begins_with_examples():
    done = load("--help")
    assert done.returncode == 0
    assert done.stdout.index("echoline load 127.0.0.1:7007") < done.stdout.index("--connections")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
@pytest.mark.parametrize("arguments", [[], ["-r", "500"], ["--churn"]], ids=" ".join)
def test_an_interrupt_ends_with_a_partial_report(daemon, number, arguments):
    running = subprocess.Popen(
        [ECHOLINE, "load", "-d", "1h", "-c", "5", *arguments, target(daemon, "echo")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        time.sleep(0.5 * PATIENCE)
        running.send_signal(number)
        stdout, _ = running.communicate(timeout=20 * PATIENCE)
    finally:
        running.kill()
        running.wait(10)
    assert running.returncode == 130
    assert int(re.search(r"^(\d+) requests", stdout, re.M)[1]) > 0
    assert "errors" not in stdout


def test_a_second_interrupt_does_not_wait(daemon):
    running = subprocess.Popen(
        [ECHOLINE, "load", "-d", "1h", "-c", "5", target(daemon, "echo")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        time.sleep(0.5 * PATIENCE)
        daemon.suspend()
        running.send_signal(signal.SIGINT)
        running.send_signal(signal.SIGTERM)
        stdout, _ = running.communicate(timeout=20 * PATIENCE)
    finally:
        daemon.resume()
        running.kill()
        running.wait(10)
    assert running.returncode == 130
    assert "requests in" in stdout
