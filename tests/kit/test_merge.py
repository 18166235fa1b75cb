"""The statement that stores rows, and how its rows are written."""

from services.jet.tables import appointment, workplace
from services.kit.db.merge import _columns, _statement


def test_rows_are_written_under_plain_names() -> None:
    """SQLAlchemy's own kind of str made the JSON of a file several times slower."""
    names = _columns(appointment, [{"_row": 1, "job_type": "ALT", "programme_year": 2024}])
    assert [(name, type(name)) for name in names] == [("programme_year", str), ("job_type", str)]


def test_without_a_key_every_row_is_new() -> None:
    statement = _statement(workplace, ["appointment_id", "name"], (), False, (), told=False)
    assert "ON false" in statement
    assert "WHEN MATCHED" not in statement


def test_values_are_told_where_one_record_is_audited_alone() -> None:
    told, untold = (
        _statement(workplace, ["appointment_id", "name"], ("appointment_id",), False, (), told=one)
        for one in (True, False)
    )
    assert "to_jsonb(old.*)" in told
    assert "to_jsonb" not in untold


def test_business_time_is_asked_once_a_statement() -> None:
    """A column's default, or a call beside a row, is worked out for each row."""
    for names in (["name"], ["name", "known_from"]):
        statement = _statement(workplace, names, ("id",), False, (), told=False)
        assert statement.count("platform.now()") == statement.count("(SELECT platform.now())") == 2
