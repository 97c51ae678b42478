"""echolined's command line: what it prints, how it exits."""

import re

import pytest

from command_line_help import SUBCOMMANDS
from daemon import EVERY_PROTOCOL, listener
from peer import Peer
from program import echoline, echolined


@pytest.mark.parametrize("program", [echolined, echoline], ids=["echolined", "echoline"])
def test_help_shows_examples_before_options(program):
    done = program("--help")
    assert done.returncode == 0
    assert 0 < done.stdout.index("Examples:") < done.stdout.index("Options:")
    assert done.stderr == ""


@pytest.mark.parametrize("subcommand", ["", *SUBCOMMANDS, "help", "version", "echolined"])
def test_help_fits_80_columns(subcommand):
    is_daemon = subcommand == "echolined"
    done = echolined("--help") if is_daemon else echoline(*subcommand.split(), "--help")
    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("program", [echolined, echoline], ids=["echolined", "echoline"])
def test_version_is_one_line(program):
    done = program("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"echolined? \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["stray"],
        ["--config"],
        ["--log-level", "loud"],
        ["--listen", "echo"],
        ["--listen", "ecko=127.0.0.1:0"],
        ["--listen", "echo=127.0.0.1:65536"],
        ["--listen", "echo=127.0.0.1:7", "--listen", "line=127.0.0.1:7"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_exits_with_2_and_says_why(arguments):
    done = echolined(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words, complaint",
    [
        ("--confg x", "unknown option --confg; did you mean --config?"),
        ("--log-levl=info", "unknown option --log-levl; did you mean --log-level?"),
        ("-z", "unknown option -z"),
        ("help", 'unexpected argument "help"; did you mean --help?'),
        ("echoline.toml", 'unexpected argument "echoline.toml"'),
        ("--config", "--config: the value is missing"),
        ("-c a -c b", "--config: give it only once"),
    ],
)
def test_what_was_not_understood_is_told_with_what_may_have_been_meant(words, complaint):
    done = echolined(*words.split())
    assert done.returncode == 2
    assert done.stderr == f"echolined: {complaint}\nRun echolined --help for more information.\n"


def test_a_misspelt_protocol_is_told_the_right_one():
    assert '"echo"' in echolined("--listen", "ecko=127.0.0.1:0").stderr


def test_the_log_level_may_be_written_short():
    done = echolined("--log-level", "warn", "--print-config")
    assert done.returncode == 0 and 'level = "warning"' in done.stdout


def test_a_configuration_file_that_is_missing_exits_with_78():
    done = echolined("--config", "/no/such/file.toml")
    assert done.returncode == 78
    assert "/no/such/file.toml: cannot read this file: No such file or directory" in done.stderr


@pytest.fixture
def file(tmp_path):
    return tmp_path / "echoline.toml"


def test_a_right_configuration_is_ok(file):
    file.write_text('[limits]\nmax_line = "1KiB"\n')
    done = echolined("--config", file, "--check-config")
    assert (done.returncode, done.stdout, done.stderr) == (0, "OK\n", "")


WRONG = """\
shutdown_grace = "soon"
[limits]
max_conections = 5
high_water = 65536
[[listener]]
protocol = "ecko"
address = "127.0.0.1:7007"
"""


@pytest.mark.parametrize("check", [["--check-config"], []], ids=["checking", "starting"])
def test_every_error_of_a_configuration_is_told_with_its_place(file, check):
    file.write_text(WRONG)
    done = echolined("--config", file, *check)
    assert done.returncode == 78
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    places = ["1:18", "3:1", "4:14", "6:12"]
    words = ["shutdown_grace", "max_connections", "64KiB", "echo"]
    for line, place, word in zip(lines, places, words):
        assert line.startswith(f"echolined: {file}:{place}: ")
        assert word in line.split(": ", 2)[2]


@pytest.mark.parametrize("check", [[], ["--check-config"]], ids=["alone", "with --check-config"])
def test_what_is_printed_is_checked(file, check):
    file.write_text("workers = 3\n")
    done = echolined("--config", file, *check, "--print-config")
    assert done.returncode == 0 and "workers = 3\n" in done.stdout
    file.write_text(WRONG)
    done = echolined("--config", file, *check, "--print-config")
    assert (done.returncode, done.stdout) == (78, "")


def test_a_syntax_error_is_told_with_its_place(file):
    file.write_text("workers = 1\nworkers = = 2\n")
    done = echolined("--config", file, "--check-config")
    assert done.returncode == 78
    assert done.stderr.startswith(f"echolined: {file}:2:")


def test_a_configuration_with_control_bytes_does_not_reach_the_terminal(file):
    file.write_bytes(b'"\\u001b[2J" = 1\n[[listener]]\nname = "\\u0007"\nprotocol = "\\u001b"\n')
    done = echolined("--config", file, "--check-config")
    assert done.returncode == 78
    assert not set(done.stderr) & {chr(c) for c in range(32) if c != 10}


def test_the_printed_configuration_reads_back_as_itself(file):
    default = echolined("--print-config")
    assert default.returncode == 0
    file.write_text(default.stdout)
    assert echolined("--config", file, "--print-config").stdout == default.stdout
    assert echolined("--config", file, "--check-config").stdout == "OK\n"


def test_a_printed_configuration_keeps_what_was_set(file):
    file.write_text(
        'workers = 3\nshutdown_grace = "250ms"\nbusy_poll = "50us"\n'
        '[limits]\nmax_connections = 50\nat_limit = "refuse"\nidle_timeout = "0s"\n'
        'max_line = "100B"\nhigh_water = "1MiB"\nlow_water = "0B"\n'
        '[log]\nlevel = "warning"\nformat = "json"\n'
        + listener("line", "[::1]:7008", name="a \\\\ and \\\" b", backlog=7, max_connections=5)
        + listener("time", "unix:/tmp/time.sock", idle_timeout="5s")
    )
    printed = echolined("--config", file, "--print-config").stdout
    for setting in ("workers = 3", 'busy_poll = "50us"', 'max_line = "100B"', "backlog = 7"):
        assert setting in printed
    file.write_text(printed)
    assert echolined("--config", file, "--print-config").stdout == printed


def test_listen_takes_the_place_of_the_configured_listeners(start_daemon):
    arguments = ["--listen", "line=[::1]:0"]
    daemon = start_daemon(listener("echo"), arguments=arguments)
    [line] = daemon.events("listening")
    assert line["protocol"] == "line"
    with Peer(daemon.address(line["listener"])) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"


def test_every_protocol_can_be_listened_for(start_daemon):
    arguments = []
    for protocol in EVERY_PROTOCOL:
        arguments += ["--listen", f"{protocol}=localhost:0"]
    daemon = start_daemon(arguments=arguments)
    protocols = [line["protocol"] for line in daemon.events("listening")]
    assert protocols == list(EVERY_PROTOCOL)


def test_an_address_in_use_exits_with_1_and_says_what_to_do(start_daemon):
    port = start_daemon(listener("echo")).port("echo")
    done = echolined("--listen", f"line=127.0.0.1:{port}")
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in done.stderr
    assert "choose another port" in done.stderr


def test_a_unix_socket_in_use_is_left_to_its_owner(start_daemon, tmp_path):
    path = f"{tmp_path}/in-use"
    daemon = start_daemon(listener("echo", f"unix:{path}"))
    assert echolined("--listen", f"line=unix:{path}").returncode == 1
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"x")
        assert peer.read_exactly(1) == b"x"


def test_a_file_in_the_way_of_a_unix_socket_is_left_alone(tmp_path):
    (tmp_path / "precious").write_text("data")
    assert echolined("--listen", f"line=unix:{tmp_path}/precious").returncode == 1
    assert (tmp_path / "precious").read_text() == "data"


def test_an_address_of_another_machine_exits_with_1():
    done = echolined("--listen", "echo=192.0.2.1:0")
    assert done.returncode == 1
    assert "no interface of this machine has that address" in done.stderr


def test_debug_asks_for_debug_mode_and_leaves_a_threshold_that_is_configured(tmp_path):
    assert 'slow_callback = "100ms"\n' in echolined("--debug", "--print-config").stdout
    file = tmp_path / "c.toml"
    file.write_text('slow_callback = "7ms"\n')
    printed = echolined("--debug", "--config", file, "--print-config").stdout
    assert 'slow_callback = "7ms"\n' in printed
