package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compressions are what is asked for, and the algorithms that tshark then sees in a
// transform of a WRITE or a READ.
var compressions = map[string]string{
	"LZNT1": "0x0000,0x0001", "LZ77": "0x0000,0x0002", "LZ77+Huffman": "0x0000,0x0003",
	"Pattern_V1": "0x0000,0x0004,0x0000", "Pattern_V1,LZ77": "0x0000,0x0004,0x0002",
	"LZNT1,LZ77": "0x0000,0x0001", "unchained,LZNT1": "0x0001", "LZ77,unchained": "0x0002", "LZ77+Huffman,unchained": "0x0003",
}

// compressed records a scenario that writes and reads 20 KB, compressed.
func compressed(t *testing.T, list, protection string) (file string) {
	text := strings.Repeat("=", 9000)
	for i := range 900 {
		text += fmt.Sprintf("line %d;", i*i)
	}
	dir := t.TempDir()
	scenario := filepath.Join(dir, "s.txt")
	body := "compress " + list + "\n" + protection + "\ntext a.txt " + text + "\ncat a.txt\ntext b.txt short\ncat b.txt\n"
	if err := os.WriteFile(scenario, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"record", scenario, "--seed", "3", "-o", filepath.Join(dir, "x")}, &out, &errs); code != exitDone {
		t.Fatalf("%s: exit %d: %s", list, code, &errs)
	}
	return filepath.Join(dir, "x.pcapng")
}

// TestCompression has every algorithm come back whole, under signatures and seals.
func TestCompression(t *testing.T) {
	plain, err := os.Stat(compressed(t, "off", ""))
	if err != nil {
		t.Fatal(err)
	}
	for list := range compressions {
		for _, protection := range []string{"", "sign", "seal"} {
			file := compressed(t, list, protection)
			judge(t, list+" "+protection, file)
			if info, err := os.Stat(file); err != nil || info.Size() > plain.Size()*3/4 {
				t.Errorf("%s %s: %d bytes, %d without compression", list, protection, info.Size(), plain.Size())
			}
		}
	}
}

// TestCompressionTshark has tshark decompress them.
func TestCompressionTshark(t *testing.T) {
	peer(t, "tshark")
	for list, want := range compressions {
		file := compressed(t, list, "seal")
		key, err := os.ReadFile(strings.TrimSuffix(file, ".pcapng") + ".keys")
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "tshark", "-r", file, "-o", "uat:smb2_seskey_list:"+strings.TrimSpace(string(key)), "-T", "fields",
			"-e", "smb2.cmd", "-e", "smb2.header.comp_transform.comp_alg", "-e", "_ws.malformed", "-Y", "smb2.header.comp_transform.comp_alg || _ws.malformed")
		cmd.Env = append(os.Environ(), "WIRESHARK_CONFIG_DIR="+t.TempDir())
		out, err := cmd.Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != "9\t"+want+"\t\n8\t"+want {
			t.Errorf("%s: tshark sees %q, %v", list, got, err)
		}
	}
}

// TestPackings holds what --compress takes.
func TestPackings(t *testing.T) {
	for s, want := range map[string]string{
		"off": "[] false", "LZ77": "[LZ77] true", "lznt1, Pattern_V1": "[LZNT1 Pattern_V1] true",
		"unchained,Pattern_V1,LZ77+Huffman": "[LZ77+Huffman] false", allPacking: "[Pattern_V1 LZ77 LZ77+Huffman LZNT1] true",
	} {
		if c, err := packings(s); err != nil || fmt.Sprint(c.Algorithms, c.Chained) != want {
			t.Errorf("%s: %v, %v", s, c, err)
		}
	}
	for _, s := range []string{"", "LZ78", "LZ77,", "none"} {
		if c, err := packings(s); err == nil {
			t.Errorf("%q: %v", s, c)
		}
	}
}
