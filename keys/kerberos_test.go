package keys

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKerberosFiles(t *testing.T) {
	for _, c := range []struct {
		file, want string
		n          int
	}{
		{"krb5.keytab", "key of cifs/files.smbdiff.test@SMBDIFF.TEST", 2},
		{"krb5.ccache", "ticket for krbtgt/SMBDIFF.TEST@SMBDIFF.TEST", 2},
	} {
		path := filepath.Join("..", "testdata", "traces", c.file)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := &Ring{}
		if err := r.AddFile(path); err != nil {
			t.Fatal(err)
		}
		if len(r.Kerberos) != c.n || r.Len() != c.n {
			t.Fatalf("%s: %d keys", c.file, len(r.Kerberos))
		}
		k := r.Kerberos[0]
		if k.String() != c.file+": "+c.want || k.EType != 18 || len(k.Key) != 32 || !strings.Contains(k.GoString(), c.file) {
			t.Errorf("%s: %v, type %d, %d bytes", c.file, k, k.EType, len(k.Key))
		}
		again := &Ring{}
		again.Append(r)
		again.Append(r)
		if again.Len() != c.n {
			t.Errorf("%s: %d after appending twice", c.file, again.Len())
		}
		for n := 2; n < len(b); n += 7 {
			r := &Ring{}
			if err := r.AddText("f", b[:n]); err == nil && r.Len() == 0 {
				t.Errorf("%s cut at %d: no key and no error", c.file, n)
			}
		}
		for i := 2; i < len(b); i++ {
			bad := bytes.Clone(b)
			bad[i] = 0xff
			if err := new(Ring).AddText("f", bad); err != nil && !strings.HasPrefix(err.Error(), "f: ") {
				t.Errorf("%s: byte %d: %v", c.file, i, err)
			}
		}
	}
}
