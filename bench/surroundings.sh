# shellcheck shell=bash disable=SC2154 # servers and keep are the caller's
# What a bench stands in: the programs, a directory, ports, a certificate, the sink, and a group of
# processes for each of $servers. Sourced at the top of the project, with $keep set; `finish` runs
# when the script ends.

[ "$(id -u)" -eq 0 ] || { echo "$0: needs root" >&2 && exit 1; }
script/bootstrap --bench
export BENCH=$PWD/bench BUILD=$PWD/build/release
[ -e "$BUILD/build.ninja" ] || meson setup "$BUILD" --buildtype=release -Dtests=false
ninja -C "$BUILD" all bench/bench_{load,api,sink,disk,memory,poll,policy}

# /var/tmp is on a disk; everybody may pass, since each server runs as users of its own.
STATE=$(mktemp -d /var/tmp/postern-bench-XXXXXX)
chmod 755 "$STATE"
export STATE RAW=$STATE/raw DOMAIN=example.test USERS=100
export SINK_PORT=12525 POSTERN_PORT=12587 POSTFIX_PORT=12588 HTTP_PORT=12580 HTTPS_PORT=12543

# shellcheck source=bench/measure.sh
. "$BENCH/measure.sh"

finish() {
    trap - EXIT
    for server in $servers; do
        stop_server "$server" >/dev/null 2>&1 || true
    done
    kill "$sink" 2>/dev/null || true
    sleep 1
    for server in $servers; do
        rmdir "$(group_of "$server")" 2>/dev/null || true
    done
    if [ "$keep" = yes ]; then
        echo "kept: $STATE"
    else
        rm -rf "$STATE"
    fi
}

"$BUILD/bench/bench_sink" $SINK_PORT &
sink=$!
trap finish EXIT
trap 'exit 1' INT TERM

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj "/CN=mx.$DOMAIN" -keyout "$STATE/certificate-key.pem" -out "$STATE/certificate.pem" \
    2>/dev/null
chmod 644 "$STATE/certificate-key.pem" # of this run alone

for server in $servers; do
    mkdir "$(group_of "$server")"
    "$BENCH/servers/$server" setup
done
