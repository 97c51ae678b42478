"""The files of a report, read by programs that are not ours, and the descriptors it writes to."""

import json
import os
import pathlib
import re
import subprocess

import pytest

SCHEMA = pathlib.Path(__file__).parents[4] / "client/load/report/SCHEMA.md"
KINDS = {"open": 3, "closed": 0, "bad": 130, "nothing": 1}


class Run:
    """What was written of a run of this kind."""

    def __init__(self, kind, folder, *options):
        self.kind = kind
        self.folder = folder
        command = [os.environ["WRITER"], kind, folder, *options]
        self.done = subprocess.run(command, capture_output=True, timeout=60)
        self.out = self.done.stdout.decode(errors="replace")
        self.err = self.done.stderr.decode(errors="replace")

    def read(self, name):
        return (self.folder / name).read_text("utf-8", errors="replace")

    def results(self):
        return json.loads(self.read("run.json"), parse_constant=pytest.fail)

    def intervals(self):
        lines = self.read("run.ndjson").splitlines()
        return [json.loads(line, parse_constant=pytest.fail) for line in lines]


@pytest.fixture(params=KINDS)
def run(request, tmp_path):
    return Run(request.param, tmp_path)


def names_in(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_in(inner)


def test_the_exit_code_is_the_outcome(run):
    assert run.done.returncode == KINDS[run.kind]
    codes = {"ok": 0, "failed": 1, "missed": 3, "invalid": 4, "interrupted": 130}
    assert codes[run.results()["outcome"]] == run.done.returncode


def test_the_summary_is_on_standard_output_and_the_progress_on_standard_error(run):
    assert run.out.startswith("target       ")
    assert re.fullmatch(r"(\d s, \S+( k)?/s, .*connections\n){3}", run.err)


def test_a_quiet_run_has_a_summary_and_no_progress(tmp_path):
    run = Run("open", tmp_path, "quiet")
    assert run.out.startswith("target       ") and run.err == ""


def test_json_on_standard_output_stands_there_alone(tmp_path):
    run = Run("open", tmp_path, "-")
    assert json.loads(run.out)["schema"] == "echoline.load/2"
    assert "\ntarget       " in run.err


def test_every_member_is_in_the_schema(run):
    described = set(re.findall(r"`([^`\s]+)`", SCHEMA.read_text("utf-8")))
    assert set(names_in(run.results())) | set(names_in(run.intervals())) <= described


def test_what_the_schema_describes_is_there(run):
    text = SCHEMA.read_text("utf-8")
    run_part, interval_part = text.split("## `echoline.load.interval/2`")
    results = run.results()
    first_table = run_part.split("### A histogram")[0]
    for document, part in [(results, first_table), (run.intervals()[0], interval_part)]:
        rows = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
        names = {name for row in rows for name in re.findall(r"`(.+?)`", row)}
        if run.kind in ("closed", "nothing") and document is not results:
            names.discard("response_ns")
        assert names == set(document)


def test_a_histogram_is_told_by_its_statistics_and_its_buckets(run):
    results = run.results()
    told = [results["response_ns"], results["service_ns"], results["connect_ns"]]
    told.append(results["generator"]["lag_ns"])
    told.append(results["generator"]["own_lag_ns"])
    expected = {"open": 5, "bad": 5, "closed": 2, "nothing": 0}[run.kind]
    assert sum(histogram is not None for histogram in told) == expected
    for histogram in filter(None, told):
        buckets = histogram["buckets"]
        assert buckets == sorted(buckets)
        assert sum(count for _, _, count in buckets) == histogram["count"]
        assert buckets[0][0] <= histogram["min"] <= buckets[0][1]
        assert buckets[-1][0] <= histogram["max"] <= buckets[-1][1]
        for name, least in (("p50", 2), ("p99", 100), ("p99.9", 1000), ("p99.99", 10000)):
            assert (histogram[name] is not None) == (histogram["count"] >= least)
            if histogram[name] is None:
                continue
            below = sum(count for low, _, count in buckets if low <= histogram[name])
            assert below >= float(name[1:]) / 100 * histogram["count"] * (1 - 1e-12)


def test_bytes_of_a_mismatch_are_hexadecimal_and_other_text_is_escaped(tmp_path):
    results = Run("bad", tmp_path).results()
    first, second = results["mismatches"]
    assert bytes.fromhex(first["expected_hex"]) == b'abc\r\n"more"'
    assert bytes.fromhex(first["got_hex"]) == b"abd\0\xff\x80"
    assert (second["got_hex"], second["got_sequence"]) == ("", 7)
    assert results["plan"]["target"] == "2 targets"
    assert results["plan"]["targets"] == ['caf\u00e9 "quoted" \ufffd:7', "[::1]:7"]
    assert results["plan"]["payload"]["lines"][0]["line"] == "ECHO {seq}\r\n"
    assert results["error_examples"] == {"connect": "connection refused"}


def test_the_account_adds_up(run):
    for part in [run.results(), *run.intervals()]:
        errors = dict(part["errors"])
        assert errors.pop("total") == sum(errors.values()) == part["failed"] + part["unsent"]
        assert part["offered"] == part["requests"] + part["failed"] + part["unsent"]
        assert part["sent"] == part["offered"] - part["unsent"] and part["unsent"] == errors["unsent"]
    results = run.results()
    account = "offered %d = answered %d + failed %d + unsent %d" % tuple(
        results[name] for name in ("offered", "requests", "failed", "unsent")
    )
    assert account in " ".join(run.out.replace(",", "").split())


def test_the_parts_of_a_run_have_a_row_each(tmp_path):
    results = Run("bad", tmp_path).results()
    assert [(stage["from"], stage["to"], stage["start_s"]) for stage in results["stages"]] == [
        (1000, 50000, 0),
        (50000, 50000, 10),
    ]
    assert [target["target"] for target in results["targets"]] == results["plan"]["targets"]
    for row in results["stages"] + results["targets"]:
        assert row["offered"] == row["requests"] + row["errors"]["total"]
        assert row["response_ns"]["count"] > 0 and "buckets" not in row["response_ns"]
    assert results["targets"][1]["outages"] == [{"start_s": 1, "length_s": 1.5}]
    one = Run("open", tmp_path).results()
    assert one["stages"] == one["targets"] == [] and one["plan"]["target"] == "127.0.0.1:7007"


def test_an_interval_is_a_line(run):
    intervals = run.intervals()
    assert [interval["start_s"] for interval in intervals] == [0, 1, 2]
    for interval in intervals:
        assert ("response_ns" in interval) == (run.kind in ("open", "bad"))


def test_the_logs_hold_response_time_in_the_open_loop_and_service_time_in_the_closed(run):
    open_loop = run.kind in ("open", "bad")
    lines = run.read("run.hlog").splitlines()
    intervals = lines[lines.index(next(line for line in lines if line.startswith('"'))) + 1 :]
    assert sum(line.startswith("Tag=service,") for line in intervals) == (3 if open_loop else 0)
    assert len(intervals) == (6 if open_loop else 3)
    name = "#[response time of " if open_loop else "#[service time of "
    assert lines[0].startswith(name) and run.read("run.hgrm").startswith(name)
    if run.kind == "open":
        results = run.results()
        assert f"{results['response_ns']['max'] / 1e6:.6f}, Total" in run.read("run.hgrm")


def test_a_file_that_cannot_be_written_is_named_before_the_run(tmp_path):
    run = Run("open", tmp_path / "missing")
    assert run.done.returncode == 1 and run.out == ""
    assert run.err == f"cannot write {tmp_path}/missing/run.json: No such file or directory\n"
