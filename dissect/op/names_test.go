package op

import (
	"fmt"
	"strings"
	"testing"
)

// TestNames wants each text kept once, under the number it got first, also when
// the table has grown several times.
func TestNames(t *testing.T) {
	var n Names
	if n.Get(0) != "" || n.Get(7) != "" || n.Intern(nil) != 0 {
		t.Error("an empty table knows names")
	}
	text := func(k int) string {
		if k%100 == 0 {
			return strings.Repeat("long ", 4000+k) // longer than the room of many
		}
		return fmt.Sprintf(`folder\file%d`, k)
	}
	const count = 5000
	for range 2 {
		for k := 1; k <= count; k++ {
			if got := n.Intern([]byte(text(k))); got != uint32(k) {
				t.Fatalf("text %d got number %d", k, got)
			}
		}
	}
	for k := 1; k <= count; k++ {
		if n.Get(uint32(k)) != text(k) {
			t.Fatalf("number %d has become %.40q", k, n.Get(uint32(k)))
		}
	}
}
