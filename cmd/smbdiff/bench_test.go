package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkVerbs runs verbs on the captures that testdata/bench/bench.sh made in
// the folder $SMBDIFF_BENCH. Its profile is default.pgo, by which the compiler
// decides what to inline. To renew it, without the names of this machine's folders:
//
//	CGO_ENABLED=0 go test -c -trimpath -o /smbdiff.test ./cmd/smbdiff
//	/smbdiff.test -test.run '^$' -test.bench Verbs -test.benchtime 8s -test.cpuprofile cmd/smbdiff/default.pgo
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
				a := &app{stdout: io.Discard, stderr: io.Discard}
				if code := a.run(v.args); code != exitDone {
					b.Fatalf("%q ended with %d", v.args, code)
				}
			}
		})
	}
}
