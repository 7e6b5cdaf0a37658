"""Jinja's runtime with less work for each call and each value; what a template shows is the same.

A page makes hundreds of calls, most of them of macros with nothing but positional arguments, of messages and of
methods, and Jinja asks of each what else it might be.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import BuiltinMethodType, CodeType, FunctionType, MethodType
from typing import Any

from jinja2 import Environment
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro
from jinja2.utils import _PassArg, internalcode, missing, pass_eval_context
from markupsafe import Markup, escape

try:
    from markupsafe import _escape_inner as _escaped  # type: ignore[attr-defined] # what `escape` makes a `Markup` of
except ImportError:  # before MarkupSafe 3
    _escaped = escape

#: Marks a text as HTML; the constructor of `Markup` first asks whether it is something else.
as_html: Callable[[str], Markup] = partial(str.__new__, Markup)
#: What is called as it is, unless it is marked to be passed the context.
_PLAIN = frozenset({BuiltinMethodType, FunctionType, MethodType})


def shown(value: Any) -> str:
    """As `escape`, without a `Markup` of its own for each word of a page."""
    if isinstance(value, str):
        return value if isinstance(value, Markup) else _escaped(value)
    return escape(value)


def escaped(text: str) -> Markup:
    """As `escape`, for plain texts."""
    return as_html(_escaped(text))


class QuickMacro(Macro):
    """A macro that takes its arguments without a search where nothing about them is special."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._is_plain = not (self.catch_kwargs or self.catch_varargs or self.explicit_caller)

    @property
    def code(self) -> CodeType:
        """What it is compiled to, which tells where it is written."""
        return self._func.__code__

    def invoke(self, eval_ctx: EvalContext, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """As a call; `kwargs` may be changed."""
        if not self._is_plain or len(args) > self._argument_count:
            return self(eval_ctx, *args, **kwargs)
        arguments = [*args, *[kwargs.pop(name, missing) for name in self.arguments[len(args) :]]]
        if self.caller:
            caller = kwargs.pop("caller", None)
            if caller is None:
                caller = self._environment.undefined("No caller defined", name="caller")
            arguments.append(caller)
        if kwargs:
            return self(eval_ctx, *args, **kwargs)  # which says what is wrong with them
        text = self._func(*arguments)
        return as_html(text) if eval_ctx.autoescape else text


class QuickContext(Context):
    """Calls macros, functions and methods at once, and whatever else as Jinja does."""

    def __init__(self, environment: Environment, parent: Any, name: Any, blocks: Any, globals: object = None) -> None:  # noqa: A002
        super().__init__(environment, parent, name, blocks)  # no template has other globals than its environment

    @internalcode
    def call(__self, __obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as Jinja's
        kind = __obj.__class__
        if kind is not QuickMacro and kind not in _PLAIN:
            return super().call(__obj, *args, **kwargs)
        passed = None if kind is QuickMacro else getattr(__obj, "jinja_pass_arg", None)
        if passed is not None and passed is not _PassArg.eval_context:
            return super().call(__obj, *args, **kwargs)
        if kwargs:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
        if kind is QuickMacro:
            return __obj.invoke(__self.eval_ctx, args, kwargs)  # type: ignore[attr-defined]
        try:
            return __obj(*args, **kwargs) if passed is None else __obj(__self.eval_ctx, *args, **kwargs)
        except StopIteration as error:
            return super().call(partial(_stop, error))


def _stop(error: StopIteration) -> None:
    raise error


def message_function(lookup: Callable[..., str], *named: str) -> Callable[..., str]:
    """A function of templates that finds a message and fills in its variables; a message without any is made once.

    Args:
        named: what else the message may name: `context`, the first argument; `num`, the last.
    """
    known: dict[tuple[Any, ...], str] = {}

    @pass_eval_context
    def message(__eval_ctx: EvalContext, *wanted: Any, **variables: Any) -> str:
        is_plain = not variables and "num" not in named and __eval_ctx.autoescape
        if is_plain and wanted in known:
            return known[wanted]
        text = lookup(*wanted)
        for name in named:
            variables.setdefault(name, wanted[0 if name == "context" else -1])
        filled = (Markup(text) if __eval_ctx.autoescape else text) % variables  # noqa: S704 - of a catalog
        if is_plain:
            known[wanted] = filled
        return filled

    return message
