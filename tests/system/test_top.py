"""`echoline top` for scripts: real daemons, and some that are down or hang."""

import json
import os
import resource
import signal
import socket
import subprocess
import time

import pytest

from daemon import listener
from program import ECHOLINE, echoline
from sanitized import PATIENCE
from service import Service

NOBODY = "127.0.0.1:1"


def objects(text):
    found = [json.loads(line) for line in text.splitlines()]
    assert {one["schema"] for one in found} == {"echoline.top/1"}
    return found


def hang(connection, _):
    while connection.recv(1000):
        pass


class Started(subprocess.Popen):
    """A program whose output is read while it runs, and which is gone at the end of its block."""

    def __init__(self, command, **options):
        super().__init__(command, stdout=subprocess.PIPE, text=True, **options)

    def __exit__(self, *exception):
        self.kill()
        return super().__exit__(*exception)


def test_once_tells_scripts_the_rates_of_one_interval(daemon):
    others = [socket.create_connection(daemon.address("line")) for _ in range(3)]
    done = echoline("top", "--once", "--json", "-i", "200ms", daemon.target("line"))
    assert (done.returncode, done.stderr) == (0, "")
    [one] = objects(done.stdout)
    assert (one["target"], one["state"], one["error"]) == (daemon.target("line"), "up", None)
    assert one["connections_active"] == len(others) + 1
    assert one["interval_s"] > 0 and one["uptime_s"] >= 0 and one["version"]
    assert one["received_bytes_per_s"] > 0 and one["sent_bytes_per_s"] > one["received_bytes_per_s"]
    assert one["accepted_per_s"] == one["refused_per_s"] == 0
    for other in others:
        other.close()


def test_once_without_an_interval_is_one_poll_and_has_no_rates(daemon):
    done = echoline("top", "--once", "--json", "-i", 0, daemon.target("line"))
    [one] = objects(done.stdout)
    assert done.returncode == 0 and one["state"] == "up" and one["connections_active"] == 1
    assert one["interval_s"] is None and one["sent_bytes_per_s"] is None


def test_admin_and_metrics_addresses_are_told_apart_by_what_answers(start_daemon, tmp_path):
    own = f'[admin]\naddress = "unix:{tmp_path}/admin"\n[metrics]\naddress = "127.0.0.1:0"\n'
    daemon = start_daemon(own + listener("line"))
    metrics = daemon.events("metrics-listening")[-1]["address"]
    targets = [f"unix:{tmp_path}/admin", metrics, f"http://{metrics}", f"http://{metrics}/healthz"]
    with socket.create_connection(daemon.address("line")) as client:
        client.sendall(b"PING\r\n")
        assert client.recv(100) == b"+PONG\r\n"
        done = echoline("top", "--once", "--json", "-i", "100ms", *targets)
    assert done.returncode == 0
    *all_up, healthz = objects(done.stdout)
    for one in all_up:
        assert one["state"] == "up" and one["connections_active"] == 1, one
        assert one["connections_max"] == all_up[0]["connections_max"]
        assert one["sent_bytes_per_s"] >= 0
    assert healthz["error"] == "its answer has no figures in it"


def test_a_metrics_address_tells_every_column_and_of_each_listener_what_it_has(start_daemon):
    daemon = start_daemon('[metrics]\naddress = "127.0.0.1:0"\n' + listener("line") + listener("echo"))
    metrics = daemon.events("metrics-listening")[-1]["address"]
    command = [ECHOLINE, "top", "--json", "-i", "100ms", metrics]
    with Started(command) as top:
        untold, end = None, time.monotonic() + 20 * PATIENCE
        for one in map(json.loads, top.stdout):
            if untold is None:
                untold = {key for key in one if key != "error"}
            assert time.monotonic() < end, f"not told: {untold}"
            # A session that ends has a round trip; a loop tells its lag once a second.
            with socket.create_connection(daemon.address("line")) as client:
                client.sendall(b"PING\r\n")
                assert client.recv(100) == b"+PONG\r\n"
            untold -= {key for key, value in one.items() if value is not None}
            if not untold:
                break
        top.send_signal(signal.SIGINT)
    assert {two["listener"] for two in one["listeners"]} == {"line", "echo"}
    of_listeners = {key for two in one["listeners"] for key, value in two.items() if value is not None}
    assert of_listeners >= {"connections_active", "accepted_per_s", "waiting", "sessions_stalled"}


def test_a_target_that_is_down_or_hangs_is_told_beside_the_others(daemon):
    with Service(hang) as hanging:
        targets = (hanging.target, NOBODY, daemon.target("line"), daemon.target("echo"))
        done = echoline("top", "--once", "--json", "-i", "100ms", "-W", "300ms", *targets)
    assert done.returncode == 0
    hung, refused, up, echo = objects(done.stdout)
    assert [one["target"] for one in (hung, refused, up, echo)] == list(targets)
    assert hung["state"] == "down" and hung["error"] == "no answer within 300ms (--timeout)"
    assert refused["error"] == "cannot connect: Connection refused"
    assert up["state"] == "up"
    assert echo["error"].startswith("it echoes")


def test_more_targets_than_the_soft_limit_on_open_files_are_asked(daemon):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    done = echoline(
        "top", "--once", "--json", "-i", 0, "-W", "20s", *[daemon.target("line")] * 100,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard)),
    )
    assert [one["error"] for one in objects(done.stdout)] == [None] * 100


def test_a_target_for_which_no_descriptor_is_left_says_what_to_raise(daemon):
    done = echoline(
        "top", "--once", "--json", "-i", 0, "-W", "20s", *[daemon.target("line")] * 100,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    )
    assert done.returncode == 0
    errors = {one["error"] for one in objects(done.stdout)}
    assert errors == {
        None,
        "cannot connect: Too many open files; "
        "raise the limit on open files with LimitNOFILE= or ulimit -n",
    }


def test_once_fails_where_no_target_is_up():
    done = echoline("top", "--once", "-i", 0, NOBODY, "unix:/no/such")
    assert done.returncode == 1 and done.stderr == ""
    assert "cannot connect: Connection refused" in done.stdout
    assert "cannot connect: No such file or directory" in done.stdout


def test_a_table_for_a_pipe_is_printed_as_often_as_was_asked(daemon):
    done = echoline("top", "-n", 2, "-i", "50ms", daemon.target("line"), NOBODY)
    assert done.returncode == 0 and "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert len(lines) == 2 * 4
    for title, heads, up, down in (lines[:4], lines[4:]):
        assert "2 targets, 1 up, every 50ms" in title
        assert heads.split()[0] == "target" and heads.split()[-1] == "rtt"
        assert up.split()[:2] == [daemon.target("line"), "up"]
        assert down.startswith(NOBODY)


def test_without_a_target_it_says_what_to_name():
    if os.path.exists("/run/echoline/admin.sock"):
        pytest.skip("NOT RUN, a service of this machine has the socket")
    done = echoline("top", "--once")
    assert done.returncode == 2 and done.stdout == ""
    assert "there is no /run/echoline/admin.sock to ask; name" in done.stderr


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (["--sort", "lga"], '"lga" is no order; did you mean "lag"?'),
        (["-i", "0"], "0 goes together with --once only"),
        (["--once", "-n", "2"], "--once"),
        (["http://"], "a target is empty"),
        (["--jsn"], "unknown option --jsn"),
    ],
)
def test_a_mistake_on_the_command_line_is_told(arguments, complaint):
    targets = [] if arguments[0] in ("http://", "--jsn") else [":1"]
    done = echoline("top", *arguments, *targets)
    assert done.returncode == 2 and complaint in done.stderr


def test_a_daemon_that_restarts_is_down_then_restarted_and_its_rates_are_never_negative(
    start_daemon, tmp_path
):
    path = tmp_path / "line.sock"
    config = listener("line", f"unix:{path}")
    first = start_daemon(config)
    command = [ECHOLINE, "top", "--json", "-i", "20ms", f"unix:{path}"]
    with Started(command) as top:
        seen = []

        def see(state):
            for line in top.stdout:
                seen.extend(objects(line))
                if seen[-1]["state"] == state:
                    return

        for _ in range(5):
            see("up")
        first.stop()
        see("down")
        start_daemon(config)
        see("restarted")
        assert seen[-1]["sent_bytes_per_s"] is None
        see("up")
        assert seen[-1]["sent_bytes_per_s"] > 0
        top.send_signal(signal.SIGINT)
        top.stdout.read()
        assert top.wait(20 * PATIENCE) == 0
    rates = [value for one in seen for key, value in one.items() if key.endswith("_per_s")]
    assert min(rate for rate in rates if rate is not None) >= 0


def test_an_output_that_nobody_reads_ends_it(daemon):
    command = [ECHOLINE, "top", "--json", "-i", "20ms", daemon.target("line")]
    with Started(command, stderr=subprocess.PIPE) as top:
        top.stdout.readline()
        top.stdout.close()
        assert "cannot write the output: Broken pipe" in top.stderr.read()
        assert top.wait(20 * PATIENCE) == 1
