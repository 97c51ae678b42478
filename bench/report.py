"""Results as text for people and as plain values for --json."""

import dataclasses
import statistics


def print_facts(facts):
    for name, text in facts.items():
        print(f"{name + ':':14}{text}")
    print()


def print_table(header, rows):
    """Columns as wide as needed; the first and the last are words, the others numbers."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    last = len(header) - 1
    for line in lines:
        cells = [
            cell.ljust(width) if column in (0, last) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths))
        ]
        print("  ".join(cells).rstrip(), flush=True)
    print(flush=True)


def comparison_header(names):
    first, second = names
    return [
        "case",
        f"{first} us",
        f"{second} us",
        "ratio",
        "min",
        "max",
        f"{first} req/s",
        f"{second} req/s",
        "generator %",
        "notes",
    ]


def comparison_row(comparison):
    names = list(comparison.samples)
    ratios = comparison.ratios()
    generator = [comparison.median(name, "generator_cpu_percent") for name in names]
    return [
        comparison.case,
        *(f"{comparison.median(name, 'cpu_us_per_request'):.3f}" for name in names),
        f"{statistics.median(ratios):.3f}",
        f"{min(ratios):.3f}",
        f"{max(ratios):.3f}",
        *(f"{comparison.median(name, 'requests_per_second'):.0f}" for name in names),
        f"{generator[0]:.0f} / {generator[1]:.0f}",
        comparison.notes(),
    ]


def comparison_values(comparison):
    return {
        "case": comparison.case,
        "servers": {
            name: [dataclasses.asdict(sample) for sample in samples]
            for name, samples in comparison.samples.items()
        },
        "ratios": comparison.ratios(),
        "ratio_median": statistics.median(comparison.ratios()),
    }
