package filter

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is what a token is.
type kind uint8

const (
	end kind = iota
	word
	str
	relation
	andSign
	orSign
	notSign
	maskSign
	open
	shut
	openSet
	shutSet
	openSlice
	shutSlice
	comma
	dots
)

// token is a piece of the source between from and to.
type token struct {
	kind     kind
	rel      rel
	from, to int
	text     string // of a word as written, of a string without quotes
}

// signs are the operators that are no words, longest first.
var signs = [...]struct {
	text string
	kind kind
	rel  rel
}{
	{"===", relation, allEq}, {"!==", relation, anyNe}, {"==", relation, anyEq}, {"!=", relation, allNe}, {"~=", relation, anyNe},
	{">=", relation, ge}, {"<=", relation, le}, {"&&", andSign, 0}, {"||", orSign, 0}, {"..", dots, 0},
	{">", relation, gt}, {"<", relation, lt}, {"~", relation, matches}, {"!", notSign, 0}, {"&", maskSign, 0},
	{"(", open, 0}, {")", shut, 0}, {"{", openSet, 0}, {"}", shutSet, 0}, {"[", openSlice, 0}, {"]", shutSlice, 0}, {",", comma, 0},
}

// wordRelations are the relations that are words.
var wordRelations = map[string]rel{"eq": anyEq, "any_eq": anyEq, "all_eq": allEq, "ne": allNe, "all_ne": allNe, "any_ne": anyNe,
	"gt": gt, "lt": lt, "ge": ge, "le": le, "matches": matches, "contains": contains, "in": in}

// lex cuts src into tokens; the last is end.
func lex(src string) ([]token, *Error) {
	var out []token
	for at := 0; at < len(src); {
		c := src[at]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			at++
			continue
		case c == '"' || c == '\'' || c == 'r' && at+1 < len(src) && src[at+1] == '"':
			t, err := quoted(src, at)
			if err != nil {
				return out, err
			}
			out = append(out, t)
			at = t.to
			continue
		}
		t := sign(src, at)
		if t.kind == end {
			t = plain(src, at)
		}
		if t.to == at {
			_, n := utf8.DecodeRuneInString(src[at:])
			return out, &Error{Src: src, From: at, To: at + n, What: unexpected(src[at : at+n])}
		}
		out = append(out, t)
		at = t.to
	}
	return append(out, token{kind: end, from: len(src), to: len(src)}), nil
}

func unexpected(s string) string {
	switch s {
	case "=":
		return `"=" is no operator: equality is "=="`
	case "|":
		return `"|" is no operator: alternatives are joined by "||"`
	}
	return "unexpected " + quote(s)
}

func sign(src string, at int) token {
	for _, s := range signs {
		if strings.HasPrefix(src[at:], s.text) {
			return token{kind: s.kind, rel: s.rel, from: at, to: at + len(s.text), text: s.text}
		}
	}
	return token{from: at, to: at}
}

// plain reads a word: names, numbers, byte strings, dates, addresses, paths.
func plain(src string, at int) token {
	i := at
	for i < len(src) && inWord(src[i]) && !strings.HasPrefix(src[i:], "..") {
		i++
	}
	return token{kind: word, from: at, to: i, text: src[at:i]}
}

func inWord(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= 0x80:
		return true
	}
	return strings.IndexByte(`_.:-\/*$@%+?;#^`, c) >= 0
}

// quoted reads a string in double or single quotes with the escapes of C, or
// with an r before the quote and none. A backslash before anything else stays.
func quoted(src string, at int) (token, *Error) {
	i := at
	raw := src[i] == 'r'
	if raw {
		i++
	}
	quote := src[i]
	var b []byte
	for i++; i < len(src); {
		switch c := src[i]; {
		case c == quote:
			return token{kind: str, from: at, to: i + 1, text: string(b)}, nil
		case raw && c == '\\' && i+1 < len(src) && src[i+1] == quote:
			b = append(b, c, quote)
			i += 2
		case raw || c != '\\':
			b = append(b, c)
			i++
		default:
			v, rest, ok := unescape(src[i:])
			if !ok { // of a regular expression, as \. and \d are
				v, rest = src[i:i+1], src[i+1:]
			}
			b = append(b, v...)
			i = len(src) - len(rest)
		}
	}
	return token{}, &Error{Src: src, From: at, To: len(src), What: "the string does not end"}
}

// unescape reads the escape at the start of s.
func unescape(s string) (v, rest string, ok bool) {
	if len(s) < 2 {
		return "", s, false
	}
	if c := s[1]; c == '"' || c == '\'' || c == '\\' {
		return s[1:2], s[2:], true
	}
	n := 1
	for n < 4 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
		n++
	}
	if n > 1 {
		v, err := strconv.ParseUint(s[1:n], 8, 8)
		return string([]byte{byte(v)}), s[n:], err == nil
	}
	r, multi, rest, err := strconv.UnquoteChar(s, '"')
	if err != nil {
		return "", s, false
	}
	if !multi && s[1] == 'x' {
		return string([]byte{byte(r)}), rest, true
	}
	return string(r), rest, true
}
