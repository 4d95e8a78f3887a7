package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const parityData = "../../testdata/parity"

// wording decides whether two texts say the same.
type wording struct {
	names    map[string]map[uint64]string // tshark's names of values, by field
	ranges   map[string][]valueRange
	accepted map[string]bool     // field, tshark's words, ours
	wrong    map[string][]string // fields that tshark reads wrong
}

type valueRange struct {
	from, to uint64
	name     string
}

func readWording(t *testing.T) *wording {
	w := &wording{names: map[string]map[uint64]string{}, ranges: map[string][]valueRange{}, accepted: map[string]bool{}, wrong: table(t, "tshark-wrong.tsv")}
	out, err := exec.Command("tshark", "-G", "values").Output()
	if err != nil {
		t.Skipf("interop: tshark -G values: %v", err)
	}
	for _, l := range strings.Split(string(out), "\n") {
		f := strings.Split(l, "\t")
		if len(f) < 4 || !ofInterest(f[1]) {
			continue
		}
		n, err := strconv.ParseUint(f[2], 0, 64)
		if err != nil {
			continue
		}
		switch f[0] {
		case "V", "V64":
			if w.names[f[1]] == nil {
				w.names[f[1]] = map[uint64]string{}
			}
			if w.names[f[1]][n] == "" {
				w.names[f[1]][n] = f[3]
			}
		case "R":
			to, _ := strconv.ParseUint(f[3], 0, 64)
			if len(f) > 4 {
				w.ranges[f[1]] = append(w.ranges[f[1]], valueRange{n, to, f[4]})
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(parityData, "rewordings.tsv"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, l := range strings.Split(string(text), "\n") {
		if f := strings.Split(l, "\t"); len(f) >= 3 {
			w.accepted[strings.Join(f[:3], "\t")] = true
		}
	}
	return w
}

func ofInterest(name string) bool {
	prefix, _, _ := strings.Cut(name, ".")
	switch prefix {
	case "smb", "smb2", "smb_pipe", "nt", "ntlmssp", "spnego", "gss-api", "kerberos", "lanman", "browser", "mailslot", "nbss", "dcerpc",
		"srvsvc", "wkssvc", "lsarpc", "samr", "svcctl", "winreg", "epm", "rsvd":
		return true
	}
	return false
}

// name is tshark's name of a field's value, "" when it has none.
func (w *wording) name(field string, n uint64) string {
	if s := w.names[field][n]; s != "" {
		return s
	}
	for _, r := range w.ranges[field] {
		if n >= r.from && n <= r.to {
			return r.name
		}
	}
	return ""
}

func number(s string) (uint64, bool) {
	switch s {
	case "True":
		return 1, true
	case "False":
		return 0, true
	}
	if n, err := strconv.ParseUint(s, 0, 64); err == nil && (s == "0" || s[0] != '0' || strings.HasPrefix(s, "0x")) {
		return n, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return uint64(n), err == nil
}

// theirText is what tshark shows for the field.
func (w *wording) theirText(f *theirs) string {
	if n, ok := number(f.Show); ok {
		if s := w.name(f.Name, n); s != "" {
			return s
		}
	}
	return f.Show
}

// agree reports whether our text says what tshark's says.
func (w *wording) agree(f *theirs, o *ours) bool {
	if x := w.wrong[f.Name]; f.Show == o.Show || x != nil && strings.HasSuffix(x[0], "value") {
		return true
	}
	value := strings.Trim(string(o.Value), `"`)
	if strings.ReplaceAll(f.Show, ":", "") == f.Value {
		return true // octets are all that tshark shows
	}
	if value == "null" { // octets: they are equal
		return len(o.Children) > 0 || !isText(f.Show, f.Value)
	}
	if n, ok := number(f.Show); ok {
		if m, isNumber := number(value); isNumber {
			if f.Masked != nil && m != 0 && n > m && n%m == 0 { // shown in its place
				n = m
			}
			if m != n && m != n&(1<<(8*uint(max(1, min(8, f.Size))))-1) {
				return false
			}
			return w.sameName(f.Name, w.name(f.Name, n), o.Show)
		}
		if o.Show == dosDate(n) || o.Show == dosClock(n) {
			return true
		}
	}
	if t, ok := theirTime(f.Show); ok {
		return sameTime(t, o.Show)
	}
	return w.sameName(f.Name, f.Show, o.Show)
}

// isText reports whether tshark shows more of the field than its octets.
func isText(show, value string) bool {
	digits := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(show, "0x"), ":", ""))
	if digits == "" || strings.HasPrefix(value, digits) || strings.HasPrefix(value, "sha256:") {
		return false
	}
	_, isNumber := number(show)
	return !isNumber
}

// dosDate and dosClock are the words of [MS-CIFS] 2.2.1.4, for which tshark
// shows the number.
func dosDate(n uint64) string { return fmt.Sprintf("%04d-%02d-%02d", 1980+n>>9, n>>5&15, n&31) }

func dosClock(n uint64) string { return fmt.Sprintf("%02d:%02d:%02d", n>>11, n>>5&63, n&31*2) }

// theirTime reads tshark's times. The year may have five digits.
func theirTime(show string) (t time.Time, ok bool) {
	before, after, _ := strings.Cut(show, ", ")
	year, clock, _ := strings.Cut(after, " ")
	n, err := strconv.Atoi(year)
	if err != nil {
		return t, false
	}
	far := n > 9999
	if far {
		year = "9999"
	}
	t, err = time.Parse("Jan _2, 2006 15:04:05.000000000 MST", before+", "+year+" "+clock)
	if far {
		t = t.AddDate(1, 0, 0)
	}
	return t, err == nil
}

// sameTime compares times. The values that stand for no time have words of
// their own here, where tshark shows 1970 or a year far away.
func sameTime(t time.Time, show string) bool {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} {
		if u, err := time.Parse(layout, show); err == nil {
			return u.Equal(t)
		}
	}
	if t.Year() > 9999 {
		return strings.HasPrefix(show, "do not change") || strings.HasPrefix(show, "enable updates") || strings.HasPrefix(show, "0x")
	}
	return t.Unix() == 0 && strings.HasPrefix(show, "not set")
}

func (w *wording) sameName(field, theirs, ours string) bool {
	if theirs == "" || plain(theirs) == plain(ours) || strings.HasSuffix(ours, " ("+theirs+")") {
		return true
	}
	name := bare(ours)
	return plain(theirs) == plain(name) || w.accepted[field+"\t"+theirs+"\t"+name]
}

// bare is our text without the number behind the name.
func bare(ours string) string {
	if i := strings.LastIndex(ours, " ("); i >= 0 {
		return ours[:i]
	}
	return ours
}

// plain drops what does not tell words apart. Control characters stand as
// tshark writes them, but those that it shows as spaces.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0xa0 && r != 0xfffd:
			b.WriteRune(r)
		case r == '\n' || r == '\r' || r == '\t':
		case r < ' ' || r == 0x7f:
			b.WriteString("x" + strconv.FormatUint(uint64(r), 16))
		}
	}
	return b.String()
}
