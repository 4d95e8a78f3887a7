package state

import (
	"strings"
	"testing"
)

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in    string
		w     int
		fit   string
		right string
	}{
		{"abc", 5, "abc  ", "  abc"},
		{"abcdef", 4, "abc…", "abc…"},
		{"abcd", 4, "abcd", "abcd"},
		{"漢字漢字", 5, "漢字…", "漢字…"},
		{"漢字漢字", 4, "漢… ", " 漢…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…", "e\u0301…"},
		{"", 2, "  ", "  "},
		{"abc", 0, "", ""},
	} {
		if got := fit(c.in, c.w); got != c.fit {
			t.Errorf("fit(%q, %d) = %q, want %q", c.in, c.w, got, c.fit)
		}
		if got := fitRight(c.in, c.w); got != c.right {
			t.Errorf("fitRight(%q, %d) = %q, want %q", c.in, c.w, got, c.right)
		}
	}
}

func TestLineFit(t *testing.T) {
	l := Line{{"abc", SideA}, {"def", SideB}}
	for w, want := range map[int]string{0: "", 2: "a…", 3: "abc", 5: "abcd…", 6: "abcdef", 8: "abcdef  "} {
		if got := l.fit(w, Plain).String(); got != want {
			t.Errorf("width %d: %q, want %q", w, got, want)
		}
	}
}

func TestASCII(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "─│▸▾≠⇄·…": "-|+-xm.~", "┌CREATE *": "+CREATE *", "é漢": "???", "↑↓ op": "^v op",
	} {
		if got := ascii(in); got != want || Width(got) != Width(in) {
			t.Errorf("ascii(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestBoth checks that the place where two long values part is kept in sight.
func TestBoth(t *testing.T) {
	head := strings.Repeat("x", 100)
	for _, c := range []struct{ a, b string }{{head + "A", head + "B"}, {head + "éA", head + "éB"}, {head, head + "B"}} {
		a, b := both(c.a, c.b, 30)
		if !strings.HasSuffix(a, c.a[len(c.a)-1:]) || !strings.HasSuffix(b, "B") || Width(a) > 30 || Width(b) > 30 {
			t.Errorf("both: %q, %q", a, b)
		}
	}
	if a, b := both("short", head, 30); a != "short" || b != head {
		t.Errorf("both: %q, %q", a, b)
	}
}

func TestFitTail(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{`a\long\path\to\report.txt F3`, 20, `a\lon…\report.txt F3`},
		{`short.txt`, 20, `short.txt`},
		{`averyveryverylongname`, 10, `averyveryverylongname`},
	} {
		if got := fitTail(c.in, c.w); got != c.want {
			t.Errorf("fitTail(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}
