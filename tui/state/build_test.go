package state

import (
	"fmt"
	"strings"
	"testing"

	"smbdiff/dissect/field"
)

// flat makes a tree with one leaf for each letter.
func flat(names string) *field.Tree {
	t := &field.Tree{}
	t.Reset(make([]byte, len(names)), len(names))
	for i, n := range names {
		t.Add(&field.Def{Name: string(n), Kind: field.Uint}, 0, i, 1, uint64(i))
	}
	return t
}

func TestPairChildren(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		mates map[int32]int32
		want  string
	}{
		{"abc", "abc", nil, "a0a0 b1b1 c2c2"},
		{"abc", "ac", nil, "a0a0 b1- c2c1"},
		{"ac", "abc", nil, "a0a0 -b1 c1c2"},
		{"aab", "ab", nil, "a0a0 a1- b2b1"},
		{"", "xy", nil, "-x0 -y1"},
		{"xy", "", nil, "x0- y1-"},
		{"xx", "xx", map[int32]int32{0: 1}, "x0x1 x1x0"},
		{"xy", "yx", nil, "x0x1 y1y0"},
		{"ab", "cd", nil, "a0- b1- -c0 -d1"},
	} {
		trees := [2]*field.Tree{flat(c.a), flat(c.b)}
		var got []string
		for _, p := range pairChildren(trees, [2]int32{}, [2]int32{int32(len(c.a)), int32(len(c.b))}, c.mates) {
			word := ""
			for k, i := range p {
				if i < 0 {
					word += "-"
				} else {
					word += fmt.Sprint(trees[k].Nodes[i].Def.Name, i)
				}
			}
			got = append(got, word)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s and %s: %s, want %s", c.a, c.b, text, c.want)
		}
	}
}
