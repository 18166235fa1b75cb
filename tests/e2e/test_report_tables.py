"""The tables of the FY2024 report whose home is events, loaded from files by real processes."""

import pytest

from tests.e2e.report_tables import compared, ours


@pytest.mark.long
@pytest.mark.timeout(480)
def test_each_open_table_comes_back_to_the_digit() -> None:
    assert len(ours()) == 67
    assert {number: wrong for number, wrong in compared().items() if wrong} == {}
