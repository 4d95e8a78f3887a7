package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkVerbs runs verbs on the captures that testdata/bench/make-captures.sh
// made in the folder $SMBDIFF_BENCH. Its profile is default.pgo, by which the
// compiler decides what to inline.
func BenchmarkVerbs(b *testing.B) {
	dir := os.Getenv("SMBDIFF_BENCH")
	if dir == "" {
		b.Skip("SMBDIFF_BENCH names no folder")
	}
	small := filepath.Join(dir, "small.pcap")
	for _, v := range []struct {
		name string
		args []string
	}{
		{"list small", []string{small}},
		{"list bulk", []string{filepath.Join(dir, "bulk.pcap")}},
		{"dump small", []string{"dump", small}},
		{"diff small", []string{"diff", "--brief", small, small}},
	} {
		b.Run(v.name, func(b *testing.B) {
			for b.Loop() {
				a := &app{stdout: struct{ io.Writer }{io.Discard}, stderr: io.Discard}
				if code := a.run(v.args); code != exitDone {
					b.Fatalf("%q ended with %d", v.args, code)
				}
			}
		})
	}
}
