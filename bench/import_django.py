"""Run by another Python, with Django in it: seconds that django-import-export takes for a CSV. Arguments: URL, file."""

import csv
import sys
import time
from urllib.parse import parse_qs, urlsplit

import django  # type: ignore[import-not-found]
from django.conf import settings  # type: ignore[import-not-found]

url, path = urlsplit(sys.argv[1]), sys.argv[2]
settings.configure(
    INSTALLED_APPS=["import_export"],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": url.username,
            "HOST": parse_qs(url.query)["host"][0],
        }
    },
)
django.setup()

import tablib  # type: ignore[import-not-found]  # noqa: E402
from django.db import connection, models  # type: ignore[import-not-found]  # noqa: E402
from import_export import resources  # type: ignore[import-untyped]  # noqa: E402

with open(path, newline="") as file:
    header, *rows = csv.reader(file)
fields = {name: models.TextField(blank=True) for name in header}
Flat = type(
    "Flat",
    (models.Model,),
    {**fields, "__module__": __name__, "Meta": type("Meta", (), {"app_label": "import_export"})},
)
meta = type(
    "Meta", (), {"model": Flat, "import_id_fields": ("jet_number", "starts_on"), "use_transactions": True}
)
Resource = type("Resource", (resources.ModelResource,), {"Meta": meta})
with connection.schema_editor() as editor:
    editor.create_model(Flat)
began = time.perf_counter()
done = Resource().import_data(tablib.Dataset(*rows, headers=header), raise_errors=True)
assert done.totals["new"] + done.totals["update"] == len(rows), done.totals
print(time.perf_counter() - began)
