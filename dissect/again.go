package dissect

import (
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
)

// again reads single messages whole, at any place of the capture.
type again struct {
	worker worker
	batch  Batch
	ext    []capture.Extent // of the PDU, for a caller that decodes them
}

// message gives the message with this index in a PDU whose place is known, nil
// when there is none. The result is good until the next call.
func (a *again) message(p pdu, index uint8) *conv.Message {
	a.batch.reset()
	a.batch.whole, _ = a.worker.file.ReadPDU(a.batch.whole, p.Extents)
	p.Head = a.batch.whole
	p.split()
	a.batch.pdus = append(a.batch.pdus, p)
	a.worker.open(&a.batch)
	for i := range a.batch.Messages {
		if m := &a.batch.Messages[i]; m.Index == index {
			return m
		}
	}
	return nil
}

// whole gives m to its last byte.
func (a *again) whole(m *conv.Message) *conv.Message {
	lead := uint32(len(m.Lead))
	return a.message(pdu{PDU: capture.PDU{Kind: m.Event, Conn: m.Conn, Dir: m.Dir, FirstFrame: m.FirstFrame, Frame: m.Frame, Time: m.Time,
		Len: m.PDULen + lead, Lead: lead, Missing: m.Missing, Extents: m.Extents, NBSS: m.NBSS}, number: m.Number, fromServer: m.FromServer}, m.Index)
}
