#!/usr/bin/env bash
# Installs this very checkout of the action into an environment of its own, away from the workflow's Python.
set -euo pipefail

# What looking for faces needs on Linux; without it everything else is judged, and the report says so.
packages="$GITHUB_ACTION_PATH/.ci/install-packages"
libraries=(libegl1 libgles2 libgl1 libglib2.0-0)
if [ "$(id -u)" = 0 ]; then "$packages" "${libraries[@]}"
elif command -v sudo >/dev/null; then sudo -n "$packages" "${libraries[@]}" || true
fi

environment="$RUNNER_TEMP/seedance-validator/environment"
"$PYTHON" -I -m venv "$environment"
python="$environment/bin/python"
[ -e "$python" ] || python="$environment/Scripts/python.exe"
"$python" -I -m pip install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH"
