#!/usr/bin/env bash
# Measures smbdiff against tshark on captures it makes itself, and prints a Markdown table.
#
#   bench.sh OUTDIR
#
# OUTDIR gets the captures (made by make-captures.sh unless they are there: root, samba smbclient tcpdump iproute2 ethtool),
# the smbdiff binary and the raw figures (raw.tsv). Needs also: go, tshark, tmux, /usr/bin/time (Debian: tshark tmux time).
#
#   RUNS=5         runs of each program; the table shows medians. The two programs run in turn: A B A B ...
#   ONLY=list      only some of the jobs: list, dump, tui, diff (space separated)
#
# Wall and CPU seconds (user + system) are the shell's, peak memory is /usr/bin/time's in a run of its own before the first that is timed.
# The page cache is warm. Output goes to /dev/null.
# tshark runs with its defaults and the session keys in its own table (smb2_seskey_list).
set -euo pipefail
export LC_ALL=C

fail() { echo "bench: $*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: bench.sh OUTDIR"
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
runs=${RUNS:-5}
only=" ${ONLY:-list dump tui diff} "
for tool in go tshark tmux /usr/bin/time; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done

"$here/make-captures.sh" "$1"
out=$(cd "$1" && pwd)
(cd "$root" && CGO_ENABLED=0 go build -o "$out/smbdiff" ./cmd/smbdiff)
raw=$out/raw.tsv
: > "$raw"
tmp=$(mktemp -d)
socket=smbdiff-bench-$$
finish() {
  tmux -L "$socket" kill-server 2>/dev/null || true
  rm -rf "$tmp"
}
trap finish EXIT
cd "$out"

# measure NAME ACCEPTED COMMAND...: one run; NAME, wall, CPU, peak KiB (first run) as a line of raw.tsv. ACCEPTED: exit codes that are no trouble
TIMEFORMAT='%3R %3U %3S'
measure() {
  local name=$1 accepted=$2 code=0 wall user sys peak=-
  shift 2
  if ! cut -f 1 "$raw" | grep -qxF "$name"; then
    /usr/bin/time -q -o "$tmp/rss" -f %M "$@" >/dev/null 2>"$tmp/stderr" || true
    peak=$(tail -n 1 "$tmp/rss")
  fi
  { time "$@" >/dev/null 2>"$tmp/stderr" || code=$?; } 2>"$tmp/times"
  case " $accepted " in
  *" $code "*) ;;
  *) fail "$* ended with $code: $(tail -n 2 "$tmp/stderr")" ;;
  esac
  read -r wall user sys < "$tmp/times"
  printf '%s\t%s\t%s\t%s\n' "$name" "$wall" "$(awk "BEGIN { print $user + $sys }")" "$peak" >> "$raw"
}

ours() { # ours NAME ACCEPTED ARGS...
  local name=$1 accepted=$2
  shift 2
  measure "$name/smbdiff" "$accepted" ./smbdiff "$@"
}

theirs() { # theirs NAME CAPTURE ARGS...
  local name=$1 capture=$2 config=$tmp/config.$2
  shift 2
  mkdir -p "$config"
  cp "$capture.keys" "$config/smb2_seskey_list"
  measure "$name/tshark" 0 env WIRESHARK_CONFIG_DIR="$config" tshark -r "$capture.pcap" "$@"
}

# first_row CAPTURE: seconds from the start of the program in a terminal of 120x40 to the first operation on its screen
first_row() {
  local began now tries=0
  tmux -L "$socket" -f /dev/null new-session -d -s idle -x 120 -y 40 'sleep 600'
  began=$EPOCHREALTIME
  tmux -L "$socket" new-session -d -s run -x 120 -y 40 "./smbdiff $1.pcap -k $1.keys"
  until tmux -L "$socket" capture-pane -p -t run 2>/dev/null | grep -q -i negotiate; do
    tries=$((tries + 1))
    [ $tries -lt 3000 ] || fail "no row on the screen after 3000 looks: $(tmux -L "$socket" capture-pane -p -t run 2>&1 | head -n 5)"
    sleep 0.01
  done
  now=$EPOCHREALTIME
  tmux -L "$socket" kill-server
  sleep 0.2
  printf '%s\t%s\t-\t-\n' "first row/smbdiff" "$(awk "BEGIN { printf \"%.3f\", $now - $began }")" >> "$raw"
}

median() { # median NAME COLUMN
  awk -F'\t' -v n="$1" -v c="$2" '$1 == n && $c != "-" { print $c }' "$raw" | sort -g |
    awk '{ v[NR] = $1 } END { if (NR == 0) print "-"; else if (NR % 2) print v[(NR + 1) / 2]; else print (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

over() { # over THEIRS OURS: the ratio, one decimal
  awk -v a="$1" -v b="$2" 'BEGIN { if (a == "-" || b == "-" || b == 0) print "-"; else printf "%.1fx", a / b }'
}

mib() { awk -v k="$1" 'BEGIN { if (k == "-") print "-"; else printf "%.0f MiB", k / 1024 }'; }

row() { # row LABEL OURS-NAME [THEIRS-NAME]
  local w c m tw=- tc=- tm=-
  w=$(median "$2" 2) c=$(median "$2" 3) m=$(median "$2" 4)
  if [ $# -gt 2 ]; then
    tw=$(median "$3" 2) tc=$(median "$3" 3) tm=$(median "$3" 4)
  fi
  printf '| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$w" "$tw" "$(over "$tw" "$w")" "$c" "$tc" "$(over "$tc" "$c")" \
    "$(mib "$m")" "$(mib "$tm")" "$(over "$tm" "$m")"
}

wants() { case $only in *" $1 "*) return 0 ;; esac; return 1; }

sync # what is still to be written takes time from what is measured
for c in small bulk large large2; do
  cat "$c.pcap" > /dev/null # warm the page cache
done

for _ in $(seq "$runs"); do
  if wants list; then
    for c in small bulk large; do
      theirs "list $c" $c -Y smb2
      ours "list $c" 0 $c.pcap -k $c.keys
    done
  fi
  if wants dump; then
    theirs "dump json" small -T json
    ours dump 0 dump small.pcap -k small.keys
    theirs "dump ek" small -T ek
  fi
  if wants tui; then first_row large; fi
  if wants diff; then ours diff "0 1" diff large.pcap large2.pcap --key-a large.keys --key-b large2.keys; fi
done

echo "$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(nproc) cores; $(go version | cut -d' ' -f3); $(tshark -v 2>/dev/null | head -n 1)"
echo "small.pcap $(($(stat -c %s small.pcap) / 1000000)) MB, bulk.pcap $(($(stat -c %s bulk.pcap) / 1000000)) MB," \
  "large.pcap $(($(stat -c %s large.pcap) / 1000000)) MB; medians of $runs, seconds"
echo
echo '| job | wall smbdiff | wall tshark | ratio | CPU smbdiff | CPU tshark | ratio | peak smbdiff | peak tshark | ratio |'
echo '|---|---|---|---|---|---|---|---|---|---|'
if wants list; then
  row 'list, small messages: `smbdiff small.pcap` / `tshark -Y smb2`' 'list small/smbdiff' 'list small/tshark'
  row 'list, bulk: `smbdiff bulk.pcap` / `tshark -Y smb2`' 'list bulk/smbdiff' 'list bulk/tshark'
  row 'list, 1 GB: `smbdiff large.pcap` / `tshark -Y smb2`' 'list large/smbdiff' 'list large/tshark'
fi
if wants dump; then
  row 'all fields: `smbdiff dump small.pcap` / `tshark -T json`' dump/smbdiff 'dump json/tshark'
  row 'all fields: `smbdiff dump small.pcap` / `tshark -T ek`' dump/smbdiff 'dump ek/tshark'
fi
if wants tui; then row 'first row on the screen, 1 GB: `smbdiff large.pcap`' 'first row/smbdiff'; fi
if wants diff; then row 'verdict, 1 GB + 1 GB: `smbdiff diff large.pcap large2.pcap`' diff/smbdiff; fi
