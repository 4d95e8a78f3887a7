package diff

import (
	"fmt"
	"strconv"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/filter"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/op"
)

// Until ends a comparison behind the first operation of a kind.
type Until struct{ command, path, status string }

// ParseUntil reads OP/STATUS: a command, a glob of its path behind a blank, and
// the name or number of its status; globs too, in any case.
func ParseUntil(s string) (*Until, error) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return nil, fmt.Errorf("%s is no OP/STATUS", s)
	}
	u := &Until{status: strings.ToUpper(strings.TrimSpace(s[i+1:]))}
	u.command, u.path, _ = strings.Cut(strings.TrimSpace(s[:i]), " ")
	u.command, u.path = strings.ToUpper(u.command), strings.TrimSpace(u.path)
	if u.command == "" || u.status == "" {
		return nil, fmt.Errorf("%s is no OP/STATUS", s)
	}
	return u, u.known()
}

// known gives an error when no operation has the command, or none the status.
func (u *Until) known() error {
	if err := knownCommand(u.command); err != nil {
		return err
	}
	if _, err := strconv.ParseUint(u.status, 0, 32); err == nil || strings.HasPrefix(u.status, "0X") {
		return nil
	}
	var names []string
	for _, v := range ntstatus.Values() {
		short := strings.TrimPrefix(v.Name, "STATUS_")
		if matches(u.status, v.Name) || matches(u.status, short) {
			return nil
		}
		names = append(names, short)
	}
	return nearest(fmt.Errorf("no status is called %s", field.Safe(u.status)), strings.TrimPrefix(u.status, "STATUS_"), names)
}

func (u *Until) matches(o *op.Op, name func(uint32) string) bool {
	if o.Num == 0 || o.Response == 0 || !matches(u.command, o.CommandName()) || u.path != "" && !matches(u.path, name(o.Path)) {
		return false
	}
	status := statusText(o.Status)
	if matches(u.status, status) || matches(u.status, strings.TrimPrefix(status, "STATUS_")) {
		return true
	}
	n, err := strconv.ParseUint(u.status, 0, 32)
	return err == nil && uint32(n) == o.Status
}

// Pick says which rows count. Numbers of sessions and connections are from 1,
// those of A; 0 picks all.
type Pick struct {
	Session, Conn uint32
	Until         *Until
	Filter        *filter.Filter // nil: all
}

func (p *Pick) all() bool { return p.Session == 0 && p.Conn == 0 && p.Until == nil && p.Filter == nil }

// pick leaves out the rows that are not to be counted.
func (r *Result) pick() {
	p := &r.options.Pick
	if p.all() {
		return
	}
	ended, look := false, newLookers(r.traces)
	for i := range r.Rows {
		row := &r.Rows[i]
		a, b := r.pairOps(row)
		row.Out = ended || p.Session != 0 && r.session(&a, &b) != p.Session || p.Conn != 0 && r.conn(row)+1 != p.Conn
		if u := p.Until; u != nil && !ended {
			ended = u.matches(&a, r.traces[0].Name) || u.matches(&b, r.traces[1].Name)
		}
		if !row.Out && p.Filter != nil {
			row.Out = !look.lets(p.Filter, row)
		}
		if row.Out {
			r.Left++
		}
	}
}

// session gives the session of a row by its number in A, 0 for none. What only B
// has belongs to the partner of its session.
func (r *Result) session(a, b *op.Op) uint32 {
	if a.Num != 0 {
		return a.Session
	}
	if k := int(b.Session) - 1; k >= 0 && k < len(r.sessions.b) && r.sessions.b[k] >= 0 {
		return uint32(r.sessions.b[k]) + 1
	}
	return 0
}

// name gives a text of a trace as reports show it.
func (r *Result) name(side int) func(uint32) string {
	if r.red == nil {
		return r.traces[side].Name
	}
	return func(k uint32) string { return r.red.name(r.traces[side].Name(k)) }
}
