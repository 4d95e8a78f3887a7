package diff

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"smbdiff/dissect/field"
)

// MaskError says what is wrong with a mask file or a set's name.
type MaskError struct {
	File string
	Line int // 0: the file as a whole
	What string
	Hint string
	err  error
}

// Error gives FILE:LINE: what.
func (e *MaskError) Error() string {
	switch {
	case e.Line > 0:
		return e.File + ":" + strconv.Itoa(e.Line) + ": " + e.What
	case e.File != "":
		return e.File + ": " + e.What
	}
	return e.What
}

// Unwrap gives what the system said.
func (e *MaskError) Unwrap() error { return e.err }

// maxExtends bounds how deep mask files follow each other.
const maxExtends = 8

// LoadMasks gives the rules of sets and files, of which those named later count
// first, and before all what is ignored. Without a name it is the set default.
func LoadMasks(names, ignore, only []string) (*Masks, error) {
	if len(names) == 0 {
		names = []string{"default"}
	}
	m := NewMasks("none", ignore, only)
	m.sets, m.made.names = nil, names
	for _, n := range slices.Backward(names) {
		if err := m.load(n, "", 0); err != nil {
			return nil, err
		}
	}
	for i, g := range slices.Concat(ignore, only) {
		if err := knownField(g); err != nil {
			flag := "--ignore "
			if i >= len(ignore) {
				flag = "--only "
			}
			return nil, &MaskError{What: flag + field.Safe(g) + ": " + err.Error(), Hint: hintFields}
		}
	}
	shown := make([]string, len(names))
	for i, n := range names {
		shown[i] = filepath.Base(n)
	}
	m.Name = strings.Join(shown, " + ")
	return m, nil
}

const hintFields = "smbdiff dump shows the names of fields, diff their paths; * and ? stand for what may differ"

// load appends the rules of a set or a file; from is the file that names it.
func (m *Masks) load(name, from string, depth int) error {
	if slices.Contains(m.sets, name) || m.set(name) {
		return nil
	}
	path := name
	if from != "" && !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(from), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		what := "cannot be read"
		var p *os.PathError
		if errors.As(err, &p) {
			what = p.Err.Error()
		}
		return &MaskError{File: path, What: nearest(errors.New(what), name, setNames()).Error(), err: err, Hint: "a mask is a file, or one of " + strings.Join(setNames(), ", ")}
	}
	return m.file(path, text, depth)
}

func setNames() (out []string) {
	for _, s := range Sets() {
		out = append(out, s.Name)
	}
	return out
}

// maskFile is a mask file.
type maskFile struct {
	Extends texts      `toml:"extends"`
	Mask    []maskRule `toml:"mask"`
}

// maskRule is one rule of a mask file.
type maskRule struct {
	Field   texts       `toml:"field"`
	How     treatment   `toml:"how"`
	Command texts       `toml:"command"`
	Message messagePart `toml:"message"`
	When    when        `toml:"when"`
	Values  []string    `toml:"values"`
	Status  bool        `toml:"status"`
	Name    string      `toml:"name"`
}

// file appends the rules of a mask file, then what it extends.
func (m *Masks) file(path string, text []byte, depth int) error {
	var f maskFile
	if err := decodeMasks(text, &f); err != nil {
		err.File = path
		return err
	}
	lines := ruleLines(text)
	for i := range f.Mask {
		line := 0
		if i < len(lines) {
			line = lines[i]
		}
		list, err := f.Mask[i].rules(filepath.Base(path) + ":" + strconv.Itoa(line))
		if err != nil {
			return &MaskError{File: path, Line: line, What: err.Error(), Hint: hintFields}
		}
		m.rules = append(m.rules, list...)
	}
	if depth == maxExtends {
		return &MaskError{File: path, What: "extends too many files, one by the other"}
	}
	if f.Extends == nil {
		f.Extends = texts{"default"}
	}
	for _, n := range f.Extends {
		if err := m.load(n, path, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// Before gives the rules of a mask file's text before those of m. What the text
// extends is left out: m stands in for it.
func (m *Masks) Before(name string, text []byte) (*Masks, error) {
	var f maskFile
	if err := decodeMasks(text, &f); err != nil {
		err.File = name
		return nil, err
	}
	out := *m
	out.rules = nil
	for i := range f.Mask {
		list, err := f.Mask[i].rules(name)
		if err != nil {
			return nil, &MaskError{File: name, What: err.Error()}
		}
		out.rules = append(out.rules, list...)
	}
	out.rules = append(out.rules, m.rules...)
	return &out, nil
}

func decodeMasks(text []byte, f *maskFile) *MaskError {
	err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(f)
	if err == nil {
		return nil
	}
	var missing *toml.StrictMissingError
	if errors.As(err, &missing) && len(missing.Errors) > 0 {
		e := &missing.Errors[0]
		line, _ := e.Position()
		return &MaskError{Line: line, What: "unknown key " + strings.Join(e.Key(), "."), err: err,
			Hint: "keys are extends, and in [[mask]] field, how, command, message, when, values, status, name"}
	}
	out := &MaskError{What: strings.TrimPrefix(err.Error(), "toml: "), err: err}
	var d *toml.DecodeError
	if errors.As(err, &d) {
		out.Line, _ = d.Position()
		if k := d.Key(); strings.HasPrefix(out.What, "cannot decode") && len(k) > 0 {
			out.What = k[len(k)-1] + " has a value of another kind: " + kinds(k[len(k)-1])
		}
	}
	return out
}

// kinds says what a key of a mask file takes.
func kinds(key string) string {
	switch key {
	case "status":
		return "true or false"
	case "values":
		return "a list of texts"
	case "mask":
		return "[[mask]] begins a rule"
	case "field", "command", "extends":
		return "a text or a list of texts"
	}
	return "a text"
}

// ruleLines gives the line of each [[mask]].
func ruleLines(text []byte) (out []int) {
	n := 0
	for l := range bytes.Lines(text) {
		n++
		if l, _, _ = bytes.Cut(l, []byte("#")); strings.Trim(string(bytes.Join(bytes.Fields(l), nil)), "[]") == "mask" {
			out = append(out, n)
		}
	}
	return out
}

// rules gives the rule for each of its fields.
func (f *maskRule) rules(name string) (out []rule, err error) {
	switch {
	case len(f.Field) == 0:
		return nil, errors.New(`a rule needs field = "..."`)
	case !f.How.given:
		return nil, errors.New(`a rule needs how = "..."`)
	}
	if f.Name != "" {
		name = f.Name
	}
	for _, g := range f.Field {
		r := f.How.rule
		r.glob, r.name, r.values, r.status = g, name, f.Values, f.Status
		r.scope = scope{commands: f.Command, parts: uint8(f.Message), when: f.When.filter}
		for i, c := range r.commands {
			r.commands[i] = strings.ToUpper(c)
			if err := knownCommand(r.commands[i]); err != nil {
				return nil, err
			}
		}
		if err := knownField(g); err != nil {
			return nil, err
		}
		last := g[strings.LastIndexByte(g, '/')+1:]
		if outcomes(last) && r.how != keep && !f.Status {
			return nil, fmt.Errorf("%s is an outcome: hiding it needs the word status = true", last)
		}
		out = append(out, r)
	}
	return out, nil
}

// texts is one text, or a list of them.
type texts []string

// UnmarshalText takes a single one.
func (t *texts) UnmarshalText(b []byte) error {
	*t = texts{string(b)}
	return nil
}

// messagePart says which messages of an operation a rule is for.
type messagePart uint8

// UnmarshalText reads request or response.
func (p *messagePart) UnmarshalText(b []byte) error {
	switch string(b) {
	case "request":
		*p = 1 << PartRequest
	case "response":
		*p = 1<<PartInterim | 1<<PartResponse
	case "both", "":
		*p = 0
	default:
		return fmt.Errorf("message %q is unknown: request or response", b)
	}
	return nil
}

// treatment is how a rule treats its fields.
type treatment struct {
	rule
	given bool
}

// UnmarshalText reads drop, alias X, any order, within 5x, within 2s, within
// 10, length, shape, zero, hide or keep.
func (t *treatment) UnmarshalText(b []byte) error {
	word, rest, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(string(b), "any-order", "any order")), " ")
	t.given = true
	switch word {
	case "keep":
		t.how = keep
	case "drop":
		t.how = drop
	case "length":
		t.how = length
	case "shape":
		t.how = shape
	case "zero":
		t.how = zero
	case "hide":
		t.how, t.whole = hide, true
	case "alias":
		t.how, t.class = alias, classOf(rest)
		return nil
	case "any":
		if rest != "order" {
			return fmt.Errorf("how %q is unknown", b)
		}
		t.how = anyOrder
		return nil
	case "within":
		return t.bound(rest)
	default:
		return fmt.Errorf("how %q is unknown: drop, alias X, any order, within N, length, shape, zero, hide or keep", b)
	}
	if rest != "" {
		return fmt.Errorf("how %q: nothing can follow %s", b, word)
	}
	return nil
}

// bound reads what within allows: a factor, a time, or a number.
func (t *treatment) bound(s string) error {
	t.how, t.says = within, "within "+s
	var err error
	if f, ok := strings.CutSuffix(s, "x"); ok {
		t.factor, err = strconv.ParseFloat(f, 64)
	} else if t.amount, err = strconv.ParseFloat(s, 64); err != nil {
		var d time.Duration
		d, err = time.ParseDuration(s)
		t.amount, t.timed = float64(d), true
	}
	if err != nil || !(t.factor >= 0) || !(t.amount >= 0) {
		return fmt.Errorf("within %q is not a factor (5x), a time (2s) or a number", s)
	}
	return nil
}

// classOf gives the kind of identifier that a word names: those of the shipped
// sets by their letter, others by a number of their own.
func classOf(word string) aliasClass {
	switch word {
	case "S":
		return aliasSession
	case "T":
		return aliasTree
	case "F":
		return aliasOpen
	case "M":
		return aliasMessage
	case "L":
		return aliasLease
	case "G":
		return aliasGUID
	case "C":
		return aliasCreate
	}
	return aliasOwn + aliasClass(hashText(word)>>34)
}
