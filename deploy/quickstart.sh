#!/usr/bin/env bash
# Builds ASPEN and runs it on this machine: PostgreSQL, a controller, a worker, and a camera.
set -euo pipefail
umask 077

deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$deploy/lib.sh"
# shellcheck source=daemons.sh
. "$deploy/daemons.sh"
# shellcheck source=database.sh
. "$deploy/database.sh"

usage() {
  cat <<'END'
Usage: deploy/quickstart.sh [ADDRESS…]   build, start, and add cameras
       deploy/quickstart.sh status       what runs, and where
       deploy/quickstart.sh stop         stop everything; nothing is lost
       deploy/quickstart.sh reset        stop, and delete the state directory

ADDRESS is rtsp://[USER:PASSWORD@]HOST[:PORT]/PATH. Without one, a demo camera is started: a real
RTSP server that plays a surveillance clip. A second run starts only what does not run.

Environment:
  ASPEN_STATE_DIR     the state directory (default: .aspen in the repository)
  ASPEN_DATABASE_URL  a PostgreSQL to use instead of a private one
  ASPEN_PORT          the port of the live page (default: 8480, or the next free one)

As root everything runs as the system user "aspen", otherwise as you. Missing Debian packages are
installed, which needs root or sudo. Only this machine can connect; from another one, forward the
port: ssh -L 8480:127.0.0.1:8480 HOST
END
}

main() {
  case ${1:-} in
    -h | --help | help) usage ;;
    stop | status | reset)
      [ $# = 1 ] || fail "'$1' takes no arguments"
      find_state
      "do_$1"
      ;;
    *)
      for address in "$@"; do
        case $address in
          rtsp://?*) ;;
          *) usage >&2; fail "'$address' is neither a command nor an rtsp:// address" ;;
        esac
      done
      do_start "$@"
      ;;
  esac
}

# Where the state is and who owns the daemons.
find_state() {
  service_user=
  state=${ASPEN_STATE_DIR:-$root/.aspen}
  case $state in /*) ;; *) state=$PWD/$state ;; esac
  if is_root; then service_user=aspen; fi
  if [ -L "$state" ]; then state=$(readlink -f "$state"); fi
  local owner
  owner=$(stat -c %U "$state" 2>/dev/null) || return 0
  [ "$owner" = "$(id -un)" ] || fail "$state belongs to $owner: go on as that user, or set ASPEN_STATE_DIR"
}

do_start() {
  find_state
  find_swift
  make_state
  # Two quickstarts at once would build and start everything twice.
  exec 9>"$state/run/lock"
  flock -n 9 || fail "another quickstart is at work in $state"
  local lists=(build run)
  [ -z "${ASPEN_DATABASE_URL:-}" ] || lists=(build)
  [ $# -gt 0 ] || lists+=(demo)
  install_packages "$state/logs/packages.log" "${lists[@]}"
  check_swift
  build_programs
  [ -n "${ASPEN_DATABASE_URL:-}" ] || start_postgres
  start_controller
  start_worker
  write_client
  if [ $# -gt 0 ]; then
    local address
    for address in "$@"; do add_camera "$(camera_name "$address")" "$address"; done
  else
    start_demo_camera
    add_camera demo "rtsp://127.0.0.1:$(cat "$state/run/camera.port")/h264"
  fi
  show_result
}

# The state directory. As root its daemons run as another user, who must be able to reach it; where
# the checkout is out of that user's sight, it is elsewhere with a link to it.
make_state() {
  if [ -n "$service_user" ] && ! id "$service_user" >/dev/null 2>&1; then
    say "Making the system user $service_user"
    useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin \
      "$service_user"
  fi
  mkdir -p "$state"
  if [ -z "$service_user" ]; then
    chmod 700 "$state"
  else
    chmod 711 "$state"
    if ! run_as_service test -x "$state"; then
      local elsewhere
      elsewhere=/var/lib/aspen-quickstart/$(printf '%s' "$state" | sha256sum | cut -c 1-16)
      rmdir "$state" || fail "the user $service_user cannot reach $state; set ASPEN_STATE_DIR"
      mkdir -p "$elsewhere"
      chmod 711 "${elsewhere%/*}" "$elsewhere"
      ln -s "$elsewhere" "$state"
      state=$elsewhere
    fi
  fi
  mkdir -p "$state/run" "$state/logs" "$state/bin" "$state/media"
  chmod 755 "$state/bin" "$state/media"
  local directory
  for directory in secrets worker cache postgres; do make_private_directory "$state/$directory"; done
}

# Builds what has changed and copies the programs, so that a later build does not disturb them.
build_programs() {
  local built="$state/bin/.built" program bin
  if [ -e "$built" ] && [ -z "$(find "$root/Sources" "$root/Package.swift" "$root/migrations" \
    "$root/deploy/camera.py" -newer "$built" -print -quit)" ]; then
    return
  fi
  local options=(-c release --static-swift-stdlib --package-path "$root")
  : >"$state/run/building"
  for program in aspen-controller aspen-worker aspen; do
    with_progress "$state/logs/build-$program.log" "Building $program (some minutes the first time)" \
      swift build "${options[@]}" --product "$program"
  done
  bin=$(swift build "${options[@]}" --show-bin-path)
  for program in aspen-controller aspen-worker aspen; do
    # A new file beside it, then a rename: a running program is never written to.
    install -m 755 "$bin/$program" "$state/bin/.$program"
    mv "$state/bin/.$program" "$state/bin/$program"
  done
  rm -rf "$state/bin/migrations"
  mkdir -m 755 "$state/bin/migrations"
  install -m 644 "$root"/migrations/*.sql "$state/bin/migrations"
  install -m 644 "$root/deploy/camera.py" "$state/bin/camera.py"
  mv "$state/run/building" "$built"
  # What runs is the old program now.
  stop_daemon worker
  stop_daemon controller
}

start_controller() {
  if running_pid controller >/dev/null; then
    port=$(cat "$state/run/controller.port")
    say "Controller runs already on port $port"
    return
  fi
  local previous
  previous=$(cat "$state/run/controller.port" 2>/dev/null) || previous=
  port=$(choose_port controller "${ASPEN_PORT:-${previous:-8480}}")
  # A worker that waits for the controller on another port would wait for ever.
  [ "$port" = "$previous" ] || stop_daemon worker
  say "Starting the controller on port $port"
  # In the environment, because others can see a command's arguments.
  ASPEN_DATABASE_URL=${ASPEN_DATABASE_URL:-$(database_url)} start_daemon controller \
    "$state/bin/aspen-controller" --listen "127.0.0.1:$port" \
    --operator-token-file "$state/secrets/operator-token" \
    --join-token-file "$state/secrets/join-token" \
    --secrets-key-file "$state/secrets/secrets-key"
  wait_until 60 controller "answer at http://127.0.0.1:$port/readyz" \
    curl -fsS --max-time 2 "http://127.0.0.1:$port/readyz"
  [ -s "$state/secrets/operator-token" ] || fail \
    "this database was set up elsewhere, so its token is not known here: write it to" \
    "$state/secrets/operator-token, or give another database"
}

start_worker() {
  if running_pid worker >/dev/null; then
    say "Worker runs already"
    return
  fi
  # A worker's credential is for one address of the controller; on another port it joins anew.
  if [ ! -s "$state/worker/worker.json" ] \
    || ! grep -q "127.0.0.1:$port\"" "$state/worker/worker.json"; then
    call DELETE /v1/workers/local || true
  fi
  say "Starting a worker"
  start_daemon worker "$state/bin/aspen-worker" --controller "http://127.0.0.1:$port" \
    --join-token-file "$state/secrets/join-token" --name local \
    --state-dir "$state/worker" --media-dir "$state/media"
  wait_until 30 worker "ready worker" worker_is_ready
}

worker_is_ready() { call GET /v1/workers/local && [ "$(json_member phase)" = ready ]; }

start_demo_camera() {
  if running_pid camera >/dev/null; then
    say "Demo camera runs already"
    return
  fi
  local camera_port
  camera_port=$(choose_port camera "$(cat "$state/run/camera.port" 2>/dev/null || echo 8554)")
  say "Starting the demo camera on port $camera_port"
  : >"$state/logs/camera.log"
  start_daemon camera /usr/bin/python3 "$state/bin/camera.py" --port "$camera_port" \
    --codecs h264 --cache "$state/cache"
  wait_until 90 camera "picture" grep -q '^ready ' "$state/logs/camera.log"
}

# choose_port NAME FIRST: the next free port, remembered.
choose_port() {
  local chosen
  chosen=$(free_port "$2")
  printf '%s\n' "$chosen" | tee "$state/run/$1.port"
}

# call METHOD PATH [BODY]: a request to the controller; sets $answer and $http_status.
call() {
  local body=(-H 'If-Match: *')
  [ $# -lt 3 ] || body+=(-H 'Content-Type: application/json' --data-binary @-)
  # Token and body through files, because others can see a command's arguments.
  answer=$(printf '%s' "${3:-}" | curl -sS --max-time 10 -X "$1" -w '\n%{http_code}' "${body[@]}" \
    -H @<(printf 'Authorization: Bearer %s\n' "$(cat "$state/secrets/operator-token")") \
    "http://127.0.0.1:$port$2") || return 1
  http_status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  [ "${http_status:0:1}" = 2 ]
}

# json_member NAME: the first text of that name in $answer.
json_member() { sed -n 's/.*"'"$1"'": *"\(\([^"\\]\|\\.\)*\)".*/\1/p' <<<"$answer" | head -n 1; }

# json_text TEXT: as a JSON string.
json_text() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# camera_name ADDRESS: the same address gets the same name.
camera_name() {
  local name=${1#rtsp://}
  name=${name##*@}
  name=$(printf '%s' "${name%%\?*}" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9.' '-' | cut -c 1-63)
  name=$(sed 's/^[-.]*//; s/[-.]*$//' <<<"$name")
  printf '%s\n' "${name:-camera}"
}

# add_camera NAME ADDRESS: adds it, or corrects its address, and waits for its first picture.
add_camera() {
  local spec start=$SECONDS phase
  spec="{\"address\":$(json_text "$2")}"
  if call GET "/v1/cameras/$1"; then
    call PATCH "/v1/cameras/$1" "{\"spec\":$spec}" || fail "camera $1: $(json_member detail)"
  else
    say "Adding camera $1"
    call POST /v1/cameras "{\"name\":\"$1\",\"spec\":$spec}" \
      || fail "camera $1: $(json_member detail)"
  fi
  while call GET "/v1/cameras/$1"; do
    phase=$(json_member phase)
    [ "$phase" != streaming ] || return 0
    if [ $((SECONDS - start)) -ge 20 ]; then break; fi
    sleep 0.3
  done
  say "Camera $1 gives no pictures yet: $(json_member message)"
  say "It is tried again and again; ./.aspen/aspen camera get $1 says more."
}

# The command-line client with its server and token, as .aspen/aspen.
write_client() {
  printf '{"server": "http://127.0.0.1:%s", "token_file": %s}\n' "$port" \
    "$(json_text "$state/secrets/operator-token")" >"$state/client.json"
  cat >"$state/aspen" <<END
#!/bin/sh
unset ASPEN_SERVER ASPEN_TOKEN
ASPEN_CONFIG=$(printf '%q' "$state/client.json") exec $(printf '%q' "$state/bin/aspen") "\$@"
END
  chmod 700 "$state/aspen"
}

show_result() {
  local token client="$state/aspen"
  token=$(cat "$state/secrets/operator-token")
  if [ -z "${ASPEN_STATE_DIR:-}" ] && [ "$PWD" = "$root" ]; then client=./.aspen/aspen; fi
  cat <<END

ASPEN is running.

  Live page   http://127.0.0.1:$port/#token=$token
  Token       $token
  Logs        $state/logs

Try:
  $client camera list
  $client camera add front-door rtsp://user:password@192.168.1.20/stream1
  $client snapshot $(first_camera) --file picture.jpg

Stop with deploy/quickstart.sh stop; started again, everything is still there.
END
}

first_camera() {
  local name=demo
  if call GET '/v1/streams?limit=1'; then name=$(json_member name); fi
  printf '%s\n' "${name:-demo}"
}

do_status() {
  local name pid missing=0
  [ -d "$state" ] || fail "nothing was started here yet ($state does not exist)"
  for name in controller worker camera; do
    if pid=$(running_pid "$name"); then
      printf '%-11s runs, process %s\n' "$name" "$pid"
      continue
    fi
    # Without a demo camera all is well too.
    [ "$name" = camera ] || missing=$((missing + 1))
    if [ -e "$state/run/$name.pid" ]; then
      printf '%-11s has ended; see %s\n' "$name" "$state/logs/$name.log"
    else
      printf '%-11s does not run\n' "$name"
    fi
  done
  if [ -f "$(postgres_data)/PG_VERSION" ]; then
    if postgres_runs; then say "postgresql  runs"; else say "postgresql  does not run"; fi
  fi
  if running_pid controller >/dev/null; then
    port=$(cat "$state/run/controller.port")
    if curl -fsS --max-time 3 "http://127.0.0.1:$port/readyz" >/dev/null; then
      say "live page   http://127.0.0.1:$port/#token=$(cat "$state/secrets/operator-token")"
    else
      say "live page   http://127.0.0.1:$port/ is not ready"
      exit 1
    fi
  fi
  [ "$missing" = 0 ]
}

do_stop() {
  [ -d "$state/run" ] || { say "nothing was started here"; return; }
  # Viewers first see the camera go, then the worker, then the controller; the database is last.
  stop_daemon worker
  stop_daemon controller
  stop_daemon camera
  stop_postgres
}

do_reset() {
  do_stop
  local link=${ASPEN_STATE_DIR:-$root/.aspen}
  # Only a directory that this script made is deleted.
  if [ -d "$state/run" ] && [ -d "$state/secrets" ]; then
    rm -rf "$state"
    case $(socket_directory) in /tmp/aspen-*) rm -rf "$(socket_directory)" ;; esac
    if [ -L "$link" ]; then rm -f "$link"; fi
    say "$state deleted"
  fi
}

main "$@"
