package state

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"smbdiff/dissect"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// tally counts the troubles of a trace while it is read: failures, requests
// without an answer, bad signatures.
type tally struct {
	mu                                  sync.Mutex
	failures, unanswered, badSignatures int
	slow                                int      // answered later than slowFrom
	troubles                            []uint32 // operations, rising
	moved                               atomic.Bool
}

// statusMoreProcessing says that a session setup goes on; it is no failure.
const statusMoreProcessing = 0xc0000016

// failed reports whether the operation ended with a status of severity error,
// [MS-ERREF] 2.3.
func failed(o *op.Op) bool {
	return o.Response != 0 && o.Status>>30 == 3 && o.Status != statusMoreProcessing
}

// unanswered reports whether an answer should be there and is not.
func unanswered(o *op.Op) bool {
	if o.Proto != op.SMB1 && o.Proto != op.SMB2 {
		return false
	}
	return o.Response == 0 && o.State&(op.OneWay|op.Unsolicited|op.Unread|op.Pending) == 0
}

// slowFrom is the response time from which on an answer counts as slow.
const slowFrom = 100 * time.Millisecond

// isSlow reports whether an answer took long though nothing had to happen first.
func isSlow(o *op.Op) bool {
	if o.Proto == op.SMB2 {
		switch smb2.Command(o.Command) {
		case smb2.ChangeNotify, smb2.Lock:
			return false
		}
	}
	return o.Response != 0 && o.RTT > int64(slowFrom)
}

const (
	followOps  = 512
	followRest = 10 * time.Millisecond
)

// follow counts until the reading has ended and all of the trace has been seen;
// wake is closed at its end.
func (t *tally) follow(trace *dissect.Trace, ended func() bool, wake <-chan struct{}) {
	buf := make([]op.Op, followOps)
	var open []uint32 // operations that an answer may still change
	next := uint32(1)
	for {
		done := ended() // asked first: what comes later is seen below or in the next round
		open = slices.DeleteFunc(open, func(num uint32) bool {
			o, ok := trace.Op(num)
			if ok && (done || o.Done()) {
				t.add(&o)
				return true
			}
			return !ok
		})
		for {
			ops := trace.Ops(buf, next)
			if len(ops) == 0 {
				break
			}
			for i := range ops {
				if ops[i].Done() || done {
					t.add(&ops[i])
				} else {
					open = append(open, ops[i].Num)
				}
			}
			next += uint32(len(ops))
		}
		if done {
			return
		}
		select {
		case <-wake:
		case <-time.After(followRest):
		}
	}
}

func (t *tally) add(o *op.Op) {
	f, u, b := failed(o), unanswered(o), o.State&op.BadSignature != 0
	slow := isSlow(o)
	if !f && !u && !b && !slow {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if slow {
		t.slow++
		t.moved.Store(true)
		if !f && !u && !b {
			return
		}
	}
	if f {
		t.failures++
	}
	if u {
		t.unanswered++
	}
	if b {
		t.badSignatures++
	}
	if at, found := slices.BinarySearch(t.troubles, o.Num); !found {
		t.troubles = slices.Insert(t.troubles, at, o.Num)
	}
	t.moved.Store(true)
}

// next gives the first operation with a trouble behind num, else the first one
// of all, else 0.
func (t *tally) next(num uint32) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.troubles) == 0 {
		return 0
	}
	at, _ := slices.BinarySearch(t.troubles, num+1)
	return t.troubles[at%len(t.troubles)]
}

func (t *tally) counts() (failures, slow, unanswered, badSignatures int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failures, t.slow, t.unanswered, t.badSignatures
}
