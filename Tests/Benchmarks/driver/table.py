"""The one table that a run prints."""

from dataclasses import dataclass


@dataclass
class Row:
    name: str
    ours: str
    peer: str
    ratio: float | None
    goal: str
    # Nil where the row is there to be read and has no goal of its own.
    met: bool | None


def print_table(rows: list[Row]):
    head = ("what", "ours", "peer", "ratio", "goal", "")
    lines = [
        (
            row.name, row.ours, row.peer, "–" if row.ratio is None else f"{row.ratio:.2f}",
            row.goal, {True: "met", False: "NOT MET", None: ""}[row.met],
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    for line in [head, tuple("-" * width for width in widths), *lines]:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
