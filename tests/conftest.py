"""What all tests may ask for."""

from __future__ import annotations

from tests.service.fixture import service, service_process

__all__ = ["service", "service_process"]
