package diff

import (
	"slices"
	"testing"
)

// TestSlack checks what response times are taken to vary by: as much as they do
// in both directions, but for the most extreme.
func TestSlack(t *testing.T) {
	few, many := slices.Repeat([]int64{1}, 50), slices.Repeat([]int64{80}, 50)
	for _, c := range []struct {
		more [2][]int64
		want int64
	}{
		{[2][]int64{few, few}, 3},
		{[2][]int64{few, append(slices.Clone(few), 2000)}, 3},
		{[2][]int64{few, many}, 3}, // one side is slower
		{[2][]int64{many, append(slices.Clone(many), 2000)}, 240},
		{[2][]int64{nil, many}, 0},
	} {
		if got := slackOf([2][]int64{slices.Clone(c.more[0]), slices.Clone(c.more[1])}, len(c.more[0])+len(c.more[1])); got != c.want {
			t.Errorf("%v, not %v", got, c.want)
		}
	}
}
