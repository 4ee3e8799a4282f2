"""What a module offers to others is what its `__all__` names: everything in it exists, and nothing else is imported from it."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
TREES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
        path.read_text(encoding="utf-8")
    )
    for path in sorted((SOURCE / "deepforge").rglob("*.py"))
}


def declared(tree: ast.Module) -> set[str]:
    """The names in `__all__`."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                return {str(element.value) for element in elements if isinstance(element, ast.Constant)}
    return set()


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


def test_every_name_that_a_module_offers_exists() -> None:
    # The package itself offers names that load on first use.
    missing = {name: declared(tree) - bound(tree) for name, tree in TREES.items() if name != "deepforge"}
    assert {name: names for name, names in missing.items() if names} == {}


def test_nothing_is_imported_from_a_module_that_it_does_not_offer() -> None:
    taken = {
        f"{importer} takes {alias.name} from {node.module}"
        for importer, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in TREES
        for alias in node.names
        if f"{node.module}.{alias.name}" not in TREES and alias.name not in declared(TREES[node.module])
    }
    # The version is the package's own, and there before anything else is.
    assert sorted(taken - {line for line in taken if "__version__" in line}) == []
