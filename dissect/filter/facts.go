package filter

import (
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// need says what must be there before a fact can be told.
type need uint8

const (
	needMessage need = 1 << iota // of an operation: its messages
	needTree
)

// fact is something known of a row beside its fields. get gives its occurrence
// i, from 0, of side s; it reports false behind the last.
type fact struct {
	name    string
	also    []string // other names
	help    string
	needs   need
	targets []target
	get     func(r *Row, s *Side, i int, v *value) bool
}

func one(c class, names func() field.Values) []target { return []target{{class: c, names: names}} }

func lettered(l string) []target {
	return one(letter, func() field.Values { return field.Values{{Name: l}} })
}

// factTable gives the facts. What a person would call by the name in the JSON
// of dump has that name; aliases are Wireshark's for the same.
func factTable() []fact {
	return []fact{
		{name: "frame", also: []string{"frame.number"}, help: "frame number; of an operation those of request and response", targets: one(number, nil), get: getFrame},
		{name: "op", help: "number of the operation", targets: one(number, nil), get: getOp},
		{name: "time", also: []string{"frame.time"}, help: `time, UTC: "2026-05-04 10:11:12.5"`, targets: one(moment, nil), get: getTime},
		{name: "t", help: "seconds since the start", targets: one(duration, nil), get: getSince},
		{name: "rtt", also: []string{"smb2.time", "smb.time"}, help: "response time: 5ms, 300us, seconds without a unit", targets: one(duration, nil), get: getRTT},
		{name: "rtt_ns", help: "response time in nanoseconds", targets: one(number, nil), get: getRTT},
		{name: "command", also: []string{"cmd"}, help: "command: CREATE, READ, NT_CREATE_ANDX", targets: commandTargets(), get: getCommand},
		{name: "command_code", help: "command as a number", targets: one(number, nil), get: getCommand},
		{name: "protocol", help: "SMB1, SMB2, SMB2-TRANSFORM, SMB2-COMPRESSED", targets: one(number, protoNames), get: getProtocol},
		{name: "smb2", help: "SMB2 and SMB3, sealed too", targets: one(boolean, nil), get: getSMB2},
		{name: "smb", help: "SMB1", targets: one(boolean, nil), get: getSMB1},
		{name: "response", help: "a response, or an operation that has one", targets: one(boolean, nil), get: getResponse},
		{name: "request", help: "a request, or an operation that has one", targets: one(boolean, nil), get: getRequest},
		{name: "status", help: "NT status of the response", targets: one(number, ntstatus.Values), get: getStatus},
		{name: "status.class", help: "success, info, warning or error", targets: one(number, namesOf(severities[:])), get: getSeverity},
		{name: "path", help: "path of the file, share or user", targets: one(text, nil), get: getPath},
		{name: "call", help: "call on a pipe: srvsvc NetShareEnumAll", targets: one(text, nil), get: getCall},
		{name: "user", help: "user of the session", targets: one(text, nil), get: getUser},
		{name: "connection", also: []string{"conn"}, help: "TCP connection: C1", targets: lettered("C"), get: getConn},
		{name: "session", help: "session in order of appearance: S1", targets: lettered("S"), get: getSession},
		{name: "tree", help: "tree connect in order of appearance: T1", targets: lettered("T"), get: getTree},
		{name: "open", help: "open in order of appearance: F3", targets: lettered("F"), get: getOpen},
		{name: "session_id", help: "SessionId; UID of SMB1", needs: needMessage, targets: one(number, nil), get: getSessionID},
		{name: "tree_id", help: "TreeId; TID of SMB1", needs: needMessage, targets: one(number, nil), get: getTreeID},
		{name: "async_id", help: "AsyncId", needs: needMessage, targets: one(number, nil), get: getAsyncID},
		{name: "message_id", help: "MessageId; MID of SMB1", needs: needMessage, targets: one(number, nil), get: getMessageID},
		{name: "compound.index", help: "place in a compound, from 0", targets: one(number, nil), get: getIndex},
		{name: "compound.of", help: "messages of the compound", targets: one(number, nil), get: getOf},
		{name: "request_frame", also: []string{"smb2.response_to"}, help: "frame of the request", targets: one(number, nil), get: getRequestFrame},
		{name: "sealed", help: "came encrypted", targets: one(boolean, nil), get: getSealed},
		{name: "decrypted", also: []string{"opened"}, help: "came encrypted and was opened", targets: one(boolean, nil), get: getDecrypted},
		{name: "cipher", help: "AES-128-GCM and its like", needs: needMessage, targets: one(number, smb2.CipherNames), get: getCipher},
		{name: "why", help: "why it stays sealed", needs: needMessage, targets: one(text, nil), get: getWhy},
		{name: "signature", help: "valid, invalid, unsigned, unverified or sealed", needs: needMessage, targets: one(number, signatureNames), get: getSignature},
		{name: "problems", also: []string{"problem"}, help: "what is wrong with the message", needs: needTree, targets: one(text, nil), get: getProblem},
		{name: "src", also: []string{"ip.src"}, help: "address that sent it", targets: one(address, nil), get: getSource},
		{name: "dst", also: []string{"ip.dst"}, help: "address that it was sent to", targets: one(address, nil), get: getDestination},
		{name: "srcport", also: []string{"tcp.srcport"}, help: "port that sent it", targets: one(number, nil), get: getSourcePort},
		{name: "dstport", also: []string{"tcp.dstport"}, help: "port that it was sent to", targets: one(number, nil), get: getDestinationPort},
		{name: "ip.addr", help: "either address", targets: one(address, nil), get: getEither},
		{name: "tcp.port", help: "either port", targets: one(number, nil), get: getEitherPort},
		{name: "differs", help: "the row has a difference that no mask hides", targets: one(boolean, nil), get: getDiffers},
		{name: "differs.side", help: "client, server or both: whose difference it is", targets: one(number, namesOf(suspects[:])), get: getSuspect},
		{name: "only", help: "a or b: the row has no partner", targets: one(number, namesOf(onlies[:])), get: getOnly},
		{name: "masked", help: "the row differs in masked fields alone", targets: one(boolean, nil), get: getMasked},
		{name: "moved", help: "the row changed places", targets: one(boolean, nil), get: getMoved},
		{name: "grade", help: "outcome, differs, masked, equal, only_a, only_b or unread", targets: one(number, namesOf(grades[:])), get: getGrade},
	}
}

// The words of facts that have few.
var (
	severities = [...]string{"success", "info", "warning", "error"}
	suspects   = [...]string{"client", "server", "both"}
	onlies     = [...]string{"a", "b"}
	grades     = [...]string{"outcome", "differs", "masked", "equal", "only_a", "only_b", "unread"}
)

func namesOf(list []string) func() field.Values {
	return func() field.Values {
		out := make(field.Values, len(list))
		for i, n := range list {
			out[i] = field.Value{V: uint64(i), Name: n}
		}
		return out
	}
}

func protoNames() field.Values {
	var out field.Values
	for p := op.SMB1; p <= op.Hole; p++ {
		out = append(out, field.Value{V: uint64(p), Name: p.String()})
	}
	return out
}

func signatureNames() field.Values {
	var out field.Values
	for s := conv.SignatureUnsigned; s <= conv.SignatureSealed; s++ {
		out = append(out, field.Value{V: uint64(s), Name: s.String()})
	}
	return out
}

// commandTargets are the commands of SMB2 and those of SMB1.
func commandTargets() []target {
	return []target{{class: number, names: smb2.CommandNames}, {class: number, names: smb1.CommandNames}}
}
