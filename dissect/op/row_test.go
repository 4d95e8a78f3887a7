package op

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestNumbers compares what appends numbers with fmt.
func TestNumbers(t *testing.T) {
	numbers := []uint64{0, 1<<63 - 1, 1<<64 - 1}
	for p := uint64(10); p <= 1e18; p *= 10 {
		numbers = append(numbers, p-1, p, p+1)
	}
	for n := range uint64(10000) { // every half of eight digits
		numbers = append(numbers, n, n*1e4, n*10001)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 10000 {
		numbers = append(numbers, r.Uint64()>>r.IntN(64))
	}
	for _, n := range numbers {
		if got, want := string(appendUint([]byte("x"), n)), fmt.Sprintf("x%d", n); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
		ns := int64(n)
		us, sign := n/1000, ""
		if ns < 0 {
			us, sign = uint64(-ns)/1000, "-"
		}
		if got, want := string(AppendSeconds(nil, ns)), fmt.Sprintf("%s%d.%06d", sign, us/1e6, us%1e6); got != want {
			t.Fatalf("%d ns: %s, want %s", ns, got, want)
		}
		if got, want := string(AppendMillis(nil, ns)), fmt.Sprintf("%s%d.%03d", sign, us/1000, us%1000); got != want {
			t.Fatalf("%d ns: %s, want %s", ns, got, want)
		}
	}
}

// TestAppendLine compares lines of every length with their columns padded one by
// one.
func TestAppendLine(t *testing.T) {
	for length := range 300 {
		for _, frame := range []uint32{1, 99999, 1 << 31} {
			path := strings.Repeat("p", length)
			o := Op{Proto: SMB2, Command: 5, Of: 1, Num: 1, Request: 1, Response: 2, ReqFrame: frame, RespFrame: frame + 1, Session: frame,
				Tree: 7, Open: 12, Path: 1, Status: 0xc0000034, State: Answered | WasSealed, Start: 1_234_567_000, RTT: 56_789_012}
			want := fmt.Sprintf("%-13s %-11s %-3s %-3s %-18s %-44s %-24s %s\n", fmt.Sprintf("%d,%d", frame, frame+1), "1.234567",
				fmt.Sprintf("S%d", frame), "T7", " CREATE *", strings.TrimPrefix(path+" F12", " "), "STATUS_OBJECT_NAME_NOT_FOUND", "56.789ms")
			if length == 0 {
				want = strings.Replace(want, "F12       ", "(root) F12", 1)
			}
			room := make([]byte, 3, 3+length%200)
			for i := range room[:cap(room)] {
				room[:cap(room)][i] = '#'
			}
			if got := string(o.AppendLine(room, 0, func(k uint32) string { return []string{"", path}[k] })); got != "###"+want {
				t.Fatalf("path of %d:\n%s\n%s", length, got, "###"+want)
			}
		}
	}
}
