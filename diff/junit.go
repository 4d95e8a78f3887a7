package diff

import (
	"bufio"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"smbdiff/dissect/field"
)

// WriteJUnit writes the comparison as a test suite: a test case for each
// session, and one for each connection with what belongs to no session. A
// failure's text is where the two sides part.
func (r *Result) WriteJUnit(out io.Writer) error {
	w := bufio.NewWriter(out)
	j := junitWriter{Writer: w, r: r}
	cases := j.cases()
	failed, bad := 0, 0
	for _, c := range cases {
		if c.first >= 0 {
			failed++
		} else if c.unread > 0 && !r.options.AllowSealed {
			bad++
		}
	}
	whole := failed+bad == 0 && r.Exit == 2 // no session says why
	all := len(cases)
	if whole {
		all, bad = all+1, bad+1
	}
	counts := ` tests="` + strconv.Itoa(all) + `" failures="` + strconv.Itoa(failed) + `" errors="` + strconv.Itoa(bad) + `"`
	j.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", counts, ">\n<testsuite name=\"", escape("smbdiff "+r.A.File+" "+r.B.File), "\"", counts, ">\n")
	for _, c := range cases {
		j.test(c)
	}
	if whole {
		j.write("<testcase classname=\"smbdiff\" name=\"comparison\">\n<error message=\"", escape(r.Sentence()), "\"/>\n</testcase>\n")
	}
	j.write("</testsuite>\n</testsuites>\n")
	return w.Flush()
}

type junitWriter struct {
	*bufio.Writer
	r *Result
	c *Comparer
}

// testCase is the rows of one session or connection.
type testCase struct {
	name                 string
	first                int // row that says most, -1: none differs
	rows, differ, unread int
	listed               []int
	outcome              bool
}

// mostListed bounds the rows named in a failure.
const mostListed = 20

// cases sums up the rows in the order in which sessions first appear.
func (j *junitWriter) cases() []*testCase {
	type id struct {
		side    int
		session bool
		num     uint32
	}
	r := j.r
	var list []*testCase
	known := map[id]*testCase{}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Out {
			continue
		}
		a, b := r.pairOps(row)
		k, o := id{0, a.Session != 0, a.Session}, &a
		if row.A == 0 {
			o = &b
			if n := r.session(&a, &b); n != 0 {
				k = id{0, true, n}
			} else {
				k = id{1, b.Session != 0, b.Session}
			}
		}
		if !k.session {
			k.num = r.conn(row) + 1
		}
		c := known[k]
		if c == nil {
			c = &testCase{first: -1, name: r.caseName(k.side, k.session, k.num, o.Conn)}
			known[k], list = c, append(list, c)
		}
		c.add(i, row.Grade)
	}
	return list
}

func (c *testCase) add(i int, g Grade) {
	c.rows++
	switch {
	case g == Unread:
		c.unread++
	case g.Shows():
		c.differ++
		if outcome := g != Differs; c.first < 0 || outcome && !c.outcome {
			c.first, c.outcome = i, outcome
		}
		if len(c.listed) < mostListed {
			c.listed = append(c.listed, i)
		}
	}
}

func (r *Result) caseName(side int, session bool, num, conn uint32) string {
	if !session {
		return "connection C" + strconv.FormatUint(uint64(conn)+1, 10)
	}
	name := "session S" + strconv.FormatUint(uint64(num), 10)
	if all := r.traces[side].Sessions(); int(num) <= len(all) {
		if u := r.name(side)(all[num-1].User); u != "" {
			name += " " + u
		}
	}
	return name
}

func (j *junitWriter) test(c *testCase) {
	name := c.name
	j.write("<testcase classname=\"smbdiff\" name=\"", escape(name), "\"")
	switch {
	case c.first >= 0:
		if j.c == nil {
			j.c = j.r.Comparer()
		}
		text, reason, _ := j.r.divergence(j.c, c.first)
		if f := j.r.First; f != nil && f.Row == c.first {
			text += "; suspect: " + f.suspicion()
		}
		j.write(">\n<failure type=\"", reason, "\" message=\"", escape("differ at "+text), "\">")
		for _, i := range c.listed {
			text, _, _ := j.r.divergence(j.c, i)
			j.write(escape(text), "\n")
		}
		if n := c.differ - len(c.listed); n > 0 {
			j.write("and ", number(n, "more row"), "\n")
		}
		j.write("</failure>\n</testcase>\n")
	case c.unread > 0:
		what := "error"
		if j.r.options.AllowSealed {
			what = "skipped"
		}
		j.write(">\n<", what, " message=\"", escape(strconv.Itoa(c.unread)+" of "+number(c.rows, "row")+" not compared"), "\"/>\n</testcase>\n")
	default:
		j.write("/>\n")
	}
}

func (j *junitWriter) write(parts ...string) {
	for _, p := range parts {
		j.WriteString(p)
	}
}

// escape makes text safe for XML and for a terminal.
func escape(s string) string {
	var out strings.Builder
	xml.EscapeText(&out, []byte(field.Safe(s)))
	return out.String()
}
