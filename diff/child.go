package diff

import (
	"strconv"
	"strings"

	"smbdiff/dissect/field"
)

// message is a message of one side as differ needs it.
type message struct {
	tree  *field.Tree
	outer int
	frame uint32
}

// span is a run of nodes.
type span struct{ from, to int }

// child is one entry of a level: a node, or a group of nodes that the walk left
// side by side.
type child struct {
	span
	node int // the node, or the first of a group
	name string
	key  string
	nth  int // which of its name and key
	at   int // which of its name, from 1, of one that has another key on each side
	free bool
	rule string // that sets it free
	by   int    // its place among the rules
}

// contextName is how a create context is called in paths: its fields stand side
// by side in the tree.
const contextName = "smb2.create.context"

// keyField gives the field below an entry of a list that tells it from the
// others.
func keyField(name string) string {
	switch name {
	case "smb2.negotiate_context":
		return "smb2.negotiate_context.type"
	case contextName:
		return "smb2.tag"
	case "smb2.tree_connect_context":
		return "smb2.tree_connect_context.type"
	case "smb2.error.context":
		return "smb2.error.context.id"
	case "ntlmssp.challenge.target_info.item":
		return "ntlmssp.challenge.target_info.item.type"
	case "ntlmssp.ntlmv2_response.item":
		return "ntlmssp.ntlmv2_response.item.type"
	case "nt.ace":
		return "nt.sid"
	case "smb2.file_full_ea_info":
		return "smb2.ea.name"
	case "smb2.file_stream_info":
		return "smb.stream_name"
	case "smb2.notify.info":
		return "smb2.filename"
	case "smb.find_entry", "smb.search_entry":
		return "smb.file"
	}
	if strings.HasPrefix(name, "smb2.find.") && strings.HasSuffix(name, "_info") {
		return "smb2.filename"
	}
	return ""
}

// children appends the entries of a level to out.
func (c *Comparer) children(out []child, t *field.Tree, s span, parent string) []child {
	groups := parent == "smb2.create.extrainfo"
	for i := s.from; i < s.to; i = max(int(t.Nodes[i].End), i+1) {
		n := &t.Nodes[i]
		if groups && n.Def.Name != "smb2.create.chain_offset" && len(out) > 0 {
			out[len(out)-1].to = max(int(n.End), i+1)
			continue
		}
		x := child{span: span{i, max(int(n.End), i+1)}, node: i, name: n.Def.Name}
		if groups && n.Def.Name == "smb2.create.chain_offset" {
			x.name = contextName
		}
		out = append(out, x)
	}
	for i := range out {
		x := &out[i]
		if k := keyField(x.name); k != "" {
			x.key = keyText(t, x.span, k)
			x.rule, x.by, x.free = c.mask.freeOrder(x.name)
		}
	}
	count(out)
	return out
}

// entryID tells the entries of a level apart.
type entryID struct {
	name, key string
	nth       int
}

func (x *child) id() entryID { return entryID{x.name, x.key, x.nth} }

// place has an entry be known by its place among those before it.
func (x *child) place(before []child) {
	x.at = 1
	for i := range before {
		if before[i].name == x.name {
			x.at++
		}
	}
}

// keyed is an entry that is known by its place: its path, and those by the key of
// each side.
type keyed struct {
	path  string
	sides [2]string
}

func (c *Comparer) byKey(x, y *child, path string) keyed {
	k := keyed{path: path + "/" + c.segment(x, false)}
	for side, e := range []child{*x, *y} {
		e.at = 0
		k.sides[side] = path + "/" + c.segment(&e, false)
	}
	return k
}

// paths gives what a path below the entry is by the key of each side.
func (k *keyed) paths(path string) []string {
	if k.path == "" || !strings.HasPrefix(path, k.path+"/") {
		return nil
	}
	below := path[len(k.path):]
	return []string{k.sides[0] + below, k.sides[1] + below}
}

// count numbers the entries that have the same name and key.
func count(list []child) {
	if len(list) <= 32 {
		for i := range list {
			x := &list[i]
			for k := i - 1; k >= 0; k-- {
				if list[k].name == x.name && list[k].key == x.key {
					x.nth = list[k].nth + 1
					break
				}
			}
		}
		return
	}
	seen := make(map[entryID]int, len(list))
	for i := range list {
		k := entryID{name: list[i].name, key: list[i].key}
		list[i].nth = seen[k]
		seen[k]++
	}
}

// keyText gives the value of an entry's key in short.
func keyText(t *field.Tree, s span, name string) string {
	i := s.from
	for i < s.to && t.Nodes[i].Def.Name != name {
		i++
	}
	if i == s.to {
		return ""
	}
	if n := &t.Nodes[i]; n.Def.Kind == field.Enum {
		if s := n.Def.NameOf(n.Val); s != "" {
			return s
		}
	}
	text := t.Show(i)
	if t.Nodes[i].Def.Kind == field.SID {
		text = string(field.AppendSID(nil, t.Bytes(i))) // without its name
	}
	if len(text) > 200 {
		text = text[:200]
	}
	return text
}

// segment gives what stands for the entry in the path of its own fields.
func (c *Comparer) segment(x *child, leaf bool) string {
	s := x.name
	if !leaf {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "smb2."), "smb.")
	}
	nth := x.nth
	if x.at > 0 {
		nth = x.at - 1
	} else if x.key != "" {
		s += "[" + c.key(x) + "]"
	}
	if nth > 0 {
		s += "[" + strconv.Itoa(nth) + "]"
	}
	return s
}

// key gives the key of an entry as reports show it.
func (c *Comparer) key(x *child) string {
	if c.red == nil {
		return x.key
	}
	switch k := keyField(x.name); {
	case k == "nt.sid":
		return c.red.word("sid", x.key)
	case strings.HasSuffix(k, "name") || k == "smb.file":
		return c.red.name(x.key)
	}
	return x.key
}
