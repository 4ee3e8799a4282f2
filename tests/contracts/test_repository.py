"""What the repository's files may not contain."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REGISTRIES = re.compile(rb"https?://[a-z0-9.-]*(?:pypi|pythonhosted|npmjs|yarnpkg|artifactory|nexus)[a-z0-9.-]*", re.I)
"""Where packages come from is the business of whoever installs them: a lock file with hosts works on one network only."""


def tracked() -> list[Path]:
    result = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if result.returncode:
        pytest.skip("this is no checkout")
    return [ROOT / name for name in result.stdout.decode().split("\0") if name]


def test_no_file_names_a_package_registry() -> None:
    named = {
        path.relative_to(ROOT).as_posix(): found.group().decode()
        for path in tracked()
        if path.is_file() and (found := REGISTRIES.search(path.read_bytes()))
    }
    assert named == {}


def test_every_script_can_be_run() -> None:
    assert [name for name in ("bin/deepforge", "bin/test", ".ci/run") if not (ROOT / name).stat().st_mode & 0o100] == []


def test_the_client_s_lock_file_is_complete() -> None:
    # `npm ci` refuses one that lacks a package for another platform, as one that was made on a partial registry does.
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = {
        name
        for package in packages.values()
        for kind in ("dependencies", "optionalDependencies")
        for name in package.get(kind, ())
    }
    installed = {path.rpartition("node_modules/")[2] for path in packages}
    assert sorted(wanted - installed) == []
