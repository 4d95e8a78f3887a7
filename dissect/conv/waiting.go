package conv

// slots is how many requests a waiting table keeps without a map. Clients
// number their messages in a row and have few in flight.
const slots = 16

// waiting holds the requests of one connection that have no answer yet.
type waiting struct {
	near [slots]wait
	far  map[uint64]wait
}

// wait is one request.
type wait struct {
	id     uint64   // MessageId
	op     uint32   // operation, 0 when the slot is free
	closes [16]byte // FileId, of a CLOSE
}

func (w *waiting) put(id uint64, op uint32, closes *[16]byte) {
	s := &w.near[id%slots]
	if s.op == 0 || s.id == id {
		s.id, s.op, s.closes = id, op, *closes
		return
	}
	if w.far == nil {
		w.far = make(map[uint64]wait)
	}
	if len(w.far) < maxWaiting {
		w.far[id] = wait{id, op, *closes}
	}
}

// get finds a request; op is 0 when there is none.
func (w *waiting) get(id uint64) wait {
	if s := &w.near[id%slots]; s.op != 0 && s.id == id {
		return *s
	}
	return w.far[id]
}

func (w *waiting) remove(id uint64) {
	if s := &w.near[id%slots]; s.op != 0 && s.id == id {
		s.op = 0
		return
	}
	delete(w.far, id)
}

// each calls f for every operation that waits.
func (w *waiting) each(f func(op uint32)) {
	for i := range w.near {
		if w.near[i].op != 0 {
			f(w.near[i].op)
		}
	}
	for _, r := range w.far {
		f(r.op)
	}
}
