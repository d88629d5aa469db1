"""The documentation: the site can be built, loads no file from other servers, and agrees with the code."""

import ast
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from diagrams import ASSETS, pictures
from fixtures.models import REPOSITORY
from model_pages import WORDS, keys_of
from typer.main import get_command

from matchwright.cli import app
from matchwright.commands.match import TABLES
from matchwright.core.bundle import load_bundle
from matchwright.core.spec import FieldSpec, MatchSpec, load_spec
from matchwright.core.spec.load import parse_spec
from matchwright.core.spec.vocabulary import COMPARATORS, RECORD_COMPARATORS, RECORD_FEATURES
from matchwright.errors import RequestError
from matchwright.monitoring.figures import DriftFigures, ShareShift, ValueShift
from matchwright.monitoring.verdict import Window, reach_verdict
from matchwright.settings import Settings
from serving.request_schema import RequestParser
from serving.runtime import Runtime
from serving.service import Service

DOCS = REPOSITORY / "docs"
GUIDE = (DOCS / "guides/spec.md").read_text(encoding="utf-8")
ENDPOINT = (DOCS / "reference/endpoint.md").read_text(encoding="utf-8")
ON_CALL = (DOCS / "guides/on_call.md").read_text(encoding="utf-8")
PAGES = [REPOSITORY / "README.md", *sorted(DOCS.rglob("*.md"))]


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built like ``make docs`` builds it. A broken link or anchor is an error."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


class _LoadedFiles(HTMLParser):
    """Collects the files that a browser loads with a page: scripts, styles, fonts, icons and images."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        used = dict(attrs)
        if tag == "link" and used.get("rel") not in ("canonical", "prev", "next"):
            self.addresses.append(used.get("href") or "")
        elif tag in ("script", "img", "iframe", "source", "audio", "video", "embed"):
            self.addresses.append(used.get("src") or "")
        self.addresses += re.findall(r"url\(['\"]?([^'\")]+)", used.get("style") or "")


def test_no_page_loads_a_file_from_another_server(site: Path):
    pages = sorted(site.rglob("*.html"))
    assert {"index.html", "spec.html", "cli.html", "endpoint.html"} <= {page.name for page in pages}
    for page in pages:
        loaded = _LoadedFiles()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert any(address.endswith(".css") for address in loaded.addresses)
        assert [address for address in loaded.addresses if urlsplit(address).netloc] == [], page


def test_no_style_loads_a_file_from_another_server(site: Path):
    styles = sorted(site.rglob("*.css"))
    assert any("site" in style.name for style in styles)
    for style in styles:
        addresses = re.findall(r"(?:@import\s*|url\()\s*['\"]?([^'\")\s]+)", style.read_text(encoding="utf-8"))
        assert [address for address in addresses if urlsplit(address).netloc] == [], style


def test_the_search_works_without_a_server(site: Path):
    assert (site / "search/search_index.js").is_file()


@pytest.mark.parametrize(("model", "words"), [(MatchSpec, WORDS["spec"]), (Settings, WORDS["settings"])])
def test_the_reference_explains_exactly_the_existing_keys(
    model: type[MatchSpec] | type[Settings], words: dict[str, str]
):
    assert {key.path for key in keys_of(model)} == set(words)


def test_the_reference_explains_exactly_the_existing_comparators():
    known = {name for names in COMPARATORS.values() for name in names} | set(RECORD_COMPARATORS)
    assert set(WORDS["comparators"]) == known


def test_the_reference_pages_contain_keys_commands_and_limits(site: Path):
    spec, commands = ((site / "reference" / name).read_text(encoding="utf-8") for name in ("spec.html", "cli.html"))
    assert 'id="candidates-tfidf"' in spec
    assert "at least 2, at most 5" in spec
    assert "matchwright pipeline run" in commands
    assert "--records-right" in commands


@pytest.mark.parametrize(("name", "content"), list(pictures()))
def test_a_diagram_is_the_current_output_of_its_script(name: str, content: str):
    assert (ASSETS / name).read_text(encoding="utf-8") == content


def test_the_spec_in_the_guide_is_valid():
    spec = next(block for block in code_blocks(GUIDE, "yaml") if block.startswith("format:"))
    assert parse_spec(spec).name == "companies"


def test_the_field_in_the_guide_is_valid():
    example = next(yaml.safe_load(block) for block in code_blocks(GUIDE, "yaml") if block.startswith("fields:"))
    assert FieldSpec.model_validate(example["fields"]["model"]).kind == "id_code"


def test_the_guide_explains_every_kind_of_field():
    assert set(re.findall(r"^- `(\w+)`: ", GUIDE, re.MULTILINE)) >= set(COMPARATORS)


def test_the_guide_names_the_record_features_that_rules_can_use():
    for suffixes in RECORD_FEATURES.values():
        for suffix, kind in suffixes.items():
            assert kind == "number" or f"`__{suffix}`" in GUIDE


def documented_commands() -> Iterator[tuple[str, list[str]]]:
    """Yield every ``matchwright`` command in the README and in the pages, as file name and words."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        shells = [block.replace("\\\n", " ") for block in code_blocks(text, "(?:bash|text)")]
        lines = [line for shell in shells for line in shell.splitlines()]
        inline = re.findall(r"`(matchwright [a-z][^`\n]*)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
        for line in [*lines, *inline]:
            if line.startswith("matchwright "):
                yield path.name, shlex.split(line.partition("||")[0])[1:]


def test_every_command_in_the_pages_exists_with_its_options():
    known = get_command(app)
    checked = 0
    for page, words in documented_commands():
        command, rest = known, list(words)
        # the name of its first command may be left out
        if rest[0] == "match" and not {*rest[1:2]} & {TABLES, "explain"}:
            rest.insert(1, TABLES)
        while getattr(command, "commands", None):
            assert "".join(rest[:1]) in command.commands, f"{page}: matchwright {' '.join(words)}"
            command = command.commands[rest.pop(0)]
        options = {option for part in command.params for option in part.opts}
        used = {word for word in rest if word.startswith("--")}
        assert used <= options | {"--help"}, f"{page}: matchwright {' '.join(words)}"
        checked += 1
    assert checked > 30


def test_the_readme_is_short_and_the_targets_of_its_links_exist():
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not urlsplit(link).scheme]
    assert links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def test_the_endpoint_page_shows_the_real_answer_to_a_bad_request():
    request, answer = (json.loads(block) for block in code_blocks(ENDPOINT.partition("## Errors")[2], "json"))
    with pytest.raises(RequestError) as refused:
        RequestParser(load_spec(REPOSITORY / "specs/persons.yaml")).parse(json.dumps(request).encode())
    faults = [vars(fault) for fault in refused.value.faults]
    assert answer == {"error": str(refused.value).splitlines()[0], "faults": faults}


def shape(value: object) -> object:
    """Return the keys of a JSON document without its values. For a list, only the first entry counts."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def test_the_endpoint_page_shows_the_keys_of_a_real_answer(trained_bundle: Path, verify_key: bytes, tmp_path: Path):
    request, _, answer = (json.loads(block) for block in code_blocks(ENDPOINT, "json")[1:4])
    runtime = Runtime(load_bundle(trained_bundle, verify_key), lambda _: pytest.fail("pairs need no store"))
    served = Service(tmp_path, runtime).invoke(json.dumps(request).encode())
    for document in (answer, served):
        document["decisions"] = [{**decision, "hint": None} for decision in document["decisions"]]
    assert shape(answer) == shape(served)


def test_the_on_call_page_shows_the_text_of_a_real_verdict():
    """The figures are those of the sample. The sentences around them must be the ones that the code writes today."""
    (sample,) = (block for block in code_blocks(ON_CALL, "text") if block.startswith("ALARM"))
    postcode = ValueShift(
        name="postcode__levenshtein", distance=0.01, noise=0.1, reference_mean=0.5, current_mean=0.5,
        missing=share(0.0, 0.59),
    )  # fmt: skip
    given_name = ValueShift(
        name="given_name__nickname", distance=0.18, noise=0.1, reference_mean=0.320, current_mean=0.235,
        missing=share(0.0, 0.0),
    )  # fmt: skip
    figures = DriftFigures(
        decisions=1500,
        sampled=1500,
        reference_rows=3000,
        score=None,
        bands={"match": share(0.350, 0.365), "review": share(0.004, 10 / 1500), "no_match": share(0.646, 0.629)},
        comparisons=(postcode, given_name),
    )
    window = Window(since="2026-11-27 14:19 UTC", until="2026-11-27 14:19 UTC")
    verdict = reach_verdict(figures, (), load_spec(REPOSITORY / "specs/persons.yaml"), "489a9051ddd7", window)
    assert sample.split() == verdict.text().split()


def share(reference: float, current: float) -> ShareShift:
    return ShareShift(reference=reference, current=current, reference_rows=3000, current_rows=1500)


def _texts_in_the_code() -> str:
    """Return all texts in the code and in the Makefile, without the values in f-strings."""
    texts = [(REPOSITORY / "Makefile").read_text(encoding="utf-8")]
    for folder in ("matchwright", "serving", "pipelines"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.append(node.value)
    return "\n".join(texts)


def test_messages_in_the_troubleshooting_page_exist_in_the_code():
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    messages = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert len(messages) > 20
    texts = _texts_in_the_code()
    parts = [part.strip() for message in messages for part in message.split("…")]
    assert [part for part in parts if part not in texts] == []
