# shellcheck shell=bash
# What bench/run measures with, one function a measurement. Each prints one line of name=value pairs
# into $RAW; bench/report makes tables of them.

# ---- the group of processes that a server is: all of it is counted, children too ----

# Of a machine that still has the older groups beside them, the newer ones lie in "unified".
cgroups=/sys/fs/cgroup
[ -e $cgroups/cgroup.procs ] || cgroups=$cgroups/unified

group_of() { echo "$cgroups/bench-$1-$$"; }

in_group() { # SERVER COMMAND...: started in the server's group, like all that it starts
    local group
    group=$(group_of "$1")
    shift
    (
        echo "$BASHPID" >"$group/cgroup.procs"
        exec "$@" </dev/null
    )
}

processor_us() { awk '$1 == "usage_usec" {print $2}' "$(group_of "$1")/cpu.stat"; }
memory() { "$BUILD/bench/bench_memory" "$(group_of "$1")/cgroup.procs"; }

# By the names of processes: "postern-core 7400", in kilobytes.
memory_by_name() {
    local process
    while read -r process; do
        awk -v name="$(cat "/proc/$process/comm")" '$1 == "Pss:" {print name, $2; exit}' \
            "/proc/$process/smaps_rollup"
    done <"$(group_of "$1")/cgroup.procs" |
        awk '{kb[$1] += $2} END {for (name in kb) printf "%s_kb=%d ", name, kb[name]}'
}

start_server() { in_group "$1" "$BENCH/servers/$1" start; }
stop_server() { "$BENCH/servers/$1" stop; }

# ---- load and sink ----

# Takes the place of its shell, so that who sends it off can end it: called as (load ...).
load() { # SERVER OPTIONS...
    local server=$1 port=${1^^}_PORT
    shift
    exec "$BUILD/bench/bench_load" --port "${!port}" --users "$STATE/$server.users" "$@"
}

# The same over the API: load_raw1, load_raw2 and load_quota over TLS, load_quota_clear without.
load_api() { # PORT USERS OPTIONS...
    local port=$1 users=$2
    shift 2
    exec "$BUILD/bench/bench_api" --port "$port" --users "$STATE/$users" "$@"
}
load_raw1() { load_api "$HTTPS_PORT" "$1.users" --tls 1 --operation raw1 "${@:2}"; }
load_raw2() { load_api "$HTTPS_PORT" "$1.users" --tls 1 --operation raw2 "${@:2}"; }
load_quota() { load_api "$HTTPS_PORT" "$1.readers" --tls 1 --operation quota "${@:2}"; }
load_quota_clear() { load_api "$HTTP_PORT" "$1.readers" --operation quota "${@:2}"; }

sink() { # COMMAND: the text of its reply
    local reply
    exec 4<>"/dev/tcp/127.0.0.1/$SINK_PORT"
    read -r _ <&4
    printf '%s\r\n' "$1" >&4
    read -r reply <&4
    exec 4>&-
    reply=${reply%$'\r'}
    echo "${reply#250 }"
}

value() { # NAME "a=1 b=2"
    tr ' ' '\n' <<<"$2" | sed -n "s/^$1=//p"
}

record() { echo "$*" >>"$RAW"; }

# ---- measurements ----

# The processor time is that of the server alone, from before the first connection until the last
# message has arrived and a second has passed, in which what was delivered is written down.
measure_cell() { # SERVER CONNECTIONS EACH MESSAGES [LOAD]
    local server=$1 load=${5-load} before result arrived=0 last unsigned memory
    sink XRESET >/dev/null
    record "kind=disk $(measure_disk)"
    "$BUILD/bench/bench_memory" "$(group_of "$server")/cgroup.procs" peak >"$STATE/peak" &
    local watcher=$!
    before=$(processor_us "$server")
    result=$("$load" "$server" --connections "$2" --each "$3" --messages "$4" --bytes 4096) || true
    for _ in $(seq 1200); do
        read -r arrived last unsigned _ < <(sink XSTAT)
        [ "$arrived" -ge "$4" ] && break
        sleep 0.1
    done
    sleep 1
    local used=$(($(processor_us "$server") - before))
    kill "$watcher"
    wait "$watcher" || true
    memory=$(cat "$STATE/peak")
    record "kind=cell server=$server load=$load connections=$2 each=$3 wanted=$4 arrived=$arrived last=$last" \
        "unsigned=$unsigned processor_us=$used $result $memory"
}

# Calls that only read.
measure_calls() { # SERVER CONNECTIONS EACH CALLS LOAD
    local before result
    before=$(processor_us "$1")
    result=$("$5" "$1" --connections "$2" --each "$3" --messages "$4") || true
    record "kind=calls load=$5 connections=$2 wanted=$4" \
        "processor_us=$(($(processor_us "$1") - before)) $result"
}

# From the start of the parent to an answer; the client is there already, and tries all the time.
measure_start() { # SERVER LOAD STORED
    local client
    "$2" "$1" --rest 2 >"$STATE/first" 2>/dev/null &
    client=$!
    start_server "$1"
    wait "$client" || true
    record "kind=start load=$2 stored=$3 began=$(cat "$STATE/$1.started") $(cat "$STATE/first")"
    stop_server "$1"
}

measure_disk() { "$BUILD/bench/bench_disk" "$STATE/disk"; }

# The memory of connections that are logged in and silent, or had one answer and are, on a server
# that was just started.
measure_idle() { # SERVER CONNECTIONS OPENING [LOAD]
    local server=$1 load=${4-load} before after by_name_before by_name_after holder
    start_server "$server"
    ("$load" "$server" --connections 16 --each 4 --messages 64) >/dev/null # what is allocated once
    sleep 1
    before=$(value memory_kb "$(memory "$server")")
    by_name_before=$(memory_by_name "$server")
    : >"$STATE/held"
    "$load" "$server" --connections "$2" --opening "$3" --hold 1 >"$STATE/held" &
    holder=$!
    until grep -q ready= "$STATE/held"; do
        kill -0 "$holder" || break
        sleep 0.2
    done
    sleep 2
    after=$(value memory_kb "$(memory "$server")")
    by_name_after=$(memory_by_name "$server")
    kill "$holder"
    wait "$holder" || true
    record "kind=idle server=$server connections=$2 opening=$3 before_kb=$before after_kb=$after" \
        "$(tr '\n' ' ' <"$STATE/held")"
    record "kind=idle_by_name server=$server connections=$2 opening=$3 when=before $by_name_before"
    record "kind=idle_by_name server=$server connections=$2 opening=$3 when=after $by_name_after"
    stop_server "$server"
}

# Mail that finds no way out: what each further message costs while the queue grows, and what the
# queue takes. The sink answers each recipient with 450; the next attempts lie after the end.
measure_queue() { # RECIPIENTS EACH
    local server=postern steps=5 before used memory_before held=0 messages
    messages=$(($1 / $2 / steps))
    export EXTRA='--set delivery.retry_first=6h --set delivery.retry_max=6h'
    sink 'XREFUSE 1' >/dev/null
    start_server $server
    (load $server --connections 16 --each 4 --messages 64) >/dev/null
    settle $server
    memory_before=$(value memory_kb "$(memory $server)")
    record "kind=poll queued=$(queued) $(poll)"
    for _ in $(seq $steps); do
        before=$(processor_us $server)
        (load $server --connections 16 --each 100 --messages $messages --recipients "$2") \
            >"$STATE/filled" || true
        settle $server
        used=$(($(processor_us $server) - before))
        held=$(queued)
        record "kind=queue queued=$held messages=$messages recipients=$2 processor_us=$used" \
            "before_kb=$memory_before after_kb=$(value memory_kb "$(memory $server)")" \
            "$(cat "$STATE/filled")"
        record "kind=poll queued=$held $(poll)"
    done
    before=$(processor_us $server)
    sleep 10
    record "kind=waiting queued=$held seconds=10 processor_us=$(($(processor_us $server) - before))"
    record "kind=queue_by_name $(memory_by_name $server)"
    stop_server $server
    sink 'XREFUSE 0' >/dev/null
    unset EXTRA
}

queued() {
    "$BUILD/src/postern" queue list --limit 1 --json --dir "$STATE/postern" |
        sed -n 's/.*"queued":\([0-9]*\).*/\1/p'
}

poll() { "$BUILD/bench/bench_poll" "$STATE/postern/postern.db"; }

# Until the server does next to nothing: less than a twentieth of a second in one.
settle() {
    local before
    for _ in $(seq 600); do
        before=$(processor_us "$1")
        sleep 1
        [ $(($(processor_us "$1") - before)) -lt 50000 ] && return
    done
}

measure_policies() {
    "$BUILD/bench/bench_policy" | sed 's/^/kind=policy /' >>"$RAW"
}
