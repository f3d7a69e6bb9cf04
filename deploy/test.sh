#!/usr/bin/env bash
# Checks the whole repository: packages, format, build, tests, scripts and documents.
set -euo pipefail

deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$deploy/lib.sh"

usage() {
  cat <<'END'
Usage: deploy/test.sh [ARGUMENT…]

Installs the Debian packages that are missing (root or sudo), then checks the scripts and documents,
the format, builds everything, and runs all tests. The arguments go to `swift test`:

  deploy/test.sh --filter AspenHTTPTests
END
}

# step TITLE COMMAND…: shows the command's own output, and how long it took.
step() {
  local title=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$title"
  "$@" || fail "$title failed after $((SECONDS - start)) s"
  printf '== %s: %d s\n' "$title" "$((SECONDS - start))"
}

check_scripts() {
  local script
  for script in "$deploy"/*.sh "$root/.ci/run"; do bash -n "$script" || return 1; done
  # Compiled in memory: nothing is written into the checkout.
  /usr/bin/python3 - "$deploy"/*.py "$root"/Tests/*/*.py <<'END'
import os, sys
for path in sys.argv[1:]:
    if os.path.exists(path):
        with open(path, encoding="utf-8") as source:
            compile(source.read(), path, "exec")
END
}

check_web_page() {
  local script
  for script in "$root"/Sources/Services/AspenController/Web/*.js; do
    node --input-type=module --check <"$script" || return 1
  done
}

check_documents() {
  /usr/bin/python3 - "$root"/api/*.yaml <<'END'
import sys, yaml
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as document:
        yaml.safe_load(document)
END
}

check_format() {
  swift format lint --strict --recursive --parallel Package.swift Sources Tests
}

# The fuzzer that reads api/openapi.yaml; from PyPI, since Debian has none, into an environment of its own.
install_fuzzer() {
  local version=4.32.5 place=.build/python
  [ "$("$place/bin/schemathesis" --version 2>/dev/null)" = "schemathesis, version $version" ] && return
  /usr/bin/python3 -m venv --clear "$place" \
    && "$place/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
}

# On a terminal the compiler shows what it is at; elsewhere a line every 15 s shows that it lives.
build() {
  mkdir -p .build
  with_progress .build/test-build.log "Building everything" \
    swift build --explicit-target-dependency-import-check error --build-tests
}

# The first command of the README, in a state directory of its own: it starts, shows a picture, does
# nothing a second time, stops, and leaves nothing behind.
check_quickstart() {
  local place status=0
  place=$(mktemp -d)
  export ASPEN_STATE_DIR=$place/state
  unset ASPEN_DATABASE_URL ASPEN_PORT
  # A chain, since `set -e` does not hold in what is part of a condition.
  "$deploy/quickstart.sh" \
    && "$ASPEN_STATE_DIR/aspen" snapshot demo --file "$place/demo.jpg" \
    && [ "$(head -c 3 "$place/demo.jpg" | od -An -tx1)" = " ff d8 ff" ] \
    && "$deploy/quickstart.sh" | grep "Controller runs already" \
    && "$deploy/quickstart.sh" status \
    && "$deploy/quickstart.sh" stop \
    && ! "$deploy/quickstart.sh" status \
    || status=1
  "$deploy/quickstart.sh" reset || status=1
  [ ! -e "$ASPEN_STATE_DIR" ] || status=1
  rm -rf "$place"
  return "$status"
}

main() {
  case ${1:-} in -h | --help) usage; exit 0 ;; esac
  cd "$root"
  local log start=$SECONDS
  log=$(mktemp)
  step "Packages" install_packages "$log" build run demo test
  rm -f "$log"
  check_swift
  swift --version 2>&1 | head -n 1
  step "Scripts" check_scripts
  step "Web page" check_web_page
  step "API documents" check_documents
  step "Format" check_format
  step "Fuzzer" install_fuzzer
  step "Build" build
  # More at once only starve each other on a small machine, and what has a deadline then misses it.
  export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-6}
  if [ $# -gt 0 ]; then
    step "Tests" swift test --skip-build --disable-xctest "$@"
  else
    step "Tests" swift test --skip-build --disable-xctest --skip EndToEndTests
    # Each of them runs a cluster of real programs: a machine to themselves, two at a time.
    step "End-to-end tests" env SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=2 \
      swift test --skip-build --disable-xctest --filter EndToEndTests
    step "Tests of the store behind PgBouncer" env ASPEN_TEST_PGBOUNCER=1 \
      swift test --skip-build --disable-xctest --filter AspenStoreTests
    step "Quickstart" check_quickstart
  fi
  printf '\nAll checks passed in %d s.\n' "$((SECONDS - start))"
}

main "$@"
