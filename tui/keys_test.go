package tui

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/keys"
	"smbdiff/tui/state"
)

// shutSide opens a sealed capture without its keys; they can be added.
func shutSide(t *testing.T, name string, files ...string) Side {
	t.Helper()
	f, err := capture.Open(filepath.Join("..", "testdata", "traces", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	ring := &testRing{ring: new(keys.Ring)}
	for _, file := range files {
		if err := ring.ring.AddFile(filepath.Join("..", "testdata", "traces", file)); err != nil {
			t.Fatal(err)
		}
	}
	var again func() Side
	again = func() Side {
		ring.opener = decrypt.NewOpener(ring.ring)
		trace := dissect.NewTrace(f, ring.opener)
		return Side{Name: name, Trace: trace, Load: func(progress func() bool) error { return trace.Load(nil, progress) }, Keys: ring, Again: again}
	}
	return again()
}

type testRing struct {
	ring   *keys.Ring
	opener *decrypt.Opener
}

func (k *testRing) Sessions() []state.KeySession {
	var out []state.KeySession
	for _, s := range k.opener.Sessions() {
		t := state.KeySession{Name: fmt.Sprintf("0x%016x", s.ID), User: s.Account, Dialect: s.Dialect.String(), Cipher: s.Cipher.String(), Proof: "all tags verify"}
		if s.TagsVerified < s.TagsTried {
			what, hint := k.opener.Explain(s.ID, s.Why)
			t.Proof, t.Shut, t.Hint = "no tags verify", s.Why.String()+": "+what, hint
		}
		out = append(out, t)
	}
	return out
}

func (k *testRing) Keys(whole bool) []string {
	var out []string
	for _, x := range k.opener.Keys() {
		text := fmt.Sprintf("%x", x.Session)
		if !whole {
			text = text[:2] + ".." + text[len(text)-2:]
		}
		out = append(out, fmt.Sprintf("0x%016x session key %s", x.SessionID, text))
	}
	return out
}

func (k *testRing) Add(text string) error { return k.ring.AddSpec(text) }

func (k *testRing) Loaded() string { return fmt.Sprint(k.ring.Len()) }

func (k *testRing) Reread() error { return nil }

func (k *testRing) Check() func() ([]state.KeySession, error) {
	return func() ([]state.KeySession, error) { return k.Sessions(), nil }
}

func (k *testRing) Try(text string) (string, error) { return "tried", new(keys.Ring).AddSpec(text) }

// TestAddKey opens two sealed captures with a key that is typed while they are
// on the screen.
func TestAddKey(t *testing.T) {
	b := shutSide(t, "missing.pcap")
	r := newRobot(t, Config{A: shutSide(t, "good.pcap"), B: &b}, 100, 30)
	r.press("K")
	for _, want := range []string{"A 0/106 messages open", "B 0/100 messages open", "no tags verify", "stays shut: no key"} {
		if !strings.Contains(r.text(), want) {
			t.Errorf("the screen lacks %q:\n%s", want, r.text())
		}
	}
	r.press("a", "no such file", "Enter")
	if !strings.Contains(r.text(), "no such file") || strings.Contains(r.text(), "key added") {
		t.Errorf("no complaint:\n%s", r.text())
	}
	r.press("Esc")
	for _, name := range []string{"good.keys", "missing.keys"} {
		r.press("a")
		r.view.PasteHandler()(filepath.Join("..", "testdata", "traces", name), nil)
		r.press("Enter")
	}
	r.view.state.Wait()
	r.draw()
	for _, want := range []string{"A 106/106 messages open", "B 100/100 messages open", "OBJECT_NAME_NOT_FOUND"} {
		if !strings.Contains(r.text(), want) {
			t.Errorf("the screen lacks %q:\n%s", want, r.text())
		}
	}
	r.press("q")
	if !strings.Contains(r.text(), "CREATE *           archiv") {
		t.Errorf("the list does not show what was opened:\n%s", r.text())
	}
}
