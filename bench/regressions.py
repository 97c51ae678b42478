"""Figures beside those on record, and which have become worse. Pure functions."""

from findings import Table

TOLERANCE = 0.05

Figures = dict[str, float]


def worse(recorded: Figures, figures: Figures) -> list[str]:
    """Names of those that are more than TOLERANCE above the record."""
    return [
        name
        for name, figure in figures.items()
        if name in recorded and figure > recorded[name] * (1 + TOLERANCE)
    ]


def table(title: str, recorded: Figures, figures: Figures) -> Table:
    rows = []
    for name, figure in figures.items():
        before = recorded.get(name)
        change = "new" if before is None else f"{100 * (figure - before) / before:+.1f} %"
        rows.append([name, "-" if before is None else f"{before:.2f}", f"{figure:.2f}", change])
    return Table(title, ["", "recorded", "now", "change"], rows)
