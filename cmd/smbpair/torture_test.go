package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// tortureList names the tests of smbtorture 4.17 that the server passes: tier,
// test. Tier 1 has to pass at every change, tier 2 takes minutes; 3 is what
// else passes of the suite smb2.
const tortureList = "testdata/smbtorture.tsv"

// TestSmbtorture runs the tests of tier 1, or those whose tier
// SMBPAIR_TORTURE names.
func TestSmbtorture(t *testing.T) {
	peer(t, "smbtorture")
	if os.Getenv("SMBDIFF_INTEROP") != "require" && os.Getenv("SMBPAIR_TORTURE") == "" {
		t.Skip("takes minutes: SMBDIFF_INTEROP=require or SMBPAIR_TORTURE=1 runs it")
	}
	tier := os.Getenv("SMBPAIR_TORTURE")
	if tier == "" {
		tier = "1"
	}
	f, err := os.Open(tortureList)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		which, name, ok := strings.Cut(lines.Text(), "\t")
		if !ok || which != tier {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, _ := serveShare(t, "mem:")
			torture(t, port, name)
		})
	}
}

// torture runs one test of smbtorture.
func torture(t *testing.T, port, name string) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "smbtorture", "-s", "/dev/null", "//127.0.0.1/data", "-p", port, "-U", "tester%Passw0rd!", name).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("\nsuccess: ")) {
		t.Errorf("%v\n%s", err, out)
	}
}
