package diff

import (
	"slices"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// telling notes what else tells of files than looks: listings, and answers to
// CREATE and CLOSE.
func (o *overlooker) telling(side int, p *op.Op) {
	if p.Response == 0 || p.Status != 0 {
		return
	}
	k := o.sight(side, p)
	if p.Proto == op.SMB2 {
		switch smb2.Command(p.Command) {
		case smb2.QueryDirectory:
			o.lists[side][k] = append(o.lists[side][k], p.Response)
		case smb2.Create, smb2.Close:
			o.told[side][k] = append(o.told[side][k], p.Response)
		}
	} else if p.Proto == op.SMB1 && p.Command == smb1.Transaction2 && smb1.FindsFirst(p.Code) {
		k.path = folder(k.path)
		o.lists[side][k] = append(o.lists[side][k], p.Response)
	}
}

// folder gives the path of the folder that an object is in.
func folder(path string) string { return path[:max(0, strings.LastIndexAny(path, `\/`))] }

// toldBy are the fields that tell of a file, in listings as in answers to
// questions about it.
func toldBy() []string {
	return []string{"smb2.eof", "smb2.allocation_size", "smb2.file_attribute", "smb.unix.file.size", "smb.unix.file.num_bytes", "smb.unix.file.uid",
		"smb.unix.file.gid", "smb.unix.file.file_type", "smb.unix.file.perms", "smb.unix.file.num_links"}
}

// known reports whether the other side was told otherwise what a look found, of
// the object or of what it was called before or later.
func (o *overlooker) known(side int, k sight, l *look) bool {
	p, _ := o.r.traces[side].Op(l.ask())
	if p.Status != 0 || p.Response == 0 {
		return false
	}
	called := o.called[1-side][k]
	for n, k := range append([]sight{k}, called[:min(len(called), lookTries-1)]...) {
		name := strings.TrimLeft(k.path[len(folder(k.path)):], `\/`)
		in := k
		in.path = folder(k.path)
		if o.tells(side, p.Response, o.told[1-side][k], "") || o.tells(side, p.Response, o.lists[1-side][in], name) ||
			n > 0 && o.tells(side, p.Response, o.answers(1-side, k), "") {
			return true
		}
	}
	return false
}

// answers gives what looks at an object were told, some of them.
func (o *overlooker) answers(side int, k sight) (out []uint32) {
	for _, l := range o.all[side][k] {
		if p, _ := o.r.traces[side].Op(l.ask()); p.Status == 0 && p.Response != 0 {
			if out = append(out, p.Response); len(out) == lookTries {
				break
			}
		}
	}
	return out
}

// renaming notes what an object is called from some operation on.
func (o *overlooker) renaming(side int, p *op.Op) {
	if p.Status != 0 || p.Response == 0 {
		return
	}
	k := o.sight(side, p)
	later := k
	switch {
	case p.Proto == op.SMB2 && smb2.Command(p.Command) == smb2.SetInfo && p.InfoType == infoFile && p.InfoClass == fileRename:
		later.path = o.r.traces[side].Name(p.Detail)
	case p.Proto == op.SMB1 && p.Command == smb1.Rename:
		rd := o.c.readers[side]
		if !rd.Read(p.Request) || shut(&rd.Message) {
			return
		}
		at := rd.Tree.Find("smb.file", 0)
		if at < 0 {
			return
		}
		later.path = rd.Tree.Show(at)
	default:
		return
	}
	o.arrived[side][later] = append(o.arrived[side][later], p.Num)
	o.called[side][k] = append(o.called[side][k], later)
	o.called[side][later] = append(o.called[side][later], k)
}

// tells reports whether one of some answers of the other side says of a file
// what a message of this side says. Of listings, name is the entry.
func (o *overlooker) tells(side int, answer uint32, others []uint32, name string) bool {
	rd, other := o.c.readers[side], o.c.readers[1-side]
	for _, num := range others[:min(len(others), lookTries)] {
		if !rd.Read(answer) || shut(&rd.Message) || !other.Read(num) || shut(&other.Message) {
			continue
		}
		from, to := 0, len(other.Tree.Nodes)
		if name != "" {
			from, to = entry(&other.Tree, name)
		}
		if agree(&other.Tree, from, to, &rd.Tree) {
			return true
		}
	}
	return false
}

// entry gives the nodes of the entry of a name in a listing.
func entry(list *field.Tree, name string) (from, to int) {
	for i := range list.Nodes {
		n := &list.Nodes[i]
		if n.Def.Name != "smb2.filename" && n.Def.Name != "smb.unix.file.name" || strings.TrimRight(list.Show(i), "\x00") != name {
			continue
		}
		return entryOf(list, i)
	}
	return 0, 0
}

// agree reports whether what some nodes tell of a file is what an answer says.
func agree(t *field.Tree, from, to int, answer *field.Tree) bool {
	same := 0
	for k := from; k < to; k++ {
		d := t.Nodes[k].Def
		if !slices.Contains(toldBy(), d.Name) {
			continue
		}
		at := answer.Find(d.Name, 0)
		if at < 0 {
			continue
		}
		if answer.Nodes[at].Val != t.Nodes[k].Val {
			return false
		}
		same++
	}
	return same > 1
}

// entryOf gives the nodes of the innermost structure around a node.
func entryOf(t *field.Tree, i int) (from, to int) {
	for k := i - 1; k >= 0; k-- {
		if n := &t.Nodes[k]; n.Def.Kind == field.Struct && int(n.End) > i {
			return k + 1, int(n.End)
		}
	}
	return 0, 0
}
