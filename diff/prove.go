package diff

import (
	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
)

// proveTries bounds the operations of a session that are read until one of its
// signatures holds.
const proveTries = 8

// prove reads the first operations of each session until a signature holds: with
// it the key is known, and what was signed before is judged as what comes after.
func prove(t *dissect.Trace) {
	tries := make([]uint8, len(t.Sessions())+1)
	left := len(tries) - 1
	if left == 0 {
		return
	}
	rd := t.NewReader()
	each(t, func(o *op.Op) {
		if left == 0 || o.Session == 0 || int(o.Session) >= len(tries) || tries[o.Session] >= proveTries {
			return
		}
		tries[o.Session]++
		for _, num := range []uint32{o.Request, o.Response} {
			if num != 0 && rd.Read(num) && rd.Message.Signature == conv.SignatureValid {
				tries[o.Session] = proveTries
			}
		}
		if tries[o.Session] == proveTries {
			left--
		}
	})
}
