"""All small changes that a mutation run can make to a module."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OPPOSITE = {
    ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip
_PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("minimum", "maximum"),
    ("fmin", "fmax"),
    ("left", "right"),
    ("since", "until"),
)
BUILTINS = {"min", "max", "any", "all"}
NAMES = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}


@dataclass(frozen=True)
class Mutant:
    """One change of a module: ``changed`` replaces the bytes from ``start`` to ``end``."""

    path: str
    scope: str
    line: int
    start: int
    end: int
    original: str
    changed: str
    within: str

    @property
    def change(self) -> str:
        """Return the original text, the new text, and the line with the change."""
        change = f"{' '.join(self.original.split())} -> {' '.join(self.changed.split())}"
        return change if self.within == self.original else f"{change} in: {self.within}"

    @property
    def name(self) -> str:
        """Return the place and the change. There is no line number, so edits above do not change the name."""
        return f"{self.path}::{self.scope}: {self.change}"

    def applied(self, source: bytes) -> bytes:
        """Return the source of the module with the change."""
        return source[: self.start] + self.changed.encode() + source[self.end :]


def mutants(path: str, source: bytes) -> list[Mutant]:
    """Return all mutants of a module, in the order of their lines. Annotations, docstrings and texts do not change."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    tree = ast.parse(source)
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = {}
    for scope, node in _nodes(tree, ""):
        start, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        original = source[start:end].decode()
        for changed in _changes(node, words):
            within = lines[node.lineno - 1].decode().strip()
            mutant = Mutant(path, scope or "module", node.lineno, start, end, original, changed, within)
            found.setdefault((start, end, changed), mutant)
    return sorted(found.values(), key=lambda mutant: (mutant.start, mutant.end, mutant.changed))


def _nodes(node: ast.AST, scope: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield the nodes that may change. Each node comes with the function or class around it."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "keywords" if _is_class(node) else ""):
            continue
        for child in value if isinstance(value, list) else [value]:
            # In Python 3.11, the nodes inside an f-string have a wrong position. An f-string is text, so it is skipped.
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom):
                continue
            inner = (
                ".".join(filter(None, [scope, child.name])) if hasattr(child, "name") and _is_scope(child) else scope
            )
            if hasattr(child, "lineno"):
                yield inner, child
            yield from _nodes(child, inner)


def _is_class(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef)


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _changes(node: ast.AST, words: set[str]) -> Iterator[str]:
    """Yield the texts that can replace a node."""
    match node:
        case ast.Compare(left=left, ops=[*ops], comparators=values):
            for place, op in enumerate(ops):
                for table in (BOUNDARY, OPPOSITE):
                    if type(op) in table:
                        new = [*ops[:place], table[type(op)](), *ops[place + 1 :]]
                        yield f"({ast.unparse(ast.Compare(left, new, values))})"
        case ast.BoolOp(op=op, values=values):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield f"({ast.unparse(ast.BoolOp(other, values))})"
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield f"({ast.unparse(operand)})"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC and not _is_text_or_type(node):
            yield f"({ast.unparse(ast.BinOp(left, ARITHMETIC[type(op)](), right))})"
        case ast.Constant(value=bool() as value):
            yield str(not value)
        case ast.Constant(value=int() as value):
            yield from (str(value + 1), f"({value - 1})")
        case ast.Constant(value=float() as value):
            yield str(value * 2 or 1.0)
        case ast.Constant(value="left" | "right" as value):
            yield repr(NAMES[value])
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES and NAMES[name] in words | BUILTINS:
            yield NAMES[name]
        case ast.Attribute(value=value, attr=name, ctx=ast.Load()) if name in NAMES:
            yield f"{ast.unparse(value)}.{NAMES[name]}"
        case ast.Return(value=ast.AST() as value) if ast.unparse(value) != "None":
            yield "return None"
        case ast.Raise() | ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield "pass"


def _is_text_or_type(node: ast.BinOp) -> bool:
    """Return whether the operation joins texts or paths, or is a union of types."""
    types = {"None", "str", "int", "float", "bool", "dict", "list", "DataFrame", "Columns"}
    if isinstance(node.op, ast.Div) and isinstance(node.right, ast.Name) and node.right.id.isupper():
        return True  # such as folder / MANIFEST
    parts = [each for each in ast.walk(node) if each is not node]
    if any(isinstance(each, ast.JoinedStr) or isinstance(getattr(each, "value", None), str) for each in parts):
        return True
    return isinstance(node.op, ast.BitOr) and bool(types & set(ast.unparse(node).replace("pd.", "").split()))
