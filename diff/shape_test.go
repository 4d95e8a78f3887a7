package diff

import (
	"fmt"
	"strings"
	"testing"
)

// TestShape holds times against those beside them.
func TestShape(t *testing.T) {
	all := defs()
	message := func(times string) *message {
		var b strings.Builder
		names := []string{"create", "last_access", "last_write", "last_change"}
		for i, v := range strings.Fields(times) {
			n := int64(0)
			if fmt.Sscan(v, &n); n != 0 {
				n = 133_000_000_000_000_000 + n*10_000 // of a second, the thousandth part
			}
			fmt.Fprintf(&b, "smb2.%s.time %d\n", names[i], n)
		}
		return plant(all, b.String())
	}
	for _, c := range []struct{ name, a, b, shape, zero string }{
		{"later", "1 1 1 1", "90000 90000 90000 90000", "", ""},
		{"all other", "1 2 3 4", "90000 80000 70000 60000", "", ""},
		{"written later", "1 1 1 1", "90000 90000 99000 90000", "last_write", ""},
		{"made earlier", "1 1 1 1", "90000 90000 99000 99000", "create", ""},
		{"all part", "1 1 1 1", "90000 90000 95000 99000", "last_change", ""},
		{"soon", "1 1 1 1", "90000 90000 91000 91000", "", ""},
		{"never one", "1 1 5000 9000", "90000 90000 99000 94000", "", ""},
		{"read later", "1 1 1 1", "90000 99000 90000 90000", "", ""},
		{"none", "1 1 1 1", "90000 90000 0 90000", "last_write", "last_write"},
		{"no times", "0 0 0 0", "0 0 0 0", "", ""},
	} {
		for how, want := range map[string]string{"shape": c.shape, "zero": c.zero} {
			m, err := maskOf(t, "m.toml", "extends = \"none\"\n[[mask]]\nfield = \"*.time\"\nhow = \""+how+"\"\n")
			if err != nil {
				t.Fatal(err)
			}
			for _, times := range [2][2]string{{c.a, c.b}, {c.b, c.a}} {
				x := &Comparer{mask: newMask(m)}
				x.differ(PartResponse, message(times[0]), message(times[1]))
				var got []string
				for _, ch := range x.changes {
					if ch.Masked == "" {
						got = append(got, strings.TrimSuffix(strings.TrimPrefix(ch.Name, "smb2."), ".time"))
					}
				}
				if strings.Join(got, " ") != want {
					t.Errorf("%s, %s: %v, want %s", c.name, how, got, want)
				}
			}
		}
	}
}
