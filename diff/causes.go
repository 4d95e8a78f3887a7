package diff

import (
	"sort"
	"strings"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

const (
	maxCauses     = 5
	maxCandidates = 48
)

// causes lists earlier differences that may explain the first divergence.
func (r *Result) causes(c *Comparer, row *Row, a, b *op.Op) {
	type candidate struct{ row, score int }
	var all []candidate
	for _, i := range r.earlier() {
		e := &r.Rows[i]
		if e.Grade != Differs && e.Grade != Outcome {
			continue
		}
		x, y := r.pairOps(e)
		all = append(all, candidate{i, max(kinship(a, &x), kinship(b, &y))})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].score > all[j].score })
	if len(all) > maxCandidates {
		all = all[:maxCandidates]
	}
	hints := r.hints(a, b)
	type ranked struct {
		Cause
		score int
	}
	type place struct {
		name string
		part int
	}
	var out []ranked
	for _, k := range all {
		told := map[place]bool{}
		for _, ch := range c.Compare(r.Rows[k.row]) {
			if ch.Masked != "" || ch.NodeA < 0 && ch.NodeB < 0 && ch.Name != "smb2.nt_status" || told[place{ch.Name, ch.Part}] {
				continue
			}
			told[place{ch.Name, ch.Part}] = true // of a list, one entry is enough
			x := ranked{Cause{Row: k.row, Field: ch.Name, Path: ch.Path, A: ch.A, B: ch.B, Why: whys[k.score]}, 2 * k.score}
			if derived(ch.Name) {
				x.score--
			}
			if f := r.First; f.Suspect == "consequence" && r.Rows[k.row].A == f.Of && (ch.Part == PartRequest) == f.asked {
				x.Why += "; it differs first"
				x.score += 8
			}
			for _, h := range hints {
				if matches(h.cause, ch.Name) && (!h.answer || ch.Part == PartResponse) {
					x.Why += "; " + h.why
					x.score += 9
					break
				}
			}
			out = append(out, x)
		}
	}
	if x := r.credits(c, row, a, b); x != nil {
		out = append(out, ranked{*x, 2*kinConn + 9})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].score > out[j].score })
	for i := 0; i < len(out) && i < maxCauses; i++ {
		r.Causes = append(r.Causes, out[i].Cause)
	}
}

// The kinships of an earlier operation to one that diverges, and how they read.
const (
	kinOther = iota
	kinConn
	kinSession
	kinNegotiated
	kinTree
	kinHandle
)

var whys = [...]string{kinOther: "another connection", kinConn: "same connection", kinSession: "same session", kinNegotiated: "negotiated on this connection",
	kinTree: "same tree", kinHandle: "same handle"}

// kinship is that of two operations of one side, the first of which may be
// missing.
func kinship(o, e *op.Op) int {
	switch {
	case o.Num == 0:
		return kinOther
	case e.Open != 0 && e.Open == o.Open:
		return kinHandle
	case e.Tree != 0 && e.Tree == o.Tree:
		return kinTree
	case e.Conn == o.Conn && e.Proto == op.SMB2 && smb2.Command(e.Command) == smb2.Negotiate:
		return kinNegotiated
	case e.Session != 0 && e.Session == o.Session:
		return kinSession
	case e.Conn == o.Conn:
		return kinConn
	}
	return kinOther
}

// hint links a field that differed to what may come of it.
type hint struct {
	cause, why string
	answer     bool // in a response alone
}

// hints gives what may have caused the outcome of an operation of both sides, one
// of which may lack it.
func (r *Result) hints(a, b *op.Op) (out []hint) {
	out = append(r.asked(0, a), r.asked(1, b)...)
	if a.Status == statusAccessDenied || b.Status == statusAccessDenied || r.First.Reason == "negotiated" {
		for _, g := range []string{"smb2.sec_mode", "smb2.session_flags", "smb2.share_flags", "smb2.negotiate_context.cipher_id", "smb2.negotiate_context.signing_id"} {
			out = append(out, hint{g, "signing or encryption may be demanded", false})
		}
	}
	if bounded(a) || bounded(b) {
		out = append(out, hint{"smb2.max_*_size", "it bounds sizes and credit charges", false})
	}
	return append(out, hint{"smb2.dialect", "it decides on all that follows", true})
}

// asked gives what may have caused the outcome of what a CREATE asks for.
func (r *Result) asked(side int, o *op.Op) (out []hint) {
	rd := r.traces[side].NewReader()
	if o.Request == 0 || o.Proto != op.SMB2 || smb2.Command(o.Command) != smb2.Create || !rd.Read(o.Request) {
		return nil
	}
	t := &rd.Tree
	for i := t.Find("smb2.tag", 0); i >= 0; i = t.Find("smb2.tag", i+1) {
		if tag := t.Show(i); tag == "RqLs" {
			out = append(out, hint{"smb2.capabilities", "the lease that is asked for needs it", false})
		} else if strings.HasPrefix(tag, "DH2") {
			out = append(out, hint{"smb2.capabilities", "the durable handle may need it", false}, hint{"smb2.share_caps", "the durable handle may need it", false})
		}
	}
	return out
}

// bounded reports whether the sizes that were negotiated bound an operation.
func bounded(o *op.Op) bool {
	if o.Num == 0 || o.Proto != op.SMB2 {
		return false
	}
	switch smb2.Command(o.Command) {
	case smb2.Read, smb2.Write, smb2.Ioctl, smb2.QueryInfo, smb2.SetInfo, smb2.QueryDirectory:
		return true
	}
	return false
}

// creditRows bounds the rows that are searched for credits.
const creditRows = 512

// credits gives the first answer on the connection of an operation that carries
// data with other credits, if one side has half of the other's or less and the
// client asked for another amount: they bound it, [MS-SMB2] 3.2.4.1.5. Answers
// to requests that differ, or that came late, grant what those need.
func (r *Result) credits(c *Comparer, row *Row, a, b *op.Op) (out *Cause) {
	carries := func(o *op.Op) bool {
		return o.Num != 0 && o.Proto == op.SMB2 && (smb2.Command(o.Command) == smb2.Read || smb2.Command(o.Command) == smb2.Write)
	}
	if !carries(a) && !carries(b) || row.A != 0 && row.B != 0 && !row.Request {
		return nil
	}
	var granted [2]uint64
	earlier := r.earlier()
	for _, i := range earlier[:min(len(earlier), creditRows)] {
		e := &r.Rows[i]
		x, y := r.pairOps(e)
		if row.A != 0 && x.Conn != a.Conn || row.B != 0 && y.Conn != b.Conn || e.A == 0 || e.B == 0 || e.Request || x.Interim|y.Interim != 0 {
			continue
		}
		for _, ch := range c.Compare(*e) {
			if ch.Name != "smb2.credits.granted" {
				continue
			}
			granted[0], granted[1] = granted[0]+ch.val[0], granted[1]+ch.val[1]
			if out == nil {
				out = &Cause{Row: i, Field: ch.Name, Path: ch.Path, A: ch.A, B: ch.B, Why: whys[kinConn] + "; credits bound what is asked at once"}
			}
		}
	}
	if 2*min(granted[0], granted[1]) > max(granted[0], granted[1]) {
		return nil
	}
	return out
}

const statusAccessDenied = 0xc0000022
