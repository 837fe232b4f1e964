"""Names that mean harm to one output or another, and any other text."""

from __future__ import annotations

from hypothesis import strategies as st

from validator.report.escape import encodable

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates included
ATTACKS = (
    *(
        "::error::x",
        "::error file=a,line=1::",
        "  ::add-mask::y",
        "::stop-commands::pause",
        "::set-output name=a::b",
    ),
    *(
        "##[error]x",
        "###[group]",
        "##vso[task.setvariable]",
        "##teamcity[x]",
        "%0A::error::",
        "a%0D%0A",
        "%25",
    ),
    *(
        "</script>",
        "<script>",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "&lt;",
        "&#x3c;",
        '"',
        "'",
        "`",
        "\\",
        "\\x1b",
    ),
    *(
        "\x1b[2J",
        "\x1b]0;t\x07",
        "\x9b31m",
        "\r",
        "\n",
        "\n::error::x",
        "\r::error::x",
        "\x85::warning::w",
        "\0",
    ),
    *(
        "\u2028::error::x",
        "\u202e",
        "\u2066",
        "\xa0::error::",
        "\ufeff",
        "\ud800",
        "\udcff",
        "\udc1b[2J",
        " ",
        ":",
    ),
    # what the reports of other tools are broken by
    *("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\uff1d1", '"", "', "a,b", "','", '","x'),
    *("|", "a|b", "\\|", "`|`", "```", "~~~", "**", "__", "~~a~~", "![a](b)", "[a](javascript:b)", "<!-- a"),
    *("@octocat", "a@b.example", "#1", "octocat/x#1", "www.a.example", "https://a.example", "mailto:a@b.c"),
    *(":smile:", "$x$", "- a", "# a", "> a", "1. a", "</details>", "</code>", "&#64;a", "&commat;a", "{0}"),
    *("../../a", "./a", "//host/a", "C:\\a", "\ufffe", "\U0001fffe", "\x0b", "%2e%2e", "?a", "#a"),
)
HOSTILE = st.lists(st.sampled_from(ATTACKS) | ANY_TEXT, max_size=5).map("".join)
WRITTEN = HOSTILE.map(encodable)  # the report's texts are made so: two halves of a pair would become one
