"""What a module offers is what `__all__` names, no more and no less."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "deepforge"
MODULES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if not path.name.startswith("_") and "migrations" not in path.parts
)
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def declared(tree: ast.Module) -> set[str] | None:
    """The names in `__all__`; None without one."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                return {str(element.value) for element in elements if isinstance(element, ast.Constant)}
    return None


def bound(tree: ast.Module) -> set[str]:
    """Every name that the module's top level binds."""
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name for alias in aliases}
    return names


@pytest.mark.parametrize("module", MODULES)
def test_a_module_names_what_it_offers(module: str) -> None:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    public = {node.name for node in tree.body if isinstance(node, _DEFINITIONS) and not node.name.startswith("_")}
    names = declared(tree)
    assert names is not None or not public, f"{module} has no __all__"
    assert (public - (names or set()), (names or set()) - bound(tree)) == (set(), set())
