"""Generation requests: read, measured, judged by the rules REQ001 and following, and written."""

from __future__ import annotations

from validator.request.lint import lint_request

__all__ = ["lint_request"]
