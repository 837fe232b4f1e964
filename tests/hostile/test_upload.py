"""Rows 77 to 82: what only the upload client can hold. To be written with it."""

from __future__ import annotations

import importlib

import pytest

needs_upload = pytest.mark.xfail(
    raises=ModuleNotFoundError, strict=True, reason="there is no upload client yet: write this test with it"
)


@needs_upload
def test_row_77_a_vendor_error_inside_a_200_keeps_its_code() -> None:
    importlib.import_module("validator.upload")


@needs_upload
def test_row_78_a_lost_answer_to_a_create_never_makes_two_assets() -> None:
    importlib.import_module("validator.upload")


@needs_upload
def test_row_79_polling_that_never_ends_is_a_time_out_with_the_asset_id() -> None:
    importlib.import_module("validator.upload")


@needs_upload
def test_row_80_what_changed_since_it_was_judged_is_refused() -> None:
    importlib.import_module("validator.upload")


@needs_upload
def test_row_81_killed_at_any_moment_and_run_again_loses_and_doubles_nothing() -> None:
    importlib.import_module("validator.upload")


@needs_upload
def test_row_82_an_api_key_is_in_no_report_log_error_or_journal() -> None:
    importlib.import_module("validator.upload")
