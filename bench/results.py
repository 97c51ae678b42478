"""Where the results of a run go: JSON and plots in a folder, and for a full run RESULTS.md."""

import json
import pathlib
import shutil

import build
import peers
import plots
import report
import sections
from findings import Table
from sections import latency

SCHEMA = "echoline.bench/1"
RESULTS_MD = build.ROOT / "bench" / "RESULTS.md"
FULL = build.ROOT / "bench" / "results"
PARTIAL = build.OUTPUT / "results"

_HEADING = """\
# Results of the last full run

Written by `bench/run`; do not edit. To reproduce it, on a machine with two idle cores:

    bench/run

The server is pinned to one core and the load generator to another, all on loopback. CPU time is the
kernel's account of the server's threads over windows without set-up. Ratios are taken between
servers in the same round, rounds are interleaved, and what is shown is the median with the lowest
and the highest round. Ratios of one run compare; absolute figures change with the machine and the
hour. `bench/SCHEMA.md` describes the same run's [JSON](results/results.json).
"""


def write(
    folder: pathlib.Path, facts: dict, versions: dict, missing: dict, values: dict
) -> list[pathlib.Path]:
    """Returns the files that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "schema": SCHEMA,
        "machine": facts,
        "versions": versions,
        "missing": missing,
        **values,
    }
    file = folder / "results.json"
    file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    drawn = plots.draw(values, latency.HISTOGRAMS, folder)
    if "servers" in values.get("latency", {}):
        shutil.rmtree(folder / "latency", ignore_errors=True)
        shutil.copytree(latency.HISTOGRAMS, folder / "latency")
    return [file, *drawn]


def write_markdown(
    facts: dict, versions: dict, missing: dict, tables: dict[str, list[Table]], goals: Table
) -> None:
    text = _HEADING + "\n## Machine\n\n" + report.facts_markdown(facts)
    for table in servers_table(versions, missing), goals:
        text += f"\n## {table.title}\n\n" + report.table_markdown(table, titled=False)
    for name, found in tables.items():
        text += f"\n## {sections.BY_NAME[name].what[:1].upper()}{sections.BY_NAME[name].what[1:]}\n"
        text += "".join("\n" + report.table_markdown(table) for table in found)
    plotted = ("throughput", "latency", "memory")
    text += "\n## Plots\n\n" + "".join(f"![{name}](results/{name}.svg)\n" for name in plotted)
    RESULTS_MD.write_text(text, encoding="utf-8")


def servers_table(versions: dict, missing: dict) -> Table:
    said = {**versions, **{name: f"missing: {why}" for name, why in missing.items()}}
    rows = [[name, peers.BY_NAME[name].style, text] for name, text in said.items()]
    return Table("Servers beside echolined", ["name", "what", "version"], rows)
