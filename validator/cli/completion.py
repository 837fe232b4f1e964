"""`validator completion`: what makes a shell complete the command, and what it is answered at each TAB."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from validator.cli.app import ASKED
from validator.cli.output import ReaderGone, StandardOutput

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SHELLS = ("bash", "zsh", "fish")

_LINE = "_VALIDATOR_LINE"  # the command line up to the cursor
_BREAKS = "_VALIDATOR_BREAKS"  # bash alone: what it takes for ends of words
_SCRIPTS = Path(__file__).parent / "shells"


@click.command(short_help="Print what makes a shell complete commands.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print the script by which a shell completes commands, options, profiles, rule codes and files.

    \b
    bash, in ~/.bashrc:
        eval "$(validator completion bash)"
    zsh, in ~/.zshrc, below compinit:
        eval "$(validator completion zsh)"
    fish:
        validator completion fish > ~/.config/fish/completions/validator.fish
    """  # noqa: D301 - the character by which click keeps the lines apart
    with contextlib.suppress(ReaderGone):
        StandardOutput(sys.stdout, "the script").write(script(shell))
    return 0


def script(shell: str) -> str:
    """What a shell has to read; it asks with the names that stand above.

    >>> script("zsh").splitlines()[0]
    '#compdef validator'
    """
    return (_SCRIPTS / f"validator.{shell}").read_text(encoding="utf-8")


def answered(command: click.Command, environ: Mapping[str, str]) -> int:
    """Tell the shell that asks what could stand at the cursor, and return the exit code."""
    with contextlib.suppress(ReaderGone):
        StandardOutput(sys.stdout, "completions").write(
            "".join(f"{line}\n" for line in answers(command, environ))
        )
    return 0


def answers(command: click.Command, environ: Mapping[str, str]) -> Iterator[str]:
    r"""A line for each thing that could stand at the cursor: its kind, the value, and words about it.

    `environ` holds the command line up to the cursor, and in bash what ends a word there. Between the
    parts are tabs.

    >>> list(answers(completion, {ASKED: "bash", "_VALIDATOR_LINE": "completion z"}))
    ['plain\tzsh\t']
    """
    from click.shell_completion import ShellComplete, split_arg_string

    line = environ.get(_LINE, "")
    words = split_arg_string(line)[1:]
    word = "" if not words or line[-1:].isspace() else words.pop()
    option = re.match(r"(--[a-z-]+)=", word)
    typed = word
    if option:
        words.append(option[1])
        typed = word[option.end() :]
    before = word[: len(word) - len(typed)]
    gone = _left_of_the_word(word, environ.get(_BREAKS, ""))
    shell = ShellComplete(command, {}, "validator", ASKED)
    for item in shell.get_completions(words, typed):
        yield f"{item.type}\t{(before + item.value)[gone:]}\t{_about(item)}"


def _left_of_the_word(word: str, breaks: str) -> int:
    """How much of the word bash leaves where it is: "=" and ":" end words there."""
    return max((word.rfind(character) + 1 for character in breaks if character in "=:"), default=0)


def _about(item: CompletionItem) -> str:
    return " ".join((item.help or "").split())
