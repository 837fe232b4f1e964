"""What a shell offers for the values of options and arguments, where click does not know them by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, get_args

from validator.errors import ValidatorError

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from validator.profile import Profile

Offer = Callable[["click.Context", "click.Parameter", str], "list[CompletionItem]"]
"""What click calls with the beginning of a value."""

PART = "part"
"""The type of what is only the beginning of a value, so that no space follows it."""


def profiles(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The shipped profiles; files where it can be none of these."""
    from validator.profile import shipped_profiles

    return _plain(shipped_profiles(), typed) or _files(typed)


def output_formats(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The names of the outputs; files behind the `=`."""
    from validator.report.base import FORMATS

    return _files(typed) if "=" in typed else _plain(FORMATS, typed)


def outputs_of(names: Iterable[str]) -> Offer:
    """The same for a command that has other outputs."""

    def offered(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        return _files(typed) if "=" in typed else _plain(names, typed)

    return offered


def words_of(values: Iterable[str]) -> Offer:
    """Words of which an option takes one, beside values that nobody can list."""

    def offered(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        return _plain(values, typed)

    return offered


def selectors(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Codes of rules and prefixes of them, the last one of those that commas separate."""
    before, comma, last = typed.rpartition(",")
    return [_item(before + comma + value, help_, type_) for value, help_, type_ in _codes(context, last)]


def weights(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """`CODE=` and, behind that, the levels."""
    from validator.settings import Weight

    before, comma, last = typed.rpartition(",")
    code, equals, _ = last.partition("=")
    if equals:
        return _plain((f"{before}{comma}{code}={each}" for each in get_args(Weight)), typed)
    return [_item(f"{before}{comma}{value}=", help_, PART) for value, help_, _ in _codes(context, last)]


def rules(context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Codes of rules, prefixes of them, and names of rules where nothing else begins like this."""
    found = [_item(value, help_, type_) for value, help_, type_ in _codes(context, typed)]
    names = {rule.name: rule.code for rule in _profile(context).rules} if typed else {}
    return found or [_item(name, code) for name, code in names.items() if name.startswith(typed.lower())]


def _codes(context: click.Context, typed: str) -> Iterator[tuple[str, str, str]]:
    """The families, or the rules of the one that was typed: what to write, what it is, and its type."""
    rules_ = _profile(context).rules
    typed = typed.upper()
    families = {rule.code[:3]: rule.name.partition("-")[0] for rule in rules_}
    if typed in families:
        yield typed, f"all rules on {families[typed]}", "plain"
    if typed[:3] in families:
        yield from ((rule.code, rule.name, "plain") for rule in rules_ if rule.code.startswith(typed))
    else:
        of_all = (("ALL", "all rules", "plain"),) if context.info_name != "rules" else ()
        for code, help_, type_ in (*of_all, *((code, f"{word} …", PART) for code, word in families.items())):
            if code.startswith(typed):
                yield code, help_, type_


def _profile(context: click.Context) -> Profile:
    """The profile that the command line names so far, if it can be used; else the default one."""
    from validator.profile import default_profile, load_profile

    named = context.params.get("profiles") or context.params.get("profile") or ()
    first = named if isinstance(named, str) else next(iter(named), None)
    try:
        return load_profile(first) if first else default_profile()
    except ValidatorError:  # the command will say what is wrong with it
        return default_profile()


def _plain(values: Iterable[str], typed: str) -> list[CompletionItem]:
    return [_item(value) for value in values if value.startswith(typed)]


def _files(typed: str) -> list[CompletionItem]:
    return [_item(typed, type_="file")]


def _item(value: str, help_: str = "", type_: str = "plain") -> CompletionItem:
    from click.shell_completion import CompletionItem

    return CompletionItem(value, type_, help_ or None)
