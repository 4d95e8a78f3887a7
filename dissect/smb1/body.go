package smb1

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// Facts is what a conversation needs to know of one message's body. Slices
// point into the message. Fields that a command does not have stay zero. Of an
// ANDX chain the first command that has a field gives it.
type Facts struct {
	Name       []byte    // path of an open, a query, a tree connect ..., without its NUL; UTF-16LE when Unicode is set
	User       []byte    // SESSION_SETUP without extended security: account name, in the same form
	Domain     []byte    // and the domain that it belongs to
	LM, NT     []byte    // and the responses to the challenge
	Challenge  []byte    // NEGOTIATE response without extended security
	Token      []byte    // SESSION_SETUP with extended security
	Data       []byte    // READ_ANDX response, WRITE_ANDX request, data of a transaction: as far as it is there
	DataPlace  int       // of a transaction in several messages: where Data stands in the whole,
	DataTotal  int       // which has so many bytes,
	DataSize   int       // and how many Data should have
	Offset     uint64    // READ, WRITE, LOCK: file offset
	Length     uint64    // READ, WRITE, LOCK: bytes asked for or given
	Form       [3][]byte // descriptors of a RAP call: of parameters, entries, auxiliary entries
	Control    uint32    // function code of NT_TRANSACT_IOCTL
	FID        uint16
	SubCommand uint16 // function of a transaction
	InfoClass  uint8  // LevelClass of a Trans2 information level
	HasFID     bool
	Unicode    bool
	Pipe       bool // TREE_CONNECT response: the service is IPC
	Directory  bool // NT_CREATE response: a directory was opened
	Guest      bool // SESSION_SETUP response: the user was let in as a guest

	command uint8 // that is being walked
	andx    uint8 // next command of the chain
	andxAt  int   // its place, from the header

	descriptor, attributes int // NT_TRANSACT_CREATE: lengths of its data's parts
	bytes                  int // of a transaction's block
	entries, converter     int // of a RAP response
}

// fid notes a file id and its node. The id 0xFFFF in a chain stands for what
// the command before it opened.
func (f *Facts) fid(c *wire.Codec) {
	v := c.Show16(fFID)
	if !f.HasFID && v != 0xffff {
		f.FID, f.HasFID = v, true
	}
}

func (f *Facts) name(b []byte) {
	if f.Name == nil {
		f.Name = trimNUL(b, f.Unicode)
	}
}

func trimNUL(b []byte, unicode bool) []byte {
	if unicode {
		for len(b) >= 2 && b[len(b)-1]|b[len(b)-2] == 0 {
			b = b[:len(b)-2]
		}
		return b
	}
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// body is the walk of one direction of one command: parameters and data.
type body func(*wire.Codec, *Facts)

// bodies gives the walks of a command: request, response.
func bodies(command uint8) (request, response body) {
	switch command {
	case 0x00, 0x01, 0x10:
		return pathRequest, plain
	case Open:
		return openRequest, openResponse
	case Create, 0x0f:
		return createRequest, fidResponse
	case 0x0e:
		return temporaryRequest, temporaryResponse
	case Close:
		return closeRequest, plain
	case 0x05, 0xc2:
		return fidRequest, plain
	case 0x12:
		return seekRequest, seekResponse
	case 0x1b, 0x1c:
		return readMpxRequest, readMpxResponse
	case WriteRaw:
		return writeRawRequest, remainingResponse
	case 0x1e, 0x1f:
		return writeMpxRequest, writeMpxResponse
	case WriteComplete:
		return plain, countResponse
	case 0x29:
		return copyRequest, transferResponse
	case 0x2a:
		return moveRequest, transferResponse
	case 0x31:
		return closeRequest, plain
	case 0x35:
		return notifyCloseRequest, plain
	case 0x70:
		return oldConnectRequest, oldConnectResponse
	case 0xc0:
		return openPrintRequest, fidResponse
	case 0xc1:
		return writePrintRequest, plain
	case 0xc3:
		return printQueueRequest, printQueueResponse
	case machineName:
		return plain, machineNameResponse
	case startMessage:
		return messengerRequest, startMessageResponse
	case sendMessage, sendBroadcast, forwardName, cancelForward, endMessage, messageText:
		return messengerRequest, plain
	case 0x06:
		return deleteRequest, plain
	case 0x07:
		return renameRequest, plain
	case 0xa5:
		return ntRenameRequest, plain
	case 0x08:
		return fileRequest, queryInformationResponse
	case 0x09:
		return setInformationRequest, plain
	case 0x0a, 0x13:
		return readRequest, readResponse
	case 0x0b, 0x14:
		return writeRequest, countResponse
	case 0x2c:
		return writeCloseRequest, countResponse
	case 0x0c, 0x0d:
		return lockRequest, plain
	case ReadRaw:
		return readRawRequest, plain
	case 0x22:
		return setInformation2Request, plain
	case 0x23:
		return fidRequest, queryInformation2Response
	case Locking:
		return lockingRequest, andxOnly
	case Transaction:
		return transRequest, transResponse
	case transSecondary:
		return transMore, plain
	case 0x2b:
		return echoRequest, echoResponse
	case OpenAndX:
		return openAndXRequest, openAndXResponse
	case ReadAndX:
		return readAndXRequest, readAndXResponse
	case WriteAndX:
		return writeAndXRequest, writeAndXResponse
	case Transaction2:
		return trans2Request, trans2Response
	case trans2Secondary:
		return trans2More, plain
	case 0x34:
		return findCloseRequest, plain
	case Negotiate:
		return negotiateRequest, negotiateResponse
	case SessionSetup:
		return sessionSetupRequest, sessionSetupResponse
	case Logoff:
		return andxOnly, andxOnly
	case TreeConnect:
		return treeConnectRequest, treeConnectResponse
	case 0x80:
		return plain, queryDiskResponse
	case search, 0x82, 0x83:
		return searchRequest, searchResponse
	case 0x84:
		return searchRequest, findCloseResponse
	case NTTransaction:
		return ntTransRequest, ntTransResponse
	case nttransSecondary:
		return ntTransMore, plain
	case NTCreate:
		return ntCreateRequest, ntCreateResponse
	}
	return plain, plain
}

var (
	fWordCount  = &field.Def{Name: "smb.wct", Label: "WordCount", Kind: field.Uint}
	fByteCount  = &field.Def{Name: "smb.bcc", Label: "ByteCount", Kind: field.Uint}
	fParameters = &field.Def{Name: "smb.parameters", Label: "Words", Kind: field.Bytes}
	fData       = &field.Def{Name: "smb.extra_byte_parameters", Label: "Bytes", Kind: field.Bytes}
	fWords      = octets("smb.word_parameters", "Words")
	fOctets     = octets("smb.byte_parameters", "Bytes")
	fReserved   = &field.Def{Name: "smb.reserved", Label: "Reserved", Kind: field.Bytes}
	fOffset     = &field.Def{Name: "smb.andxoffset", Label: "AndXOffset", Kind: field.Uint}
	fPadding    = &field.Def{Name: "smb.padding", Label: "Pad", Kind: field.Bytes}
	fBlocks     = defineBlocks()
)

// defineBlocks makes the subtrees of all commands.
func defineBlocks() (defs [256]field.Def) {
	for i := range defs {
		label := CommandName(uint8(i))
		if label == "" {
			label = "unknown command"
		}
		defs[i] = field.Def{Name: "smb.block", Label: label}
	}
	return defs
}

// maxChain bounds the blocks of an ANDX chain.
const maxChain = 16

// WalkBody walks what follows the header: parameters and data of the command,
// [MS-CIFS] 2.2.3.2 and 2.2.3.3, and of the commands chained to it. The cursor
// stands behind the header, offsets count from the header's first byte.
func WalkBody(c *wire.Codec, h *Header, f *Facts) {
	*f = Facts{Unicode: h.Flags2&Flags2Unicode != 0}
	c.Env.Unicode = f.Unicode
	command, last := h.Command, 0
	for range maxChain {
		f.command, f.andx, f.andxAt = command, noAndX, 0
		walk, response := bodies(command)
		if c.Env.Response {
			walk = response
		}
		last = c.Pos()
		c.Begin(&fBlocks[command])
		walk(c, f)
		c.Finish()
		if f.andx == noAndX {
			return
		}
		if c.Base()+f.andxAt <= last || f.andxAt == 0 {
			c.Problem("AndXOffset points backwards")
			return
		}
		if c.Base()+f.andxAt >= c.End() {
			c.Problem("AndXOffset points outside the message")
			return
		}
		c.Seek(c.Base() + f.andxAt)
		command = f.andx
	}
	c.Problem("too many chained commands")
}

// parameters walks the words of a block; walk gets their number. It is not
// called when there are none, as in error responses.
func parameters(c *wire.Codec, walk func(c *wire.Codec, words int)) bool {
	return longParameters(c, 0, walk)
}

// longParameters is parameters with a number of words of its own, unless it is
// zero.
func longParameters(c *wire.Codec, size int, walk func(c *wire.Codec, words int)) bool {
	words := int(c.Show8(fWordCount))
	if words == 0 {
		return false
	}
	if size == 0 {
		size = words
	}
	c.Within(2*size, func(c *wire.Codec) {
		walk(c, words)
		c.Rest(fParameters)
	})
	return true
}

// data walks the bytes of a block. The count of large reads and writes is
// shorter than what follows: their data has a length and a place of its own.
func data(c *wire.Codec, walk func(c *wire.Codec)) {
	n := int(c.Show16(fByteCount))
	if n == 0 {
		return
	}
	c.Within(n, func(c *wire.Codec) {
		walk(c)
		c.Rest(fData)
	})
}

func nothing(*wire.Codec) {}

func none(*wire.Codec, int) {}

// plain is a block without fields of its own.
func plain(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { c.Rest(fWords) })
	data(c, func(c *wire.Codec) { c.Rest(fOctets) })
}

// andx reads the first two words of a command that can be chained, [MS-CIFS]
// 2.2.3.4.
func andx(c *wire.Codec, f *Facts) {
	f.andx = c.Show8(fCommand)
	c.Bytes(fReserved, 1)
	f.andxAt = int(c.Show16(fOffset))
}

// andxOnly is a block with no more than the chain.
func andxOnly(c *wire.Codec, f *Facts) {
	parameters(c, func(c *wire.Codec, words int) { andx(c, f) })
	data(c, nothing)
}

// text defines a string that is 8-bit or UTF-16LE as the header says.
type text struct{ octets, unicode *field.Def }

func textDef(name, label string) *text {
	return &text{&field.Def{Name: name, Label: label, Kind: field.Text}, &field.Def{Name: name, Label: label, Kind: field.UTF16}}
}

// zero reads a string up to and with its NUL. UTF-16LE is aligned to the
// header.
func (t *text) zero(c *wire.Codec, f *Facts) []byte {
	if f.Unicode {
		even(c)
		return c.CString16(t.unicode)
	}
	return c.CString8(t.octets)
}

// even moves the cursor to an even place, where UTF-16LE text stands.
func even(c *wire.Codec) {
	if (c.Pos()-c.Base())%2 != 0 && c.Left() > 0 {
		c.Bytes(fPadding, 1)
	}
}

// sized reads a string of n bytes.
func (t *text) sized(c *wire.Codec, f *Facts, n int) []byte {
	if f.Unicode {
		return c.Bytes(t.unicode, n)
	}
	return c.Bytes(t.octets, n)
}

// ended reads a string of n bytes with the NUL that may stand behind it.
func (t *text) ended(c *wire.Codec, f *Facts, n int) []byte {
	b := c.Peek(n + 2)
	switch {
	case f.Unicode && n > 1 && len(b) == n+2 && b[n]|b[n+1] == 0 && b[n-1]|b[n-2] != 0:
		n += 2
	case !f.Unicode && n > 0 && len(b) > n && b[n] == 0 && b[n-1] != 0:
		n++
	}
	return t.sized(c, f, n)
}

func num(name, label string) *field.Def {
	return &field.Def{Name: name, Label: label, Kind: field.Uint}
}

func hexNum(name, label string) *field.Def {
	return &field.Def{Name: name, Label: label, Kind: field.Hex}
}

func octets(name, label string) *field.Def {
	return &field.Def{Name: name, Label: label, Kind: field.Bytes}
}

func enum(name, label string, values field.Values) *field.Def {
	return &field.Def{Name: name, Label: label, Kind: field.Enum, Values: values}
}

func flags(name, label string, bits ...field.Bit) *field.Def {
	return &field.Def{Name: name, Label: label, Kind: field.Flags, Bits: bits}
}

func times(name, label string) *field.Def {
	return &field.Def{Name: name, Label: label, Kind: field.FileTime}
}
