#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL: on loopback, in a temporary folder, as a user who is not root, gone
# afterwards. The command finds it under SPEECHOPS_TEST_DATABASE_URL.
#
#   scripts/with-postgres.sh npx vitest run test/fleet
set -euo pipefail

if [ "$#" -eq 0 ]; then
  echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT…]" >&2
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
