"""Plots of a run, drawn by gnuplot as SVG."""

import pathlib
import shutil
import statistics
import subprocess

from failure import Failure
from field import OURS

_THROUGHPUT_CASES = {1: "1x64B", 50: "50x64B", 1000: "1000x64B"}
_COLOURS = ["#000000", "#d62728", "#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd"]
_COLOURS += ["#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22"]
_COMMON = """\
set terminal svg size 800,500 dynamic noenhanced background rgb 'white'
set output '{output}'
set grid
set title '{title}'
"""


def draw(values: dict, histograms: pathlib.Path, folder: pathlib.Path) -> list[pathlib.Path]:
    """What can be drawn of the values; returns the files."""
    drawn = []
    if "cases" in values.get("cpu", {}) and (lines := _throughput(values["cpu"])):
        drawn.append(_throughput_plot(lines, folder / "throughput.svg"))
    if "servers" in values.get("latency", {}):
        files = [histograms / f"{name}.hgrm" for name in values["latency"]["servers"]]
        drawn.append(_latency_plot(files, values["latency"]["rate"], folder / "latency.svg"))
    if "servers" in values.get("memory", {}):
        drawn.append(_memory_plot(values["memory"]["servers"], folder / "memory.svg"))
    return drawn


def _throughput(cpu: dict) -> dict[str, list[tuple[int, float]]]:
    """Connections and requests per second of each server; empty unless there are two points."""
    by_case = {one["case"]: one["servers"] for one in cpu["cases"]}
    lines: dict[str, list[tuple[int, float]]] = {}
    for connections, case in _THROUGHPUT_CASES.items():
        for name, server in by_case.get(case, {}).items():
            rates = [sample["requests_per_second"] for sample in server["samples"]]
            lines.setdefault(name, []).append((connections, statistics.median(rates)))
    return {name: points for name, points in lines.items() if len(points) > 1}


def _throughput_plot(lines: dict, output: pathlib.Path) -> pathlib.Path:
    script = _common(output, "Throughput against connections, 64 B, server on one core")
    script += "set logscale xy\nset xlabel 'connections'\nset ylabel 'requests per second'\n"
    script += "set key outside right\n"
    for i, points in enumerate(lines.values()):
        rows = "".join(f"{x} {y}\n" for x, y in points)
        script += f"$line{i} << EOD\n{rows}EOD\n"
    curves = [
        f"$line{i} with linespoints {_look(i, name)} title '{name}'" for i, name in enumerate(lines)
    ]
    return _gnuplot(script + "plot " + ", ".join(curves) + "\n", output)


def _latency_plot(files: list[pathlib.Path], rate: int, output: pathlib.Path) -> pathlib.Path:
    script = _common(output, f"Response time at {rate} requests per second, 50 connections")
    script += "set logscale xy\nset xlabel 'percentile'\nset ylabel 'milliseconds'\n"
    script += "set xtics ('0' 1, '50' 2, '90' 10, '99' 100, '99.9' 1000, '99.99' 10000)\n"
    script += "set key outside right\n"
    # Value, percentile, count, 1/(1-percentile); the last line has no finite fourth column.
    curves = [
        f"'{file}' using 4:1 with lines {_look(i, file.stem)} title '{file.stem}'"
        for i, file in enumerate(files)
    ]
    return _gnuplot(script + "plot " + ", ".join(curves) + "\n", output)


def _memory_plot(servers: dict, output: pathlib.Path) -> pathlib.Path:
    script = _common(output, "Resident memory per idle connection")
    script += "set style fill solid 0.6\nset boxwidth 0.7\nset logscale y\n"
    script += "set ylabel 'bytes'\nset nokey\nset xtics rotate by -30\n"
    rows = "".join(
        f'{i} "{name}" {max(1, one["bytes_per_connection"])}\n'
        for i, (name, one) in enumerate(servers.items())
    )
    script += f"$memory << EOD\n{rows}EOD\n"
    return _gnuplot(script + "plot $memory using 1:3:xtic(2) with boxes\n", output)


def _common(output: pathlib.Path, title: str) -> str:
    return _COMMON.format(output=output, title=title)


def _look(i: int, name: str) -> str:
    width = 3 if name == OURS else 1
    return f"linewidth {width} linecolor rgb '{_COLOURS[i % len(_COLOURS)]}'"


def _gnuplot(script: str, output: pathlib.Path) -> pathlib.Path:
    if not shutil.which("gnuplot"):
        raise Failure("gnuplot is missing")
    done = subprocess.run(["gnuplot"], input=script, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Failure(f"gnuplot: {done.stderr.strip()}")
    return output
