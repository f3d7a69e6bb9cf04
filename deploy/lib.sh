# shellcheck shell=bash
# Functions that quickstart.sh and test.sh share. Source it with bash; `root` is the repository.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# as_root COMMAND…: directly as root, with sudo otherwise.
as_root() {
  if is_root; then "$@"; else sudo -n "$@"; fi
}

# Asks for the password once, in the foreground; later calls of sudo need none.
need_root() {
  is_root && return
  command -v sudo >/dev/null || fail "$1; run this as root, or install sudo"
  sudo -n true 2>/dev/null || sudo -v || fail "$1; this needs sudo"
}

# with_progress LOG TITLE COMMAND…: runs a long command with its output in LOG, and says what it is
# at: in place on a terminal, now and then elsewhere. Shows the end of the output if it fails.
with_progress() {
  local log=$1 title=$2 start=$SECONDS next=15 pid status=0 last
  shift 2
  printf '%s …\n' "$title"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  # shellcheck disable=SC2064
  trap "kill $pid 2>/dev/null; exit 130" INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.5
    last=$(tail -c 400 "$log" | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | cut -c 1-70) || true
    if [ -t 1 ]; then
      printf '\r\033[K  %4d s  %s' "$((SECONDS - start))" "$last"
    elif [ $((SECONDS - start)) -ge "$next" ]; then
      printf '  %4d s  %s\n' "$((SECONDS - start))" "$last"
      next=$((next + 15))
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  if [ -t 1 ]; then printf '\r\033[K'; fi
  if [ "$status" != 0 ]; then
    printf '%s failed after %d s; the end of %s:\n' "$title" "$((SECONDS - start))" "$log" >&2
    tail -n 40 "$log" >&2
    return "$status"
  fi
  printf '  done in %d s\n' "$((SECONDS - start))"
}

# packages_in LIST…: the names in packages/LIST.txt.
packages_in() {
  local list
  for list in "$@"; do grep -v '^#' "$root/deploy/packages/$list.txt"; done
}

# missing_packages LIST…: those of them that are not installed.
missing_packages() {
  local package
  for package in $(packages_in "$@"); do
    case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) in
      installed) ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# install_packages LOG LIST…: installs what is missing of the lists, and says what.
install_packages() {
  local log=$1 missing
  shift
  command -v dpkg-query >/dev/null || fail "this script installs Debian packages; see README.md"
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  need_root "missing packages: $missing"
  say "Missing Debian packages: $missing"
  # shellcheck disable=SC2086
  with_progress "$log" "Installing them" apt_install $missing \
    || fail "could not install: $missing"
}

# Debian's PostgreSQL starts a server of its own on TCP port 5432 when it is installed. That is not
# asked for here, so it is told not to, for this installation only.
apt_install() {
  local options="/etc/postgresql-common/createcluster.d/aspen-quickstart.conf" status=0
  as_root apt-get -o DPkg::Lock::Timeout=300 update
  if [ ! -d /etc/postgresql-common ]; then
    as_root mkdir -p "${options%/*}"
    printf 'create_main_cluster = false\n' | as_root tee "$options"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" || status=$?
  as_root rm -f "$options"
  return "$status"
}

find_swift() {
  command -v swift >/dev/null \
    || fail "Swift is not on the PATH; https://www.swift.org/install/linux/debian/ says how"
}

# The oldest Swift that reads Package.swift is 6.2. Called after the packages are installed, since they
# hold the libraries that Swift itself needs.
check_swift() {
  local said version
  find_swift
  said=$(swift --version 2>&1) || fail "Swift does not start: $said"
  version=$(sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' <<<"$said")
  case $version in
    6.[2-9] | 6.[1-9][0-9] | [7-9].* | [1-9][0-9].*) ;;
    *) fail "Swift 6.2 or newer is needed; this is ${version:-unknown}" ;;
  esac
}
