package dissect

import "smbdiff/dissect/conv"

// Counts are totals of a trace, or of a part of one.
type Counts struct {
	Messages, Operations int
	Sealed, Opened       int // messages that came sealed, and those of them that opened
	Broken               int // of those that did not count as open: their tag does not hold
	Reasons              [16]int
	BadSignatures        int
}

// Add counts a message.
func (c *Counts) Add(m *conv.Message) {
	if !m.Event.Carries() {
		return
	}
	c.Messages++
	if m.Sealed {
		c.Sealed++
		if m.Seal.Opened && !m.Seal.Broken() {
			c.Opened++
		} else {
			c.Reasons[m.Seal.Why&15]++
		}
		if m.Seal.Broken() {
			c.Broken++
		}
	}
	if m.Signature == conv.SignatureInvalid {
		c.BadSignatures++
	}
}

// Merge adds the totals of another part.
func (c *Counts) Merge(o *Counts) {
	c.Messages += o.Messages
	c.Operations += o.Operations
	c.Sealed += o.Sealed
	c.Opened += o.Opened
	c.Broken += o.Broken
	c.BadSignatures += o.BadSignatures
	for i, n := range o.Reasons {
		c.Reasons[i] += n
	}
}
