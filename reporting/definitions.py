"""The definitions of all figures as Markdown, for docs/reporting.md."""

from .figures import UNITS
from .reports import ALL, Report


def markdown() -> str:
    return "\n".join(_section(report) for report in ALL.values())


def _section(report: Report) -> str:
    splits = ", ".join(f"`{split.key}`" for split in report.splits)
    filters = ", ".join(f"`{name}`" for name in report.filters)
    head = (
        f"### {report.title} (`{report.key}`)\n\n{report.about}\n\nSplit by {splits} or `none`; filters: {filters}.\n\n"
    )
    rows = [f"| {one.name} | `{one.key}` | {UNITS[one.unit]} | {one.definition} |" for one in report.figures]
    return head + "\n".join(["| Figure | Key | Unit | What it counts |", "|---|---|---|---|", *rows]) + "\n"
