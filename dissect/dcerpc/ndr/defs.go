package ndr

import "smbdiff/dissect/field"

// Defs gives the definitions of all fields of these walks, for callers that
// look names up.
func Defs() []*field.Def {
	c := collector{seen: make(map[*typ]bool)}
	c.out = append(c.out, fReferent, fReferent64, fNull, fMaxCount, fOffset, fActual, fSIDCount, fPadding, fStrLength, fStrMax, fDiscriminant, fOtherMask)
	for _, ops := range [][]*op{srvsvcCalls(), wkssvcCalls(), lsarpcCalls(), samrCalls(), svcctlCalls(), winregCalls(), dssetupCalls()} {
		for _, p := range ops {
			if p != nil {
				c.members(p.in)
				c.members(p.out)
			}
		}
	}
	c.out = append(c.out, fSerialVersion, fSerialOrder, fSerialHeader, fSerialFill, fSerialLength)
	c.members([]member{pacLogon, pacDelegation, pacDevice, pacClaims})
	return c.out
}

// collector goes through the tables once.
type collector struct {
	out  []*field.Def
	seen map[*typ]bool
}

func (c *collector) members(ms []member) {
	for _, m := range ms {
		if m.def != nil {
			c.out = append(c.out, m.def)
		}
		c.typ(m.t)
	}
}

func (c *collector) typ(t *typ) {
	if t == nil || c.seen[t] {
		return
	}
	c.seen[t] = true
	if s := t.strings; s != nil {
		c.out = append(c.out, s.length, s.max)
		if s.chars != nil {
			c.out = append(c.out, s.chars)
		}
	}
	c.typ(t.elem)
	c.members(t.members)
	for _, a := range t.arms {
		if a.t != nil {
			c.members([]member{a.member})
		}
	}
}
