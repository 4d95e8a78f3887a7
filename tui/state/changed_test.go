package state

import (
	"strings"
	"testing"

	"smbdiff/diff"
	"smbdiff/dissect/field"
)

// marked gives a line with what is marked as changed between brackets.
func marked(l Line) string {
	var b strings.Builder
	for _, s := range l {
		if s.Style&Changed != 0 {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestMarkParts(t *testing.T) {
	for _, c := range []struct{ text, other, between, want string }{
		{"DFS|LEASING (0x03)", "DFS (0x01)", "| ", "DFS|[LEASING] [(0x03)]"},
		{"DFS|LEAS…", "DFS|LARGE_MTU", "| ", "DFS|LEAS…"},
		{"same", "same", "| ", "same"},
	} {
		if got := marked(markParts(c.text, otherWords(c.text, c.other, c.between), Plain)); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{`docs\report.docx`, `docs\[report.docx]`},
		{"0x00000070", "0x000000[70]"},
		{"e\u0301x", "e\u0301x"},
	} {
		from := strings.IndexAny(c.text, "r7")
		var parts []diff.Span
		if from >= 0 {
			parts = []diff.Span{{From: from, To: from + 2}}
		}
		if got := marked(markParts(c.text, widen(c.text, parts, `\/`), Plain)); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
	// Half of what a terminal shows as one character cannot be marked alone.
	if got := marked(markParts("ae\u0301b", []diff.Span{{From: 2, To: 4}}, Plain)); got != "a[e\u0301]b" {
		t.Errorf("combining: %q", got)
	}
}

func TestFlagChange(t *testing.T) {
	d := &field.Def{Kind: field.Flags, Bits: []field.Bit{{Label: "DFS", Mask: 1}, {Label: "LEASING", Mask: 2}, {Label: "Priority", Mask: 0x70}}}
	if got, want := flagChange(d, 1, 0x22), "-DFS +LEASING Priority=2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := flagChange(d, 3, 3); got != "" {
		t.Errorf("nothing changed: %q", got)
	}
}

// TestChangedCapabilities checks on real captures that the flags that one side
// lacks are named and stand out, in both layouts.
func TestChangedCapabilities(t *testing.T) {
	b := openSide(t, "cause-leases.pcap", false)
	s := started(t, Config{A: openSide(t, "cause-base.pcap", false), B: &b})
	press(s, "]")
	for _, keys := range []string{"", "v"} {
		if keys != "" {
			press(s, keys)
		}
		got := ""
		for _, l := range s.Lines(200, 60) {
			got += marked(l) + "\n"
		}
		for _, want := range []string{"[-MULTI_CHANNEL]  DFS|LEASING", "|[MULTI_CHANNEL]|"} {
			if !strings.Contains(got, want) {
				t.Errorf("after %q the screen lacks %s:\n%s", keys, want, got)
			}
		}
	}
}
