"""The documents tell the truth about commands, settings and checks."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from deepforge.cli.program import cli

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "manual"
COMMAND_LINE = (MANUAL / "command-line.md").read_text(encoding="utf-8")
INTERNAL = {"DEEPFORGE_ATTEMPT", "DEEPFORGE_CATALOGUE_CACHE"}
"""Variables by which our own processes talk to each other; nobody sets them."""


def sources(*folders: str) -> Iterator[str]:
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in {".py", ""}:
                yield path.read_text(encoding="utf-8")


def documented(heading: str) -> set[str]:
    """The options that a section of the manual names at the head of a table's row."""
    section = re.split(r"^## ", COMMAND_LINE, flags=re.M)
    text = next((part for part in section if part.startswith(heading)), "")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `-")]
    return {option for row in rows for option in re.findall(r"`(--?[a-z-]+)", row, re.I)}


def options(command: click.Command) -> set[str]:
    shown = [parameter for parameter in command.params if isinstance(parameter, click.Option) and not parameter.hidden]
    return {name for option in shown for name in (*option.opts, *option.secondary_opts)}


def test_S269_every_command_and_option_stands_in_the_manual() -> None:
    commands = {f"`deepforge {name}": options(command) for name, command in cli.commands.items()}
    assert {heading: documented(heading) for heading in commands} == commands


def test_the_options_of_the_program_itself_stand_in_the_manual() -> None:
    assert {option for option in (*options(cli), "-h", "--help") if f"`{option}`" not in COMMAND_LINE} == set()


def test_every_setting_stands_in_the_manual() -> None:
    used = {name for text in sources("src/deepforge", "bin") for name in re.findall(r"\bDEEPFORGE_[A-Z_]+\b", text)}
    told = set(re.findall(r"^\| `(DEEPFORGE_[A-Z_]+)`", (MANUAL / "settings.md").read_text(encoding="utf-8"), re.M))
    assert {name for name in used if name not in INTERNAL} == told


def test_every_check_code_stands_in_the_documents() -> None:
    used = {code for text in sources("src/deepforge") for code in re.findall(r"\bDF[12]\d\d\b", text)}
    told = {
        code for path in (ROOT / "docs").rglob("*.md") for code in re.findall(r"\bDF\d{3}\b", path.read_text(encoding="utf-8"))
    }
    assert sorted(used - told) == []


def test_every_link_of_the_documents_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = {
        f"{page.relative_to(ROOT)} -> {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#: ]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    }
    assert broken == set()


def test_every_error_code_stands_in_the_manual() -> None:
    pattern = re.compile(r'\b(?:default_)?code(?:: ClassVar\[str\])? ?= ?"([a-z][a-z-]+)"')
    used = {code for text in sources("src/deepforge") for code in pattern.findall(text)}
    rows = re.findall(r"^\| (`.*?`) \|", (MANUAL / "errors.md").read_text(encoding="utf-8"), re.M)
    told = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}
    assert (sorted(used - told), sorted(told - used)) == ([], [])
