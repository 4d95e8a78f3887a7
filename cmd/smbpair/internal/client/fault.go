package client

import (
	"time"

	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
)

// wrong is what is to go wrong with a PDU; what concerns the requests themselves
// is done to them.
func (c *Conn) wrong(list []*Request) (f fault.Fault) {
	for _, r := range list {
		v := c.cfg.Faults.Find(r.Command, r.Path)
		if m, ok := r.Body.(*smb2.CreateRequest); ok && v.NoCache {
			m.Oplock = proto.OplockNone
		}
		if v.MaxIO > 0 {
			c.limit = v.MaxIO
		}
		f.Delay += v.Delay
		f.Drop, f.Cut, f.Flip, f.Badly = f.Drop || v.Drop, f.Cut || v.Cut, f.Flip || v.Flip, f.Badly || v.Badly
		f.Twice, f.Late, f.Nonce = f.Twice || v.Twice, f.Late || v.Late, f.Nonce || v.Nonce
	}
	return f
}

func (c *Conn) pause(d time.Duration) {
	if c.cfg.Pause != nil {
		c.cfg.Pause(d)
		return
	}
	time.Sleep(d)
}

// dispatch transmits a framed PDU as a fault wants it; writing is held.
func (c *Conn) dispatch(b []byte, f *fault.Fault) error {
	if f.Flip {
		b[len(b)-1] ^= 1
	}
	if f.Badly {
		at := 4 + 48 // Signature of the header
		if b[4] == 0xfd {
			at = 4 + 4 // that of the transform header
		}
		b[at] ^= 0xff
	}
	switch {
	case f.Cut:
		return c.nc.Close()
	case f.Drop:
		return nil
	case f.Late:
		c.hold(b)
		return nil
	}
	err := c.transmit(b)
	if err == nil && f.Twice {
		err = c.transmit(b)
	}
	if late := c.held; err == nil && late != nil {
		c.held = nil
		err = c.transmit(late)
	}
	return err
}

// holdTime is how long a request that is to be late waits for one to be late to.
const holdTime = 200 * time.Millisecond

func (c *Conn) hold(b []byte) {
	if c.held != nil {
		_ = c.transmit(c.held) // a broken connection shows when it is read
	}
	c.held = b
	time.AfterFunc(holdTime, func() {
		c.writing.Lock()
		defer c.writing.Unlock()
		if c.held != nil && &c.held[0] == &b[0] {
			c.held = nil
			_ = c.transmit(b)
		}
	})
}
