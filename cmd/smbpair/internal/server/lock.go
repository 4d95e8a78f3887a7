package server

import (
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
)

// rangeLock is a byte-range lock, [MS-FSA] 2.1.1.10.
type rangeLock struct {
	o           *open
	off, length uint64
	exclusive   bool
}

// last is the last byte of the range; a range of no bytes has none.
func (l *rangeLock) last() uint64 { return l.off + l.length - 1 }

// meets reports whether two ranges conflict as ranges, [MS-FSA] 2.1.4.10. A
// range without bytes lies between two bytes.
func (l *rangeLock) meets(m *rangeLock) bool {
	switch {
	case l.length == 0 && m.length == 0:
		return false
	case l.length == 0:
		return l.off > m.off && l.off <= m.last()
	case m.length == 0:
		return m.off > l.off && m.off <= l.last()
	}
	return l.off <= m.last() && m.off <= l.last()
}

const (
	lockShared    = 1
	lockExclusive = 2
	lockUnlock    = 4
	lockFail      = 0x10
	maxLocks      = 4096
)

// lockElement is SMB2_LOCK_ELEMENT, [MS-SMB2] 2.2.26.1.
type lockElement struct {
	rangeLock
	flags uint32
}

// lock is [MS-SMB2] 3.3.5.14.
func (rq *request) lock() proto.Status {
	var m smb2.LockRequest
	whole := smb2.Decode(rq.msg, &m)
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	o, sequence := rq.open, m.Sequence
	if !whole || len(m.Locks) == 0 || o.file == nil {
		return proto.InvalidParameter
	}
	list := make([]lockElement, len(m.Locks))
	for i, e := range m.Locks {
		list[i] = lockElement{rangeLock{o: o, off: e.Offset, length: e.Length, exclusive: e.Flags&lockExclusive != 0}, e.Flags}
	}
	if o.repeats(rq, sequence) {
		rq.short()
		return proto.OK
	}
	st := rq.doLocks(list)
	if st == proto.OK {
		o.remember(rq, sequence)
		rq.short()
	}
	return st
}

// doLocks takes locks, or lets them go, in turn.
func (rq *request) doLocks(list []lockElement) proto.Status {
	o := rq.open
	if o.file.dir() {
		return proto.InvalidDeviceRequest
	}
	if list[0].flags&lockUnlock != 0 {
		for _, e := range list {
			if e.flags != lockUnlock {
				return proto.InvalidParameter
			}
			if st := o.file.unlock(&e.rangeLock); st != proto.OK {
				return st
			}
		}
		return proto.OK
	}
	if o.access&(proto.ReadData|proto.WriteData|proto.AppendData|proto.Execute) == 0 {
		return proto.AccessDenied
	}
	for i, e := range list {
		var st proto.Status
		switch {
		case e.flags&lockUnlock != 0, e.flags&3 == 0, e.flags&3 == 3, e.flags&^(lockFail|3) != 0:
			st = proto.InvalidParameter
		case len(list) > 1 && e.flags&lockFail == 0:
			st = proto.InvalidParameter
		default:
			st = rq.lockOne(e.rangeLock, e.flags&lockFail == 0)
		}
		if st != proto.OK {
			for _, d := range list[:i] {
				o.file.unlock(&d.rangeLock)
			}
			return st
		}
	}
	return proto.OK
}

// lockOne takes one lock and waits for it when the client will.
func (rq *request) lockOne(l rangeLock, wait bool) proto.Status {
	f := l.o.file
	if l.length != 0 && l.off+l.length-1 < l.off {
		return proto.InvalidLockRange
	}
	if len(f.locks) >= maxLocks {
		return proto.InsufficientResources
	}
	rq.c.srv.contendRead(f, l.o)
	for f.blocked(&l) {
		if !wait {
			return proto.LockNotGranted
		}
		if st := rq.mayWait(); st != proto.OK {
			return st
		}
		ok, _ := rq.wait(f.changed, l.o.closed, 0)
		if l.o.done {
			return proto.RangeNotLocked
		}
		if !ok {
			return proto.Cancelled
		}
	}
	f.locks = append(f.locks, l)
	return proto.OK
}

// blocked reports whether a lock has to wait for others. Shared locks go
// together, also with an exclusive one that the open itself has.
func (f *file) blocked(l *rangeLock) bool {
	for i := range f.locks {
		m := &f.locks[i]
		if l.meets(m) && (l.exclusive || m.exclusive && m.o != l.o) {
			return true
		}
	}
	return false
}

// unlock lets one lock go; of several on one range the exclusive one goes first.
func (f *file) unlock(l *rangeLock) proto.Status {
	at := -1
	for i := range f.locks {
		if m := &f.locks[i]; m.o == l.o && m.off == l.off && m.length == l.length {
			if at < 0 || m.exclusive && !f.locks[at].exclusive {
				at = i
			}
		}
	}
	if at < 0 {
		return proto.RangeNotLocked
	}
	f.locks = append(f.locks[:at:at], f.locks[at+1:]...)
	f.wake()
	return proto.OK
}

func (f *file) unlockAll(o *open) {
	kept := f.locks[:0:0]
	for _, l := range f.locks {
		if l.o != o {
			kept = append(kept, l)
		}
	}
	f.locks = kept
}

// mayTransfer reports whether locks of others let bytes be read or written.
func (f *file) mayTransfer(o *open, off, length uint64, write bool) bool {
	t := rangeLock{o: o, off: off, length: length}
	if length == 0 {
		return true
	}
	for i := range f.locks {
		m := &f.locks[i]
		if !m.meets(&t) || m.length == 0 {
			continue
		}
		if m.o != o && (write || m.exclusive) || m.o == o && write && !m.exclusive {
			return false
		}
	}
	return true
}

// lockBucket takes LockSequence apart, [MS-SMB2] 2.2.26; ok says that it counts.
func (o *open) lockBucket(rq *request, sequence uint32) (bucket, number uint8, ok bool) {
	index := sequence >> 4
	return uint8(index), uint8(sequence & 15), index >= 1 && index <= 64 && rq.c.dialect >= smb2.Dialect300
}

// repeats reports whether a lock request was done before, [MS-SMB2] 3.3.5.14.
func (o *open) repeats(rq *request, sequence uint32) bool {
	bucket, number, ok := o.lockBucket(rq, sequence)
	if !ok {
		return false
	}
	last, there := o.sequence[bucket]
	delete(o.sequence, bucket)
	if there && last == number {
		o.sequence[bucket] = number
		return true
	}
	return false
}

// remember keeps that a lock request was done.
func (o *open) remember(rq *request, sequence uint32) {
	bucket, number, ok := o.lockBucket(rq, sequence)
	if !ok {
		return
	}
	if o.sequence == nil {
		o.sequence = make(map[uint8]uint8)
	}
	o.sequence[bucket] = number
}

// pause waits for a while with the server's mutex let go.
func (rq *request) pause(d time.Duration) {
	s := rq.c.srv
	if s.Pause != nil {
		s.Pause(d)
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-t.C:
	case <-rq.c.done:
	}
}
