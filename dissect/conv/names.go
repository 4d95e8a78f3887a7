package conv

import "bytes"

// lastNames is how many names a connection remembers. Clients open a folder and
// a file in it several times in a row.
const lastNames = 4

// names are what the requests of one connection named last, in UTF-16LE, with
// the numbers that stand for it.
type names struct {
	text [lastNames][]byte
	num  [lastNames]uint32
	next int
}

// name is named for what a client repeats: the path of a CREATE, a search
// pattern, a new name.
func (t *Tracker) name(c *connection, b []byte) uint32 {
	if len(b) == 0 {
		return 0
	}
	n := &c.names
	for i := range n.text {
		if bytes.Equal(n.text[i], b) {
			return n.num[i]
		}
	}
	i := n.next
	n.next = (i + 1) % lastNames
	n.text[i], n.num[i] = append(n.text[i][:0], b...), t.named(b)
	return n.num[i]
}
