"""MkDocs hook: the pages under ``reference/`` that are made from the code at each build."""

import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))  # MkDocs loads a hook by its file, outside any package

from cli_page import cli_page
from model_pages import settings_page, spec_page

PAGES = {"reference/spec.md": spec_page, "reference/settings.md": settings_page, "reference/cli.md": cli_page}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those of the folder."""
    for path, page in PAGES.items():
        files.append(File.generated(config, path, content=page()))
    return files
