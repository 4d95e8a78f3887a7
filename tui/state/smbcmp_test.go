package state

import (
	"slices"
	"strings"
	"testing"
)

func TestImportSmbcmp(t *testing.T) {
	for _, c := range []struct{ text, keys, note string }{
		{"[global]\nkey_lwin_next = d\nkey_vsplit_up = KEY_PPAGE\n", "", ""},
		{"; mine\n[global]\nkey_vsplit_up: KEY_F(5)\n", `shrink = "F5"`, ""},
		{"[global]\nKEY_BWIN_NEXT=B\n[other]\nkey_bwin_prev=N\n", `detail-down = "B"`, ""},
		{"[global]\nkey_top_next = J\n", `down = "J ↓"`, ""},
		{"[global]\nkey_lwin_prev = w\n", "previous-a = \"w\"\nwireshark = \"\"", "key w now means previous-a: wireshark has no key"},
		{"[global]\nkey_lwin_prev = q\n", "previous-a = \"q\"\nquit = \"Ctrl-C\"", "key q now means previous-a: quit has Ctrl-C"},
		{"[global]\nkey_lwin_prev = KEY_FOO\n", "", `s:2: key_lwin_prev: no key "KEY_FOO"; previous-a keeps its own`},
		{"[global]\ntshark_path = /bin/tshark\n", "", "s:2: tshark_path: none is needed"},
	} {
		out, notes, err := ImportSmbcmp("s", []byte(c.text))
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		want := "# from s\npreset = \"smbcmp\"\n"
		if c.keys != "" {
			want += "\n[keys]\n" + c.keys + "\n"
		}
		if out != want || strings.Join(notes, "\n") != c.note {
			t.Errorf("%q:\n%s%q\nwant\n%s%q", c.text, out, notes, want, c.note)
		}
	}
	for text, want := range map[string]string{
		"[global]\nkey_lwin_next = w\nkey_lwin_prev = w\n": "s:3: key w means previous-a and next-a (line 2)",
		"[global]\nfoo\n":     "s:2: no setting",
		"key_lwin_next = w\n": "s:1: no setting",
	} {
		if _, _, err := ImportSmbcmp("s", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// FuzzImportSmbcmp checks that what is made of a file is one of settings.
func FuzzImportSmbcmp(f *testing.F) {
	f.Add("[global]\nkey_lwin_next = w\nkey_top_prev = KEY_DOWN\nkey_vsplit_up = KEY_F(5)\n")
	f.Add("[global]\nkey_vsplit_down = \"\nkey_top_next = PgUp\nkey_rwin_prev=^X")
	f.Fuzz(func(t *testing.T, text string) {
		out, _, err := ImportSmbcmp("s", []byte(text))
		if err != nil {
			return
		}
		if _, err := ParseSettings("c.toml", []byte(out)); err != nil {
			t.Errorf("%q: %q: %v", text, out, err)
		}
	})
}

func TestSettingRows(t *testing.T) {
	s, err := ParseSettings("/home/x/c.toml", []byte("preset = \"vi\"\n[keys]\nbytes = \"B\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	rows := s.Rows()
	for _, want := range []SettingRow{
		{"preset", "vi", "table of keys", "c.toml:1"},
		{"theme", "ansi", "colours", "built in"},
		{"bytes", "B", "lists, details", "c.toml:3"},
		{"keys", "F6", "lists, details", "preset vi"},
		{"up", "↑ k", "lists", "preset vi"},
		{"up", "↑ k", "details, windows", "built in"},
		{"end-find", "Esc", "open search", "built in"},
	} {
		if !slices.Contains(rows, want) {
			t.Errorf("no row %q", want)
		}
	}
	told := map[string]bool{}
	for _, r := range (Settings{}).Rows() {
		told[r.Name] = true
	}
	for _, name := range actionNames[1:] {
		if !told[name] {
			t.Errorf("nothing on %s", name)
		}
	}
}
