package main

import (
	"flag"
	"strconv"
	"strings"

	"smbdiff/dissect/filter"
)

// sideNames are what stands behind the flags of both sides, of A and of B.
var sideNames = [...]string{"", "-a", "-b"}

// pickFlags choose messages, operations, rows.
func (f *flags) pickFlags(s *flag.FlagSet, verb string) {
	s.Func("Y", "", func(expr string) error { return f.narrow(&f.filter, expr) })
	for i, side := range sideNames {
		if i > 0 && verb != "view" && verb != "diff" && verb != "stats" {
			break
		}
		to := &f.filter
		if i > 0 {
			to = &f.sideFilters[i-1]
		}
		s.Func("filter"+side, "", func(expr string) error { return f.narrow(to, expr) })
		s.StringVar(&f.session[i], "session"+side, "", "")
		s.StringVar(&f.conn[i], "conn"+side, "", "")
	}
}

// pick makes filters of sessions and connections that are named. Those of both
// sides of a comparison go by the numbers of A.
func (f *flags) pick(verb string) error {
	compares := verb == "learn" || len(f.files) == 2 && verb != "stats"
	for i, side := range sideNames {
		to := &f.filter
		if i > 0 {
			to = &f.sideFilters[i-1]
		}
		for _, x := range []struct {
			flag, word string
			fact       string
			letter     byte
			num        *uint32
		}{
			{"--session" + side, f.session[i], "session", 'S', &f.options.Pick.Session},
			{"--conn" + side, f.conn[i], "connection", 'C', &f.options.Pick.Conn},
		} {
			if x.word == "" {
				continue
			}
			expr := "session_id == " + x.word
			if _, err := strconv.ParseUint(x.word, 0, 64); x.letter != 'S' || err != nil || !strings.HasPrefix(x.word, "0x") {
				n, err := numbered(x.flag, x.letter, x.word)
				if err != nil {
					return err
				}
				if i == 0 && compares {
					*x.num = n
					continue
				}
				expr = x.fact + " == " + string(x.letter) + strconv.Itoa(int(n))
			}
			if err := f.narrow(to, expr); err != nil {
				return err
			}
		}
	}
	return nil
}

// onScreen gives the filter with which the screen begins: it goes by numbers of
// each side.
func (f *flags) onScreen() (string, error) {
	out := f.filter
	for i, n := range [...]uint32{f.options.Pick.Session, f.options.Pick.Conn} {
		if n == 0 {
			continue
		}
		fact := [...]string{"session == S", "connection == C"}[i] + strconv.Itoa(int(n))
		if err := f.narrow(&out, "a."+fact+" || only == b && b."+fact); err != nil {
			return "", err
		}
	}
	if out == nil {
		return "", nil
	}
	return out.String(), nil
}

// narrow reads a filter into one that is there or not: what passes both is left.
func (f *flags) narrow(to **filter.Filter, expr string) error {
	x, err := filter.Parse(expr)
	if f.wrong = err; err != nil || x.Empty() {
		return err
	}
	if *to != nil {
		x, f.wrong = filter.Parse("(" + (*to).String() + ") && (" + expr + ")")
	}
	*to = x
	return f.wrong
}

// bindFilters makes the filters of one side part of that of the rows, where
// captures are compared.
func (f *flags) bindFilters(verb string) error {
	for i, x := range f.sideFilters {
		name := "--filter-" + string(rune('a'+i))
		switch {
		case x == nil:
			continue
		case len(f.files) < 2:
			return usageError{what: name + " wants two captures", hint: "--filter EXPR"}
		case verb == "stats":
			continue
		}
		expr, err := filter.OnSide(x.String(), byte('a'+i))
		if err != nil {
			return usageError{what: name + ": " + err.Error(), hint: "smbdiff help filter"}
		}
		if err := f.narrow(&f.filter, expr); err != nil {
			return err
		}
	}
	return nil
}

// filterOf gives the filter of one capture of stats.
func (f *flags) filterOf(i int) *filter.Filter {
	both := f.filter
	if x := f.sideFilters[min(i, 1)]; x != nil {
		f.narrow(&both, x.String())
	}
	return both
}
