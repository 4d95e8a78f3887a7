package filter

import "testing"

func BenchmarkMatch(b *testing.B) {
	r := example()
	for _, src := range []string{"cmd == READ && status != SUCCESS", `smb2.filename contains "zzz"`, `path ~ "\.tmp$"`} {
		f, err := Parse(src)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(src, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Match(r)
			}
		})
	}
}
