"""--replay: the faults of one connection again, from its line in the log."""

import random

import pytest

from faulty import exchanged, faulty, sessions
from full import full_or
from peer import PING, PONG, Peer
from program import echolined
from test_faults_repeat import PLAN, converse, lines_of

# A scope of each kind besides, and chances.
PLAN = (
    *PLAN,
    "corrupt at byte 10 for first 3 of each source",
    "insert 3B at byte 20 for first 1 of each source",
    "swallow-reply every line with 5% for 50% of connections",
)
SOURCES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
CONNECTIONS = 30
WHO = ("seed", "index", "source_index")


def lines_in_log(daemon, count):
    """Those of its sessions, as they stand there, by the number of the connection."""
    sessions(daemon, count)
    texts = [text for text in daemon.stderr().splitlines() if "source_index" in text]
    return {int(event["index"]): text for event, text in zip(daemon.events("session"), texts, strict=True)}


def values(session):
    return [str(session[name]) for name in (*WHO, "faults")]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_line_of_the_log_brings_its_faults_again(start_daemon, log_format):
    config = f'[log]\nformat = "{log_format}"\n' + faulty("line", *PLAN)
    daemon = start_daemon("workers = 2\n" + config)
    for connection in range(CONNECTIONS):
        source = SOURCES[connection % len(SOURCES)]
        converse(daemon, lines_of(connection), random.Random(connection), source)
        sessions(daemon, connection + 1)
    lines = lines_in_log(daemon, CONNECTIONS)
    met = {int(one["index"]): values(one) for one in daemon.events("session")}
    assert daemon.stop() == 0
    randoms = random.Random(1)
    for run, index in enumerate(randoms.sample(sorted(lines), full_or(CONNECTIONS, 5))):
        again = start_daemon(f"workers = {(1, 2, 8)[run % 3]}\n" + config, ["--replay", lines[index]])
        [told] = again.events("faults-replayed")
        assert [str(told[name]) for name in WHO] == met[index][:3]
        # Whoever it is, and the second one as well.
        for times, source in enumerate(("127.0.0.1", "127.0.0.5"), 1):
            converse(again, lines_of(index - 1), randoms, source)
            assert values(sessions(again, times)[-1]) == met[index]
        assert again.stop() == 0


def test_faults_that_the_client_asks_for_are_drawn_as_they_were(start_daemon):
    config = faulty("line", "duplicate-reply every line with 10%", fault_in_band=True)
    asked = b"FAULT swallow-reply every line with 30%\r\n" + 60 * (PING + b"\r\n")
    daemon = start_daemon(config)
    for count in range(1, 4):
        converse(daemon, asked, random.Random(count))
        sessions(daemon, count)
    lines = lines_in_log(daemon, 3)
    met = [values(one) for one in daemon.events("session")]
    assert len({one[3] for one in met}) == 3
    again = start_daemon(config, ["--replay", lines[3]])
    converse(again, asked, random.Random(9))
    assert values(sessions(again)[0]) == met[2]


def test_others_than_those_that_faults_are_for_have_none(start_daemon):
    config = faulty("echo", "fin at byte 0 for every 2nd connection", fault_sources=["127.0.0.2"])
    config += faulty("echo", "fin at byte 1", name="other")
    daemon = start_daemon(config)
    for count in (1, 2):
        exchanged(daemon, b"xyz", source="127.0.0.2")
        sessions(daemon, count)
    again = start_daemon(config, ["--replay", lines_in_log(daemon, 2)[2]])
    assert exchanged(again, b"xyz", source="127.0.0.2")[0] == b""
    assert exchanged(again, b"xyz")[0] == b"xyz"
    assert exchanged(again, b"xyz", name="other")[0] == b"x"
    assert [one["listener"] for one in again.events("faults-replayed")] == ["echo"]
    indices = {one["listener"]: one.fields.get("index") for one in sessions(again, 3)}
    assert indices["other"] == "1"


def test_a_reload_replays_on_and_is_refused_where_it_cannot(start_daemon):
    config = faulty("line", "swallow-reply after line 1 for every 2nd connection")
    daemon = start_daemon(config)
    for count in (1, 2):
        converse(daemon, PING + b"\r\n", random.Random(count))
        sessions(daemon, count)
    again = start_daemon(config, ["--replay", lines_in_log(daemon, 2)[2]])
    assert again.reload(faulty("line", "swallow-reply after line 2 for every 2nd connection"))
    with Peer(again.address("line")) as peer:
        assert peer.ask(PING) == PONG
        peer.send(PING + b"\r\n")
        assert peer.ask(b"ECHO third") == b"+third\r\n"
    assert sessions(again)[0]["faults"] == "swallow-reply@reply:2"
    assert not again.reload(faulty("line", "swallow-reply after line 2", name="another"))
    [error] = again.events("reload-error")
    assert 'there is no listener \\"line\\"' in error["what"]
    with Peer(again.address("line")) as peer:
        assert peer.ask(PING) == PONG


WHOLE = (
    "2026-11-28T01:57:12.123Z info session id=17 listener=line peer=127.0.0.1:5 received=9 sent=9 "
    "seconds=0.002 end=done seed=7 index=12 source_index=3 faults=delay@line:1"
)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", '"" is no line of the log of a session'),
        ("hello", '"hello" is no line of the log of a session'),
        ("2026-11-28T01:57:12.123Z info stopping signal=SIGTERM", 'tells of "stopping"'),
        (WHOLE[: WHOLE.index(" seed")], 'the listener "line" had no faults for that connection'),
        (WHOLE[: WHOLE.index(" source_index")], "the line is cut short"),
        (WHOLE.replace("listener=line", "listener=lime"), 'there is no listener "lime"; did you mean "line"?'),
        (WHOLE.replace("listener=line", "listener=echo"), 'the listener "echo" has no faults'),
        (WHOLE.replace("index=12", "index=x"), 'index is "x"'),
    ],
)
def test_a_line_that_is_none_is_one_error_of_the_command_line(tmp_path, line, complaint):
    file = tmp_path / "echoline.toml"
    file.write_text(faulty("line", "fin") + '[[listener]]\nprotocol = "echo"\naddress = "127.0.0.1:0"\n')
    for arguments in ([], ["--check-config"], ["--print-config"]):
        done = echolined("--config", str(file), "--replay", line, *arguments)
        assert done.returncode == 2
        assert complaint in done.stderr
        assert done.stderr.startswith("echolined: --replay: ")
        assert done.stdout == ""
    done = echolined("--config", str(file), "--replay", WHOLE, "--check-config")
    assert (done.returncode, done.stdout) == (0, "OK\n")
