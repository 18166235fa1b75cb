import io

import openpyxl

from tests.kit.imports.files import front
from tests.kit.imports.running import codes, csv_of
from tests.support.house import House


def test_more_than_ten_thousand(api: House) -> None:
    rows = [(code, "団体", "?") for code in codes(10_007)]
    operation = api.done(csv_of(rows), dry_run="true")
    here = operation["result"]["import"]
    marked = api.call("GET", f"{here}/marked-workbook", "directory_imports_marked_workbook")
    sheet = front(openpyxl.load_workbook(io.BytesIO(marked.content)))
    print(sheet["A1"].value, sheet.max_row)
    assert "7件は示していません" in str(sheet["A1"].value)
