"""Running the import commands as an administrator does, and comparing what the database held before and after."""

from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.core.management import call_command

CONTENT_APPS = ("accounts", "community", "ideas", "exchange", "taggit")


class Said(NamedTuple):
    out: str
    error: str


def run(command: str, *arguments: object, **options: Any) -> Said:
    """What the command says; raises CommandError as it does."""
    out, error = StringIO(), StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=error, **options)
    return Said(out.getvalue(), error.getvalue())


def import_sumo(path: Path, **options: Any) -> Said:
    return run("import_questions", path, format="sumo", **{"forum": "help", **options})


def import_dump(path: Path, **options: Any) -> Said:
    return run("import_questions", path, format="stackexchange", **{"forum": "help", **options})


def import_csv(path: Path, **options: Any) -> Said:
    return run("import_ideas", path, format="csv", **{"board": "ideas", **options})


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of members' content, of members and of what belongs to them."""
    models = [model for app in CONTENT_APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in models}
