"""`bin/deepforge`: what it installs, when it does not, and what it says where it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLED_BY = ("pyproject.toml", "constraints.txt", "hatch_build.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a fresh clone has of the installation, without client."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    for name in INSTALLED_BY:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "bin" / "deepforge", *arguments],
        env={**os.environ, **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def installed(checkout: Path, extra: str) -> None:
    """Make it look installed: this test's own Python, and the stamp."""
    script(checkout / ".venv" / "bin" / "python", f'exec "{sys.executable}" "$@"')
    source = f'root="{checkout}"; . "$root/bin/environment"; printf "%s %s\\n" "$(fingerprint)" {extra} >"$stamp"'
    subprocess.run(["sh", "-c", source], check=True)


@pytest.mark.parametrize("extra", ["client", "test"])
def test_the_second_start_installs_nothing(checkout: Path, extra: str) -> None:
    installed(checkout, extra)
    # pip with no index and no cache would fail.
    done = run(checkout, "--version", PIP_NO_INDEX="1")
    assert (done.stdout, done.stderr, done.returncode) == ("v0.1.0\n", "", 0)


@pytest.mark.parametrize("name", INSTALLED_BY)
def test_it_installs_again_when_what_it_follows_from_has_changed(checkout: Path, name: str) -> None:
    installed(checkout, "client")
    script(checkout / ".venv" / "bin" / "python", 'case "$*" in "-m pip --version") exit 0;; *) echo "$*"; exit 1;; esac')
    with (checkout / name).open("a") as file:
        file.write("\n# changed\n")
    done = run(checkout, "--version", DEEPFORGE_TORCH_INDEX="http://127.0.0.1:1")
    assert ("-m pip install" in done.stderr, "The installation stopped" in done.stderr, done.returncode) == (True, True, 1)


BARE_PYTHON = 'case "$*" in *ensurepip*) exit 1;; *-venv*) echo python3.11-venv;; *"-m venv"*) echo made >&2; exit 1;; esac'
"""A Python as Debian has it without the package for virtual environments."""


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("1000", "This Python has no ensurepip, which virtual environments need. Run:  sudo apt-get install python3.11-venv\n"),
        ("0", "Installing python3.11-venv with apt-get...\napt-get install --yes --no-install-recommends python3.11-venv\n"),
    ],
    ids=["others are told the command", "root has it installed"],
)
def test_a_python_that_cannot_make_environments(checkout: Path, tmp_path: Path, user: str, said: str) -> None:
    tools = tmp_path / "tools"
    script(tools / "barepython", BARE_PYTHON)
    script(tools / "id", f"echo {user}")
    script(tools / "apt-get", 'echo "apt-get $*"')
    done = run(checkout, "--version", PATH=f"{tools}:{os.environ['PATH']}", DEEPFORGE_PYTHON="barepython")
    assert (said in done.stderr, done.stdout, done.returncode) == (True, "", 1), done.stderr


def test_no_python_at_all_is_one_sentence(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    for name in ("sh", "dirname", "readlink", "cat", "cksum", "tr", "printf"):
        tools.mkdir(exist_ok=True)
        (tools / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    done = run(checkout, "--version", PATH=str(tools))
    assert done.stderr.strip().startswith("DeepForge needs Python 3.11 or newer, and there is none on the PATH.")
    assert done.returncode == 1
