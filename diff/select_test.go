package diff

import (
	"strings"
	"testing"
)

func TestParseUntil(t *testing.T) {
	for text, want := range map[string]string{
		"CREATE/ACCESS_DENIED": "",
		"create docs*/*":       "",
		"NT_*/STATUS_SUCCESS":  "",
		"*/*":                  "",
		"CLOSE/0xc0000008":     "",
		"CLOSE/*denied":        "",
		"READ/END_OF_FIL":      "no status is called END_OF_FIL; did you mean END_OF_FILE?",
		"WRTE/*":               "no operation is called WRTE; did you mean WRITE?",
		"XYZXYZ/*":             "no operation is called XYZXYZ",
		"CREATE":               "CREATE is no OP/STATUS",
		"/*":                   "/* is no OP/STATUS",
		"READ\x1b[31m/*":       `no operation is called READ`,
	} {
		_, err := ParseUntil(text)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if (want == "") != (err == nil) || !strings.HasPrefix(got, want) || strings.Contains(got, "\x1b") {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
