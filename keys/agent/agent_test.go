package agent

import (
	"bytes"
	"strings"
	"testing"
)

func TestEntry(t *testing.T) {
	e := entry{pid: 12, socket: "/run/user/1/smbdiff/agent.sock"}
	if got, ok := parseEntry(e.String()); !ok || got != e {
		t.Errorf("%+v", got)
	}
	for _, text := range []string{"", "pid 12\n", "socket x\n", "pid 12\nsocket /run/use", "pid -1\nsocket x\n", "pid x\nsocket x\n"} {
		if e, ok := parseEntry(text); ok {
			t.Errorf("%q: %+v", text, e)
		}
	}
}

// FuzzRead reads requests, answers and registrations of strangers.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := (&request{op: askPut, name: "x", text: []byte("text")}).write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte{'Y', 0, 0, 0, 2, 'o', 'k'})
	f.Add([]byte("pid 7\nsocket s\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := readRequest(bytes.NewReader(b)); err == nil {
			var again bytes.Buffer
			if err := r.write(&again); err != nil || !bytes.HasPrefix(b, again.Bytes()) {
				t.Errorf("%q, %v", again.Bytes(), err)
			}
		}
		if kind, body, err := readAnswer(bytes.NewReader(b)); err == nil && (kind != b[0] || len(body) > len(b)) {
			t.Errorf("%q", body)
		}
		if e, ok := parseEntry(string(b)); ok && !strings.Contains(string(b), e.socket) {
			t.Errorf("%+v", e)
		}
	})
}
