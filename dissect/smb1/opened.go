package smb1

import "smbdiff/dissect/wire"

// Opened gives what the response to a transaction that opens a file tells of
// it: TRANS2_OPEN2, [MS-CIFS] 2.2.6.1.2, a POSIX open, NT_TRANSACT_CREATE,
// 2.2.7.1.2. Unlike WalkBody it knows the request, by env. It reports false for
// other messages.
func Opened(b []byte, h *Header, env *wire.Env) (fid uint16, directory, ok bool) {
	var (
		c wire.Codec
		p parts
		f Facts
	)
	c.Reset(b, nil)
	c.Env = *env
	c.Seek(HeaderSize)
	f.SubCommand, f.InfoClass = env.SubCode, env.InfoClass
	walk := func(at int, walk body) {
		if at > HeaderSize && at < len(b) {
			c.Seek(at)
			walk(&c, &f)
		}
	}
	switch h.Command {
	case Transaction2:
		parameters(&c, func(c *wire.Codec, words int) { p.response(c) })
		switch env.SubCode {
		case trans2Open:
			walk(p.paramsAt, trans2ResponseParameters)
		case trans2SetPath:
			if env.InfoClass == posixOpen {
				walk(p.dataAt, posixOpened)
			}
		}
	case NTTransaction:
		parameters(&c, func(c *wire.Codec, words int) { p.long(c) })
		if env.SubCode == ntCreate {
			walk(p.paramsAt, ntResponseParameters)
		}
	}
	return f.FID, f.Directory, f.HasFID
}
