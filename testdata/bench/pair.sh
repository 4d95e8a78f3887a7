#!/usr/bin/env bash
# Measures smbpair serve against smbd with eight smbclients at a time, sealed with AES-128-GCM, 1 MiB a request, over loopback,
# and prints a Markdown table.
#
#   pair.sh WORKDIR
#
# WORKDIR gets the shares, a file for each client and the raw figures (pair.tsv); it should be in memory (tmpfs), so that no disk is
# measured, and takes 17 times SIZE. Needs root and: go, samba, smbclient.
#
#   RUNS=5        rounds; the table shows medians. In each round both servers do each job, in turn
#   SIZE=128      MiB that each client puts and gets
#   CLIENTS=8
#   SHARE=folder  or mem: what smbpair keeps the files in
#
# MB/s is over the wall time of all clients together. CPU is the server's own, user and system.
set -euo pipefail
export LC_ALL=C

fail() { echo "pair: $*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: pair.sh WORKDIR"
for tool in go smbd smbclient smbpasswd; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done
root=$(cd "$(dirname "$0")/../.." && pwd)
runs=${RUNS:-5} size=${SIZE:-128} clients=${CLIENTS:-8} place=${SHARE:-folder}
mkdir -p "$1"
work=$(cd "$1" && pwd)
cd "$work"
mkdir -p theirs ours private state
chmod 777 theirs
(cd "$root" && CGO_ENABLED=0 go build -o "$work/smbpair" ./cmd/smbpair)
[ -f data ] || head -c "${size}M" /dev/urandom > data
raw=$work/pair.tsv
: > "$raw"

cat > smb.conf <<CONF
[global]
  server role = standalone server
  bind interfaces only = yes
  interfaces = lo
  smb ports = 4471
  disable spoolss = yes
  load printers = no
  log file = $work/state/log
  private dir = $work/private
  lock directory = $work/state
  state directory = $work/state
  cache directory = $work/state
  pid directory = $work/state
  ncalrpc dir = $work/state
  passdb backend = tdbsam:$work/private/passdb.tdb
  server smb encrypt = required
  server smb3 encryption algorithms = AES-128-GCM
[data]
  path = $work/theirs
  read only = no
CONF
printf 'Passw0rd!\nPassw0rd!\n' | smbpasswd -c smb.conf -s -a root >/dev/null
smbd -F --no-process-group -s smb.conf &
theirs=$!
[ "$place" = mem ] && place=mem: || place=$work/ours
./smbpair serve --listen 127.0.0.1:4472 --share data="$place" --user 'root:Passw0rd!' --seal required --cipher AES-128-GCM >/dev/null &
ours=$!
finish() {
  kill "$theirs" "$ours" 2>/dev/null || true
  wait "$theirs" "$ours" 2>/dev/null || true
  rm -rf theirs/* ours/*
} 2>/dev/null
trap finish EXIT

for port in 4471 4472; do
  tries=0
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || fail "nothing listens on port $port"
    sleep 0.1
  done
done

# cpu PID: seconds of a process and of its children that have ended
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); print ($12 + $13 + $14 + $15) / hz }' "/proc/$1/stat"; }

# job NAME PID PORT COMMAND: all clients do a command; # in it is the client's number
job() {
  local name=$1 pid=$2 port=$3 i list=() before began ended after
  before=$(cpu "$pid")
  began=$EPOCHREALTIME
  for i in $(seq "$clients"); do
    smbclient -s /dev/null //127.0.0.1/data -p "$port" -U 'root%Passw0rd!' -m SMB3_11 --client-protection=encrypt \
      --option='client smb3 encryption algorithms=AES-128-GCM' -c "iosize 1048576; ${4//#/$i}" >"client.$i.log" 2>&1 &
    list+=($!)
  done
  for i in "${list[@]}"; do
    wait "$i" || fail "$name: a client failed: $(tail -n 1 client.*.log)"
  done
  ended=$EPOCHREALTIME
  sleep 0.3 # smbd takes leave of its children
  after=$(cpu "$pid")
  awk "BEGIN { mb = $clients * $size * 1.048576; wall = $ended - $began; printf \"%s\t%.1f\t%.3f\n\", \"$name\", mb / wall, ($after - $before) / mb * 1000 }" >> "$raw"
}

for run in $(seq "$runs"); do
  job write/smbd "$theirs" 4471 'put data f#'
  job write/smbpair "$ours" 4472 'put data f#'
  job read/smbd "$theirs" 4471 'get f# /dev/null'
  job read/smbpair "$ours" 4472 'get f# /dev/null'
done

median() { grep -P "^$1\t" "$raw" | cut -f "$2" | sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
echo "$clients smbclients $(smbclient --version | cut -d ' ' -f 2), AES-128-GCM, 1 MiB a request, $size MiB each, median of $runs, $(nproc) cores:"
echo
echo "| | smbd, MB/s | smbpair, MB/s | of smbd's | smbd, CPU s a GB | smbpair, CPU s a GB |"
echo "|---|---|---|---|---|---|"
for what in write read; do
  a=$(median "$what/smbd" 2) b=$(median "$what/smbpair" 2)
  printf '| %s | %.0f | %.0f | %.0f %% | %.2f | %.2f |\n' "$what" "$a" "$b" "$(awk "BEGIN { print 100 * $b / $a }")" "$(median "$what/smbd" 3)" "$(median "$what/smbpair" 3)"
done
