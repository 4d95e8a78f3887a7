package diff

import (
	"slices"
	"strconv"
	"strings"

	"smbdiff/dissect/field"
)

// redactor puts other words in place of what tells of people, hosts and files.
// One word always stands for the same text, on both sides.
type redactor struct {
	level Redaction
	words map[string]string
}

func newRedactor(l Redaction) *redactor { return &redactor{level: l, words: map[string]string{}} }

// Redaction says what a report does not tell.
type Redaction uint8

// The levels, each with what those before it have.
const (
	RedactNothing Redaction = iota
	RedactNames             // paths, users, hosts, SIDs, addresses, names of captures
	RedactData              // payload, and whatever else is octets
	RedactAll               // GUIDs, which may tell of a machine
)

// String gives the word for it.
func (l Redaction) String() string { return [...]string{"nothing", "names", "data", "all"}[l] }

// unnamedMasks leaves the names of shipped sets and takes those of files.
func unnamedMasks(name string) string {
	parts := strings.Split(name, " + ")
	for i, p := range parts {
		if !slices.ContainsFunc(Sets(), func(s Set) bool { return s.Name == p }) {
			parts[i] = "a file"
		}
	}
	return strings.Join(parts, " + ")
}

// word gives the word for a text of a kind.
func (r *redactor) word(kind, s string) string {
	k := kind + strings.ToLower(s)
	w, ok := r.words[k]
	if !ok {
		w = kind + "-" + strconv.Itoa(len(r.words)+1)
		r.words[k] = w
	}
	return w
}

// name redacts a path, a user, a host: part by part.
func (r *redactor) name(s string) string {
	if r == nil || s == "" {
		return s
	}
	var out strings.Builder
	part := func(p string) {
		switch strings.ToUpper(p) {
		case "", "*", "?", ".", "..", "IPC$", "$DATA", "SRVSVC", "WKSSVC", "SAMR", "LSARPC", "NETLOGON", "SVCCTL", "WINREG", "EPMAPPER":
			out.WriteString(p)
		default:
			out.WriteString(r.word("name", p))
		}
	}
	from := 0
	for i := range len(s) {
		if strings.IndexByte(`\/:@ `, s[i]) >= 0 {
			part(s[from:i])
			out.WriteByte(s[i])
			from = i + 1
		}
	}
	part(s[from:])
	return out.String()
}

// value redacts what a person reads for a field of a kind.
func (r *redactor) value(d *field.Def, s string) string {
	if r == nil || s == "" {
		return s
	}
	switch d.Kind {
	case field.UTF16, field.Text, field.Known:
		return r.name(s)
	case field.GUID:
		if r.level >= RedactAll {
			return r.word("guid", s)
		}
	case field.SID:
		return r.word("sid", s)
	case field.IPv4, field.IPv6:
		return r.word("address", s)
	case field.Bytes, field.Unparsed:
		if r.level < RedactData {
			return s
		}
		if i := strings.LastIndex(s, " ("); i >= 0 {
			return r.word("bytes", s[:i]) + s[i:]
		}
		return r.word("bytes", s)
	}
	return s
}
