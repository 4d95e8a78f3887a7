package capture

import "slices"

const (
	maxDatagrams = 256  // being put together at once
	maxFragments = 1024 // of one
	maxDatagram  = 1 << 16
)

// fragmentKey names a datagram ([RFC791] 2.3, [RFC8200] 4.5).
type fragmentKey struct {
	src, dst address
	id       uint32
	v6       bool
	proto    uint8
}

// fragment is bytes [at, at+size) of a datagram's payload, of which the first
// cap are in the file.
type fragment struct {
	at, size, cap int
	off           int64
}

type partial struct {
	key  fragmentKey
	list []fragment // by place, without overlaps
	end  int        // of the payload, -1 while the last fragment is missing
}

// fragments puts datagrams together. The oldest one is given up for a new one
// beyond maxDatagrams.
type fragments struct {
	open []partial // oldest first
}

// add takes a fragment and returns the parts of its datagram when that is
// complete, in order and without gaps. They are valid until the next call.
func (f *fragments) add(d *datagram, off int64, caplen int) []fragment {
	if d.size <= 0 || d.frag+d.size > maxDatagram {
		return nil
	}
	key := fragmentKey{src: d.src, dst: d.dst, id: d.id, v6: d.v6, proto: d.proto}
	if d.v6 {
		key.proto = 0 // each fragment may name another header
	}
	i := slices.IndexFunc(f.open, func(p partial) bool { return p.key == key })
	if i < 0 {
		if len(f.open) == maxDatagrams {
			f.open = slices.Delete(f.open, 0, 1)
		}
		i = len(f.open)
		f.open = append(f.open, partial{key: key, end: -1})
	}
	p := &f.open[i]
	if len(p.list) == maxFragments {
		f.open = slices.Delete(f.open, i, i+1)
		return nil
	}
	if !d.more {
		p.end = d.frag + d.size
	}
	p.insert(fragment{at: d.frag, size: d.size, cap: caplen, off: off})
	if !p.complete() {
		return nil
	}
	list := p.list
	f.open = slices.Delete(f.open, i, i+1)
	return list
}

// insert keeps what came first where fragments overlap.
func (p *partial) insert(n fragment) {
	for i := 0; i <= len(p.list) && n.size > 0; i++ {
		if i == len(p.list) {
			p.list = append(p.list, n)
			return
		}
		old := p.list[i]
		if n.at < old.at {
			head := n
			head.size = min(n.size, old.at-n.at)
			head.cap = min(n.cap, head.size)
			p.list = slices.Insert(p.list, i, head)
			i++
		}
		if skip := old.at + old.size - n.at; skip > 0 {
			n.at, n.off, n.size, n.cap = n.at+skip, n.off+int64(skip), n.size-skip, max(n.cap-skip, 0)
		}
	}
}

func (p *partial) complete() bool {
	at := 0
	for _, g := range p.list {
		if g.at != at {
			return false
		}
		at += g.size
	}
	return p.end >= 0 && at >= p.end
}
