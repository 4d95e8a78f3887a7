package filter

import (
	"fmt"
	"strings"
	"testing"
)

func TestSeen(t *testing.T) {
	r := example()
	for name, want := range map[string]string{
		"status":            "STATUS_ACCESS_DENIED 2",
		"cmd":               "CREATE 2",
		"smb2.cmd":          "CREATE 2",
		"path":              `docs\Report.docx 2`,
		"smb2.filename":     "report 2",
		"sealed":            "true 2",
		"session":           "S1 2",
		"smb2.ea.data_len":  "1 2 2 2",
		"smb2.flags.async":  "true 2",
		"smb2.flags.dfs":    "false 2",
		"smb2.signature":    "deadbeef 2",
		"ntlmssp.auth.hash": "-",
		"smb2":              "true 2",
		"ntlmssp":           "-",
		"cmd ==":            "-",
		"user":              "",
	} {
		got := "-"
		if s := NewSeen(name); s != nil {
			s.Add(r)
			s.Add(r)
			got = ""
			for _, v := range s.Values() {
				got += fmt.Sprint(" ", v.Text, " ", v.Rows)
				f, err := Parse(name + " == " + v.Text)
				if err != nil || !f.Match(r) {
					t.Errorf("%s == %s: %v, does not match", name, v.Text, err)
				}
			}
		}
		if got = strings.TrimSpace(got); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestLiteralText(t *testing.T) {
	for text, want := range map[string]string{"a.txt": "a.txt", "a b": `"a b"`, "and": `"and"`, "contains": `"contains"`, `x"y`: `"x\"y"`, "a..b": `"a..b"`, "": `""`} {
		if got := literalText(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestValued(t *testing.T) {
	for src, want := range map[string]string{"status == ": "status 10", "cmd in {READ, WR": "command 14", "sta": " 0", "path ~ d": "path 7", `path == "x`: " 0"} {
		name, from := Valued(src)
		if name == "cmd" {
			name = "command"
		}
		if got := fmt.Sprint(name, " ", from); got != want {
			t.Errorf("%q: %s, want %s", src, got, want)
		}
	}
}

func TestOnSide(t *testing.T) {
	for _, c := range []struct {
		src  string
		side byte
		want string
	}{
		{"cmd == CREATE && b.status != SUCCESS", 'a', "a.cmd == CREATE && a.status != SUCCESS"},
		{"a.cmd == CREATE", 'b', "b.cmd == CREATE"},
		{"a.cmd == CREATE && len(a.path) > 3", 0, "cmd == CREATE && len(path) > 3"},
		{"smb2.flags & 2 && !(frame in {1..4})", 'b', "b.smb2.flags & 2 && !(b.frame in {1..4})"},
		{`r.txt`, 'a', `(a.command ~ "r\\.txt" || a.path ~ "r\\.txt" || a.status ~ "r\\.txt")`},
		{"denied", 0, "denied"},
		{"", 'a', ""},
	} {
		got, err := OnSide(c.src, c.side)
		if err != nil || got != c.want {
			t.Errorf("%q: %s, %v, want %s", c.src, got, err, c.want)
		}
		if _, err := Parse(got); err != nil {
			t.Errorf("%q: %v", got, err)
		}
		if bound := Sides(got); c.src != "" && c.src != "denied" && bound != c.side {
			t.Errorf("%q is bound to %d", got, bound)
		}
	}
	if _, err := OnSide("cmd ==", 'a'); err == nil {
		t.Error("half a filter has a side")
	}
	r := example()
	for src, want := range map[string]bool{"report": true, "denied": true, "create": true, "close": false} {
		got, _ := OnSide(src, 'a')
		if f, err := Parse(got); err != nil || f.Match(r) != want {
			t.Errorf("%s: %v, matches %v", got, err, !want)
		}
		got, _ = OnSide(src, 'b')
		if f, err := Parse(got); err != nil || f.Match(r) {
			t.Errorf("%s: %v, matches", got, err)
		}
	}
}
