package diff

import (
	"strings"

	"smbdiff/dissect/field"
)

// how says in what way a rule treats a field.
type how uint8

const (
	keep     how = iota // compared as it is
	drop                // the value is ignored, its presence compared
	alias               // renamed by first appearance; a broken correspondence is a difference
	anyOrder            // entries of a list may stand in any order
	within              // numbers may differ by a factor
	length              // the size alone is compared
	shape               // zero or not is compared
	hide                // not compared and not listed
)

// The sets of rules. A rule belongs to those whose bit it has.
const (
	inStrict = 1 << iota
	inDefault
	inCI
)

// rule says how fields are treated whose name, or path where the glob has a
// slash, matches. The first rule that matches counts.
type rule struct {
	glob  string
	how   how
	class aliasClass
	name  string // by which a hidden difference is explained
	kinds []field.Kind
	sets  uint8
	// factor bounds the larger of two numbers by the smaller, for within.
	factor float64
	whole  bool // all below the field goes with it
}

const (
	inAll  = inStrict | inDefault | inCI
	inMost = inDefault | inCI
)

// rules gives all shipped rules in the order in which they count.
func rules() []rule {
	times := []field.Kind{field.FileTime, field.UnixTime}
	return []rule{
		{glob: "smb2.sesid", how: alias, class: aliasSession, name: "session id", sets: inAll},
		{glob: "smb2.previous_sesid", how: alias, class: aliasSessionWire, name: "session id", sets: inAll},
		{glob: "smb.uid", how: alias, class: aliasSession, name: "session id", sets: inAll},
		{glob: "smb*.tid", how: alias, class: aliasTree, name: "tree id", sets: inAll},
		{glob: "smb*.fid", how: alias, class: aliasOpen, name: "file id", sets: inAll},
		{glob: "smb2.msg_id", how: alias, class: aliasMessage, name: "message id", sets: inAll},
		{glob: "smb2.aid", how: alias, class: aliasMessage, name: "async id", sets: inAll},
		{glob: "smb.mid", how: alias, class: aliasMessage, name: "message id", sets: inAll},
		{glob: "smb2.lease.*lease_key", how: alias, class: aliasLease, name: "lease key", sets: inAll},
		{glob: "smb*.client_guid", how: alias, class: aliasGUID, name: "client guid", sets: inAll},
		{glob: "smb*.server_guid", how: alias, class: aliasGUID, name: "server guid", sets: inAll},
		{glob: "smb2.dh2x.create_guid", how: alias, class: aliasCreate, name: "create guid", sets: inAll},
		{glob: "smb2.app_instance.app_guid", how: alias, class: aliasCreate, name: "application instance", sets: inAll},
		{glob: "smb2.fsctl.cchunk.resume_key", how: alias, class: aliasResume, name: "resume key", sets: inAll},
		{glob: "smb*.tree", how: hide, name: "tree id", kinds: []field.Kind{field.Known}, sets: inAll},

		{glob: "smb*.signature", how: hide, name: "signature", kinds: []field.Kind{field.Bytes, field.Hex}, sets: inMost},
		{glob: "smb2.header.transform.signature", how: hide, name: "signature", sets: inMost},
		{glob: "smb2.header.transform.nonce", how: hide, name: "nonce", sets: inMost},
		{glob: "smb2.header.transform.enc_data", how: hide, name: "ciphertext", sets: inMost},
		{glob: "smb2.header.comp_transform.data", how: drop, name: "compressed bytes", kinds: []field.Kind{field.Bytes}, sets: inMost},
		{glob: "smb2.header.comp_transform.plain", how: hide, name: "compressed bytes", sets: inMost},
		{glob: "smb*.pid", how: hide, name: "process id", sets: inMost},
		{glob: "smb.pid.high", how: hide, name: "process id", sets: inMost},
		{glob: "smb2.credits.*", how: drop, name: "credits", sets: inMost},
		{glob: "smb2.credit.charge", how: drop, name: "credits", sets: inMost},

		{glob: "smb2.negotiate_context.salt", how: drop, name: "preauth salt", sets: inMost},
		{glob: "ntlmssp.ntlmserverchallenge", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.ntlmclientchallenge", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.auth.lmresponse", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.auth.ntresponse", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.auth.sesskey", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.authenticate.mic", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.ntlmv2_response", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.ntlmv2_response.ntproofstr", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.ntlmv2_response.chal", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.ntlmv2_response.restrictions*", how: drop, name: "authentication", sets: inMost},
		{glob: "ntlmssp.verf.*", how: drop, name: "authentication", sets: inMost},
		{glob: "spnego.mechListMIC", how: drop, name: "authentication", sets: inMost},
		{glob: "spnego.mechToken", how: drop, name: "authentication", sets: inMost},
		{glob: "negoex.message.random", how: drop, name: "authentication", sets: inMost},
		{glob: "negoex.message.conv_id", how: drop, name: "authentication", sets: inMost},
		{glob: "negoex.checksum", how: drop, name: "authentication", sets: inMost},
		{glob: "spnego.responseToken", how: drop, name: "authentication", sets: inMost},
		{glob: "spnego.krb5.*", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.cipher", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.stime", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.susec", how: drop, name: "authentication", sets: inMost},
		{glob: "smb2.security_blob", how: drop, name: "authentication", sets: inMost},
		{glob: "smb.security_blob", how: drop, name: "authentication", sets: inMost},
		{glob: "smb.challenge", how: drop, name: "authentication", sets: inMost},
		{glob: "smb.session_key", how: drop, name: "authentication", sets: inMost},
		{glob: "smb.password", how: drop, name: "authentication", sets: inMost},
		{glob: "smb.ansi_password", how: drop, name: "authentication", sets: inMost},
		{glob: "smb.unicode_password", how: drop, name: "authentication", sets: inMost},
		{glob: "*/smb2.security_blob*/*length", how: drop, name: "sizes of tokens", sets: inCI},
		{glob: "*/smb2.security_blob*/*maxlen", how: drop, name: "sizes of tokens", sets: inCI},
		{glob: "*/smb2.security_blob*/*offset", how: drop, name: "sizes of tokens", sets: inCI},

		{glob: "smb2.twrp_timestamp", how: keep, sets: inMost},
		{glob: "*", how: shape, name: "time", kinds: times, sets: inMost},
		{glob: "*.smb_date", how: shape, name: "time", sets: inMost},
		{glob: "*.smb_time", how: shape, name: "time", sets: inMost},
		{glob: "smb2.file_id", how: drop, name: "index number", sets: inMost},
		{glob: "smb2.file_id_128", how: drop, name: "index number", sets: inMost},
		{glob: "smb2.inode", how: drop, name: "index number", sets: inMost},
		{glob: "smb2.qfid_fid", how: drop, name: "index number", sets: inMost},
		{glob: "smb.index_number", how: drop, name: "index number", sets: inMost},
		{glob: "smb*.volume*serial", how: drop, name: "volume serial", sets: inMost},
		{glob: "smb*.volume_guid", how: drop, name: "volume serial", sets: inMost},
		{glob: "smb2.fs_posix.identifier", how: drop, name: "volume serial", sets: inMost},
		{glob: "smb.*free_alloc_units", how: drop, name: "free space", sets: inMost},
		{glob: "smb2.fs_posix.*available", how: drop, name: "free space", sets: inMost},
		{glob: "smb2.fs_posix.free_file_nodes", how: drop, name: "free space", sets: inMost},

		{glob: "smb2.reserved*", how: drop, name: "reserved", sets: inMost},
		{glob: "smb.reserved*", how: drop, name: "reserved", sets: inMost},
		{glob: "*.reserved", how: drop, name: "reserved", sets: inMost},
		{glob: "*_reserved", how: drop, name: "reserved", sets: inMost},
		{glob: "*_reserved?", how: drop, name: "reserved", sets: inMost},
		{glob: "smbdiff.padding", how: hide, name: "padding", sets: inMost},
		{glob: "*padding", how: drop, name: "padding", sets: inMost},
		{glob: "*.pad", how: drop, name: "padding", sets: inMost},
		{glob: "smb2.read_buffer", how: drop, name: "padding", sets: inMost},

		{glob: "smb2.negotiate_context", how: anyOrder, name: "any order", sets: inMost},
		{glob: contextName, how: anyOrder, name: "any order", sets: inMost},
	}
}

// decision is what the rules say of the fields of one definition.
type decision struct {
	how    how
	class  aliasClass
	name   string
	factor float64
	bits   uint64 // of a flags field: those that are ignored
	paths  bool   // rules with paths may decide otherwise
	whole  bool   // all below the field goes with it
}

// mask holds the rules in force. It belongs to one goroutine.
type mask struct {
	rules  []rule // by name
	paths  []rule // by path
	only   []string
	known  map[*field.Def]*decision
	recent []slot // by place in the tree: messages repeat
	// pending hides that one side sent an interim response before its answer.
	pending bool
}

type slot struct {
	def *field.Def
	d   *decision
}

// newMask gives the rules of a set with what is ignored besides.
func newMask(set string, ignore, only []string) *mask {
	m := &mask{only: only, known: map[*field.Def]*decision{}}
	for _, g := range ignore {
		m.add(rule{glob: g, how: drop, name: "ignore " + g, whole: true})
	}
	bit := uint8(inDefault)
	switch set {
	case "strict":
		bit = inStrict
	case "ci":
		bit = inCI
	case "none":
		bit = 0
	}
	m.pending = bit&inMost != 0
	for _, r := range rules() {
		if r.sets&bit != 0 {
			m.add(r)
		}
	}
	return m
}

func (m *mask) add(r rule) {
	if strings.Contains(r.glob, "/") {
		m.paths = append(m.paths, r)
	} else {
		m.rules = append(m.rules, r)
	}
}

// at decides on the field of node i.
func (m *mask) at(i int, d *field.Def) *decision {
	if i < len(m.recent) && m.recent[i].def == d {
		return m.recent[i].d
	}
	x := m.known[d]
	if x == nil {
		x = m.decide(d)
		m.known[d] = x
	}
	for len(m.recent) <= i && i < 256 {
		m.recent = append(m.recent, slot{})
	}
	if i < len(m.recent) {
		m.recent[i] = slot{d, x}
	}
	return x
}

func (m *mask) decide(d *field.Def) *decision {
	x := m.named(d.Name, d.Kind)
	x.paths = len(m.paths) > 0
	if len(m.only) > 0 {
		named, path := false, false
		for _, g := range m.only {
			if strings.Contains(g, "/") {
				path = true
			} else if matches(g, d.Name) {
				named = true
			}
		}
		x.paths = x.paths || path
		if !named && !path {
			x = decision{how: hide, name: "only"}
		}
	}
	for i := range d.Bits {
		if y := m.named(d.Bits[i].Name, field.Struct); y.how == drop || y.how == hide {
			x.bits |= d.Bits[i].Mask
			if x.how == keep {
				x.name = y.name
			}
		}
	}
	return &x
}

func (m *mask) named(name string, kind field.Kind) decision {
	for i := range m.rules {
		if r := &m.rules[i]; r.matches(name, kind) {
			return r.decision()
		}
	}
	return decision{}
}

func (r *rule) decision() decision {
	return decision{how: r.how, class: r.class, name: r.name, factor: r.factor, whole: r.whole}
}

func (r *rule) matches(name string, kind field.Kind) bool {
	if len(r.kinds) > 0 {
		ok := false
		for _, k := range r.kinds {
			ok = ok || k == kind
		}
		if !ok {
			return false
		}
	}
	return matches(r.glob, name)
}

// pseudo decides on what is no field of a tree.
func (m *mask) pseudo(name, path string) decision {
	d := m.decide(&field.Def{Name: name})
	return m.byPath(*d, name, path, field.Struct)
}

func (m *mask) byPath(x decision, name, path string, kind field.Kind) decision {
	if !x.paths {
		return x
	}
	for i := range m.paths {
		if r := &m.paths[i]; r.matches(path, kind) {
			x = r.decision()
			break
		}
	}
	if len(m.only) > 0 {
		for _, g := range m.only {
			if strings.Contains(g, "/") && matches(g, path) || matches(g, name) {
				return x
			}
		}
		return decision{how: hide, name: "only"}
	}
	return x
}

// matches reports whether s matches a glob of * and ?. Brackets stand for
// themselves: paths have them.
func matches(glob, s string) bool {
	star, back := -1, 0
	g, i := 0, 0
	for i < len(s) {
		switch {
		case g < len(glob) && glob[g] == '*':
			star, back = g, i
			g++
		case g < len(glob) && (glob[g] == '?' || glob[g] == s[i]):
			g, i = g+1, i+1
		case star >= 0:
			back++
			g, i = star+1, back
		default:
			return false
		}
	}
	for g < len(glob) && glob[g] == '*' {
		g++
	}
	return g == len(glob)
}
