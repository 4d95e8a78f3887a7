package conv

import (
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
)

const (
	maxJoints = 64      // transactions of which parts are kept
	maxJoint  = 1 << 20 // bytes of one
)

// joint is a transaction of SMB1 that several messages carry, as far as they
// have come, [MS-CIFS] 3.2.4.1.3 and 3.3.4.2.
type joint struct {
	data     []byte
	size     int      // bytes so far
	messages []uint32 // that held them
}

// join takes the data of a transaction. The message that holds the last part
// gets what came before it.
func (t *Tracker) join(m *Message, o *op.Op) {
	f := &m.Facts1
	if f.DataPlace == 0 && f.DataSize >= f.DataTotal || f.DataTotal > maxJoint {
		return
	}
	switch uint8(o.Command) {
	case smb1.Transaction2, smb1.NTTransaction:
	case smb1.Transaction:
		if o.Form == 0 { // calls on a pipe are put together as such
			return
		}
	default:
		return
	}
	key := uint64(o.Num) << 1
	if m.Response() {
		key |= 1
	}
	j := t.joints[key]
	switch {
	case f.DataPlace == 0 && len(t.joints) < maxJoints:
		if t.joints == nil {
			t.joints = make(map[uint64]*joint)
		}
		j = &joint{}
		t.joints[key] = j
	case j == nil || f.DataPlace != j.size:
		delete(t.joints, key)
		return
	case f.DataPlace+f.DataSize >= f.DataTotal:
		delete(t.joints, key)
		if !t.Indexed {
			m.Env.Earlier = j.data
		} else if len(t.earlier) < maxWaiting {
			if t.earlier == nil {
				t.earlier = make(map[uint32][]uint32)
			}
			t.earlier[m.Num] = j.messages
		}
		return
	}
	j.size += f.DataSize
	j.messages = append(j.messages, m.Num)
	if !t.Indexed {
		j.data = append(j.data, f.Data...)
	}
}

// Earlier gives the messages that hold the data before that of message num of
// an SMB1 transaction, when num holds the end of it.
func (t *Tracker) Earlier(num uint32) []uint32 { return t.earlier[num] }
