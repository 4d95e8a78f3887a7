package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// What tshark shows of the tickets with the same keytab, by place and bytes.
var (
	ticketParts = []string{
		`kerberos.keytype 23+1 ticket 12`,
		`kerberos.keyvalue 28+32 ticket ` + strings.Repeat("0", 64),
		`kerberos.crealm 64+12 ticket 534d42444946462e54455354`,
		`kerberos.CNameString 91+6 ticket 746573746572`,
		`kerberos.tr_type 105+1 ticket 01`,
		`kerberos.authtime 114+15 ticket 32303236313132313039343534315a`,
	}
	openedParts = []string{
		`kerberos.authenticator_vno 10+1 authenticator 05`,
		`kerberos.CNameString 42+6 authenticator 746573746572`,
		`kerberos.cksumtype 56+3 authenticator 008003`,
		`kerberos.gssapi.len 63+4 authenticator 10000000`,
		`kerberos.gssapi.bdn 67+16 authenticator 00000000000000000000000000000000`,
		`kerberos.keyvalue 126+32 authenticator ` + strings.Repeat("0", 64),
		`kerberos.ad_type 189+2 authenticator 0081`,
		`kerberos.ENCTYPE 214+1 authenticator 17`,
		`kerberos.keyvalue 43+32 ap-rep ` + strings.Repeat("0", 64),
	}
	sealedParts = []string{
		`kerberos.gssapi.checksum.flags.mutual 83+4 authenticator 3e010000`,
		`kerberos.ctime 98+15 authenticator 32303236313132313039343635345a`,
		`kerberos.seq_number 162+4 authenticator 31d7a191`,
		`kerberos.ctime 8+15 ap-rep 32303236313132313039343635345a`,
		`kerberos.cusec 27+3 ap-rep 05ef16`,
		`kerberos.seq_number 79+4 ap-rep 1b1f79c3`,
	}
)

// The beginnings of the session keys and subkeys of both traces.
var ticketKeys = []string{"371cfdca90162a3a", "f2e63082fca56d0f", "f8c078f19fd5d1c6", "2d8e86a46f416241", "4908dc2d536329e3"}

// TestTicketParts opens the encrypted parts of Kerberos messages: a keytab all,
// the client's credential cache all but the ticket. No key is shown.
func TestTicketParts(t *testing.T) {
	keytab, ccache := filepath.Join(traces, "krb5.keytab"), filepath.Join(traces, "krb5.ccache")
	for _, c := range []struct {
		capture, key string
		ticket       bool
		want         [][]string
	}{
		{"krb5-SMB3_11-AES-256-GCM.pcap", keytab, true, [][]string{ticketParts, openedParts, sealedParts}},
		{"krb5-SMB3_11-AES-256-GCM.pcap", ccache, false, [][]string{openedParts, sealedParts}},
		{"krb5-NT1-signed.pcap", keytab, true, [][]string{ticketParts, openedParts}},
		{"krb5-NT1-signed.pcap", ccache, false, [][]string{openedParts}},
		{"krb5-NT1-signed.pcap", "", false, nil},
	} {
		args := []string{"dump", "--raw", bareCopy(t, c.capture)}
		if c.key != "" {
			args = append(args, "-k", c.key)
		}
		_, out, _ := run(t, args...)
		for _, want := range c.want {
			for _, line := range want {
				if !hasField(out, line) {
					t.Errorf("%s with %s: no %s", c.capture, filepath.Base(c.key), line)
				}
			}
		}
		if got := strings.Contains(out, `"buffer":"ticket"`); got != c.ticket {
			t.Errorf("%s with %s: ticket opened %v", c.capture, filepath.Base(c.key), got)
		}
		if got := strings.Contains(out, `"buffer":"authenticator"`); got != (c.key != "") {
			t.Errorf("%s with %s: authenticator opened %v", c.capture, filepath.Base(c.key), got)
		}
		for _, key := range ticketKeys {
			if strings.Contains(out, key) {
				t.Errorf("%s with %s shows the key %s...", c.capture, filepath.Base(c.key), key)
			}
		}
	}
}

// hasField looks for a field: its name, place, buffer and bytes.
func hasField(out, line string) bool {
	var name, buf, raw string
	var off, n int
	if _, err := fmt.Sscanf(line, "%s %d+%d %s %s", &name, &off, &n, &buf, &raw); err != nil {
		return false
	}
	place := fmt.Sprintf(`"offset":%d,"length":%d,"buffer":"%s","raw":"%s"`, off, n, buf, raw)
	for rest := out; ; {
		_, after, ok := strings.Cut(rest, `{"name":"`+name+`",`)
		if !ok {
			return false
		}
		if head, _, _ := strings.Cut(after, `"children":`); strings.Contains(head, place) {
			return true
		}
		rest = after
	}
}
