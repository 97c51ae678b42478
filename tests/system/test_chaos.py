"""Between every client and every protocol stands a proxy that delays, cuts up, merges, stalls, resets,
half-closes and truncates: every byte is right, or an error is told. The seed of a failure is printed."""

import itertools
import json
import re

import pytest

from chaos import CRUEL, GENTLE, Chaos, say, seeds
from conversation import Conversation
from daemon import EVERY_PROTOCOL, listener
from deadline import until
from full import full_or
from load_run import DONE, measured
from peer import Peer
from program import echoline
from sanitized import PATIENCE, scaled
from sent_lines import numbers, tally

SEEDS = pytest.mark.parametrize("seed", seeds(full_or(5, 1)))
TEXT = 100  # bytes of a message
MODES = {
    "closed loop": [],
    "pipelined": ["-p", 8],
    "open loop": ["-r", 400],
    "fixed dispatch": ["-r", 400, "--dispatch", "fixed", "-p", 4],
    "ramp": ["--ramp", "100:700:300ms", "-p", 4],
    "churn": ["--churn"],
    "churn of five, reset": ["--churn", 5, "--close", "reset", "-t", 2],
}
# Each mode with one protocol, or with both.
LOADED = ("echo", "line")
LOADS = pytest.mark.parametrize(
    "protocol, mode",
    full_or([*itertools.product(LOADED, MODES)], [*zip(itertools.cycle(LOADED), MODES)]),
)
REQUESTS = full_or(1000, scaled(60, 2))
# A reply's size of what is sent; of chargen a line's.
REPLY = {"echo": TEXT, "line": TEXT + 3, "chargen": 74}


@pytest.fixture
def daemon(start_daemon):
    return start_daemon('workers = 2\nshutdown_grace = "1s"\n' + "".join(map(listener, EVERY_PROTOCOL)))


@pytest.fixture(autouse=True)
def nothing_is_left(daemon):
    yield
    watched(daemon)


def watched(daemon):
    """That the daemon has got over it."""
    with Peer(daemon.address("line")) as watch:
        until(lambda: watch.stats()["connections_active"] == 1, 20 * PATIENCE, "every session's end")


def loaded(proxy, protocol, *arguments):
    return measured(
        *("--protocol", protocol, "-c", 6, "-W", f"{2 * PATIENCE}s", "--seed", proxy.seed),
        *(arguments if protocol == "chargen" else [*arguments, "-s", TEXT]),
        proxy.target,
    )


def in_flight(mode):
    """Requests at once on a connection."""
    _, _, count = " ".join(map(str, MODES[mode])).partition("-p ")
    return int(count or 1)


def told_of(run):
    """Errors, but for what a busy machine leaves unsent at a rate."""
    errors = run.results["errors"]["total"] - run.errors.get("unsent", 0)
    return errors + run.results["other_errors"]["total"]


def balanced(run, proxy, protocol):
    """That nothing is taken for a reply that was none."""
    assert run.results["offered"] == run.requests + run.results["errors"]["total"]
    # A line that is cut off by FIN is a line, and has another reply.
    assert run.errors.get("mismatch", 0) <= (proxy.cuts() if protocol == "line" else 0)
    if protocol in REPLY:
        assert run.requests <= proxy.replies(REPLY[protocol])


@SEEDS
@LOADS
def test_load_verifies_every_reply_however_it_comes(daemon, reliability, protocol, mode, seed):
    say(seed)
    with Chaos(daemon.address(protocol), seed, GENTLE) as proxy:
        run = loaded(proxy, protocol, "-n", REQUESTS, *MODES[mode])
    balanced(run, proxy, protocol)
    # A rate may be more than a slow way lets through.
    assert run.errors.keys() <= {"unsent"} and run.returncode in DONE, run.summary
    assert run.requests + run.results["unsent"] == run.results["offered"]
    reliability(14, f"{protocol}, {mode}, a gentle proxy: {run.requests} replies, all right")


@SEEDS
@LOADS
def test_load_tells_of_every_reply_that_was_cut_short(daemon, reliability, protocol, mode, seed):
    say(seed)
    with Chaos(daemon.address(protocol), seed, (*GENTLE, *CRUEL)) as proxy:
        run = loaded(proxy, protocol, "-n", REQUESTS, "--expect", "errors<100%", *MODES[mode])
    balanced(run, proxy, protocol)
    told = told_of(run)
    # All that are under way on a connection are lost with it.
    assert 0 < told <= proxy.cuts() * in_flight(mode), run.summary
    reliability(14, f"{protocol}, {mode}, cut {proxy.cuts()} times: {told} errors told")


@SEEDS
@pytest.mark.parametrize("deeds", [GENTLE, (*GENTLE, *CRUEL)], ids=["gentle", "cruel"])
@pytest.mark.parametrize("protocol", ["discard", "chargen"])
def test_load_of_one_direction_is_right_or_tells(daemon, protocol, deeds, seed):
    say(seed)
    with Chaos(daemon.address(protocol), seed, deeds) as proxy:
        # More than its way lets through in time would be an error, too.
        rate = ["-r", 400] if protocol == "discard" else []
        run = loaded(proxy, protocol, "-d", full_or("400ms", "200ms"), "--expect", "errors<100%", *rate)
    balanced(run, proxy, protocol)
    assert not any("RFC 864" in note for note in run.results["notes"])
    assert told_of(run) <= proxy.cuts(), run.summary
    assert (proxy.cuts() > 0) == (deeds != GENTLE)
    # What discard has taken it does not say, and who is idle may be closed.
    assert told_of(run) > 0 or deeds == GENTLE or protocol == "discard", run.summary


CLIENTS = full_or(20, scaled(12, 3))


def talk_to(daemon, protocol, seed, deeds):
    """Several clients one after another; whether each had everything."""
    say(seed)
    whole = []
    with Chaos(daemon.address(protocol), seed, deeds) as proxy:
        for number in range(CLIENTS):
            conversation = Conversation(protocol, seed + number)
            conversation.hold(proxy.address)
            assert conversation.is_right(), f"of connection {number}"
            whole.append(conversation.is_whole() and not conversation.was_broken)
        cuts = [connection.is_cut for connection in proxy.connections]
    return whole, cuts


@SEEDS
@pytest.mark.parametrize("protocol", EVERY_PROTOCOL)
def test_a_client_gets_every_byte_however_it_comes(daemon, protocol, seed):
    whole, _ = talk_to(daemon, protocol, seed, GENTLE)
    assert whole == [True] * CLIENTS


@SEEDS
@pytest.mark.parametrize("protocol", EVERY_PROTOCOL)
def test_what_a_client_gets_of_a_cut_connection_is_right_as_far_as_it_goes(daemon, protocol, seed):
    whole, cuts = talk_to(daemon, protocol, seed, CRUEL)
    assert all(ok or cut for ok, cut in zip(whole, cuts))
    # The daemon says that it ended well only where it has answered all that it got.
    if protocol == "echo":
        watched(daemon)
        for line in daemon.events("session"):
            whole = line["received"] == line["sent"] or line["listener"] != "echo"
            assert whole or line["end"] != "peer-closed"


@SEEDS
@pytest.mark.parametrize("deeds", [GENTLE, (*GENTLE, *CRUEL)], ids=["gentle", "cruel"])
def test_send_prints_the_right_replies_and_counts_the_lost(daemon, deeds, seed):
    say(seed)
    count = scaled(400, 4)
    with Chaos(daemon.address("echo"), seed, deeds) as proxy:
        done = echoline(
            *("send", "--protocol", "echo", "-n", 3, "-p", 4, "--retries", 2, proxy.target),
            stdin=None,
            input=numbers(count),
        )
    printed, counts = done.stdout.split(), tally(done.stderr)
    assert printed == sorted(set(printed), key=int) and set(printed) <= set(numbers(count).split())
    assert len(printed) == counts.get("answered", 0)
    assert counts.get("answered", 0) + counts.get("lost", 0) + counts.get("not_sent", 0) == count
    assert done.returncode == (0 if len(printed) == count else 1)
    if deeds == GENTLE:
        assert done.returncode == 0


@SEEDS
def test_ask_succeeds_with_the_whole_reply_or_fails(daemon, seed):
    say(seed)
    with Chaos(daemon.address("line"), seed, (*GENTLE, *CRUEL)) as proxy:
        # Of which no beginning is a command.
        outcomes = [echoline("ask", proxy.target, "WHOAMI", "-w", "3s") for _ in range(12)]
    for done in outcomes:
        if done.returncode == 0:
            assert re.fullmatch(r"\+127\.0\.0\.1:\d+\n", done.stdout), done
        else:
            assert done.stderr.startswith("echoline ask: "), done


@SEEDS
def test_ping_counts_each_as_answered_or_lost(daemon, seed):
    say(seed)
    with Chaos(daemon.address("echo"), seed, (*GENTLE, *CRUEL)) as proxy:
        done = echoline("ping", "-c", 30, "-i", "10ms", "-W", "500ms", "--json", proxy.target)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [row["type"] for row in rows]
    summary = rows[-1]
    assert summary["sent"] == 30 == summary["answered"] + summary["lost"]
    assert (kinds.count("reply"), kinds.count("lost")) == (summary["answered"], summary["lost"])
