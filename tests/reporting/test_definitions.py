"""The page of the reports says what the code means, and the API says the same."""

from pathlib import Path

import pytest

from reporting import reports
from reporting.definitions import markdown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reporting.md"


def test_the_documentation_has_the_definitions_of_the_code():
    """To renew it: put the output of `manage.py definitions` below its last heading."""
    assert PAGE.read_text().endswith("## Definitions\n\n" + markdown())


@pytest.mark.django_db
def test_the_api_has_them_too(sue):
    told = {one["key"]: one for one in sue.get("/api/v1/reports").json()["results"]}
    assert list(told) == list(reports.ALL)
    for report in reports.ALL.values():
        assert [figure["definition"] for figure in told[report.key]["figures"]] == [
            figure.definition for figure in report.figures
        ]


def test_figures_need_only_sums_that_their_report_has():
    for report in reports.ALL.values():
        given = {name for source in report.sources for name in source.values} | {"within"}
        for figure in report.figures:
            assert set(figure.needs) <= given, figure
        assert {figure.key for figure in report.figures} >= set(report.picture)
