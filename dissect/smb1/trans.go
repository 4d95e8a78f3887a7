package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fTotalParameters = num("smb.tpc", "TotalParameterCount")
	fTotalData       = num("smb.tdc", "TotalDataCount")
	fMaxParameters   = num("smb.mpc", "MaxParameterCount")
	fMaxData         = num("smb.mdc", "MaxDataCount")
	fMaxSetup        = num("smb.msc", "MaxSetupCount")
	fTransFlags      = flags("smb.transaction.flags", "Flags",
		field.Bit{Name: "smb.transaction.flags.dtid", Label: "DISCONNECT_TID", Mask: 0x1},
		field.Bit{Name: "smb.transaction.flags.owt", Label: "NO_RESPONSE", Mask: 0x2})
	fParameterCount  = num("smb.pc", "ParameterCount")
	fParameterOffset = num("smb.po", "ParameterOffset")
	fParameterPlace  = num("smb.pd", "ParameterDisplacement")
	fDataCount       = num("smb.dc", "DataCount")
	fDataPlace       = num("smb.data_disp", "DataDisplacement")
	fSetupCount      = num("smb.sc", "SetupCount")
	fSetupWord       = hexNum("smb.trans_data.setup_word", "Setup")
	fPipeFunction    = enum("smb_pipe.function", "Subcommand", pipeNames)
	fPipePriority    = num("smb_pipe.priority", "Priority")
	fTransParameters = octets("smb.trans_data.parameters", "Trans_Parameters")
	fTransData       = octets("smb.trans_data", "Trans_Data")

	tTransName = textDef("smb.trans_name", "Name")
)

// parts says where the parameters and the data of a transaction stand in one
// message of it, counted from the header, and which part of the whole they are.
type parts struct {
	totalData                     int
	params, paramsAt, paramsPlace int
	data, dataAt, dataPlace       int
	setup                         int
	continued                     bool // of a secondary request
	calls                         bool // the data is that of a pipe
}

// whole reports whether the message holds all of the transaction's data.
func (p *parts) whole() bool { return p.dataPlace == 0 && p.data >= p.totalData }

// walk walks the bytes of the block: name, parameters and data, with padding
// between them. Parameters or data that do not begin or end here are octets.
func (p *parts) walk(c *wire.Codec, f *Facts, name, params, data func(c *wire.Codec, f *Facts)) {
	n := int(c.Show16(fByteCount))
	if n > c.Left() {
		c.Problem("ByteCount points outside the message")
	}
	f.bytes = n
	end := c.Pos() + min(n, c.Left())
	if name != nil {
		name(c, f)
	}
	if p.paramsPlace != 0 {
		params = nil
	}
	f.DataPlace, f.DataTotal, f.DataSize = p.dataPlace, p.totalData, p.data
	if !p.whole() {
		data = p.joined(c, data)
	}
	if p.calls && c.Tree() != nil {
		data = pipeData
	}
	octets := fTransData
	if p.continued {
		octets = fData
	}
	p.part(c, f, end, p.paramsAt, p.params, fTransParameters, params)
	f.Data = p.part(c, f, end, p.dataAt, p.data, octets, data)
	if end > c.Pos() {
		c.Bytes(fData, end-c.Pos())
	}
}

// joined gives the walk of the last part of data that began in earlier
// messages: its octets, and what all parts are together.
func (p *parts) joined(c *wire.Codec, data func(c *wire.Codec, f *Facts)) func(c *wire.Codec, f *Facts) {
	earlier := c.Env.Earlier
	if data == nil || c.Tree() == nil || len(earlier) == 0 || len(earlier) != p.dataPlace || p.dataPlace+p.data != p.totalData {
		return nil
	}
	return func(c *wire.Codec, f *Facts) {
		last := c.Rest(fTransData)
		whole := append(earlier[:len(earlier):len(earlier)], last...)
		c.In("transaction", whole, func(c *wire.Codec) {
			data(c, f)
			c.Rest(fUnknownData)
		})
	}
}

func (p *parts) part(c *wire.Codec, f *Facts, end, at, n int, d *field.Def, walk func(*wire.Codec, *Facts)) (b []byte) {
	at += c.Base()
	if at > c.Pos() && at <= end {
		c.Bytes(fPadding, at-c.Pos())
	}
	if n == 0 {
		return nil
	}
	if at != c.Pos() {
		c.Problem("offset points outside the transaction's bytes")
		return nil
	}
	b = c.Peek(n)
	if len(b) < n && c.Tree() == nil {
		n = len(b)
	}
	if walk == nil {
		c.Bytes(d, n)
		return b
	}
	c.Within(n, func(c *wire.Codec) {
		walk(c, f)
		c.Rest(fUnknownData)
	})
	return b
}

// request reads the words of [MS-CIFS] 2.2.4.33.1, up to the setup words.
func (p *parts) request(c *wire.Codec) {
	c.Show16(fTotalParameters)
	p.totalData = int(c.Show16(fTotalData))
	c.Show16(fMaxParameters)
	c.Show16(fMaxData)
	c.Show8(fMaxSetup)
	c.Bytes(fReserved, 1)
	c.Show16(fTransFlags)
	c.Show32(fAllotted)
	c.Bytes(fReserved, 2)
	p.params = int(c.Show16(fParameterCount))
	p.paramsAt = int(c.Show16(fParameterOffset))
	p.data = int(c.Show16(fDataCount))
	p.dataAt = int(c.Show16(fDataOffset))
	p.setup = int(c.Show8(fSetupCount))
	c.Bytes(fReserved, 1)
}

// more reads the words of a secondary request, [MS-CIFS] 2.2.4.34.1.
func (p *parts) more(c *wire.Codec) {
	p.continued = true
	c.Show16(fTotalParameters)
	p.totalData = int(c.Show16(fTotalData))
	p.params = int(c.Show16(fParameterCount))
	p.paramsAt = int(c.Show16(fParameterOffset))
	p.paramsPlace = int(c.Show16(fParameterPlace))
	p.data = int(c.Show16(fDataCount))
	p.dataAt = int(c.Show16(fDataOffset))
	p.dataPlace = int(c.Show16(fDataPlace))
}

// response reads the words of [MS-CIFS] 2.2.4.33.2, up to the setup words.
func (p *parts) response(c *wire.Codec) {
	c.Show16(fTotalParameters)
	p.totalData = int(c.Show16(fTotalData))
	c.Bytes(fReserved, 2)
	p.params = int(c.Show16(fParameterCount))
	p.paramsAt = int(c.Show16(fParameterOffset))
	p.paramsPlace = int(c.Show16(fParameterPlace))
	p.data = int(c.Show16(fDataCount))
	p.dataAt = int(c.Show16(fDataOffset))
	p.dataPlace = int(c.Show16(fDataPlace))
	p.setup = int(c.Show8(fSetupCount))
	c.Bytes(fReserved, 1)
}

// setupWords reads the setup words that nothing else has read.
func setupWords(c *wire.Codec, n int) {
	for i := 0; c.More(i, n, 2); i++ {
		c.Show16(fSetupWord)
	}
}

// target is what a transaction's name addresses.
type target uint8

const (
	toOther target = iota
	toPipe
	toRAP
	toMailslot
	toBrowser
	toLanManBrowser
)

// addressee tells what a request of SMB_COM_TRANSACTION addresses. The cursor
// stands at its word count, the name behind the words and the byte count.
func addressee(c *wire.Codec, f *Facts) target {
	b := c.Peek(c.Left())
	if len(b) == 0 {
		return toOther
	}
	at := 1 + 2*int(b[0]) + 2
	step := 1
	if f.Unicode {
		at += (c.Pos() + at - c.Base()) % 2
		step = 2
	}
	if at > len(b) {
		return toOther
	}
	b = b[at:]
	switch {
	case begins(b, step, "\\PIPE\\LANMAN\x00"):
		return toRAP
	case begins(b, step, "\\PIPE\\"):
		return toPipe
	case begins(b, step, "\\MAILSLOT\\BROWSE\x00"):
		return toBrowser
	case begins(b, step, "\\MAILSLOT\\LANMAN\x00"):
		return toLanManBrowser
	case begins(b, step, "\\MAILSLOT\\"):
		return toMailslot
	}
	return toOther
}

// begins reports whether text with step bytes a character begins with prefix,
// in either case.
func begins(b []byte, step int, prefix string) bool {
	if len(b) < len(prefix)*step {
		return false
	}
	for i := range len(prefix) {
		x := b[i*step]
		if x >= 'a' && x <= 'z' {
			x -= 'a' - 'A'
		}
		if x != prefix[i] || step == 2 && b[i*step+1] != 0 {
			return false
		}
	}
	return true
}

// transRequest is [MS-CIFS] 2.2.4.33.1; with two setup words it works on a
// named pipe, [MS-CIFS] 2.2.5, with three it writes to a mailslot.
func transRequest(c *wire.Codec, f *Facts) {
	var p parts
	to := addressee(c, f)
	parameters(c, func(c *wire.Codec, words int) {
		p.request(c)
		switch {
		case to >= toMailslot && p.setup == 3:
			slotSetup(c)
		case p.setup == 2 && to < toMailslot:
			to = toPipe
			pipeSetup(c, f)
		default:
			setupWords(c, p.setup)
		}
	})
	p.calls = carriesCalls(f.SubCommand)
	name, params, data := body(transName), body(nil), body(nil)
	switch to {
	case toPipe:
		params, data = pipeParameters, pipeBytes
	case toRAP:
		params, data = rapRequest, rapSent
	case toMailslot, toBrowser, toLanManBrowser:
		name = slotName
	}
	switch to {
	case toBrowser:
		data = browse
	case toLanManBrowser:
		data = lanmanBrowse
	}
	p.walk(c, f, name, params, data)
}

func transName(c *wire.Codec, f *Facts) { f.name(tTransName.zero(c, f)) }

// transMore is [MS-CIFS] 2.2.4.34.1.
func transMore(c *wire.Codec, f *Facts) {
	var p parts
	parameters(c, func(c *wire.Codec, words int) { p.more(c) })
	p.calls = carriesCalls(c.Env.SubCode)
	p.walk(c, f, nil, nil, nil)
}

// transResponse is [MS-CIFS] 2.2.4.33.2.
func transResponse(c *wire.Codec, f *Facts) {
	var p parts
	parameters(c, func(c *wire.Codec, words int) {
		p.response(c)
		setupWords(c, p.setup)
	})
	f.SubCommand = c.Env.SubCode
	p.calls = carriesCalls(f.SubCommand)
	switch {
	case f.SubCommand >= rapFunction:
		p.walk(c, f, nil, rapResponse, rapReturned)
	case f.SubCommand != 0:
		p.walk(c, f, nil, pipeAnswer, pipeReturned)
	default:
		p.walk(c, f, nil, nil, nil)
	}
}
