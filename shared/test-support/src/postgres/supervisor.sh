# Runs a private PostgreSQL: $1 is the folder of its binaries, $2 its port.
# Commands come on standard input, a line each: start, stop. Each is answered with done or failed.
# When the input ends, which it does with the process that started this, the server and its data go.
# It outlives its caller by as long as it takes to clean up, so it must not die with it.
trap '' HUP INT TERM PIPE
umask 077
bin=$1
port=$2
dir=$(mktemp -d "${TMPDIR:-/tmp}/tandem-postgres.XXXXXX") || exit 1

prepare() {
    [ -d "$dir/data" ] && return
    "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync ||
        "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync
}

start() {
    options="-k $dir -p $port -c listen_addresses=127.0.0.1 -c max_connections=300"
    options="$options -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    prepare && "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "$options" start
}

stop() {
    "$bin/pg_ctl" -D "$dir/data" -w -m "${1:-fast}" stop
}

while read -r command; do
    if "$command" >"$dir/output" 2>&1; then
        echo done
    else
        cat "$dir/output" "$dir/log" >&2
        echo failed
    fi
done
stop immediate >/dev/null 2>&1
rm -rf "$dir"
