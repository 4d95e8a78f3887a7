package diff

import (
	"strings"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
)

// The sets of rules. A rule belongs to those whose bit it has.
const (
	inStrict = 1 << iota
	inDefault
	inCI
	inTwoSided

	inIDs  = inStrict | inDefault | inCI
	inMost = inDefault | inCI
)

// Set is a shipped set of rules.
type Set struct {
	Name, What string
	bit        uint8
}

// Sets gives the shipped sets.
func Sets() []Set {
	return []Set{
		{"default", "what two runs of the same work never share: ids are renamed, times, nonces, credits and the like masked", inDefault},
		{"strict", "ids are renamed, all else counts", inStrict},
		{"ci", "default, and response times and the sizes of authentication tokens", inCI},
		{"two-sided", "captures of one run at both ends: bytes must be the same, only times differ", inTwoSided},
		{"none", "nothing is masked", 0},
	}
}

// Masks are rules that say what counts as noise. They are not changed once
// made.
type Masks struct {
	Name    string // the sets and files they came from
	rules   []rule
	only    []string
	lenient bool
	sets    []string // the shipped sets they hold
	made    made
}

// made is what masks were made from.
type made struct{ names, ignore, only []string }

// Made gives the sets and files, and the globs ignored and compared alone, that
// the masks were made from.
func (m *Masks) Made() (names, ignore, only []string) {
	return m.made.names, m.made.ignore, m.made.only
}

// NewMasks gives the rules of a shipped set with globs of fields that are
// ignored, or nothing but compared. A glob of names hides an outcome only when
// it is the very name.
func NewMasks(set string, ignore, only []string) *Masks {
	m := &Masks{Name: set, only: only, rules: ignored(ignore), made: made{[]string{set}, ignore, only}}
	m.set(set)
	return m
}

func ignored(globs []string) (out []rule) {
	for _, g := range globs {
		out = append(out, rule{glob: g, how: drop, name: "ignore " + g, whole: true, status: IsOutcome(g)})
	}
	return out
}

// with gives the rules with more that is ignored, or compared alone.
func (m *Masks) with(ignore, only []string) *Masks {
	if len(ignore) == 0 && len(only) == 0 {
		return m
	}
	out := *m
	out.rules, out.only = append(ignored(ignore), m.rules...), append(only[:len(only):len(only)], m.only...)
	return &out
}

// set appends the rules of a shipped set. It reports false for one that is not
// there.
func (m *Masks) set(name string) bool {
	for _, s := range Sets() {
		if s.Name != name {
			continue
		}
		m.sets = append(m.sets, name)
		m.lenient = m.lenient || s.bit&inMost != 0
		for _, r := range rules() {
			if r.sets&s.bit != 0 {
				m.rules = append(m.rules, r)
			}
		}
		return true
	}
	return false
}

// rules gives all shipped rules in the order in which they count.
func rules() []rule {
	times := []field.Kind{field.FileTime, field.UnixTime}
	return []rule{
		{glob: "smb2.sesid", how: alias, class: aliasSession, name: "session id", sets: inIDs},
		{glob: "smb2.previous_sesid", how: alias, class: aliasSessionWire, name: "session id", sets: inIDs},
		{glob: "smb.uid", how: alias, class: aliasSession, name: "session id", sets: inIDs},
		{glob: "smb*.tid", how: alias, class: aliasTree, name: "tree id", sets: inIDs},
		{glob: "smb*.fid", how: alias, class: aliasOpen, name: "file id", sets: inIDs},
		{glob: "smb2.msg_id", how: alias, class: aliasMessage, name: "message id", sets: inIDs},
		{glob: "smb2.aid", how: alias, class: aliasMessage, name: "async id", sets: inIDs},
		{glob: "smb.mid", how: alias, class: aliasMessage, name: "message id", sets: inIDs},
		{glob: "smb2.lease.*lease_key", how: alias, class: aliasLease, name: "lease key", sets: inIDs},
		{glob: "smb*.client_guid", how: alias, class: aliasGUID, name: "client guid", sets: inIDs},
		{glob: "smb*.server_guid", how: alias, class: aliasGUID, name: "server guid", sets: inIDs},
		{glob: "smb2.dh2x.create_guid", how: alias, class: aliasCreate, name: "create guid", sets: inIDs},
		{glob: "smb2.app_instance.app_guid", how: alias, class: aliasCreate, name: "application instance", sets: inIDs},
		{glob: "smb2.fsctl.cchunk.resume_key", how: alias, class: aliasResume, name: "resume key", sets: inIDs},
		{glob: "dcerpc.cn_assoc_group", how: alias, class: aliasGroup, name: "association group", sets: inIDs},
		{glob: "dcerpc.cn_call_id", how: alias, class: aliasCall, name: "call id", sets: inIDs},
		{glob: "epm.hnd", how: alias, class: aliasHandle, name: "context handle", sets: inIDs},
		{glob: "*handle", how: alias, class: aliasHandle, name: "context handle", kinds: []field.Kind{field.Bytes}, sets: inIDs},
		{glob: "smb*.tree", how: hide, name: "tree id", kinds: []field.Kind{field.Known}, sets: inIDs},

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
		{glob: "kerberos.authtime", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.starttime", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.endtime", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.renew_till", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.ctime", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.cusec", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.seq_number", how: drop, name: "authentication", sets: inMost},
		{glob: "kerberos.checksum", how: drop, name: "authentication", sets: inMost},
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

		{glob: "dcerpc.referent_id*", how: drop, name: "referent id", sets: inMost},
		{glob: "dcerpc.ndr_padding", how: drop, name: "padding", sets: inMost},
		{glob: "dcerpc.auth_padding", how: drop, name: "padding", sets: inMost},
		{glob: "dcerpc.auth_ctx_id", how: drop, name: "authentication", sets: inMost},
		{glob: "dcerpc.auth_credentials", how: drop, name: "authentication", sets: inMost},
		{glob: "dcerpc.encrypted_stub_data", how: length, name: "ciphertext", sets: inMost},
		{glob: "dcerpc.fragment*", how: length, name: "pieces of calls", sets: inMost}, // compared where they are put together

		{glob: "srvsvc.srvsvc_NetRemoteTODInfo.t*", how: keep, sets: inMost}, // time zone and tick
		{glob: "srvsvc.srvsvc_NetRemoteTODInfo.*", how: drop, name: "time", sets: inMost},
		{glob: "srvsvc.srvsvc_NetShareInfo*.current_users", how: drop, name: "counter", sets: inMost},
		{glob: "srvsvc.srvsvc_NetSessInfo*.num_open", how: drop, name: "counter", sets: inMost},
		{glob: "srvsvc.srvsvc_NetSessInfo*time", how: drop, name: "counter", sets: inMost},
		{glob: "srvsvc.srvsvc_NetConnInfo*.num_*", how: drop, name: "counter", sets: inMost},
		{glob: "srvsvc.srvsvc_NetConnInfo*.conn_time", how: drop, name: "counter", sets: inMost},
		{glob: "srvsvc.srvsvc_NetConnInfo*.conn_id", how: alias, class: aliasHandle, name: "connection id", sets: inIDs},
		{glob: "srvsvc.srvsvc_NetFile*.fid", how: alias, class: aliasHandle, name: "file id", sets: inIDs},
		{glob: "srvsvc.srvsvc_Statistics.*", how: drop, name: "counter", sets: inMost},
		{glob: "wkssvc.wkssvc_NetrWorkstationStatistics.*", how: drop, name: "counter", sets: inMost},
		{glob: "*.sequence_num", how: drop, name: "sequence number", sets: inMost},

		{glob: "smb2.twrp_timestamp", how: keep, sets: inMost},
		{glob: "*", how: zero, name: "time", kinds: times, sets: inMost},
		{glob: "*.smb_date", how: zero, name: "time", sets: inMost},
		{glob: "*.smb_time", how: zero, name: "time", sets: inMost},
		{glob: "smb2.file_id", how: drop, name: "index number", sets: inMost},
		{glob: "smb2.file_id_128", how: drop, name: "index number", sets: inMost},
		{glob: "smb2.inode", how: drop, name: "index number", sets: inMost},
		{glob: "smb2.qfid_fid*", how: drop, name: "index number", sets: inMost},
		{glob: "smb.unix.file.unique_id", how: drop, name: "index number", sets: inMost},
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

		{glob: "smb2.header.transform.msg_size", how: follows, name: "size of the message", sets: inMost},

		{glob: "smb2.negotiate_context", how: anyOrder, name: "any order", sets: inMost},
		{glob: contextName, how: anyOrder, name: "any order", sets: inMost},

		{glob: nameProblem, how: drop, name: "credits", values: []string{"", conv.FindCredits}, sets: inMost},
		{glob: nameTime, how: drop, name: ruleTime, sets: inCI | inTwoSided},
		{glob: nameTime, how: within, factor: 5, amount: 40e6, timed: true, says: "within 5x or 40ms", name: ruleTime, sets: inStrict | inDefault},
		{glob: nameOperation, how: drop, name: "keepalive", status: true, scope: scope{commands: []string{"ECHO"}}, sets: inMost},
	}
}

// Listed is a rule as lists show it.
type Listed struct {
	Field, Scope, How, Name string
}

// List gives the rules in the order in which they count.
func (m *Masks) List() (out []Listed) {
	for i := range m.rules {
		r := &m.rules[i]
		x := Listed{Field: r.glob, Scope: r.where(), How: r.how.String(), Name: r.name}
		switch {
		case r.how == within:
			x.How = r.says
		case r.how == follows:
			x.How = "fits the message"
		case r.status:
			x.How += ", outcomes too"
		}
		out = append(out, x)
	}
	if m.lenient {
		out = append(out, Listed{Field: nameInterim, Scope: "all but CHANGE_NOTIFY and LOCK", How: "drop", Name: rulePending},
			Listed{Field: nameOperation, Scope: "questions about an object, asked again, of which the other side knows the answer", How: "drop", Name: ruleLook},
			Listed{Field: nameProblem, Scope: "messages that are the same, where what they rest on is told to differ", How: "drop", Name: ruleEntailed},
			Listed{Field: nameOperation, Scope: "SET_INFO of times, attributes and sizes by a compound, where the other side had a handle", How: "drop", Name: ruleLook},
			Listed{Field: nameOperation, Scope: "READ under an oplock or lease, of bytes that another READ or a WRITE says too", How: "drop", Name: ruleReread},
			Listed{Field: nameOperation, Scope: "CREATE and CLOSE of a file, where the other side had a handle that it may keep", How: "drop", Name: ruleReopen},
			Listed{Field: nameOperation, Scope: "SET_INFO of the size that a file has already", How: "drop", Name: ruleIdle},
			Listed{Field: nameOperation, Scope: "OPLOCK_BREAK of a file of which several clients have leases, on both sides", How: "drop", Name: ruleRace},
			Listed{Field: nameLeaseState, Scope: "CREATE of such a file, response", How: "drop", Name: ruleRace},
			Listed{Field: "smb2.eof", Scope: "CLOSE that stands elsewhere, response", How: "drop", Name: ruleLate},
			Listed{Field: "smb2.allocation_size", Scope: "CLOSE that stands elsewhere, response", How: "drop", Name: ruleLate},
			Listed{Field: nameAttributes, Scope: "CLOSE, response, where each side was told so just before", How: "drop", Name: ruleLate},
			Listed{Field: "response/*", Scope: "where one side failed and the other did not", How: "drop", Name: ruleBody},
			Listed{Field: nameTime, Scope: "where times vary both ways", How: "within thrice what one of twenty varies by", Name: ruleTime},
			Listed{Field: "smb2.channel_sequence", Scope: "where one connection alone goes on a lost one", How: "drop", Name: ruleResumed},
			Listed{Field: "smb*.flags*", Scope: "where one side alone signs or seals a session, but for the first time", How: "drop SIGNED", Name: ruleGuard},
			Listed{Field: "smb2.header.transform", Scope: "where one side alone signs or seals a session, but for the first time", How: "drop", Name: ruleGuard},
			Listed{Field: "smb2.flags", Scope: "where one dialect alone is 3.1.1", How: "drop the priority", Name: rulePriority})
	}
	return out
}

// where gives the scope in words.
func (r *rule) where() string {
	var out []string
	if len(r.commands) > 0 {
		out = append(out, strings.Join(r.commands, ", "))
	}
	switch r.parts {
	case 1 << PartRequest:
		out = append(out, "request")
	case 1<<PartInterim | 1<<PartResponse:
		out = append(out, "response")
	}
	for _, k := range r.kinds {
		switch k {
		case field.FileTime, field.UnixTime:
			out = append(out, "times")
		case field.Bytes, field.Hex:
			out = append(out, "bytes")
		default:
			continue
		}
		break
	}
	if r.when != nil {
		out = append(out, "when "+r.when.String())
	}
	if len(out) == 0 {
		return "all commands"
	}
	return strings.Join(out, " ")
}
