package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
)

// TestKeyring reads key files again, tries a key alone, and tells what was
// loaded, as the screen of keys asks for it.
func TestKeyring(t *testing.T) {
	dir := t.TempDir()
	from := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(traces, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	pcap, keyFile := filepath.Join(dir, "good.pcap"), filepath.Join(dir, "good.keys")
	if err := os.WriteFile(pcap, from("good.pcap"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keyFile, from("missing.keys"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := parseFlags("view", []string{pcap})
	if err != nil {
		t.Fatal(err)
	}
	v := &viewer{app: &app{}, flags: f, paths: map[string]int{}, traces: map[*capture.File]*dissect.Trace{}}
	side, err := v.side(0)
	if err != nil {
		t.Fatal(err)
	}
	defer v.close()
	load := func() dissect.Counts {
		if err := side.Load(func() bool { return true }); err != nil {
			t.Fatal(err)
		}
		return side.Trace.Counts()
	}
	if c := load(); c.Opened != 0 {
		t.Fatalf("%d messages open with another's keys", c.Opened)
	}
	if got := side.Keys.Loaded(); !strings.HasPrefix(got, "1 (1 unused: ") || !strings.Contains(got, "good.keys:1: key of session") {
		t.Errorf("loaded: %s", got)
	}
	if got, err := side.Keys.Try(filepath.Join(traces, "good.keys")); err != nil || got != "106 of 106 sealed messages open" {
		t.Errorf("trying the right key: %s, %v", got, err)
	}
	if c := side.Trace.Counts(); c.Opened != 0 {
		t.Error("a key that was only tried is kept")
	}
	if _, err := side.Keys.Try("no such file"); err == nil {
		t.Error("nothing can be tried")
	}
	if err := os.WriteFile(keyFile, from("good.keys"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := side.Keys.Reread(); err != nil {
		t.Fatal(err)
	}
	side = side.Again()
	if c := load(); c.Opened != 106 {
		t.Errorf("after reading again %d messages open", c.Opened)
	}
	if got, err := side.Keys.Check()(); err != nil || len(got) != 1 || !strings.HasPrefix(got[0].Proof, "106/106 tags, ") || got[0].Shut != "" {
		t.Errorf("checked: %+v, %v", got, err)
	}
	if got := side.Keys.Loaded(); got != "1" {
		t.Errorf("loaded: %s", got)
	}
}
