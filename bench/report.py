"""Facts and tables as text for a terminal and as Markdown. Pure functions."""

from findings import Table


def facts_text(facts: dict[str, str]) -> str:
    return "".join(f"{name + ':':14}{text}\n" for name, text in facts.items())


def table_text(table: Table) -> str:
    """Columns as wide as needed; the first is words, the others are numbers."""
    lines = [table.header, *table.rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(table.header))]
    text = table.title + "\n"
    for line in lines:
        cells = [cell.rjust(width) for cell, width in zip(line, widths)]
        cells[0] = line[0].ljust(widths[0])
        text += "  ".join(cells).rstrip() + "\n"
    return text + "".join(f"  {note}\n" for note in table.notes)


def facts_markdown(facts: dict[str, str]) -> str:
    return "".join(f"- {name}: {text}\n" for name, text in facts.items())


def table_markdown(table: Table, titled: bool = True) -> str:
    def line(cells: list[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    text = f"**{table.title}**\n\n" if titled else ""
    text += line(table.header)
    text += line(["---", *("---:" for _ in table.header[1:])])
    text += "".join(line(row) for row in table.rows)
    return text + "".join(f"\n{note}  " for note in table.notes).rstrip() + "\n"
