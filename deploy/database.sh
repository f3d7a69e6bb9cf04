# shellcheck shell=bash
# The quickstart's own PostgreSQL: a private cluster on a unix socket, nothing on TCP.
# Needs lib.sh, daemons.sh, $state and $service_user.

postgres_data() { printf '%s/postgres/data\n' "$state"; }

# The newest programs on this machine, or those of the version that made the cluster.
postgres_bin() {
  local version
  version=$(cat "$(postgres_data)/PG_VERSION" 2>/dev/null) || version=
  if [ -z "$version" ]; then
    version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null \
      | sort -n | tail -n 1)
  fi
  [ -x "/usr/lib/postgresql/$version/bin/postgres" ] \
    || fail "PostgreSQL ${version:-15 or newer} is not installed"
  printf '/usr/lib/postgresql/%s/bin\n' "$version"
}

# The path of a unix socket has at most 107 bytes; a deep checkout gets a short directory instead.
socket_directory() {
  local directory="$state/postgres/socket"
  if [ ${#directory} -gt 85 ]; then
    directory="/tmp/aspen-$(printf '%s' "$state" | sha256sum | cut -c 1-16)"
  fi
  printf '%s\n' "$directory"
}

# percent_encode TEXT: for a part of a URL.
percent_encode() {
  local text=$1 index character LC_ALL=C
  for ((index = 0; index < ${#text}; index++)); do
    character=${text:index:1}
    case $character in
      [a-zA-Z0-9._~-]) printf '%s' "$character" ;;
      *) printf '%%%02X' "'$character" ;;
    esac
  done
}

database_url() {
  printf 'postgresql://aspen@/aspen?host=%s\n' "$(percent_encode "$(socket_directory)")"
}

postgres_runs() {
  run_as_service "$(postgres_bin)/pg_ctl" -D "$(postgres_data)" status >/dev/null 2>&1
}

# Makes the cluster if there is none, starts it if it does not run, and makes the database.
start_postgres() {
  local bin data socket
  bin=$(postgres_bin)
  data=$(postgres_data)
  socket=$(socket_directory)
  if [ ! -f "$data/PG_VERSION" ]; then
    say "Making a PostgreSQL cluster in $data"
    run_as_service rm -rf "$data.new"
    run_as_service "$bin/initdb" -D "$data.new" -U aspen --encoding=UTF8 --locale=C.UTF-8 \
      --auth-local=peer --auth-host=reject >"$state/logs/initdb.log" 2>&1 \
      || { show_log initdb; fail "could not make a PostgreSQL cluster"; }
    run_as_service mv "$data.new" "$data"
  fi
  postgres_runs && return
  make_private_directory "$socket"
  write_postgres_settings "$data" "$socket"
  say "Starting PostgreSQL"
  # pg_ctl leaves the server in a session of its own.
  run_as_service "$bin/pg_ctl" -D "$data" -w -t 60 -l "$state/postgres/server.log" start \
    >"$state/logs/pg_ctl.log" 2>&1 </dev/null || {
    tail -n 25 "$state/postgres/server.log" >&2
    fail "PostgreSQL did not start"
  }
  run_as_service "$bin/psql" -h "$socket" -U aspen -d postgres -XAtq -c \
    "SELECT 1 FROM pg_database WHERE datname = 'aspen'" | grep -q 1 \
    || run_as_service "$bin/createdb" -h "$socket" -U aspen aspen
}

# write_postgres_settings DATA SOCKET: everything that differs from PostgreSQL's own defaults. Written
# at every start, because the directories may have moved.
write_postgres_settings() {
  write_private "$1/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '${2//\'/\'\'}'
unix_socket_permissions = 0700
log_line_prefix = '%m [%p] '
END
  write_private "$1/pg_hba.conf" <<END
local all aspen peer map=aspen
END
  write_private "$1/pg_ident.conf" <<END
aspen $(service_name) aspen
aspen root aspen
END
}

stop_postgres() {
  [ -f "$(postgres_data)/PG_VERSION" ] || return 0
  postgres_runs || return 0
  run_as_service "$(postgres_bin)/pg_ctl" -D "$(postgres_data)" -m fast -w -t 30 stop >/dev/null \
    || fail "PostgreSQL did not stop within 30 s"
  say "PostgreSQL stopped"
}

service_name() { printf '%s\n' "${service_user:-$(id -un)}"; }

# write_private PATH: standard input, for the service user alone.
write_private() { install -o "$(service_name)" -m 600 /dev/stdin "$1"; }

# make_private_directory PATH: for the service user alone; refuses one that belongs to another.
make_private_directory() {
  mkdir -p "$1"
  [ -z "$service_user" ] || chown "$service_user:" "$1"
  chmod 700 "$1"
  [ "$(stat -c %U "$1")" = "$(service_name)" ] || fail "$1 belongs to another user"
}
