"""echoline's command line: targets as people type them, misspelt words, help."""

import json
import re
import subprocess

import pytest

from command_line_help import SUBCOMMANDS
from program import ECHOLINE, echoline
from sanitized import PATIENCE


def ways_to_write(target):
    """Word lists that stand for 127.0.0.1:PORT."""
    host, port = target.split(":")
    return [[target], [host, port], ["tcp://" + target], [":" + port], ["localhost", port]]


@pytest.mark.parametrize("way", range(5), ids=["one", "two", "tcp", "port", "localhost"])
def test_every_subcommand_takes_a_target_in_every_way(daemon, tmp_path, way):
    echo = ways_to_write(daemon.target("echo"))[way]
    (tmp_path / "lines").write_text("a\nb\n")
    ping = echoline("ping", "-c", 1, *echo)
    assert ping.returncode == 0 and re.search(r":\d+( \(127.0.0.1:\d+\))?: seq=1 ", ping.stdout)
    assert echoline("connect", *echo, input="hello\n", stdin=None).stdout == "hello\n"
    assert echoline("ask", "--protocol", "echo", *echo, "hello").stdout == "hello\n"
    send = echoline("send", "--protocol", "echo", *echo, tmp_path / "lines")
    assert send.stdout == "a\nb\n"
    assert echoline("load", "-q", "-n", 10, *echo, seconds=60 * PATIENCE).returncode == 0


def test_options_may_stand_between_the_words_of_a_target(daemon):
    host, port = daemon.target("echo").split(":")
    done = echoline("ping", host, "-c", 1, port, "-i", 0, f":{port}", "--json")
    assert done.returncode == 0
    assert done.stdout.count('"summary"') == 2


@pytest.mark.parametrize(
    "words, complaint",
    [
        ("pnig :7", 'echoline: "pnig" is not a subcommand; did you mean "ping"?'),
        ("laod :7", 'echoline: "laod" is not a subcommand; did you mean "load"?'),
        ("help laod", 'echoline help: "laod" is not a subcommand; did you mean "load"?'),
        ("ping --cuont 5 :7", "echoline ping: unknown option --cuont; did you mean --count?"),
        ("ping --cuont=5", "echoline ping: unknown option --cuont; did you mean --count?"),
        ("load --conections 5 :7", "unknown option --conections; did you mean --connections?"),
        ("ping -Z :7", "echoline ping: unknown option -Z\n"),
        ("ping -C 5 :7", "echoline ping: unknown option -C; did you mean -c?"),
        ("ping --c 5 :7", "echoline ping: unknown option --c; did you mean -c?"),
        ("-v", "echoline: unknown option -v; did you mean -V?"),
        ("-c 5 ping :7", "echoline: unknown option -c before a subcommand\n"),
        ("--verison", "echoline: unknown option --verison; did you mean --version?"),
        ("ping localhost", '"localhost" has no port; write localhost:PORT or localhost PORT'),
        ("ping :7 8", '"8" is a port without a host; write :8 for this machine\'s, or HOST:8'),
        ("connect http://a.example", "plain TCP; write a.example:80"),
        ("connect a:1 b:2", 'echoline connect: unexpected argument "b:2"; connect takes one target'),
        ("send a 1 x y", 'echoline send: unexpected argument "y"; send takes one target'),
        ("ping", "echoline ping: TARGET is missing; write HOST:PORT, HOST PORT, :PORT, [IPV6]:PORT or"),
        ("ping -c", "echoline ping: --count: the value is missing"),
        ("ping -c 1 -c 2 :7", "echoline ping: --count: give it only once"),
        ("ping -D=x :7", "echoline ping: unknown option -=x"),
        ("ping --count= :7", "echoline: --count: the value is empty"),
        ("load --json= :7", "echoline: --json: the value is empty"),
        ("ask a 1", "echoline ask: LINE is required"),
        ("ask a 1 b c", 'echoline ask: unexpected argument "c"; ask takes one target'),
        ("version 2", 'echoline version: unexpected argument "2"'),
    ],
)
def test_what_was_not_understood_is_told_with_what_may_have_been_meant(words, complaint):
    done = echoline(*words.split(), seconds=10 * PATIENCE)
    assert done.returncode == 2 and done.stdout == ""
    assert complaint in done.stderr
    assert re.search(r"\nRun echoline( \w+)? --help for more information.\n$", done.stderr)


@pytest.mark.parametrize(
    "option, value, complaint",
    [
        ("ping -i", "5 s", '--interval: "5 s" is not a duration; write a number and one of ns, us, ms'),
        ("ping -i", "5sec", '--interval: "5sec" is not a duration'),
        ("ping -i", "-1", '--interval: "-1" is not a duration'),
        ("ping -i", "", '--interval: "" is not a duration'),
        ("load --json", "", "--json: the value is empty"),
        ("load --line", "", '--line: "": an empty line has no reply'),
        ("load --lines", "", "--lines: the value is empty"),
        ("ping -s", "1K", '--size: "1K" is not a size; write a whole number of bytes, or one with KB'),
        ("ping -c", "1.5", '--count: "1.5" is not a whole number; write one, with k for thousands'),
        ("load -r", "5m", '--rate: "5m" is not a rate; write a number per second, with k for thousands'),
        ("load -d", "30s1m", '--duration: "30s1m" is not a duration'),
        ("load -n", "99999999999999999999k", "is too large"),
    ],
)
def test_a_quantity_that_is_none_is_refused_with_the_way_to_write_one(option, value, complaint):
    done = echoline(*option.split(), value, "127.0.0.1:7")
    assert done.returncode == 2 and done.stdout == ""
    assert complaint in done.stderr


def test_quantities_are_taken_as_people_type_them(daemon):
    done = echoline("ping", "-c", 2, "-i", "0m0.01s", "-s", "1k", daemon.target("echo"))
    assert done.returncode == 0 and "seq=2 bytes=1000 time=" in done.stdout
    load = ["load", "-q", "-n", "1k", "-s", "1KB", "-W", "1m30s", "--json", "-"]
    plan = json.loads(echoline(*load, daemon.target("echo"), seconds=60 * PATIENCE).stdout)["plan"]
    assert plan["requests"] == 1000 and plan["reply_timeout_s"] == 90


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ping"],
        ["ping", "nowhere"],
        ["ping", "127.0.0.1:0"],
        ["ping", "-c", "-1", "127.0.0.1:7"],
        ["ping", "-i", "soon", "127.0.0.1:7"],
        ["ping", "--protocol", "ecko", "127.0.0.1:7"],
        ["connect"],
        ["send"],
        ["send", "-n", "0", "127.0.0.1:7"],
        ["pong"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_a_wrong_command_line_exits_with_2(arguments):
    done = echoline(*arguments, seconds=10 * PATIENCE)
    assert done.returncode == 2
    assert done.stderr.startswith("echoline") and done.stdout == ""


def test_a_file_may_have_the_name_of_a_subcommand(daemon, tmp_path):
    (tmp_path / "load").write_text("a\n")
    to = daemon.target("echo")
    done = echoline("send", "--protocol", "echo", to, "load", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "a\n")


def test_help_and_version_are_subcommands_as_well():
    assert echoline("version").stdout == echoline("--version").stdout
    assert echoline("help").stdout == echoline("--help").stdout
    for name in SUBCOMMANDS:
        assert echoline("help", name).stdout == echoline(name, "--help").stdout


@pytest.mark.parametrize("words", ["help", "version", "--help", "--version", "load --help"])
def test_help_that_cannot_be_written_is_a_failure(words):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [ECHOLINE, *words.split()], stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 1
    assert b"cannot write to standard output: No space left on device" in done.stderr


HOSTILE = {"long": b"x" * 60_000, "escapes": b"\x1b[2J\n" * 50, "bytes": b"\xff\xfe\x80"}


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize(
    "words", ["", "help", "ping", "ping -c", "load -r", "ping --", "ping --protocol", "ping :1 -c 1 --"]
)
def test_a_hostile_word_is_shown_and_not_obeyed(words, word):
    done = subprocess.run(
        [ECHOLINE, *words.split(), HOSTILE[word]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=60 * PATIENCE,
    )
    assert done.returncode == 2 and done.stdout == b""
    assert len(done.stderr) < 1000 and done.stderr.count(b"\n") == 2
    assert not set(done.stderr) & (set(range(32)) - {10})
