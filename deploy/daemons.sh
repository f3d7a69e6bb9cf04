# shellcheck shell=bash
# Daemons of the quickstart: started once, found again, ended by their own process id.
# Needs lib.sh, $state (the state directory) and $service_user (empty: run as the caller).

# as_service COMMAND…: as the service user, replacing this process, so that its id stays the same.
as_service() {
  if [ -n "$service_user" ]; then
    exec setpriv --reuid="$service_user" --regid="$service_user" --init-groups -- "$@"
  else
    exec "$@"
  fi
}

# run_as_service COMMAND…: the same in a process of its own, waited for. File 9 is the lock of the
# quickstart, which nothing that outlives it may hold.
run_as_service() { (cd / && as_service "$@" 9>&-); }

# process_identity PID: its start time and this boot; a reused process id has another one.
process_identity() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The command's name is in parentheses and may hold spaces. A zombie is no process any more.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  [ "$1" != Z ] && printf '%s %s\n' "${20}" "$(cat /proc/sys/kernel/random/boot_id)"
}

# running_pid NAME: the process id of the daemon if it runs.
running_pid() {
  local pid identity
  { read -r pid && read -r identity; } 2>/dev/null <"$state/run/$1.pid" || return 1
  [ "$(process_identity "$pid")" = "$identity" ] || return 1
  printf '%s\n' "$pid"
}

# start_daemon NAME COMMAND…: in a session of its own, output appended to its log.
start_daemon() {
  local name=$1 pid
  shift
  # A daemon must not hold this script's terminal or its other files open.
  (
    cd "$state" || exit 1
    exec setsid bash -c '. "$0/lib.sh"; . "$0/daemons.sh"; service_user=$1; shift; as_service "$@"' \
      "$root/deploy" "$service_user" "$@"
  ) </dev/null >>"$state/logs/$name.log" 2>&1 9>&- &
  pid=$!
  # The identity is the process's start time, which the exec steps in between do not change.
  printf '%s\n%s\n' "$pid" "$(process_identity "$pid")" >"$state/run/$name.pid"
}

# stop_daemon NAME: asks it to stop, and insists after 10 s.
stop_daemon() {
  local name=$1 pid waited=0
  if pid=$(running_pid "$name"); then
    kill -TERM "$pid" 2>/dev/null || as_root kill -TERM "$pid"
    while running_pid "$name" >/dev/null && [ "$waited" -lt 100 ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
    if running_pid "$name" >/dev/null; then
      kill -KILL "$pid" 2>/dev/null || as_root kill -KILL "$pid"
      say "$name did not stop within 10 s and was killed"
    else
      say "$name stopped"
    fi
  fi
  rm -f "$state/run/$name.pid"
}

# show_log NAME: the end of a daemon's log.
show_log() {
  printf 'the end of %s:\n' "$state/logs/$1.log" >&2
  tail -n 25 "$state/logs/$1.log" >&2 || true
}

# wait_until SECONDS NAME WHAT COMMAND…: until the command succeeds; fails when the daemon ends.
wait_until() {
  local limit=$1 name=$2 what=$3 start=$SECONDS
  shift 3
  until "$@" >/dev/null 2>&1; do
    if ! running_pid "$name" >/dev/null; then
      show_log "$name"
      fail "$name ended before $what"
    fi
    if [ $((SECONDS - start)) -ge "$limit" ]; then
      show_log "$name"
      fail "no $what within $limit s"
    fi
    sleep 0.2
  done
}

# free_port FIRST: the first port from there on which nothing listens.
free_port() {
  local port=$1
  while port_is_taken "$port"; do
    port=$((port + 1))
    [ "$port" -lt $(($1 + 100)) ] || fail "no free port from $1 to $port"
  done
  printf '%s\n' "$port"
}

port_is_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
