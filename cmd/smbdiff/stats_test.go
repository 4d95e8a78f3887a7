package main

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestStats holds statistics against their files; SMBDIFF_UPDATE=1 writes them.
func TestStats(t *testing.T) {
	for name, args := range map[string][]string{
		"sealed":      {"good"},
		"sealed-pair": {"good", "missing"},
		"smb1":        {"sc-NT1-meta-plain"},
		"break":       {"rec-lease-break"},
		"compound":    {"rec-compound"},
		"filtered":    {"good", "--filter", `smb2.filename contains "plan" || cmd == READ`},
		"facts":       {"good", "--filter", "status.class == error || cmd == LOGOFF"},
		"shut":        {unkeyed(t, "torture-tcon-seal-256ccm")},
		"json":        {"good", "missing", "--format", "json"},
	} {
		t.Run(name, func(t *testing.T) {
			for i, a := range args {
				if _, err := os.Stat(filepath.Join(traces, a+".pcap")); err == nil {
					args[i] = filepath.Join(traces, a+".pcap")
				}
			}
			_, got, _ := run(t, append([]string{"stats"}, args...)...)
			path := filepath.Join("testdata", "stats", name+".txt")
			if os.Getenv("SMBDIFF_UPDATE") == "1" {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// unkeyed copies a capture to where no keys lie beside it.
func unkeyed(t *testing.T, name string) string {
	b, err := os.ReadFile(filepath.Join(traces, name+".pcap"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name+".pcap")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

var srtLine = regexp.MustCompile(`(?m)^ +(\d+)  .{16,20}? +(\d+) +(\d+\.\d+) +(\d+\.\d+) +(\d+\.\d+) +(\d+\.\d+)$`)

// TestStatsTshark holds counts and response times against those of tshark.
func TestStatsTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal(err)
		}
		t.Skip("interop: tshark is not installed (LookPath)")
	}
	for _, name := range []string{"sc-SMB2_10-multi-plain", "sc-SMB2_10-links-plain", "missing", "sc-SMB3_11-multi-sign-AES-128-CMAC"} {
		path := filepath.Join(traces, name+".pcap")
		out, err := exec.Command("tshark", append(tsharkArgs(path), "-q", "-z", "smb2,srt")...).Output()
		if err != nil {
			t.Fatal(err)
		}
		_, got, _ := run(t, "stats", "--format", "json", path)
		var ours struct {
			Commands []struct {
				Protocol string
				Code     int `json:"command_code"`
				A        struct {
					RTT struct{ Count, Min, Max, Sum int64 } `json:"rtt_ns"`
				}
			}
		}
		if err := json.Unmarshal([]byte(got), &ours); err != nil {
			t.Fatal(err)
		}
		lines := srtLine.FindAllStringSubmatch(string(out), -1)
		if len(lines) < 5 {
			t.Fatalf("%s: no table in\n%s", name, out)
		}
		for _, l := range lines {
			code, _ := strconv.Atoi(l[1])
			found := false
			for _, c := range ours.Commands {
				if c.Protocol != "SMB2" || c.Code != code {
					continue
				}
				found = true
				r := c.A.RTT
				for i, v := range []int64{r.Count, r.Min, r.Max, -1, r.Sum} {
					if want, _ := strconv.ParseFloat(l[2+i], 64); v >= 0 && i > 0 && math.Abs(want-float64(v)/1e9) > 1e-6 || i == 0 && want != float64(v) {
						t.Errorf("%s: command %d: %d in column %d, tshark has %s", name, code, v, i, strings.TrimSpace(l[0]))
					}
				}
			}
			if !found {
				t.Errorf("%s: command %d is missing", name, code)
			}
		}
	}
}
