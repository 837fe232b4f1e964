#!/usr/bin/env bash
# Lints in the environment that install.sh has made; ends with the exit code of the lint.
set -euo pipefail

python="$RUNNER_TEMP/seedance-validator/environment/bin/python"
[ -e "$python" ] || python="$RUNNER_TEMP/seedance-validator/environment/Scripts/python.exe"
reports=$(mktemp -d "$RUNNER_TEMP/seedance-validator/reports.XXXXXX") # a job may use the action several times
"$python" -I -X utf8 -m validator.github_action "$reports"
