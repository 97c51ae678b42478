"""How a run of `echoline load` ends, and with which exit code; what keeps it from beginning."""

import os
import resource
import signal
import threading
import time

import pytest

from daemon import listener
from deadline import until
from load_run import DONE, load, measured, running
from program import ECHOLINE
from sanitized import PATIENCE
from service import Service
from terminal import Terminal


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (["-d", "ten"], '--duration: "ten" is not a duration'),
        (["-s", "1..x"], '--size: "1..x" is not a size'),
        (["-r", "fast"], '--rate: "fast" is not a rate'),
        (["--ramp", "1:2"], '--ramp: "1:2" is not FROM:TO:TIME'),
        (["-r", "1k", "--step", "1:1s"], "with --ramp, --step and --hold use --step RATE:TIME"),
        (["--hold", "1s", "--step", "1:1s"], "--hold: there is no rate to hold"),
        (["--step", "1:1s", "--hold", "0s"], '--hold: "0s": it takes no time'),
        (["--ramp", "0:0:1s"], "rates of 0 send nothing"),
        (["--step", "1:1s"] * 101, "101 stages are over 100"),
        (["--ramp", "10:0:1s", "-n", "6"], "the profile has 5 and ends at a rate of 0"),
        (["-d", "1s", "-n", "5"], "--duration and --requests: give only one of them"),
        (["-c", "1", "127.0.0.1:7"], "--connections: 1 are fewer than the 2 targets"),
        (["-c", "2", "-t", "3"], "--threads: 3 are more than the 2 --connections"),
        (["--line", "{x}"], '--line: "{x}": {x} is not {seq}'),
        (["--line", "PING", "--protocol", "echo"], "--line is for --protocol line"),
        (["--churn", "--protocol", "discard"], "--churn needs replies"),
        (["-r", "1k", "--protocol", "chargen"], "--protocol chargen sends on its own"),
        (["--protocol", "http"], '--protocol: "http" is not one of echo, line, discard, chargen'),
        (["--payload", "/nonexistent"], "--payload: /nonexistent: cannot be read"),
        (["--arrival", "poisson"], "--arrival needs a --rate"),
        (["--dispatch", "fixed"], "--dispatch needs a --rate"),
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


def test_too_few_files_are_said_with_the_number_and_the_remedy(daemon):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    done = load("-c", 1000, daemon.target("echo"), preexec_fn=limit)
    assert done.returncode == 1
    assert "1000 connections need 1072 open files, and the limit is 256" in done.stderr
    assert "ulimit -Hn 1072" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
@pytest.mark.parametrize("arguments", [[], ["-r", "500"], ["--churn"]], ids=" ".join)
def test_an_interrupt_ends_with_a_partial_report(daemon, number, arguments):
    with running("-d", "1h", "-c", "5", *arguments, daemon.target("echo")) as load_run:
        load_run.wait_for_interval()
        load_run.send_signal(number)
        run = load_run.end()
    assert run.returncode == 130
    assert run.results["interrupted"] and run.requests > 0 and run.errors.keys() <= {"unsent"}
    assert run.results["length_s"] < 600


def test_a_second_interrupt_does_not_wait(daemon):
    with running("-d", "1h", "-c", "5", daemon.target("echo")) as load_run:
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
    assert run.requests > 0 and run.errors == {"abandoned": 5}


def test_an_objective_that_is_missed_exits_with_3_and_is_named(daemon):
    to = daemon.target("echo")
    run = measured("-n", 100, "-c", 2, "--expect", "errors=0", "--expect", "max<1ns", to)
    assert run.returncode in (3, 4)
    assert "max<1ns, was" in run.summary
    run = measured("-n", 100, "-c", 2, "--expect", "errors=0", "--expect", "max<60s", to)
    assert run.returncode in DONE


def test_a_generator_without_a_processor_marks_its_run_as_invalid(daemon):
    with running("-d", "2s", "-r", "1k", "-c", "5", daemon.target("echo")) as load_run:
        load_run.wait_for_interval()
        load_run.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        load_run.send_signal(signal.SIGCONT)
        run = load_run.end()
    assert run.returncode == 4
    assert not run.results["valid"] and "the generator sent late" in run.results["invalid"][0]
    assert run.results["generator"]["lag_ns"]["max"] > 400e6
    assert run.requests + run.results["unsent"] == 2000 and run.errors.keys() <= {"unsent"}


def test_a_run_that_waits_for_its_last_replies_says_so():
    answer = threading.Event()

    def serve(connection, _):
        while message := connection.recv(65536):
            answer.wait()
            connection.sendall(message)

    command = [ECHOLINE, "load", "-r", "10", "-d", "300ms", "-c", "3"]
    with Service(serve) as service, Terminal(*command, service.target) as terminal:
        terminal.see(b"waiting for 3 replies")
        answer.set()
        terminal.see(b"answered 3 + failed 0")


def test_a_terminal_that_was_stopped_does_not_hold_up_the_end_of_a_run(start_daemon, tmp_path):
    daemon = start_daemon(listener("echo"))
    results, intervals = tmp_path / "results.json", tmp_path / "intervals"
    command = [ECHOLINE, "load", "-d", "1h", "-r", "100", "-c", "1"]
    command += ["--json", str(results), "--ndjson", str(intervals)]

    def drawn():
        return intervals.read_text().count("\n")

    with Terminal(*command, daemon.target("echo")) as terminal:
        terminal.see(b"/s")  # requests a second, in place
        terminal.type(b"\x13")
        until(lambda: not terminal.takes_output(), what="a terminal that takes nothing")
        before = drawn()
        until(lambda: drawn() >= before + 2, what="two more intervals")
        os.kill(terminal.pid, signal.SIGTERM)
        until(lambda: results.exists() and results.read_text().endswith("}\n"), what="the results")
        # The report waits for the terminal; who does not want to sends another one.
        os.kill(terminal.pid, signal.SIGTERM)
        until(terminal.has_ended, what="the end")
