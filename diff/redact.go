package diff

import (
	"strconv"
	"strings"

	"smbdiff/dissect/field"
)

// redactor puts other words in place of what tells of people, hosts and files.
// One word always stands for the same text, on both sides.
type redactor struct{ words map[string]string }

func newRedactor() *redactor { return &redactor{words: map[string]string{}} }

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
		return r.word("guid", s)
	case field.SID:
		return r.word("sid", s)
	case field.IPv4, field.IPv6:
		return r.word("address", s)
	case field.Bytes, field.Unparsed:
		if i := strings.LastIndex(s, " ("); i >= 0 {
			return r.word("bytes", s[:i]) + s[i:]
		}
		return r.word("bytes", s)
	}
	return s
}
