#!/usr/bin/env bash
# Makes the captures that bench.sh measures:
#
#   small.pcap   sealed AES-128-GCM, many small messages, four clients at once, MTU 1500
#   bulk.pcap    sealed AES-128-GCM, 500 MB of file data, MTU 1500
#   large.pcap   sealed AES-128-GCM, 1 GB of file data, MTU 65535
#   large2.pcap  the same commands a second time
#
# and beside each X.pcap its X.keys (session id, session key, "", "").
#
#   make-captures.sh OUTDIR [NAME...]        NAME: small bulk large large2 (default: all that are not there yet)
#
# Needs root and, on Debian: samba smbclient tcpdump iproute2 ethtool. Server and clients live in two network
# namespaces of their own, so nothing of the host is touched and nothing else enters the captures.
#
# Sizes may be made smaller: SMALL_FILES=6400 (files handled in small.pcap, about 68 messages each), BULK_MB=500, LARGE_MB=1024.
set -euo pipefail
export LC_ALL=C

fail() { echo "make-captures: $*" >&2; exit 1; }

[ $# -ge 1 ] || fail "usage: make-captures.sh OUTDIR [NAME...]"
[ "$(id -u)" = 0 ] || fail "needs root for network namespaces and tcpdump"
for tool in smbd smbclient smbpasswd tcpdump ip ethtool; do
  command -v "$tool" >/dev/null || fail "$tool is not installed (apt-get install samba smbclient tcpdump iproute2 ethtool)"
done

mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for n in small bulk large large2; do
    [ -s "$out/$n.pcap" ] || names+=("$n")
  done
fi
[ ${#names[@]} -gt 0 ] || exit 0

small_files=${SMALL_FILES:-6400}
bulk_mb=${BULK_MB:-500}
large_mb=${LARGE_MB:-1024}
clients=4
account=daemon
password=Bench-pass1
server_ip=192.0.2.1
client_ip=192.0.2.2

work=$(mktemp -d "${TMPDIR:-/tmp}/smbdiff-bench.XXXXXX")
chmod 755 "$work"
ns_server=bench-s$$
ns_client=bench-c$$
smbd_pid=
dump_pid=

finish() {
  set +e
  [ -z "$dump_pid" ] || kill "$dump_pid"
  [ -z "$smbd_pid" ] || kill "$smbd_pid"
  for ns in "$ns_server" "$ns_client"; do
    ip netns pids "$ns" 2>/dev/null | xargs -r kill 2>/dev/null
    ip netns del "$ns" 2>/dev/null
  done
  rm -rf "$work"
}
trap finish EXIT

# network: a veth pair without any offload, so that packets are captured as they would cross a wire
network() {
  ip netns add "$ns_server"
  ip netns add "$ns_client"
  ip link add b-s$$ netns "$ns_server" type veth peer name b-c$$ netns "$ns_client"
  ip -n "$ns_server" addr add $server_ip/24 dev b-s$$
  ip -n "$ns_client" addr add $client_ip/24 dev b-c$$
  ip netns exec "$ns_server" ethtool -K b-s$$ tso off gso off gro off tx off rx off sg off >/dev/null
  ip netns exec "$ns_client" ethtool -K b-c$$ tso off gso off gro off tx off rx off sg off >/dev/null
  for side in "$ns_server lo" "$ns_server b-s$$" "$ns_client lo" "$ns_client b-c$$"; do
    set -- $side
    ip -n "$1" link set "$2" up
  done
}

set_mtu() {
  ip -n "$ns_server" link set b-s$$ mtu "$1"
  ip -n "$ns_client" link set b-c$$ mtu "$1"
}

server() {
  mkdir -p "$work"/{state,share,log}
  chmod 1777 "$work/share"
  cat > "$work/smb.conf" <<CONF
[global]
  server role = standalone server
  workgroup = BENCH
  netbios name = BENCHSRV
  disable netbios = yes
  smb ports = 445
  server min protocol = SMB3_11
  smb encrypt = required
  server smb3 encryption algorithms = AES-128-GCM
  load printers = no
  disable spoolss = yes
  log file = $work/log/smbd
  passdb backend = tdbsam:$work/state/passdb.tdb
  private dir = $work/state
  lock directory = $work/state
  state directory = $work/state
  cache directory = $work/state
  pid directory = $work/state
  ncalrpc dir = $work/state/rpc
[bench]
  path = $work/share
  read only = no
CONF
  printf '%s\n%s\n' $password $password | smbpasswd -s -c "$work/smb.conf" -a $account >/dev/null 2>&1
  ip netns exec "$ns_server" smbd --foreground -s "$work/smb.conf" >"$work/log/stdout" 2>&1 </dev/null &
  smbd_pid=$!
  local tries=0
  until run_client 1 -c exit </dev/null >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || fail "smbd does not answer: $(tail -n 2 "$work/log/stdout" "$work/log/smbd" 2>/dev/null | tr '\n' ' ')"
    sleep 0.2
  done
}

# run_client ID ARGS...: smbclient in the client's namespace; its key dump goes to the log of ID
run_client() {
  local id=$1
  shift
  ip netns exec "$ns_client" smbclient "//$server_ip/bench" -s "$work/smb.conf" -U "$account%$password" -m SMB3_11 \
    --client-protection=encrypt --option='debug encryption=yes' "$@" >"$work/log/client.$id" 2>&1
}

# key_list: from the key dumps of the clients to one line a session
key_list() {
  awk '
    function hex(from, to,   s, i) { s = ""; for (i = from; i <= to; i++) s = s tolower($i); return s }
    $1 == "Session" && $2 == "Id"  { id = hex(4, 11) }
    $1 == "Session" && $2 == "Key" { if (!(id in done)) print id "," hex(4, 19) ",\"\",\"\""; done[id] = 1 }
  ' "$work"/log/client.*
}

# recorded NAME FUNCTION ARGS...: runs the function under tcpdump, once more when the kernel dropped packets
recorded() {
  local name=$1 dropped attempt
  shift
  for attempt in 1 2 3; do
    rm -rf "$work/share" "$work"/log/client.*
    mkdir "$work/share"
    chmod 1777 "$work/share"
    ip netns exec "$ns_client" tcpdump -i b-c$$ -n -Z root -s 0 -B 400000 -w "$out/$name.pcap" tcp port 445 2>"$work/log/tcpdump" >/dev/null &
    dump_pid=$!
    until grep -q 'listening on' "$work/log/tcpdump"; do
      kill -0 "$dump_pid" 2>/dev/null || fail "tcpdump: $(cat "$work/log/tcpdump")"
      sleep 0.05
    done
    "$@"
    sleep 2
    kill -INT "$dump_pid"
    wait "$dump_pid" || true
    dump_pid=
    dropped=$(awk '/dropped by kernel/ { print $1 }' "$work/log/tcpdump")
    if [ "${dropped:-1}" = 0 ]; then
      key_list > "$out/$name.keys"
      echo "make-captures: $name.pcap: $(stat -c %s "$out/$name.pcap") bytes, $(awk '/packets captured/ { print $1 }' "$work/log/tcpdump") packets," \
        "$(wc -l < "$out/$name.keys") sessions" >&2
      return
    fi
    echo "make-captures: $name: attempt $attempt lost ${dropped:-some} packets" >&2
  done
  fail "$name: the kernel drops packets on this machine"
}

# many_files COUNT: every client works on its share of the files; each file is written, asked about, listed, renamed and read
many_files() {
  local each=$(($1 / clients)) id waiting=()
  head -c 700 /dev/urandom > "$work/note"
  for id in $(seq $clients); do
    awk -v id="$id" -v n="$each" -v note="$work/note" 'BEGIN {
      top = "user" id
      print "mkdir " top
      for (i = 0; i < n; i++) {
        if (i % 40 == 0) { dir = top "\\box" i / 40; print "mkdir " dir }
        a = dir "\\note" i ".txt"; b = dir "\\done" i ".txt"
        print "put " note " " a
        print "allinfo " a
        print "ls " a
        print "get " a " /dev/null"
        print "rename " a " " b
        print "ls " dir "\\absent" i
        if (i % 4 == 3) print "del " b
        if (i % 40 == 39) print "ls " dir "\\*"
      }
    }' > "$work/commands.$id"
    run_client "$id" < "$work/commands.$id" &
    waiting+=($!)
  done
  for id in "${waiting[@]}"; do
    wait "$id" || true # smbclient's exit code speaks of the last command, which may ask for an absent file
  done
}

# file_data MEGABYTES: half of it is put, half of it is got back
file_data() {
  local part=$(($1 >= 512 ? 64 : 4)) i
  head -c ${part}M /dev/urandom > "$work/block"
  for i in $(seq $((($1 + part) / (2 * part)))); do
    printf 'put %s block%d\nget block%d /dev/null\ndel block%d\n' "$work/block" "$i" "$i" "$i"
  done > "$work/commands"
  run_client 1 < "$work/commands" || fail "smbclient: $(tail -n 2 "$work/log/client.1")"
}

network
set_mtu 1500
server
for n in "${names[@]}"; do
  case $n in
  small) set_mtu 1500; recorded small many_files "$small_files" ;;
  bulk) set_mtu 1500; recorded bulk file_data "$bulk_mb" ;;
  large | large2) set_mtu 65535; recorded "$n" file_data "$large_mb" ;;
  *) fail "unknown capture $n" ;;
  esac
done
