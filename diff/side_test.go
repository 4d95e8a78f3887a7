package diff

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// TestSideBySide checks that no line is wider than asked for, that words stay
// whole where there is room, and what marks a change inside a text.
func TestSideBySide(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("missing"), true)
	for _, width := range []int{40, 80, 120, 200} {
		text := written(t, Traces(a, b, Options{SideBySide: true, Width: width, Context: 3}))["text"]
		for l := range strings.Lines(text) {
			if n := uniseg.StringWidth(strings.TrimSuffix(l, "\n")); n > width {
				t.Errorf("%d columns: %d in %q", width, n, l)
			}
		}
		if width >= 80 && strings.Count(text, "STATUS_OBJECT_NAME_NOT_FOUND") != 3 {
			t.Errorf("%d columns: words are divided:\n%s", width, text)
		}
	}
	text := written(t, Traces(load(t, pcap("noise-1"), true), load(t, pcap("noise-2"), true), Options{Mask: "none", SideBySide: true, Width: 160}))["text"]
	if !strings.Contains(text, " ^") {
		t.Error("no marks below texts")
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct{ text, head, rest string }{
		{"short", "short", ""},
		{"READ archive plan", "READ archi", "ve plan"},
		{"STATUS_SUCCESS", "STATUS_SUC", "CESS"},
		{`docs\tes\report`, `docs\tes\`, "report"},
		{"a bcdefghijkl", "a bcdefghi", "jkl"},
		{"READ 0+621 x", "READ 0+621", "x"},
	} {
		if head, rest := cut(c.text, 10); head != c.head || rest != c.rest {
			t.Errorf("%q: %q and %q", c.text, head, rest)
		}
	}
}

// TestMost lists some of the rows that differ and says how many more there are.
func TestMost(t *testing.T) {
	a, b := load(t, pcap("good"), true), load(t, pcap("missing"), true)
	for most, want := range map[int]int{0: 0, 1: 3, 3: 1, 4: 0, 9: 0} {
		r := Traces(a, b, Options{Most: most, Context: -1})
		if r.Unlisted != want || r.Differ() != 4 {
			t.Errorf("%d: %d are not listed of %d", most, r.Unlisted, r.Differ())
		}
		for format, text := range written(t, r) {
			said := strings.Contains(text, " more row") || strings.Contains(text, `"unlisted":`)
			if format != "junit" && said != (want > 0) || format == "text" && strings.Count(text, "@@ op ") != 4-want {
				t.Errorf("%d: %s:\n%s", most, format, text)
			}
		}
	}
	if text := written(t, Traces(a, b, Options{Most: 1, First: true}))["text"]; !strings.Contains(text, "@@ op 37 / 37") {
		t.Errorf("the first is not there:\n%s", text)
	}
}
