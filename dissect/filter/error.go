package filter

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"smbdiff/dissect/field"
)

// Error is what is wrong with a filter, and where.
type Error struct {
	Src      string
	From, To int    // octets of Src
	What     string // in one line
	Nearest  string // what may have been meant, to stand in the place
	Hint     string
}

// Error gives it in one line, with the place as the number of a character.
func (e *Error) Error() string {
	s := "filter: char " + strconv.Itoa(utf8.RuneCountInString(e.Src[:e.From])+1) + ": " + e.What
	if e.Nearest != "" {
		s += "; did you mean " + strconv.Quote(e.Nearest) + "?"
	}
	return s
}

// around is how much of a long filter is shown on either side of a mistake.
const around = 60

// Caret gives the filter, of a long one what stands around the mistake, and
// below it marks under the place.
func (e *Error) Caret() (line, marks string) {
	before, here, after := []rune(field.Safe(e.Src[:e.From])), []rune(field.Safe(e.Src[e.From:e.To])), []rune(field.Safe(e.Src[e.To:]))
	if len(before) > around {
		before = append([]rune("..."), before[len(before)-around:]...)
	}
	if len(here) > around {
		here, after = append(here[:around:around], []rune("...")...), nil
	}
	if len(after) > around {
		after = append(after[:around:around], []rune("...")...)
	}
	line = string(before) + string(here) + string(after)
	return line, strings.Repeat(" ", len(before)) + strings.Repeat("^", max(1, len(here)))
}

// quote gives a word of the filter in quotes, of a long one its beginning.
func quote(s string) string {
	if len(s) > around {
		s = strings.ToValidUTF8(s[:around], "") + "..."
	}
	return strconv.Quote(s)
}

// Nearest gives the one of some names that s may have been meant to be, or "".
func Nearest(s string, names []string) string { return nearest(s, names) }

// nearest gives the name that s may have been meant to be, or "". A name that
// ends like s, after a dot, is near too.
func nearest(s string, names []string) string {
	s = strings.ToLower(s)
	best, at := "", len(s)/3+1
	head, last := s[:strings.IndexByte(s, '.')+1], s[strings.LastIndexByte(s, '.')+1:]
	ending := ""
	for _, n := range names {
		l := strings.ToLower(n)
		d := distance(s, l, at-1)
		for _, p := range prefixes {
			if p = strings.ToLower(p); p != "" && strings.HasPrefix(l, p) {
				d = min(d, distance(s, l[len(p):], at-1))
			}
		}
		if d < at {
			best, at = n, d
		}
		if strings.HasSuffix(s, "_"+l) && ending == "" {
			ending = n
		}
		if len(last) > 3 && (strings.HasSuffix(l, "."+last) || strings.HasSuffix(l, "_"+s)) && strings.HasPrefix(l, head) &&
			(ending == "" || len(n) < len(ending)) {
			ending = n
		}
	}
	if ending != "" && at > 1 {
		return ending
	}
	return best
}

// distance is how many octets have to be put in, left out, changed or swapped
// with their neighbour, or more than most.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most || len(a) > 64 {
		return most + 1
	}
	var rows [3][]int
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
	}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, now := rows[0], rows[1], rows[2]
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(above[j]+1, now[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		rows[0], rows[1], rows[2] = above, now, before
	}
	return rows[1][len(b)]
}
