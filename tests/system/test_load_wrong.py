"""`echoline load` against services that do it wrong, refuse, break off or are not there."""

import socket

from conversation import RING
from load_run import DONE, completed, load, measured, running
from sanitized import PATIENCE
from service import Service, reset


def test_chargen_of_another_pattern_is_counted_and_said():
    def serve(connection, _):
        while True:
            connection.sendall(b"something else\n" * 100)

    with Service(serve) as service:
        run = completed("--protocol", "chargen", "-d", "200ms", "-c", 2, service.target)
    assert run.results["bytes_received"] > 0
    assert any("not the pattern of RFC 864" in note for note in run.results["notes"])


def test_a_chargen_that_ends_is_an_error_for_it_has_no_end():
    def serve(connection, _):
        connection.sendall(RING * 10)

    with Service(serve) as service:
        run = measured("--protocol", "chargen", "-d", "200ms", "-c", 1, service.target)
    assert run.requests > 0 and run.errors["closed"] > 0


def test_a_line_that_the_service_refuses_is_an_error_with_its_words(daemon):
    run = measured("-n", 10, "-c", 1, "--line", "NONSENSE", daemon.target("line"))
    assert run.returncode == 1
    assert run.errors == {"other": 10}
    assert "unknown command 'NONSENSE'" in run.results["error_examples"]["other"]


def test_a_changed_byte_fails_the_run_and_its_place_is_reported():
    def serve(connection, _):
        seen = 0
        while data := connection.recv(65536):
            reply = bytearray(data)
            if seen <= 1000 < seen + len(data):
                reply[1000 - seen] ^= 1
            seen += len(data)
            connection.sendall(reply)

    with Service(serve) as service:
        run = measured("-n", 100, "-c", 1, "-s", 100, service.target)
    assert run.returncode == 1
    assert run.errors["mismatch"] >= 1
    first = run.results["mismatches"][0]
    assert (first["connection"], first["sequence"], first["offset"]) == (0, 10, 0)
    assert int(first["expected_hex"][:2], 16) ^ 1 == int(first["got_hex"][:2], 16)


def test_a_connection_that_is_reset_reconnects():
    def serve(connection, _):
        for _ in range(10):
            connection.sendall(connection.recv(65536))
        connection.recv(65536)
        reset(connection)

    with Service(serve) as service:
        run = measured("-n", 50, "-c", 1, service.target)
    assert run.returncode in DONE
    assert run.errors == {"reset": 4} and run.requests == 46


def test_a_service_that_comes_back_is_loaded_again(start_daemon):
    first = start_daemon(arguments=["--listen", "echo=127.0.0.1:0"])
    port = first.port("echo")
    # Starting one may take a busy machine more than a second.
    expected = ["--expect", "availability>=1%"]
    with running("-d", f"{2 * PATIENCE}s", "-c", "5", *expected, f"127.0.0.1:{port}") as load_run:
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


def test_a_service_that_never_answers_fails_the_run(daemon):
    run = measured("-d", "200ms", "-c", 2, "-W", "100ms", daemon.target("discard"))
    assert run.returncode == 1
    assert run.requests == 0 and run.errors["timeout"] >= 2
