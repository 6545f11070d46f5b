"""What the templates promise to the Content-Security-Policy, to each other and to slow connections."""

import gzip
import re
from importlib.resources import files
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
STATIC = ROOT / "static"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_hold_nothing_that_the_policy_forbids(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son(click|change|submit|load|error)\s*=", text)
    assert not re.search(r"hx-on|hx-vals='js:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert not re.search(r"<style", text)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_components_say_what_they_take(path: Path) -> None:
    assert path.read_text().startswith("{# ")
    assert "ariables" in path.read_text().split("#}\n{%")[0]


def test_icons_are_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    used = {name for path in TEMPLATES for name in re.findall(r'\{% icon "([\w-]+)"', path.read_text())}

    assert used
    assert used <= drawn


def test_scripts_stay_small() -> None:
    htmx = files("django_htmx").joinpath("static/django_htmx/htmx-2.min.js").read_bytes()
    own = [path.read_bytes() for path in (STATIC / "js").glob("*.js")]

    assert sum(len(gzip.compress(script)) for script in [htmx, *own]) <= 40_000


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_for_failures_need_neither_request_nor_database(name: str) -> None:
    page = get_template(name).render()

    assert name[:3] in page
    assert "chorus" in page
