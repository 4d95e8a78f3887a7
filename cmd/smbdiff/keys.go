package main

import (
	"errors"
	"flag"
	"io"
	"slices"
	"strconv"
	"time"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/keys"
)

const keysUsage = `usage: smbdiff keys check A            which sessions of a capture open, by which key, and why the others stay shut
       smbdiff keys list [A|FILE...]      the keys that are given, secrets hidden
       smbdiff keys derive A              the keys of each session that opens: signing, application, sealing
       smbdiff keys export --for TOOL A   the keys of each session that opens, as wireshark, tshark or samba writes them
       smbdiff keys import FILE... -o X   logs, lists, passwords of any known form as one keys file
       smbdiff keys encrypt FILE          wrap a keys file for a passphrase or public keys, as FILE.age
       smbdiff keys agent [list|stop]     hold what is unlocked for other smbdiff processes of the user

flags:
  -k, --key SPEC         key file of any known format, SESSIONID,KEY, or a bare key; repeatable
  --key-fd N             keys from the open file N, such as a pipe
  --port N               TCP port that carries SMB whatever it shows; repeatable
  --format text|json     of check, list, derive
  --for TOOL             wireshark: lines of its file smb2_seskey_list; tshark: arguments; samba: as debug encryption prints them
  --reveal               list, derive: show secrets; else their first and last byte
  -o, --output FILE      import, export, encrypt: written with mode 0600; --force overwrites
  -p                     encrypt: for a passphrase, which is asked for (the default)
  -r KEY, -R FILE        encrypt: for a public key of age (age1...) or of ssh, or a file of them; repeatable
  --identity FILE        secret key of age or ssh that opens wrapped files; repeatable; also $SMBDIFF_IDENTITY and ~/.ssh
  --timeout TIME         agent: forget a file after it; 15m

check ends with 1 when some session stays shut.
`

// keysFlags are the flags of the verb keys.
type keysFlags struct {
	flags
	tool   string
	reveal bool

	recipients, recipientFiles []string
	passphrase                 bool
	timeout                    time.Duration
}

// keysVerb runs one of the verbs about keys.
func (a *app) keysVerb(args []string) int {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		io.WriteString(a.stdout, keysUsage)
		if len(args) == 0 {
			return exitTrouble
		}
		return exitDone
	}
	verbs := map[string]func(*keysFlags) int{"check": a.keysCheck, "list": a.keysList, "derive": a.keysDerive, "export": a.keysExport, "import": a.keysImport,
		"encrypt": a.keysEncrypt, "agent": a.keysAgent}
	verb := verbs[args[0]]
	if verb == nil {
		return a.fail(usageError{what: "keys " + args[0] + ": unknown", hint: "smbdiff keys help"})
	}
	f, err := parseKeysFlags(args[0], args[1:])
	if err != nil {
		return a.fail(err)
	}
	if f.help {
		io.WriteString(a.stdout, keysUsage)
		return exitDone
	}
	a.warnTyped(&f.flags)
	f.unlock = a.unlocker(f.identities)
	return verb(f)
}

func parseKeysFlags(verb string, args []string) (*keysFlags, error) {
	f := &keysFlags{}
	s := flag.NewFlagSet("smbdiff", flag.ContinueOnError)
	s.SetOutput(io.Discard)
	var k, ports list
	for _, n := range []string{"k", "key"} {
		s.Var(&k, n, "")
	}
	keyFile(s, &k)
	s.Var(&ports, "port", "")
	s.Var((*list)(&f.identities), "identity", "")
	switch verb {
	case "encrypt":
		s.Var((*list)(&f.recipients), "r", "")
		s.Var((*list)(&f.recipientFiles), "R", "")
		s.BoolVar(&f.passphrase, "p", false, "")
	case "agent":
		s.DurationVar(&f.timeout, "timeout", 15*time.Minute, "")
	}
	switch verb {
	case "check", "list", "derive":
		s.StringVar(&f.format, "format", "text", "")
	}
	switch verb {
	case "export", "import", "encrypt":
		f.outputFlags(s)
	case "list", "derive":
		s.BoolVar(&f.reveal, "reveal", false, "")
	}
	if verb == "export" {
		s.StringVar(&f.tool, "for", "", "")
	}
	for len(args) > 0 {
		if err := s.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				f.help = true
				return f, nil
			}
			return nil, usageError{what: noFlag(s, "keys "+verb, err), hint: "smbdiff keys help"}
		}
		rest := s.Args()
		if len(rest) == 0 {
			break
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			f.files = append(f.files, rest...)
			break
		}
		f.files = append(f.files, rest[0])
		args = rest[1:]
	}
	f.flags.keys = k
	for _, p := range ports {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return nil, usageError{what: "--port " + p + ": not a TCP port"}
		}
		f.ports = append(f.ports, uint16(n))
	}
	return f, f.check(verb)
}

func (f *keysFlags) check(verb string) error {
	bad := func(what string) error { return usageError{what: what, hint: "smbdiff keys help"} }
	switch {
	case f.format != "" && f.format != "text" && f.format != "json":
		return bad("--format " + f.format + ": unknown for keys")
	case verb == "export" && !slices.Contains([]string{"wireshark", "tshark", "samba"}, f.tool):
		return bad("--for " + strconv.Quote(f.tool) + ": wireshark, tshark or samba")
	case (verb == "check" || verb == "derive" || verb == "export") && len(f.files) != 1:
		return bad(strconv.Itoa(len(f.files)) + " captures given, keys " + verb + " takes 1")
	case verb == "encrypt" && len(f.files) != 1:
		return bad(strconv.Itoa(len(f.files)) + " files given, keys encrypt takes 1")
	case verb == "agent" && (len(f.files) > 1 || len(f.files) == 1 && f.files[0] != "stop" && f.files[0] != "list"):
		return bad("keys agent takes stop, list or nothing")
	case verb == "agent" && f.timeout <= 0:
		return bad("--timeout: not a time to come")
	case verb == "import" && len(f.files)+len(f.flags.keys) == 0:
		return bad("nothing to import")
	}
	return nil
}

// sealedSession is what the messages of one session id show.
type sealedSession struct {
	sealed, opened, verified int // PDUs
	way                      [2][2]int
	cut                      int
	first                    uint32 // frame of the first PDU that stays shut
	whys                     [16]int
	signed, valid, invalid   int
}

// counted is what reading a capture whole tells about its keys.
type counted struct {
	side     *side
	sessions map[uint64]*sealedSession
	smb1     map[uint32]*sealedSession // by connection
	total    sealedSession
	messages int
	code     int
}

// count reads a capture whole, with the keys of ring.
func (a *app) count(f *flags, s *side) (*counted, error) {
	c := &counted{side: s, sessions: map[uint64]*sealedSession{}, smb1: map[uint32]*sealedSession{}}
	sum, err := dissect.Run(s.file, dissect.Options{Opener: s.opener, Ports: f.ports, Whole: true, Tracked: func(b *dissect.Batch) {
		for i := range b.Messages {
			if m := &b.Messages[i]; m.Event.Carries() {
				c.add(m)
			}
		}
	}})
	if err != nil {
		return nil, err
	}
	c.code = a.aftermath(s.file.Name(), sum, c.messages)
	return c, nil
}

// add counts a message: the PDU at its first one, the signature of each.
func (c *counted) add(m *conv.Message) {
	c.messages++
	if smb1Message(m) {
		c.of(c.smb1, m).signature(m)
		c.total.signature(m)
		return
	}
	if m.Sealed && m.Index == 0 {
		c.of2(m).seal(m)
		c.total.seal(m)
	}
	if !m.Sealed {
		c.of2(m).signature(m)
		c.total.signature(m)
	}
}

func (s *sealedSession) seal(m *conv.Message) {
	s.sealed++
	dir := 0
	if m.FromServer {
		dir = 1
	}
	s.way[dir][1]++
	switch {
	case m.Seal.Opened && !m.Seal.Broken():
		s.opened++
		s.way[dir][0]++
		if m.Seal.Verified {
			s.verified++
		} else {
			s.cut++
		}
	default:
		s.whys[m.Seal.Why&15]++
		if s.first == 0 {
			s.first = m.Frame
		}
	}
}

func (s *sealedSession) signature(m *conv.Message) {
	switch m.Signature {
	case conv.SignatureValid:
		s.valid++
	case conv.SignatureInvalid:
		s.invalid++
	case conv.SignatureUnverified:
	default:
		return
	}
	s.signed++
}

// write puts what a verb makes of secrets into the file that was named, which
// only its owner may read, or to stdout.
func (a *app) write(f *keysFlags, text []byte) error {
	if err := f.mayWrite(); err != nil {
		return err
	}
	return a.output(f.out, 0o600, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// given reads all keys that the command line and its surroundings name, for
// verbs that open no capture.
func (f *keysFlags) given() (*keys.Ring, error) {
	ring := f.newRing()
	for _, spec := range f.flags.keys {
		if err := ring.AddSpec(spec); err != nil {
			return nil, err
		}
	}
	for _, p := range f.files {
		if err := f.addFile(ring, p); err != nil {
			return nil, err
		}
	}
	return ring, nil
}
