package diff

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"smbdiff/dissect/field"
)

// rule writes the narrowest rule that hides what was seen, wider at each level.
func (f *finding) rule(b *strings.Builder, n int) {
	how, values := f.how()
	b.WriteString("[[mask]]\nfield = " + quoteTOML(f.field()) + "\nhow = " + quoteTOML(how) + "\ncommand = " + quoteTOML(f.command) + "\n")
	if f.name != nameOperation {
		message := "response"
		if f.part == PartRequest {
			message = "request"
		}
		b.WriteString("message = \"" + message + "\"\n")
	}
	if w := f.when(); w != "" {
		b.WriteString("when = " + quoteTOML(w) + "\n")
	}
	if len(values) > 0 {
		list := make([]string, len(values))
		for i, v := range values {
			list[i] = quoteTOML(v)
		}
		b.WriteString("values = [" + strings.Join(list, ", ") + "]\n")
	}
	if outcomes(f.name) {
		b.WriteString("status = true\n")
	}
	b.WriteString("name = \"learned " + strconv.Itoa(n) + "\"\n")
}

// field gives the field's own path, or a glob of all paths seen, or its name.
func (f *finding) field() string {
	if f.op == "order" || f.name == nameOperation || f.level > 1 {
		return f.name
	}
	paths := slices.Sorted(maps.Keys(f.paths))
	plain := withoutKeys(paths[0])
	for _, p := range paths {
		if withoutKeys(p) != plain || !strings.Contains(p, "/") {
			return f.name
		}
	}
	if before, after, ok := around(paths); ok && withoutKeys(before+"*"+after) == plain {
		return before + "*" + after
	}
	if len(paths) > 1 {
		return plain
	}
	return paths[0]
}

// around gives what all texts begin and end with. It reports false of one text.
func around(list []string) (before, after string, ok bool) {
	if len(list) < 2 {
		return "", "", false
	}
	before, after = list[0], list[0]
	for _, s := range list[1:] {
		for !strings.HasPrefix(s, before) {
			before = before[:len(before)-1]
		}
	}
	for _, s := range list {
		for !strings.HasSuffix(s[len(before):], after) {
			after = after[1:]
		}
	}
	for len(before) > 0 && !utf8.ValidString(before) {
		before = before[:len(before)-1]
	}
	for len(after) > 0 && !utf8.ValidString(after) {
		after = after[1:]
	}
	return before, after, true
}

// withoutKeys puts * in place of the keys of a path's repeated children.
func withoutKeys(p string) string {
	var out strings.Builder
	depth := 0
	for i := range len(p) {
		switch p[i] {
		case '[':
			if depth++; depth == 1 {
				out.WriteString("[*")
			}
		case ']':
			if depth = max(0, depth-1); depth == 0 {
				out.WriteByte(']')
			}
		default:
			if depth == 0 {
				out.WriteByte(p[i])
			}
		}
	}
	return out.String()
}

// leastAround is how much names must have in common to bind a rule to them.
const leastAround = 3

// when binds the rule to the object on which the difference was seen, or to what
// the names of several have in common.
func (f *finding) when() string {
	if f.level > 0 || f.object == "" {
		return ""
	}
	if f.object != unnamed {
		if strings.ContainsFunc(f.object, awkward) {
			return ""
		}
		return `path == "` + strings.ReplaceAll(f.object, `\`, `\\`) + `"`
	}
	before, after, ok := around(slices.Sorted(maps.Keys(f.objects)))
	if !ok || len(before)+len(after) < leastAround || strings.ContainsFunc(before+after, awkward) {
		return ""
	}
	return `path ~ r"^` + regexp.QuoteMeta(before) + ".*" + regexp.QuoteMeta(after) + `$"`
}

func awkward(r rune) bool { return r == '"' || field.Hostile(r) }

// how chooses the narrowest treatment that covers all samples.
func (f *finding) how() (how string, values []string) {
	switch {
	case f.op == "order":
		return "any order", nil
	case f.op == "presence" || f.level > 2:
		return "hide", nil
	case f.level > 1:
		return "drop", nil
	}
	switch k := f.samples[0].kind; {
	case outcomes(f.name), k == field.Enum, k == field.Flags, k == field.Status:
		if v := f.values(); len(v) <= 4 && f.level == 0 {
			return "drop", v
		}
	case k == field.FileTime, k == field.UnixTime:
		if f.all(func(s *sample) bool { return shapeOf(s.val[0], s.size[0]) == shapeOf(s.val[1], s.size[1]) }) {
			return [2]string{"shape", "zero"}[f.level], nil
		}
	case k == field.Uint, k == field.Hex:
		return f.number(), nil
	case k == field.GUID, k == field.UTF16, k == field.Text, k == field.SID, k == field.Bytes:
		same := f.all(func(s *sample) bool { return s.size[0] == s.size[1] })
		switch {
		case f.level == 0 && (k != field.Bytes || same) && f.renames():
			return "alias " + f.name, nil
		case same:
			return "length", nil
		}
	}
	return "drop", nil
}

func (f *finding) all(ok func(*sample) bool) bool {
	for i := range f.samples {
		if !ok(&f.samples[i]) {
			return false
		}
	}
	return true
}

// values lists what was seen.
func (f *finding) values() (out []string) {
	for i := range f.samples {
		s := &f.samples[i]
		for _, v := range []string{s.A, s.B} {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	slices.Sort(out)
	return out
}

// number chooses between an amount, an identifier that is renamed, and zero or
// not.
func (f *finding) number() string {
	most, ratio := 0.0, 1.0
	for i := range f.samples {
		x, y := float64(f.samples[i].val[0]), float64(f.samples[i].val[1])
		most = max(most, math.Abs(x-y))
		if ratio = max(ratio, max(x, y)/min(x, y)); min(x, y) == 0 && most > 16 {
			return "drop"
		}
	}
	switch {
	case f.level == 0 && derived(f.name):
		return "within " + strconv.FormatFloat(max(4*most, 32), 'f', -1, 64)
	case f.level == 0 && (most <= 64 || ratio <= 1.5 && f.samples[0].kind == field.Uint):
		return "within " + strconv.FormatFloat(2*most, 'f', -1, 64)
	case f.level == 0 && (f.samples[0].kind == field.Hex || f.repeats()) && f.renames():
		return "alias " + f.name
	case f.all(func(s *sample) bool { return (s.val[0] == 0) == (s.val[1] == 0) }):
		return "zero"
	}
	return "drop"
}

// renames reports whether in each pair of runs one value always stands for one
// other.
func (f *finding) renames() bool {
	type key struct {
		pair int
		side int
		text string
	}
	mate := map[key]string{}
	for i := range f.samples {
		s := &f.samples[i]
		for side, x := range [2][2]string{{s.A, s.B}, {s.B, s.A}} {
			k := key{s.pair, side, x[0]}
			if y, ok := mate[k]; ok && y != x[1] {
				return false
			}
			mate[k] = x[1]
		}
	}
	return true
}

// repeats reports whether a value was seen more than once in a pair of runs.
func (f *finding) repeats() bool {
	type key struct {
		pair int
		text string
	}
	seen := map[key]bool{}
	for i := range f.samples {
		k := key{f.samples[i].pair, f.samples[i].A}
		if seen[k] {
			return true
		}
		seen[k] = true
	}
	return false
}

// quoteTOML gives a TOML string.
func quoteTOML(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || r == '\ufffd' || field.Hostile(r) }) {
		return "'" + s + "'"
	}
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteString(`\` + string(r))
		case field.Hostile(r):
			h := strings.ToUpper(strconv.FormatInt(int64(r), 16))
			out.WriteString(`\U` + strings.Repeat("0", 8-len(h)) + h)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}
