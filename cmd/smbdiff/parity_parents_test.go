package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

// parentBar is the share of occurrences, in percent, that stand under the
// parent that tshark gives them, or under a finer one below it.
const parentBar = 99

// under counts how often a field stands below another, by both names.
type under map[[2]string]int

// TestParents holds the trees of every fourth checked-in capture against
// tshark's: the nearest parent with a name must be above the field here too.
func TestParents(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal(err)
		}
		t.Skip("interop: tshark is not installed")
	}
	if testing.Short() || os.Getenv("SMBDIFF_CORPUS") == "" && os.Getenv("SMBDIFF_INTEROP") != "require" {
		t.Skip("interop: SMBDIFF_CORPUS names no folder of captures")
	}
	paths, _ := filepath.Glob(filepath.Join(traces, "*.pcap"))
	accepted := table(t, "parents.tsv")
	want, have := under{}, under{}
	for i := 0; i < len(paths); i += 4 {
		theirParents(t, paths[i], want)
		ourParents(t, paths[i], have)
	}
	all, good := 0, 0
	var odd []string
	for k, n := range want {
		if listed(accepted, k[0]+" in "+k[1]) {
			continue
		}
		m := min(n, have[k])
		all, good = all+n, good+m
		if m < n && have[[2]string{k[0], ""}] > 0 {
			odd = append(odd, fmt.Sprintf("%6d of %6d: %s in %s", n-m, n, k[0], k[1]))
		}
	}
	sort.Sort(sort.Reverse(sort.StringSlice(odd)))
	t.Logf("%d fields with a parent in tshark, %.2f %% below it here\n%s", all, percent(good, all), strings.Join(odd[:min(60, len(odd))], "\n"))
	if percent(good, all) < parentBar {
		t.Errorf("%.2f %% of the fields are below their parent, the bar is %d", percent(good, all), parentBar)
	}
}

// theirParents reads tshark's PDML.
func theirParents(t *testing.T, path string, count under) {
	conf := t.TempDir()
	if keys, err := os.ReadFile(strings.TrimSuffix(path, filepath.Ext(path)) + ".keys"); err == nil {
		if err := os.WriteFile(filepath.Join(conf, "smb2_seskey_list"), keys, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("tshark", "-n", "-r", path, "-d", "tcp.port==4451-4462,nbss", "-T", "pdml", "-o", "tcp.reassemble_out_of_order:TRUE")
	cmd.Env = append(os.Environ(), "WIRESHARK_CONFIG_DIR="+conf, "LC_ALL=C.UTF-8")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: tshark: %v", path, err)
	}
	d := xml.NewDecoder(bytes.NewReader(clean(out)))
	d.Strict = false
	var names []string // of the open fields, "" for those without a name
	inside := 0        // how deep below a layer of SMB
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: PDML: %v", path, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local != "field" && e.Name.Local != "proto" {
				continue
			}
			name, size, made := attributes(e)
			if e.Name.Local == "proto" {
				if name == "smb" || name == "smb2" || inside > 0 {
					inside++
				}
				names = append(names, "")
				continue
			}
			ghost := slices.Contains(names, "smb.fid") // see withoutGhosts
			if inside > 0 && size > 0 && !made && !ghost && name != "" {
				for i := len(names) - 1; i >= 0; i-- {
					if names[i] != "" {
						count[[2]string{name, names[i]}]++
						break
					}
				}
			}
			names = append(names, name)
		case xml.EndElement:
			if e.Name.Local == "proto" && inside > 0 {
				inside--
			}
			if e.Name.Local == "field" || e.Name.Local == "proto" {
				names = names[:len(names)-1]
			}
		}
	}
}

func attributes(e xml.StartElement) (name string, size int, made bool) {
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "name":
			name = a.Value
		case "size":
			fmt.Sscan(a.Value, &size)
		case "hide":
			made = a.Value == "yes"
		}
	}
	return name, size, made || strings.HasPrefix(name, "_ws.")
}

// clean drops what XML may not hold.
func clean(b []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, b)
}

// ourParents counts every field below every one above it, and below "".
func ourParents(t *testing.T, path string, count under) {
	code, out, stderr := run(t, "dump", path)
	if code == exitTrouble && out == "" {
		t.Fatalf("%s: %s", path, stderr)
	}
	file := filepath.Join(t.TempDir(), "dump")
	if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, m := range lines[ourMessage](t, file) {
		below(m.Outer, nil, count)
		below(m.Fields, nil, count)
	}
}

func below(fields []ours, above []string, count under) {
	for i := range fields {
		f := &fields[i]
		count[[2]string{f.Name, ""}]++
		for k, a := range above {
			if !slices.Contains(above[:k], a) {
				count[[2]string{f.Name, a}]++
			}
		}
		below(f.Children, append(above[:len(above):len(above)], f.Name), count)
	}
}
