"""`echoline load` of line services: mixes, and replies and greetings that it holds to a pattern."""

import threading

import pytest

from load_run import completed, load, measured
from peer import SECONDS
from sent_lines import lines_of
from service import Service

SMTP = ("--greeting", "(?m)^220 .*ESMTP", "--reply-last", "^[0-9]{3} ")


def smtp(connection, _):
    connection.sendall(b"220-wait\r\n220 mail.example ESMTP\r\n")
    for line in lines_of(connection):
        command, *arguments = line.split()
        if command == b"EHLO":
            connection.sendall(b"250-mail.example\r\n250-")
            connection.sendall(b"PIPELINING\r\n250 HELP\r\n")
        elif command == b"VRFY":
            connection.sendall(b"252 perhaps %s\n" % arguments[0])
        else:
            connection.sendall(b"500 what\r\n")


def test_a_mix_is_sent_by_weight_and_every_reply_is_verified(daemon):
    run = completed(
        *("-n", 4000, "-c", 4, "-p", 4, "--line", "ECHO {seq} {random:8}", "--weight", 3),
        *("--line", "PING {connection}", "--reply", "+{connection}"),
        *("--line", "TIME", "--weight", 2, "--reply-match", r"^\+20[0-9]{2}-"),
        daemon.target("line"),
    )
    assert run.requests == 4000
    lines = run.results["plan"]["payload"]["lines"]
    assert [line["weight"] for line in lines] == [3, 1, 2]
    assert lines[2]["reply_match"] == r"^\+20[0-9]{2}-"


@pytest.mark.parametrize("mode", [["-p", "8"], ["--churn"], ["-r", "1000"]], ids=" ".join)
def test_a_mail_service_is_verified_with_its_greeting(mode):
    with Service(smtp) as service:
        run = completed(
            *("-n", 60, "-c", 3, *mode, *SMTP),
            *("--line", "EHLO x", "--reply-match", r"^250-mail(.|\n)*PIPELINING\n250 HELP$"),
            *("--line", "VRFY {seq}", "--reply", "252 perhaps {seq}"),
            service.target,
        )
    assert run.requests == 60


def test_a_reply_that_does_not_match_is_told_with_what_was_expected_and_came(daemon):
    run = measured(
        *("-n", 20, "-c", 1, "--line", "PING", "--reply", "+PONG"),
        *("--line", "PING x", "--reply-match", "^.y", daemon.target("line")),
    )
    assert run.returncode == 1
    assert 0 < run.errors["mismatch"] < 20 and run.requests == 20 - run.errors["mismatch"]
    first = run.results["mismatches"][0]
    assert first["expected_match"] == "^.y" and bytes.fromhex(first["got_hex"]) == b"+x"
    assert 'expected a match of ^.y\n    got      "+x"\n' in run.summary
    assert run.results["connections_opened"] == 1, "where the reply ends is known"


def test_a_text_that_differs_is_told_from_where_it_does(daemon):
    run = measured("-n", 1, "-c", 1, "--line", "PING", "--reply", "+PINK", daemon.target("line"))
    assert run.errors == {"mismatch": 1}
    first = run.results["mismatches"][0]
    assert first["offset"] == 2 and bytes.fromhex(first["expected_hex"]) == b"INK\r\n"


def test_an_error_that_is_expected_is_a_right_reply(daemon):
    run = completed(
        *("-n", 10, "-c", 1, "--line", "NONSENSE", "--reply-match", "^-ERR unknown"),
        daemon.target("line"),
    )
    assert run.requests == 10


@pytest.mark.parametrize(
    "greeting, errors",
    [
        (b"220-wait\r\n554 no\r\n", "mismatch"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n554 \r\n", "mismatch"),
        (b"\0\xff\xfe\n500 \n", "mismatch"),
        (b"220 no end", "timeout"),
        (b"", "timeout"),
    ],
    ids=["wrong", "another protocol", "binary", "half", "none"],
)
def test_a_wrong_greeting_is_an_error_and_nothing_is_sent(greeting, errors):
    received = []
    go_on = threading.Event()

    def serve(connection, _):
        connection.sendall(greeting)
        received.append(connection.recv(100))
        go_on.wait(SECONDS)

    # What comes is waited for, however slow the machine is.
    times = ("-d", "1s", "-W", "30s") if errors == "mismatch" else ("-d", "300ms", "-W", "100ms")
    with Service(serve) as service:
        run = measured(*times, "-c", 2, *SMTP, "--line", "NOOP", service.target)
        go_on.set()
    assert run.returncode == 1 and run.requests == 0
    everything = {**run.errors, **{k: n for k, n in run.results["other_errors"].items() if n}}
    assert set(everything) - {"total"} == {errors}
    assert set(received) <= {b""}
    if errors == "mismatch":
        first = run.results["mismatches"][0]
        assert first["greeting"] and first["expected_match"] == SMTP[1]
        assert "connection " in run.summary and ", its greeting\n" in run.summary


def test_a_reply_without_an_end_is_a_mismatch_in_bounded_memory():
    def serve(connection, _):
        lines_of(connection).readline()
        while True:
            connection.sendall(b"x" * 65536)

    with Service(serve) as service:
        run = measured("-n", 50, "-c", 2, "--line", "A", "--reply-match", "x$", service.target)
    assert run.returncode == 1 and set(run.errors) <= {"mismatch", "abandoned"}
    assert "the first ones were all wrong" in run.summary.replace("\n    ", " ")


def test_lines_of_a_file_are_sent_whatever_their_ends(tmp_path):
    received = set()

    def serve(connection, _):
        for line in lines_of(connection):
            received.add(line)
            connection.sendall(b"+" + line)

    (tmp_path / "lines").write_bytes(b"one\r\ntwo {{\n\nthree {connection}")
    with Service(serve) as service:
        run = completed("-n", 60, "-c", 1, "--lines", tmp_path / "lines", service.target)
    assert received == {b"one\r\n", b"two {\r\n", b"three 0\r\n"}
    assert run.results["plan"]["payload"]["lines_file"] == str(tmp_path / "lines")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--weight", "2", "--line", "a"], "--weight: it has to follow a --line"),
        (["--reply", "a"], "--reply: it has to follow a --line"),
        (["--line", "a", "--weight", "0"], '--weight: "0" is out of range; write 1 to 1000000'),
        (["--line", "a", "--weight", "x"], '--weight: "x" is not a whole number'),
        (["--line", "a", "--reply-match", "("], '--reply-match: "(": missing ): ('),
        (["--line", "a", "--reply-match", ""], "--reply-match: an empty expression"),
        (["--line", "a", "--reply", "b", "--reply-match", "c"], "takes either this or --reply-match"),
        (["--line", "a", "--reply", "{b}"], '--reply: "{b}": {b} is not {seq}'),
        (["--line", ""], "--line: \"\": an empty line has no reply"),
        (["--line", "a", "--greeting", "["], "--greeting: "),
        (["--line", "a", "--reply-last", ""], "--reply-last: an empty expression"),
        (["--greeting", "a"], "for --protocol line"),
        (["--lines", "/dev/zero"], "--lines: /dev/zero: is larger than 16MiB"),
        (["--lines", "/dev/null"], "--lines: /dev/null: has only empty lines"),
        (["--lines", "/"], "--lines: /: cannot be read"),
        (["--stamped", "--line", "a"], "--stamped: it has lines and replies of its own; leave out --line"),
        (["--stamped", "--reply-last", "a"], "leave out --reply-last"),
        (["--stamped", "--churn=1"], "--stamped needs connections that last; leave out --churn"),
        (["--stamped", "--no-verify"], "--stamped reads every reply; leave out --no-verify"),
        (["--stamped", "--protocol", "echo"], "--stamped is for --protocol line"),
        (["--stamped", "-s", "33KiB"], "--size: --stamped takes up to 32KiB"),
        (["--lines", "/dev/null", "--line", "a"], "--lines: it cannot be combined with --line"),
    ],
    ids=" ".join,
)
def test_what_does_not_go_together_exits_with_2_and_says_why(arguments, words):
    done = load(*arguments, "127.0.0.1:1")
    assert done.returncode == 2 and words in done.stderr


def test_a_line_of_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "lines").write_text("a\n\nb {c}\n")
    done = load("--lines", tmp_path / "lines", "127.0.0.1:1")
    assert done.returncode == 2
    assert f'--lines: {tmp_path}/lines:3: "b {{c}}": {{c}} is not' in done.stderr


def test_a_file_of_too_many_lines_is_refused(tmp_path):
    (tmp_path / "lines").write_text("a\n" * 100_001)
    done = load("--lines", tmp_path / "lines", "127.0.0.1:1")
    assert done.returncode == 2 and "has more than 100000 lines" in done.stderr
