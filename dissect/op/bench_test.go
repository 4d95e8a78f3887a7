package op

import "testing"

// BenchmarkAppendLine writes the line of a READ as lists have it.
func BenchmarkAppendLine(b *testing.B) {
	o := Op{Start: 1_733_000_001_234_567_000, RTT: 56_789, Offset: 0, Length: 700, Num: 123456, Session: 3, Tree: 7, Open: 65432, Path: 1, Request: 1,
		Response: 2, ReqFrame: 123456, RespFrame: 123457, State: Answered | WasSealed, Command: 8, Proto: SMB2, Of: 1}
	name := func(k uint32) string { return []string{"", `d1\s0\file00002.txt`}[k] }
	var line []byte
	for b.Loop() {
		line = o.AppendLine(line[:0], 1_733_000_000_000_000_000, name)
	}
}
