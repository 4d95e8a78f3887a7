package smb1

import (
	"strings"

	"smbdiff/dissect/dcerpc/ndr"
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// rapFunction marks functions of the Remote Administration Protocol among those
// of SMB_COM_TRANSACTION.
const rapFunction = 0x8000

var (
	fRapFunction = enum("lanman.function_code", "RAPOpcode", rapValues)
	fRapForm     = &field.Def{Name: "lanman.param_desc", Label: "ParamDesc", Kind: field.Text}
	fRapEntries  = &field.Def{Name: "lanman.ret_desc", Label: "DataDesc", Kind: field.Text}
	fRapAuxForm  = &field.Def{Name: "lanman.aux_data_desc", Label: "AuxDesc", Kind: field.Text}
	fRapReceive  = num("lanman.recv_buf_len", "ReceiveBufferSize")
	fRapSend     = num("lanman.send_buf_len", "SendBufferSize")
	fRapStatus   = enum("lanman.status", "Win32ErrorCode", ndr.Win32Errors())
	fRapConvert  = num("lanman.convert", "Converter")
	fRapCount    = num("lanman.entry_count", "EntriesReturned")
	fRapTotal    = num("smb_pipe.word_param", "TotalBytesAvailable")
	fRapAuxCount = num("lanman.aux_data_struct_count", "AuxiliaryDataCount")
	fRapPointer  = hexNum("lanman.pointer", "Pointer")
	fRapEntry    = &field.Def{Name: "lanman.entry", Label: "Entry"}
	fRapShare    = &field.Def{Name: "lanman.share", Label: "Share"}
	fRapServer   = &field.Def{Name: "lanman.server", Label: "Server"}
	fRapAux      = &field.Def{Name: "lanman.aux_entry", Label: "Auxiliary entry"}
	fRapRest     = octets("lanman.data_no_descriptor", "Data")
	fRapWord     = num("smb_pipe.word_param", "WORD")
	fRapLong     = num("smb_pipe.doubleword_param", "DWORD")
	fRapByte     = num("smb_pipe.byte_param", "BYTE")
	fRapBytes    = octets("smb_pipe.bytes_param", "BYTES")
	fRapString   = &field.Def{Name: "smb_pipe.string_param", Label: "String", Kind: field.Text}
)

// rapDescriptors are the three that say what a call is made of, [MS-RAP]
// 2.5.1: of parameters, of entries, of what belongs to an entry.
type rapDescriptors [3]string

// rapForm gives the descriptors that a request's facts hold.
func rapForm(s string) (d rapDescriptors) {
	d[0], s, _ = strings.Cut(s, "\x00")
	d[1], s, _ = strings.Cut(s, "\x00")
	d[2], _, _ = strings.Cut(s, "\x00")
	return d
}

// rapNext cuts the next item off a descriptor: a letter and how often or how
// long, 0 when it does not say.
func rapNext(s string) (letter byte, n int, rest string) {
	letter, s = s[0], s[1:]
	for len(s) > 0 && s[0] >= '0' && s[0] <= '9' {
		if n < 1<<16 {
			n = n*10 + int(s[0]-'0')
		}
		s = s[1:]
	}
	return letter, n, s
}

// rapRequest walks the parameters of a request, [MS-RAP] 2.5.1.
func rapRequest(c *wire.Codec, f *Facts) {
	function := c.Show16(fRapFunction)
	f.SubCommand = rapFunction | function
	f.Form[0] = c.CString8(fRapForm)
	f.Form[1] = c.CString8(fRapEntries)
	r := rapReader{c: c, call: rapCalls()[function], f: f}
	if r.call != nil {
		r.items = r.call.ask
	}
	for s := string(f.Form[0]); s != "" && c.Left() > 0; {
		var letter byte
		var n int
		letter, n, s = rapNext(s)
		r.parameter(letter, n)
	}
	if c.Left() > 0 { // some send an empty one
		f.Form[2] = c.CString8(fRapAuxForm)
	}
}

// rapReader walks items in the order of a descriptor. Each takes the next of
// the items that the function's table has.
type rapReader struct {
	c     *wire.Codec
	f     *Facts
	call  *rapCall
	items []rapItem
	at    int // where pointers count from,
	less  int // and what is to be taken from them
	end   int // how far strings reach
	aux   int // auxiliary entries that follow
}

// next gives the definition for an item with this letter.
func (r *rapReader) next(letter byte, generic *field.Def) *field.Def {
	if len(r.items) == 0 || r.items[0].letter != letter {
		r.items = nil
		return generic
	}
	d := r.items[0].def
	r.items = r.items[1:]
	return d
}

// parameter reads a parameter of a request.
func (r *rapReader) parameter(letter byte, n int) {
	c := r.c
	switch letter {
	case 'W', 'P':
		d := r.next('W', fRapWord)
		if v := c.Show16(d); strings.HasSuffix(d.Label, "Level") {
			r.f.InfoClass = uint8(v)
		}
	case 'D':
		c.Show32(r.next('D', fRapLong))
	case 'z':
		c.CString8(r.next('z', fRapString))
	case 'L':
		c.Show16(fRapReceive)
	case 'T':
		c.Show16(fRapSend)
	case 'b':
		if len(r.items) > 1 && r.items[0].letter == 'B' { // NetWkstaUserLogon packs a structure
			c.Within(n, func(c *wire.Codec) {
				for _, n := range logonForm {
					r.bytes(n)
				}
			})
			return
		}
		c.Bytes(r.next('b', fRapBytes), max(n, 1))
	}
}

// logonForm is the structure in the parameters of NetWkstaUserLogon.
var logonForm = [...]int{21, 1, 15, 1, 16}

// bytes reads an item of n bytes; 0 stands for one.
func (r *rapReader) bytes(n int) {
	if n <= 1 {
		r.c.Show8(r.next('C', fRapByte))
		return
	}
	r.c.Bytes(r.next('B', fRapBytes), n)
}

// rapResponse walks the parameters of a response, [MS-RAP] 2.5.2.
func rapResponse(c *wire.Codec, f *Facts) {
	c.Show16(fRapStatus)
	f.converter = int(c.Show16(fRapConvert))
	f.entries = 1
	total := fRapTotal
	if call := rapCalls()[f.SubCommand&^rapFunction]; call != nil && call.count != nil {
		total = call.count
	}
	for s := rapForm(c.Env.Form)[0]; s != "" && c.Left() > 0; {
		var letter byte
		var n int
		letter, n, s = rapNext(s)
		switch letter {
		case 'e':
			f.entries = int(c.Show16(fRapCount))
		case 'h':
			c.Show16(total)
		case 'i':
			c.Show32(fRapLong)
		case 'g':
			c.Bytes(fRapBytes, max(n, 1))
		}
	}
}

// rapSent walks the entry that a request sends.
func rapSent(c *wire.Codec, f *Facts) {
	f.entries, f.converter = 1, 0
	rapData(c, f, rapDescriptors{string(f.Form[0]), string(f.Form[1]), string(f.Form[2])}, f.InfoClass)
}

// rapReturned walks the entries of a response.
func rapReturned(c *wire.Codec, f *Facts) {
	rapData(c, f, rapForm(c.Env.Form), c.Env.InfoClass)
}

// rapData walks entries and the texts that they point to.
func rapData(c *wire.Codec, f *Facts, form rapDescriptors, level uint8) {
	if c.Tree() == nil {
		return
	}
	function := f.SubCommand &^ rapFunction
	r := rapReader{c: c, f: f, call: rapCalls()[function], at: c.Pos(), less: f.converter}
	d := fRapEntry
	switch function {
	case 0, 1, 3:
		d = fRapShare
	case 13, 104, 215:
		d = fRapServer
	}
	for i := 0; c.More(i, f.entries, rapSize(form[1])) && r.entry(d, form[1], level); i++ {
		for r.aux > 0 && c.More(0, r.aux, rapSize(form[2])) && r.entry(fRapAux, form[2], level) {
			r.aux--
		}
	}
	c.Seek(max(c.Pos(), r.end))
	c.Rest(fRapRest)
}

// rapSize gives the size of an entry, at least 1.
func rapSize(form string) (size int) {
	for s := form; s != ""; {
		var letter byte
		var n int
		letter, n, s = rapNext(s)
		n = max(n, 1)
		switch letter {
		case 'B', 'b':
			size += n
		case 'W', 'N':
			size += 2 * n
		case 'D', 'z', 'O', 'l':
			size += 4 * n
		}
	}
	return max(size, 1)
}

// entry walks one entry. It reports false where the descriptor has nothing that
// takes bytes.
func (r *rapReader) entry(d *field.Def, form string, level uint8) bool {
	c := r.c
	start := c.Pos()
	r.items = nil
	if d != fRapAux {
		r.aux = 0
	}
	if r.call != nil && d != fRapAux {
		r.items = r.call.data[int(level)]
	}
	c.BeginLen(d, rapSize(form), 0)
	for s := form; s != "" && c.Left() > 0; {
		var letter byte
		var n int
		letter, n, s = rapNext(s)
		if letter == 'B' || letter == 'b' {
			r.bytes(n)
			continue
		}
		for i := 0; i < max(n, 1) && c.Left() > 0; i++ {
			r.item(letter)
		}
	}
	c.Done()
	return c.Pos() > start
}

// item reads an item of an entry that is no run of bytes.
func (r *rapReader) item(letter byte) {
	c := r.c
	switch letter {
	case 'W':
		c.Show16(r.next('W', fRapWord))
	case 'D':
		c.Show32(r.next('D', fRapLong))
	case 'N':
		r.aux = int(c.Show16(fRapAuxCount))
	case 'O', 'l':
		c.Show32(fRapPointer)
	case 'z':
		r.text(r.next('z', fRapString))
	}
}

// maxRapText bounds a text, so that many pointers to one cost little.
const maxRapText = 1024

// text reads a pointer, of which the low half counts, and the text there.
func (r *rapReader) text(d *field.Def) {
	c := r.c
	p := int(c.Show32(fRapPointer) & 0xffff)
	if p == 0 {
		return
	}
	at := r.at + p - r.less
	if at < r.at || at >= c.End() {
		c.Problem("pointer points outside the data")
		return
	}
	c.At(at, min(c.End()-at, maxRapText), func(c *wire.Codec) {
		c.CString8(d)
		r.end = max(r.end, c.Pos())
	})
}
