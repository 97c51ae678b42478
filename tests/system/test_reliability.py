"""The table tests/RELIABILITY.md is of what was found last, and tests/run says of which run."""

import os
import shutil

import pytest

from installed import SOURCE
from program import run


@pytest.fixture
def tree(tmp_path):
    """Of the sources what makes the table."""
    (tmp_path / "tests/system").mkdir(parents=True)
    for name in ("reliability", "system/reliability.py", "system/full.py", "system/sanitized.py"):
        shutil.copy(SOURCE / "tests" / name, tmp_path / "tests" / name)
    return tmp_path


def record(tree, build, case, figure, command, full="OFF"):
    environment = {**os.environ, "ECHOLINE_FULL": full}
    words = ("--record", tree / "build" / build, case, figure, command)
    done = run(tree / "tests/reliability", *words, env=environment)
    assert (done.returncode, done.stderr) == (0, "")


def rows(tree):
    """Case, figure, origin, and build of each row that has a figure."""
    done = run(tree / "tests/reliability")
    assert (done.returncode, done.stderr) == (0, "")
    lines = (tree / "tests/RELIABILITY.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"][2:]
    return [
        (case, figure, of.strip("`"), on.partition(", ")[2])
        for case, _, figure, of, on in cells
        if "not tested" not in figure
    ]


def test_what_was_found_again_has_one_row(tree):
    record(tree, "dev", 25, "old", "tests/soak 5")
    record(tree, "release", 25, "new", "tests/soak 10", full="ON")
    record(tree, "fuzz", 22, "old", "tests/fuzz/run 30 http")
    record(tree, "fuzz", 22, "new", "tests/fuzz/run 300 http")
    record(tree, "dev", 6, "old", "test_idle.py test_it[1]")
    record(tree, "dev", 6, "new", "test_idle.py test_it[1]")
    assert rows(tree) == [
        ("6", "new", "test_idle.py test_it", "dev"),
        ("22", "new", "tests/fuzz/run 300 http", "fuzz"),
        ("25", "new", "tests/soak 10", "release, full"),
    ]


def test_what_differs_has_rows_of_its_own(tree):
    record(tree, "asan", 24, "1 test passed", "tests/run asan")
    record(tree, "tsan", 24, "2 tests passed", "tests/run tsan")
    record(tree, "fuzz", 22, "none", "tests/fuzz/run 30 http")
    record(tree, "fuzz", 22, "none", "tests/fuzz/run 30 cidr")
    assert [of for _, _, of, _ in rows(tree)] == [
        "tests/fuzz/run 30 cidr",
        "tests/fuzz/run 30 http",
        "tests/run asan",
        "tests/run tsan",
    ]


# What tests/run calls, for a moment's run of it; each says that it was called, and CTest fails where
# the file `failing` is.
STUB = """#!/bin/sh
echo "${0#"$PWD/"}" "$@" "$ECHOLINE_FULL" >>calls
case $0 in *ctest) [ ! -e failing ] ;; esac
"""
CALLED = (
    "tests/fuzz/run",
    "tests/aarch64",
    "tests/soak",
    "tests/doctor/examine",
    "tests/reliability",
    ".ci/install",
)


@pytest.fixture
def stubs(tmp_path):
    (tmp_path / "tests").mkdir()
    shutil.copy(SOURCE / "tests/run", tmp_path / "tests/run")
    for name in (*CALLED, "bin/cmake", "bin/ctest"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STUB)
        path.chmod(0o755)
    for build in ("dev", "release", "asan", "tsan", "fuzz"):
        (tmp_path / "build" / build / "reliability").mkdir(parents=True)
        log = tmp_path / "build" / build / "Testing/Temporary/LastTest.log"
        log.parent.mkdir(parents=True)
        log.write_text("Test Passed.\n")
    return tmp_path


def calls_of(tree, *words):
    """Without those of every run."""
    path = f"{tree / 'bin'}:{os.environ['PATH']}"
    run(tree / "tests/run", *words, env={**os.environ, "PATH": path})
    lines = (tree / "calls").read_text().splitlines()
    return [line for line in lines if line.startswith("tests/")]


def kept(tree):
    return {path.parent.name for path in tree.glob("build/*/reliability")}


LONG = ["tests/fuzz/run 300 ON", "tests/aarch64 ON"]


def longest(preset):
    return [f"tests/soak 10 build/{preset} ON", f"tests/doctor/examine --build build/{preset} ON"]


@pytest.mark.parametrize("preset", ["dev", "release"])
def test_a_full_run_begins_the_table_anew_and_writes_it(stubs, preset):
    assert calls_of(stubs, "--full", preset) == [*LONG, *longest(preset), "tests/reliability ON"]
    assert kept(stubs) == set()


def test_a_full_run_that_fails_writes_no_table(stubs):
    (stubs / "failing").touch()
    assert calls_of(stubs, "--full") == [*LONG, *longest("dev")]
    assert kept(stubs) == set()


def test_a_full_run_under_a_sanitizer_soaks_nothing_and_keeps_what_others_have_found(stubs):
    passed = "tests/reliability --record build/asan 24 1 tests passed tests/run asan ON"
    assert calls_of(stubs, "--full", "asan") == [passed, *LONG]
    assert kept(stubs) == {"dev", "release", "tsan", "fuzz"}


def test_a_sanitizer_that_finds_something_leaves_no_pass_of_before(stubs):
    (stubs / "failing").touch()
    assert calls_of(stubs, "tsan") == []
    assert kept(stubs) == {"dev", "release", "asan", "fuzz"}


@pytest.mark.parametrize("words", [["dev"], ["--full", "dev", "-R", "x"], ["asan", "-R", "x"]])
def test_a_short_run_and_a_part_of_one_remove_nothing(stubs, words):
    assert calls_of(stubs, *words) == []
    assert kept(stubs) == {"dev", "release", "asan", "tsan", "fuzz"}
