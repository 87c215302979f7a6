"""Templates compiled to code that does what ours need and no more, for half the time of a page.

Jinja2 prepares for all that a template may be given: objects of any kind, functions that want the context,
text that escapes itself. Our pages are made of dictionaries and lists, so that ``a.b`` is ``a["b"]`` (but for
``loop``, and for methods, which are called), and our macros take their arguments in order. What is written
is the same as under plain Jinja2, which a test holds; what is missing is an error in both.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemBytecodeCache, Template, compiler, lexer, nodes, optimizer, parser
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket
    from jinja2.compiler import Frame, MacroRef

html = partial(str.__new__, Markup)
"""HTML as what it is, without a look at what it was."""


def text(value: Any) -> str:
    """A value as HTML, escaped unless it is HTML already."""
    if type(value) is str:
        # Most text has nothing to escape, and looking is quicker than copying.
        if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value:
            return escape(value)
        return value
    return value if type(value) is Markup else escape(value)


class Plain(CodeGenerator):
    """Writes the code of our templates."""

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("text, html = environment.text, environment.html")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """A block is gathered in a list and given away as a whole: it passes two generators on its way."""
        if frame.buffer is not None:
            super().blockvisit(nodes, frame)
        else:
            self.buffer(frame)
            super().blockvisit(nodes, frame)
            self.writeline(f"yield concat({frame.buffer})")
            frame.buffer = None

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:
        self.writeline(f"return html(concat({frame.buffer}))")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        node = macro_ref.node
        if macro_ref.accesses_caller or not isinstance(node, nodes.Macro):
            super().macro_def(macro_ref, frame)
        else:
            self.write(f"environment.optional(macro, {len(node.args)}, missing)")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("(" if _is_plain(node) else "text(")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        if isinstance(node.node, nodes.Name) and node.node.name == "loop":
            super().visit_Getattr(node, frame)
        else:
            self.visit(node.node, frame)
            self.write(f"[{node.attr!r}]")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:  # noqa: N802
        super().visit_CondExpr(node if node.expr2 else _with_else(node), frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if forward_caller:
            super().visit_Call(node, frame, forward_caller=forward_caller)
        else:
            if node.kwargs or node.dyn_args or node.dyn_kwargs:
                self.fail("give the arguments of a macro in their order", node.lineno)
            if isinstance(node.node, nodes.Getattr):
                super().visit_Getattr(node.node, frame)
            else:
                self.visit(node.node, frame)
            self.write("(")
            for argument in node.args:
                self.visit(argument, frame)
                self.write(", ")
            self.write(")")


def _with_else(node: nodes.CondExpr) -> nodes.CondExpr:
    return nodes.CondExpr(node.test, node.expr1, nodes.Const("", lineno=node.lineno), lineno=node.lineno)


def _is_plain(node: nodes.Node | None) -> bool:
    """Whether all that an expression can give is written in the template, with nothing to escape."""
    if isinstance(node, nodes.CondExpr):
        return _is_plain(node.expr1) and (node.expr2 is None or _is_plain(node.expr2))
    return isinstance(node, nodes.Const) and isinstance(node.value, str) and text(node.value) is node.value


def _optional(macro: Any, count: int, missing: object) -> Any:
    """A macro whose arguments may be left out, for the defaults that it then has."""
    macro.__defaults__ = (missing,) * count
    return macro


class Freed(Template):
    """A template that leaves nothing behind of what it rendered."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        context = self.new_context(dict(*args, **kwargs))
        try:
            return self.environment.concat(self.root_render_func(context))
        except Exception:
            self.environment.handle_exception()
        finally:
            # Its macros know the context, and it knows them: such circles would pile up, page by page.
            context.vars.clear()


class Compiled(Environment):
    """Jinja2 with this code for its templates; always autoescaped."""

    code_generator_class, template_class = Plain, Freed
    text, html, optional = staticmethod(text), staticmethod(html), staticmethod(_optional)

    def __init__(self, **options: Any) -> None:
        super().__init__(autoescape=True, auto_reload=False, **options)
        self._loaded: dict[str, Template] = {}

    def get_template(self, name: str | Template, *_: object) -> Template:
        """As ``Environment`` has it, without a lock and a look at the file for each time that a page asks."""
        found = self._loaded.get(str(name))
        if found is None:
            found = self._loaded[str(name)] = super().get_template(name)
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """In one dictionary, which each page copies."""
        return {**self.globals, **(d or {})}


class _Kept(FileSystemBytecodeCache):
    """Keeps compiled templates where there is room; else they are compiled in each run."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def kept(options: Path) -> BytecodeCache | None:
    """Where compiled templates lie between runs; compiling takes longer than rendering a few pages.

    They are code, so they never lie in a base, which may be somebody else's: Jinja2 keeps them in a folder of
    the temporary directory that only this user can write, or says that there is none. Their names hold a hash
    of what compiles them: Jinja2 and this module, with the file ``options`` that says how.
    """
    parts = (compiler, lexer, nodes, optimizer, parser)
    seen = sha256()
    for maker in (__file__, str(options), *(str(part.__file__) for part in parts)):
        seen.update(sha256(Path(maker).read_bytes()).digest())
    try:
        return _Kept(pattern=f"kb_{seen.hexdigest()[:16]}_%s.cache")
    except (OSError, RuntimeError):
        return None
