#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL: on loopback, in a temporary folder, as a user who is not root, gone
# afterwards. The command finds it under SPEECHOPS_TEST_DATABASE_URL.
#
#   scripts/with-postgres.sh npx vitest run test/fleet
#
# Nothing of it outlives the command, so it writes nothing out for a power cut; with --durable, as for benchmarks, it does.
set -euo pipefail

durable=no
if [ "${1:-}" = --durable ]; then
  durable=yes
  shift
fi

if [ "$#" -eq 0 ]; then
  echo "usage: scripts/with-postgres.sh [--durable] COMMAND [ARGUMENT…]" >&2
  exit 2
fi

# Debian keeps the server's programs out of PATH, in a folder of each version: the newest one counts.
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || true)")
if [ ! -x "$bin/initdb" ]; then
  echo "error: Install PostgreSQL first (Debian: apt-get install postgresql): found no initdb" >&2
  exit 3
fi

# The server refuses root: then the package's own user runs it, or else nobody.
as_server=()
if [ "$(id -u)" = 0 ]; then
  user=$(id -un postgres 2>/dev/null || echo nobody)
  as_server=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups env "HOME=/tmp")
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/speechops-postgres-XXXXXX")
chmod 755 "$folder"
[ "${#as_server[@]}" -eq 0 ] || chown "$user" "$folder"
server() { (cd "$folder" && "${as_server[@]}" "$@"); }
stop() {
  server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

server "$bin/initdb" -D "$folder/data" -U speechops -A trust -E UTF8 --no-sync >/dev/null
port=
for _ in 1 2 3 4 5; do
  candidate=$((20000 + RANDOM % 20000))
  options="-c listen_addresses=127.0.0.1 -p $candidate -c unix_socket_directories='' -c max_connections=200"
  [ "$durable" = yes ] || options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  if server "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "$options" start >/dev/null 2>&1; then
    port=$candidate
    break
  fi
done
if [ -z "$port" ]; then
  echo "error: PostgreSQL did not start:" >&2
  tail -n 5 "$folder/log" >&2
  exit 3
fi

status=0
SPEECHOPS_TEST_DATABASE_URL="postgresql://speechops@127.0.0.1:$port/postgres" "$@" || status=$?
exit "$status"
