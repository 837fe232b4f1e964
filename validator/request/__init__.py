"""Generation requests: read, measured, judged by the rules REQ001 and following, and written."""

from __future__ import annotations

from validator.generation import ReferenceFacts, RequestFacts
from validator.request.facts import Known
from validator.request.item import Item
from validator.request.lint import lint_request

__all__ = ["Item", "Known", "ReferenceFacts", "RequestFacts", "lint_request"]
