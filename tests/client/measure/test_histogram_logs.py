"""HdrHistogram's formats, read by a decoder of this file's own and, where they are installed, by
HdrHistogram's own tools (Debian: libhdrhistogram-java and a Java runtime)."""

import base64
import math
import os
import random
import re
import shutil
import struct
import subprocess
import zlib

import pytest

JAR = "/usr/share/java/hdrhistogram.jar"
LEGEND = '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"'
HIGHEST = 24 * 3600 * 10**9


def slot(value):
    """Where HdrHistogram counts a value: 2048 values, then 1024 slots for each doubling."""
    bucket = max(value.bit_length() - 11, 0)
    return 1024 * bucket + (value >> bucket)


def highest_in(slot):
    bucket = max(slot // 1024 - 1, 0)
    return ((slot - 1024 * bucket + 1) << bucket) - 1


def counted(values):
    counts = {}
    for value in values:
        counts[slot(value)] = counts.get(slot(value), 0) + 1
    return counts


def zigzags(data):
    """ZigZag LEB128 numbers; the ninth byte of one has eight bits."""
    position = 0
    while position < len(data):
        number = 0
        for byte in range(9):
            part = data[position]
            position += 1
            number |= (part if byte == 8 else part & 0x7F) << 7 * byte
            if part < 0x80:
                break
        yield (number >> 1) ^ -(number & 1)


def decode(text):
    """The counts of a histogram in a log, slot by slot."""
    data = base64.b64decode(text, validate=True)
    cookie, size = struct.unpack(">II", data[:8])
    assert cookie & ~0xF0 == 0x1C849304 and size == len(data) - 8
    data = zlib.decompress(data[8:])
    cookie, size, offset, digits, lowest, highest, ratio = struct.unpack(">IIIIqqd", data[:40])
    assert cookie & ~0xF0 == 0x1C849303 and size == len(data) - 40
    assert (offset, digits, lowest, highest, ratio) == (0, 3, 1, HIGHEST, 1.0)
    counts, position = {}, 0
    for number in zigzags(data[40:]):
        if number > 0:
            counts[position] = number
        position += -number if number < 0 else 1
    return counts


def spread(count, seed):
    """Times over all magnitudes, with gaps, and many of some of them."""
    numbers = random.Random(seed)
    times = [int(math.exp(numbers.uniform(0, math.log(HIGHEST)))) for _ in range(count)]
    return times + [25_000] * (count // 2) + [HIGHEST] * (count // 100)


SAMPLES = {
    "nothing": [[]],
    "one": [[1_234_567]],
    "zero and one": [[0, 1]],
    "the highest": [[HIGHEST, HIGHEST]],
    "neighbours": [list(range(2000, 2200))],
    "one value often": [[40_000] * 20_000],
    "intervals": [spread(3000, 1), [], spread(50, 2), [7]],
}


@pytest.fixture(params=SAMPLES, ids=lambda name: name.replace(" ", "-"))
def sample(request, tmp_path):
    """The times of each interval, and the paths of what was written of them."""
    intervals = SAMPLES[request.param]
    hgrm, hlog = tmp_path / "sample.hgrm", tmp_path / "sample.hlog"
    lines = "".join(" ".join(map(str, times)) + "\n" for times in intervals)
    subprocess.run([os.environ["WRITER"], hgrm, hlog], input=lines, text=True, check=True)
    return intervals, hgrm, hlog


def read_hgrm(text):
    """The rows below the header as numbers, and the numbers of the trailer by name."""
    rows = [line.split() for line in text.splitlines() if re.match(r"\s*[0-9]", line)]
    trailer = dict(re.findall(r"([A-Z]\w+(?: count)?)\s*=\s*([0-9.]+)", text))
    return [[float(field) for field in row] for row in rows], trailer


def test_a_log_gives_back_every_count_of_every_interval(sample):
    intervals, _, hlog = sample
    lines = hlog.read_text().splitlines()
    assert lines[:5] == [
        "#[service time of a test]",
        "#[Histogram log format version 1.2]",
        "#[StartTime: 1700000000.123 (seconds since epoch), 2023-11-14T22:13:20Z]",
        "#[BaseTime: 1700000000.123 (seconds since epoch)]",
        LEGEND,
    ]
    untagged = [line.split(",") for line in lines[5:] if not line.startswith("Tag=")]
    assert len(untagged) == len(intervals)
    for number, (times, (start, length, most, histogram)) in enumerate(zip(intervals, untagged)):
        assert (float(start), float(length)) == (number, 1)
        assert abs(float(most) - max(times, default=0) / 1e6) <= 0.0005
        assert decode(histogram) == counted(times)
    tagged = [line for line in lines[5:] if line.startswith("Tag=again,")]
    assert [line.split(",", 1)[1].split(",") for line in tagged] == untagged


def test_the_distribution_holds_for_the_times_themselves(sample):
    intervals, hgrm, _ = sample
    text = hgrm.read_text()
    assert text.startswith("#[service time of a test, in milliseconds]\n")
    assert text.splitlines()[1].split() == ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"]
    times = sorted(time for interval in intervals for time in interval)
    rows, trailer = read_hgrm(text)
    assert int(trailer["Total count"]) == len(times)
    assert float(trailer["Max"]) * 1e6 == pytest.approx(max(times, default=0), abs=0.5)
    assert bool(rows) == bool(times)
    for value, level, seen, *_ in rows:
        limit = round(value * 1e6)
        assert sum(time <= limit for time in times) == seen
        assert seen >= level * len(times) * (1 - 1e-9)
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    if rows:
        assert (rows[0][1], rows[-1][1], rows[-1][2]) == (0, 1, len(times))


@pytest.mark.skipif(
    not (os.path.exists(JAR) and shutil.which("java")), reason="needs libhdrhistogram-java and Java"
)
def test_hdrhistogram_reads_the_log_and_finds_the_same_distribution(sample):
    intervals, hgrm, hlog = sample
    processor = ["java", "-cp", JAR, "org.HdrHistogram.HistogramLogProcessor", "-i", hlog]
    for options in ([], ["-tag", "again"]):
        command = processor + ["-outputValueUnitRatio", "1", *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        theirs, their_trailer = read_hgrm(done.stdout)
        ours, our_trailer = read_hgrm(hgrm.read_text())
        assert len(ours) == len(theirs)
        largest = max((time for interval in intervals for time in interval), default=0)
        for our_row, their_row in zip(ours, theirs):
            # A maximum read from a log is the highest of its slot; ours is the exact one.
            assert round(our_row[0] * 1e6) == min(their_row[0], largest)
            assert our_row[1:] == pytest.approx(their_row[1:], rel=1e-9, abs=2e-12)
        for name in ("Mean", "StdDeviation"):
            assert float(our_trailer[name]) * 1e6 == pytest.approx(
                float(their_trailer[name]), abs=1, rel=1e-9
            )
        for name in ("Total count", "Buckets", "SubBuckets"):
            assert our_trailer[name] == their_trailer[name]
        assert highest_in(slot(largest)) == float(their_trailer["Max"])
