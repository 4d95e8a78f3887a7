package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"testing"
)

// moreThanTshark lists captures in which messages are found that tshark 4.0
// loses, with the reason. All other captures must agree with it to the message.
var moreThanTshark = map[string]string{
	"x-missing-c.pcap":          "segments before frame 105 and 244 are missing; tshark reads nothing of those directions any more",
	"x-missing-a.pcap":          "the segment before frame 173 is missing; tshark reads nothing of that direction any more",
	"good-lost.pcap":            "one segment in each direction is missing; tshark stops at each gap",
	"sc-SMB2_10-big-plain.pcap": "frames 92 on: tshark takes the requests behind a large WRITE for a part of it; it lists their responses",
	"OISF-smb-eicar-file-segmentation-random-input.pcap":              "requests in segments of a few bytes; tshark lists only their responses",
	"OISF-smb2-frames-gap-payload-logging-smb2-peter-minus-p191.pcap": "the segment before frame 191 is missing (tshark says so there)",
	"zeek-dce-rpc-20-fids-no-close.pcap":                              "segments before frames 53 to 55 are missing (tshark says so there)",
	"zeek-krb-smb2_krb.pcap":                                          "frame 43 is cut by the snapshot length; tshark stops there",
}

// capturePath is one capture of the corpus with its keys.
type corpusCapture struct {
	path, keys, password string
}

// corpus gives the captures of the folder named by SMBDIFF_CORPUS.
func corpus(t *testing.T) []corpusCapture {
	dir := os.Getenv("SMBDIFF_CORPUS")
	if dir == "" {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal("SMBDIFF_CORPUS is not set")
		}
		t.Skip("interop: SMBDIFF_CORPUS names no folder of captures")
	}
	var all []corpusCapture
	for _, d := range []string{dir, filepath.Join(dir, "public")} {
		manifest, err := os.ReadFile(filepath.Join(d, "MANIFEST.tsv"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(manifest)), "\n")
		column := map[string]int{}
		for i, n := range strings.Split(lines[0], "\t") {
			column[n] = i
		}
		for _, l := range lines[1:] {
			f := strings.Split(l, "\t")
			c := corpusCapture{path: filepath.Join(d, f[0])}
			if k := f[column["keys"]]; k != "-" && k != "" && strings.HasSuffix(k, ".keys") {
				c.keys = filepath.Join(d, k)
			}
			if i, ok := column["password"]; ok && i < len(f) && f[i] != "-" {
				c.password = f[i]
			}
			all = append(all, c)
		}
	}
	return all
}

// seen is what one side finds in a capture.
type seen struct {
	messages map[string]int // "frame protocol command response" to how often
	shut     int
	closed   map[int]bool // frames with a PDU that stays shut
}

func (s *seen) add(frame int, protocol string, command *int, response bool) {
	if command == nil {
		s.shut++
		s.closed[frame] = true
		return
	}
	s.messages[fmt.Sprintf("%d %s %d %v", frame, protocol, *command, response)]++
}

// TestCorpus holds every capture of the corpus against tshark: the same
// messages in the same frames, opened wherever tshark opens them, and the
// fields by name, bytes and what they say (see parity).
func TestCorpus(t *testing.T) {
	captures := corpus(t)
	oracle := os.Getenv("SMBDIFF_ORACLE")
	if oracle == "" {
		oracle = filepath.Join(os.Getenv("SMBDIFF_CORPUS"), "..", "oracle")
	}
	cache := os.Getenv("SMBDIFF_ORACLE_CACHE")
	if cache == "" {
		cache = t.TempDir()
	}
	dumps := t.TempDir()
	p := newParity(t)
	work := make(chan corpusCapture)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for c := range work {
				name := filepath.Base(filepath.Dir(c.path)) + "-" + filepath.Base(c.path)
				expect := filepath.Join(cache, oracleName(c))
				if err := runOracle(oracle, c, expect); err != nil {
					t.Errorf("%s: oracle: %v", name, err)
					continue
				}
				dump := filepath.Join(dumps, name+".ndjson")
				compareCapture(t, c, name, expect, dump)
				p.pair(t, name, expect, dump)
				os.Remove(dump)
			}
		}()
	}
	for _, c := range captures {
		work <- c
	}
	close(work)
	wg.Wait()
	p.report(t)
	t.Run("Planted", func(t *testing.T) { plantedFields(t, captures, cache) })
}

// oracleName is the file that holds what tshark shows of a capture.
func oracleName(c corpusCapture) string {
	return filepath.Base(filepath.Dir(c.path)) + "-" + filepath.Base(c.path) + ".ndjson"
}

func runOracle(oracle string, c corpusCapture, out string) error {
	if _, err := os.Stat(out); err == nil {
		return nil
	}
	args := []string{filepath.Join(oracle, "tsharkoracle.py"), c.path, "--out", out + ".part"}
	if c.keys != "" {
		args = append(args, "--keys", c.keys)
	}
	if c.password != "" {
		args = append(args, "--password", c.password)
	}
	msg, err := exec.Command("python3", args...).CombinedOutput()
	if e, ok := err.(*exec.ExitError); ok && e.ExitCode() == 1 && bytes.Contains(msg, []byte(`"messages": 0`)) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("%v: %s", err, msg)
	}
	return os.Rename(out+".part", out)
}

func compareCapture(t *testing.T, c corpusCapture, name, expect, dump string) {
	args := []string{"dump", "--raw", c.path}
	if c.keys != "" {
		args = append(args, "-k", c.keys)
	}
	if c.password != "" {
		args = append(args, "-k", "password:@"+written(t, "pw", []byte(c.password+"\n")))
	}
	f, err := os.Create(dump)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	var stderr bytes.Buffer
	a := &app{stdout: f, stderr: &stderr}
	code := a.run(args)
	want, ours := read(t, expect), read(t, dump)
	if code == exitTrouble && len(want.messages) > 0 && !strings.Contains(stderr.String(), "cut") {
		t.Errorf("%s: exit %d: %s", name, code, stderr.String())
	}
	var missing, extra []string
	for k, n := range want.messages {
		for i := ours.messages[k]; i < n; i++ {
			missing = append(missing, k)
		}
	}
	for k, n := range ours.messages {
		var frame int
		fmt.Sscan(k, &frame)
		for i := want.messages[k]; i < n && !want.closed[frame]; i++ {
			extra = append(extra, k)
		}
	}
	sort.Strings(missing)
	sort.Strings(extra)
	if len(missing) > 0 {
		t.Errorf("%s: %d messages of tshark are missing: %q", name, len(missing), missing[:min(5, len(missing))])
	}
	if len(extra) > 0 && moreThanTshark[filepath.Base(c.path)] == "" {
		t.Errorf("%s: %d messages that tshark does not have: %q", name, len(extra), extra[:min(5, len(extra))])
	}
	if ours.shut > want.shut {
		t.Errorf("%s: %d PDUs stay shut, tshark leaves %d", name, ours.shut, want.shut)
	}
}

func read(t *testing.T, path string) seen {
	s := seen{messages: map[string]int{}, closed: map[int]bool{}}
	f, err := os.Open(path)
	if err != nil {
		return s
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 1 {
			var m struct {
				Frame       int
				Protocol    string
				Command     json.RawMessage
				CommandCode *int `json:"command_code"`
				Response    bool
			}
			if e := json.Unmarshal(line, &m); e != nil {
				t.Errorf("%s: %v: %.100s", filepath.Base(path), e, line)
				return s
			}
			var n int
			code := m.CommandCode
			if code == nil && json.Unmarshal(m.Command, &n) == nil && string(m.Command) != "null" {
				code = &n
			}
			if m.Protocol != "NBSS" && m.Protocol != "SMB-DIRECT" {
				s.add(m.Frame, m.Protocol, code, m.Response)
			}
		}
		if err != nil {
			return s
		}
	}
}
