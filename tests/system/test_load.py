"""`echoline load` against the real daemon, and against services that do it wrong."""

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import threading
import time

import pytest

from deadline import until
from program import ECHOLINE, echoline
from sanitized import PATIENCE, scaled

# The run is over and right; whether its times can be believed depends on who else uses this machine.
DONE = (0, 4)


def target(daemon, name):
    return "%s:%d" % daemon.address(name)


def load(*arguments, **options):
    return echoline("load", *arguments, **options)


class Run:
    """A load run to its end: its exit code, its report for people, its results."""

    def __init__(self, done):
        self.returncode, self.summary = done.returncode, done.stderr
        assert done.stdout, done.stderr
        self.results = json.loads(done.stdout)
        self.requests = self.results["requests"]
        self.errors = {kind: count for kind, count in self.results["errors"].items() if count}
        self.errors.pop("total", None)


def measured(*arguments, **options):
    return Run(load("--quiet", "--json", "-", *arguments, **options))


def completed(*arguments, **options):
    """A run without errors."""
    run = measured(*arguments, **options)
    assert run.returncode in DONE, run.summary
    assert run.errors == {}
    return run


class Running:
    """A load run that goes on."""

    def __init__(self, popen):
        self._popen = popen
        self.send_signal = popen.send_signal

    def wait_for_interval(self):
        """Until it has measured for a second: the first of the lines that it then prints."""
        while " connections" not in (line := self._popen.stderr.readline()) or "/s" not in line:
            assert line, "it ended before"

    def end(self):
        stdout, stderr = self._popen.communicate(timeout=60 * PATIENCE)
        return Run(subprocess.CompletedProcess([], self._popen.returncode, stdout, stderr))


@contextlib.contextmanager
def running(*arguments):
    popen = subprocess.Popen(
        [ECHOLINE, "load", "--json", "-", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Running(popen)
    finally:
        popen.kill()
        popen.wait(10)


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
    run = completed("-n", count, "-c", 20, "-t", threads, target(daemon, "echo"))
    assert run.requests == count


def test_a_run_lasts_as_long_as_is_asked(daemon):
    start = time.monotonic()
    run = completed("-d", "500ms", "-c", 5, target(daemon, "echo"))
    assert 0.5 <= time.monotonic() - start < 0.5 + 5 * PATIENCE
    assert run.requests > 100 and run.results["length_s"] >= 0.5


@pytest.mark.parametrize(
    "arguments",
    [
        ["-s", "1"],
        ["-s", "1..3000", "-p", "20"],
        ["-s", "100KiB", "-p", "3"],
        ["--warmup", "100ms"],
        ["--connect-rate", "200"],
        ["--bind", "127.0.0.2,127.0.0.3"],
        ["--nodelay", "off"],
        ["--busy-poll", "50us"],
        ["--no-verify"],
    ],
    ids=" ".join,
)
def test_echo_in_many_ways(daemon, arguments):
    assert completed("-n", 1000, "-c", 10, *arguments, target(daemon, "echo")).requests == 1000


@pytest.mark.parametrize(
    "arguments, microseconds",
    [
        (["--busy-poll", "50us"], 50),
        (["--busy-poll", "0s"], 0),
        (["--threads", os.cpu_count(), "-c", os.cpu_count()], 0),
    ],
    ids=["as it is told", "not at all", "not with every processor"],
)
def test_before_a_request_is_due_a_thread_spins(daemon, arguments, microseconds):
    run = completed("-r", 500, "-n", 50, *arguments, target(daemon, "echo"))
    assert run.requests == 50
    assert run.results["plan"]["awake_before_due_us"] == microseconds


def test_a_file_is_sent_as_it_is(daemon, tmp_path):
    payload = tmp_path / "payload"
    payload.write_bytes(bytes(range(256)) * 300)
    run = completed("-n", 100, "-c", 5, "--payload", payload, target(daemon, "echo"))
    assert run.requests == 100
    assert run.results["bytes_sent"] == run.results["bytes_received"] == 100 * 76800


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
    run = completed("-n", 500, "-c", 5, "-p", 4, *arguments, target(daemon, "line"))
    assert run.requests == 500


def test_a_line_that_the_service_refuses_is_an_error_with_its_words(daemon):
    run = measured("-n", 10, "-c", 1, "--line", "NONSENSE", target(daemon, "line"))
    assert run.returncode == 1
    assert run.errors == {"other": 10}
    assert "unknown command 'NONSENSE'" in run.results["error_examples"]["other"]


def test_a_rate_is_kept(daemon):
    run = completed("-r", "1k", "-n", 1000, "-c", 10, target(daemon, "echo"))
    assert run.requests == 1000
    assert 0.99 <= run.results["length_s"] < 1 + 2 * PATIENCE
    assert run.results["response_ns"]["count"] == run.results["service_ns"]["count"] == 1000


@pytest.mark.parametrize("stages", [["--ramp", "0:2k:500ms"], ["--step", "1k:250ms", "--step", "1k:250ms"]])
def test_stages_last_as_long_as_they_say(daemon, stages):
    run = completed(*stages, "-c", 5, target(daemon, "echo"))
    # The last one is due at the very end, or just behind it.
    assert run.requests + run.results["unsent"] in (500, 501)
    assert run.results["asked_rate"] == pytest.approx(1000)


def test_churn_connects_for_each_request(daemon):
    run = completed("--churn", "-n", 500, "-c", 10, target(daemon, "echo"))
    assert run.requests == run.results["connections_opened"] == 500
    # One more looked whether anybody is there.
    until(lambda: len(daemon.events("session")) == 501, 10 * PATIENCE, "the end of 501 sessions")


def test_discard_takes_what_is_sent(daemon):
    run = completed(
        "--protocol", "discard", "-n", 1000, "-s", 1000, "-c", 5, target(daemon, "discard")
    )
    assert run.requests == 1000
    assert run.results["bytes_sent"] == 1000000 and run.results["bytes_received"] == 0


def test_chargen_is_received_and_verified(daemon):
    run = completed("--protocol", "chargen", "-d", "200ms", "-c", 2, target(daemon, "chargen"))
    assert run.requests > 0 and not any("RFC 864" in note for note in run.results["notes"])


def test_chargen_of_another_pattern_is_counted_and_said():
    def serve(connection):
        while True:
            connection.sendall(b"something else\n" * 100)

    with service(serve) as address:
        run = completed("--protocol", "chargen", "-d", "200ms", "-c", 2, address)
    assert run.results["bytes_received"] > 0
    assert any("not the pattern of RFC 864" in note for note in run.results["notes"])


def test_over_a_unix_socket(start_daemon, tmp_path):
    start_daemon(arguments=["--listen", f"echo=unix:{tmp_path}/echo"])
    assert completed("-n", 100, "-c", 5, f"unix:{tmp_path}/echo").requests == 100


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
        run = measured("-n", 100, "-c", 1, "-s", 100, address)
    assert run.returncode == 1
    assert run.errors["mismatch"] >= 1
    first = run.results["mismatches"][0]
    assert (first["connection"], first["sequence"], first["offset"]) == (0, 10, 0)
    assert int(first["expected_hex"][:2], 16) ^ 1 == int(first["got_hex"][:2], 16)


def test_a_connection_that_is_reset_is_made_again():
    def serve(connection):
        for _ in range(10):
            connection.sendall(connection.recv(65536))
        connection.recv(65536)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with service(serve) as address:
        run = measured("-n", 50, "-c", 1, address)
    assert run.returncode in DONE
    assert run.errors == {"reset": 4} and run.requests == 46


def test_a_service_that_comes_back_is_loaded_again(start_daemon):
    first = start_daemon(arguments=["--listen", "echo=127.0.0.1:0"])
    port = first.port("echo")
    with running("-d", f"{2 * PATIENCE}s", "-c", "5", f"127.0.0.1:{port}") as load_run:
        load_run.wait_for_interval()
        first.stop()
        second = start_daemon(arguments=["--listen", f"echo=127.0.0.1:{port}"])
        run = load_run.end()
    assert run.returncode in DONE
    assert run.results["connections_opened"] >= 10 and run.results["connections_active"] == 5
    second.stop()
    assert sum(int(line["received"]) > 64 for line in second.events("session")) == 5


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

    run = completed("-c", 300, "-n", 300, target(daemon, "echo"), preexec_fn=limit)
    assert run.requests == 300


def test_a_service_that_never_answers_fails_the_run(daemon):
    run = measured("-d", "200ms", "-c", 2, "-W", "100ms", target(daemon, "discard"))
    assert run.returncode == 1
    assert run.requests == 0 and run.errors["timeout"] >= 2


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
    with running("-d", "1h", "-c", "5", *arguments, target(daemon, "echo")) as load_run:
        load_run.wait_for_interval()
        load_run.send_signal(number)
        run = load_run.end()
    assert run.returncode == 130
    assert run.results["interrupted"] and run.requests > 0 and run.errors == {}
    assert run.results["length_s"] < 600


def test_a_second_interrupt_does_not_wait(daemon):
    with running("-d", "1h", "-c", "5", target(daemon, "echo")) as load_run:
        load_run.wait_for_interval()
        daemon.suspend()
        try:
            # By then every connection has a request under way that nobody answers.
            load_run.wait_for_interval()
            load_run.wait_for_interval()
            load_run.send_signal(signal.SIGINT)
            load_run.send_signal(signal.SIGTERM)
            run = load_run.end()
        finally:
            daemon.resume()
    assert run.returncode == 130
    assert run.requests > 0 and run.errors == {}


def test_an_objective_that_is_missed_exits_with_3_and_is_named(daemon):
    to = target(daemon, "echo")
    run = measured("-n", 100, "-c", 2, "--expect", "errors=0", "--expect", "max<1ns", to)
    assert run.returncode in (3, 4)
    assert "max<1ns, was" in run.summary
    run = measured("-n", 100, "-c", 2, "--expect", "errors=0", "--expect", "max<60s", to)
    assert run.returncode in DONE


def test_a_generator_without_a_processor_marks_its_run_as_invalid(daemon):
    with running("-d", "2s", "-r", "1k", "-c", "5", target(daemon, "echo")) as load_run:
        load_run.wait_for_interval()
        load_run.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        load_run.send_signal(signal.SIGCONT)
        run = load_run.end()
    assert run.returncode == 4
    assert not run.results["valid"] and "the generator sent late" in run.results["invalid"][0]
    assert run.results["generator"]["lag_ns"]["max"] > 400e6
    assert run.requests + run.results["unsent"] == 2000 and run.errors == {}
