package diff

import (
	"slices"
	"strconv"
	"strings"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// judge counts grades and draws the verdict.
func (r *Result) judge() {
	firstOutcome, firstDiffers := -1, -1
	for i := range r.Rows {
		g := r.Rows[i].Grade
		if r.Rows[i].Out {
			continue
		}
		r.Counts[g]++
		if g.Shows() && r.options.Most > 0 && r.Differ() > r.options.Most {
			if r.Unlisted++; r.Unlisted == 1 {
				r.end = i
			}
		}
	}
	for _, i := range r.order() {
		switch g := r.Rows[i].Grade; {
		case r.Rows[i].Out || !g.Shows():
			continue
		case g == Differs && firstDiffers < 0:
			firstDiffers = i
		case g != Differs && firstOutcome < 0:
			firstOutcome = i
		}
		if r.FirstAny < 0 {
			r.FirstAny = i
		}
		if firstOutcome >= 0 {
			break
		}
	}
	r.Unread = r.Counts[Unread]
	first := firstOutcome
	if first < 0 {
		first = firstDiffers
	}
	switch {
	case first >= 0:
		r.Verdict, r.Exit = "differ", 1
		r.explain(first)
	case r.Unread > 0 || len(r.Rows) == r.Left || r.A.Damaged || r.B.Damaged:
		r.Verdict, r.Exit = "incomplete", 2
		if r.options.AllowSealed && r.Unread > 0 && !r.A.Damaged && !r.B.Damaged {
			r.Exit = 0
		}
	default:
		r.Verdict = "same"
	}
}

// pairOps gives the operations of a row; a missing one has Num 0.
func (r *Result) pairOps(row *Row) (a, b op.Op) {
	a, _ = r.traces[0].Op(row.A)
	b, _ = r.traces[1].Op(row.B)
	if j, ok := r.joins[0][row.A]; ok {
		j.apply(&a, r.traces[0])
	}
	if j, ok := r.joins[1][row.B]; ok {
		j.apply(&b, r.traces[1])
	}
	return a, b
}

// explain fills First and Causes for the divergence at row i.
func (r *Result) explain(i int) {
	row := &r.Rows[i]
	a, b := r.pairOps(row)
	f := &First{Row: i}
	r.First = f
	f.Command, f.Path = r.command(row, &a, &b), r.path(row, &a, &b)
	c := r.Comparer()
	f.Text, f.Reason, f.Field = r.divergence(c, i)
	r.suspect(row, &a, &b)
	if i > 0 {
		r.causes(c, row, &a, &b)
	}
}

// divergence says in words how the two sides of a row differ, and gives the
// reason and the field that says most.
func (r *Result) divergence(c *Comparer, i int) (text, reason, name string) {
	row := &r.Rows[i]
	where := "op " + opNumber(row.A) + " (A) / " + opNumber(row.B) + " (B): " + r.title(row)
	switch row.Grade {
	case OnlyA:
		return where + ", only in A", "missing", ""
	case OnlyB:
		return where + ", only in B", "extra", ""
	}
	ch := c.leading(c.Compare(*row))
	reason = c.reason(&ch)
	switch reason {
	case "status", "no_answer":
		where += ", "
	default:
		where += ", " + ch.Name + " "
	}
	x, y := flagDelta(ch.A, ch.B)
	return where + orNone(x) + " vs " + orNone(y), reason, ch.Name
}

func opNumber(n uint32) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatUint(uint64(n), 10)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return field.Safe(s)
}

// leading gives the change that says most: an outcome, else the first one that
// no mask hides.
func (c *Comparer) leading(all []Change) Change {
	var first, lead *Change
	for i := range all {
		ch := &all[i]
		if ch.Masked != "" {
			continue
		}
		if c.reason(ch) != "field" {
			return *ch
		}
		if first == nil {
			first = ch
		}
		if lead == nil && !derived(ch.Name) {
			lead = ch
		}
	}
	switch {
	case lead != nil:
		return *lead
	case first != nil:
		return *first
	}
	return Change{}
}

// derived reports whether a field follows from others: sizes, counts, places.
func derived(name string) bool {
	for _, end := range []string{"length", "len", "count", "offset", "size", "buffer_code", "reserved", ".bcc", ".wct"} {
		if strings.HasSuffix(name, end) {
			return !strings.HasPrefix(name, "smb2.max_")
		}
	}
	return false
}

// suspect says on whose side the cause may be.
func (r *Result) suspect(row *Row, a, b *op.Op) {
	f := r.First
	own := "client"
	if r.ends(f) {
		f.Suspect = "none"
		return
	}
	switch {
	case f.Reason == "missing" || f.Reason == "extra":
		o := a
		if row.A == 0 {
			o = b
		}
		if o.State&op.Unsolicited != 0 || o.Request == 0 {
			f.Suspect = "server"
			return
		}
		if (establishes(o) || connects(o)) && (r.resumed.later(0, a) || r.resumed.later(1, b)) {
			f.Suspect, f.anew = "network", true
			return
		}
	case row.Request:
	case f.Reason == "no_answer":
		f.Suspect = "server"
		silent := a
		if b.Response == 0 {
			silent = b
		}
		if silent.State&op.Closed != 0 || r.Counts[Unread] > 0 {
			f.Suspect = "network"
		}
		return
	case f.Reason == "status" && refused(a, b):
		f.Suspect, f.login = "client", true
		return
	case f.Field == nameTime:
		f.Suspect = "network"
		return
	case row.Response:
		f.Suspect = "server"
		if of := r.wish(a, b); of != 0 {
			f.Suspect, f.Of, f.asked = "consequence", of, true
		}
		return
	default:
		own = "none"
	}
	f.Suspect = own
	for _, i := range r.earlier() {
		// another question has another answer
		if e := &r.Rows[i]; e.Response && !e.Request && e.A != 0 && r.answeredBefore(e, a, b) {
			f.Suspect, f.Of = "consequence", e.A
			return
		}
	}
}

// answeredBefore reports whether the answers of an earlier row came before an
// operation was asked for, on a side that has it.
func (r *Result) answeredBefore(e *Row, a, b *op.Op) bool {
	x, y := r.pairOps(e)
	return a.Num != 0 && x.RespFrame < a.ReqFrame || b.Num != 0 && y.RespFrame < b.ReqFrame
}

// ends reports whether one side lacks an operation or an answer because its
// capture ends, damaged or empty, before it.
func (r *Result) ends(f *First) bool {
	row := &r.Rows[f.Row]
	a, b := r.pairOps(row)
	for k, s := range []*Side{&r.A, &r.B} {
		lacks := k == 0 && (row.A == 0 || a.Response == 0) || k == 1 && (row.B == 0 || b.Response == 0)
		if !s.Damaged && s.Operations > 0 || !lacks || f.Reason == "status" {
			continue
		}
		if !slices.ContainsFunc(r.Rows[f.Row+1:], func(x Row) bool { return k == 0 && x.A != 0 || k == 1 && x.B != 0 }) {
			f.ended = "AB"[k : k+1]
			return true
		}
	}
	return false
}

// wish gives the first operation of A before the first divergence whose request
// differs and on which that one stands: it made the session or the tree, or used
// the handle.
func (r *Result) wish(a, b *op.Op) uint32 {
	for _, i := range r.earlier() {
		e := &r.Rows[i]
		if !e.Request || e.A == 0 || e.B == 0 {
			continue
		}
		x, y := r.pairOps(e)
		switch {
		case a.Open != 0 && x.Open == a.Open, b.Open != 0 && y.Open == b.Open,
			connects(&x) && (a.Tree != 0 && x.Tree == a.Tree || b.Tree != 0 && y.Tree == b.Tree),
			establishes(&x) && x.Session != 0 && x.Session == a.Session && r.traces[0].User(x.Session) != r.traces[1].User(y.Session):
			return e.A
		}
	}
	return 0
}

// refused reports whether one side's logon failed for what it proves itself
// with, which two runs never share.
func refused(a, b *op.Op) bool {
	if !establishes(a) {
		return false
	}
	bad := func(status uint32) bool { return status == statusLogonFailure || status == statusWrongPassword }
	return bad(a.Status) != bad(b.Status)
}

const (
	statusWrongPassword = 0xc000006a
	statusLogonFailure  = 0xc000006d
)

// suspicion gives the suspicion in words.
func (f *First) suspicion() string {
	switch f.Suspect {
	case "server":
		if f.Reason == "extra" || f.Reason == "missing" {
			return "server (it speaks unasked)"
		}
		return "server (requests equal)"
	case "client":
		if f.login {
			return "client (what it proves itself with is refused)"
		}
		if f.Reason == "extra" || f.Reason == "missing" {
			return "client (it asks for something else, all earlier answers are equal)"
		}
		return "client (its request differs, all earlier answers are equal)"
	case "network":
		if f.Field == nameTime {
			return "network (only the time differs)"
		}
		if f.anew {
			return "network (the connection was lost and made anew)"
		}
		return "network (requests equal, the answer is lost)"
	case "consequence":
		what := "answer"
		if f.asked {
			what = "request"
		}
		return "consequence of op " + strconv.FormatUint(uint64(f.Of), 10) + " (A), whose " + what + " differs"
	}
	if f.ended != "" {
		return "none (nothing more of " + f.ended + " could be read)"
	}
	return "none"
}

// flagDelta shortens two texts of one bit field to the names that only one of
// them has; other texts stay as they are.
func flagDelta(a, b string) (x, y string) {
	na, okA := flagNames(a)
	nb, okB := flagNames(b)
	if !okA || !okB || !strings.Contains(a+b, "|") {
		return a, b
	}
	return "{" + strings.Join(without(na, nb), "|") + "}", "{" + strings.Join(without(nb, na), "|") + "}"
}

// flagNames splits A|B (0x3).
func flagNames(s string) ([]string, bool) {
	if strings.HasPrefix(s, "0x") {
		return nil, strings.Trim(s[2:], "0") == ""
	}
	i := strings.LastIndex(s, " (0x")
	if i < 0 || !strings.HasSuffix(s, ")") || strings.ContainsAny(s[:i], ` \/`) {
		return nil, false
	}
	return strings.Split(s[:i], "|"), true
}

func without(a, b []string) (out []string) {
	for _, x := range a {
		found := false
		for _, y := range b {
			found = found || x == y
		}
		if !found {
			out = append(out, x)
		}
	}
	return out
}

// Sentence gives the verdict as one line.
func (r *Result) Sentence() string {
	s := ""
	if f := r.First; f != nil {
		s = f.Text + "; suspect: " + f.suspicion()
		if before := r.unreadBefore(); before > 0 {
			s = "incomplete: " + number(before, "row") + " before it not compared; " + s
		}
		if r.FirstAny != f.Row {
			s += "; first difference: op " + r.opOf(r.FirstAny)
		}
		if x := r.follows(); x != "" {
			s += "; follows: " + x
		}
		return s
	}
	switch {
	case len(r.Rows) == 0:
		return "incomplete: neither side has an operation"
	case len(r.Rows) == r.Left:
		return "incomplete: none of " + number(len(r.Rows), "row") + " is among those to compare"
	}
	rows := len(r.Rows) - r.Left
	cut := r.damaged()
	if cut != "" || r.Unread > 0 {
		s = "incomplete: "
	}
	if cut != "" {
		s += "part of " + cut + " could not be read; "
	}
	if r.Unread > 0 {
		s += strconv.Itoa(r.Unread) + " of " + number(rows, "row") + " not compared"
		if why := r.shutReason(); why != "" {
			s += " (" + why + ")"
		}
		s += "; "
	}
	good := r.Counts[Equal] + r.Counts[Masked]
	s += "equal: " + strconv.Itoa(good) + " of " + number(rows, "pair")
	if n := r.Counts[Masked]; n > 0 {
		s += " (" + number(n, "row") + " differ only in masked fields)"
		if n == 1 {
			s = strings.Replace(s, "1 row differ ", "1 row differs ", 1)
		}
	}
	return s
}

// damaged names the captures of which part could not be read.
func (r *Result) damaged() string {
	switch {
	case r.A.Damaged && r.B.Damaged:
		return "both captures"
	case r.A.Damaged:
		return field.Safe(r.A.File)
	case r.B.Damaged:
		return field.Safe(r.B.File)
	}
	return ""
}

// unreadBefore counts the rows before the first divergence that were not compared.
func (r *Result) unreadBefore() (n int) {
	for _, i := range r.earlier() {
		if r.Rows[i].Grade == Unread && !r.Rows[i].Out {
			n++
		}
	}
	return n
}

func (r *Result) opOf(row int) string {
	if r.Rows[row].A != 0 {
		return opNumber(r.Rows[row].A)
	}
	return opNumber(r.Rows[row].B) + " (B)"
}

// shutReason gives the most frequent reason why sealed messages stayed shut.
func (r *Result) shutReason() string {
	var sum [16]int
	for _, t := range r.traces {
		for i, n := range t.Counts().Reasons {
			sum[i] += n
		}
	}
	best := 0
	for i := range sum {
		if sum[i] > sum[best] {
			best = i
		}
	}
	if sum[best] == 0 {
		return ""
	}
	return conv.Reason(best).String()
}
