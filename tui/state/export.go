package state

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"smbdiff/diff"
	"smbdiff/dissect/capture"
)

// The forms in which the screen can be exported, of a comparison and of one
// capture.
func (s *State) exportForms() []string {
	if s.diffing() {
		return []string{"html", "text", "json", "ndjson", "junit"}
	}
	return []string{"list"}
}

// askExport asks for the form and the file of an export.
func (s *State) askExport() Request {
	return s.ask(Prompt{Label: "export", Text: s.exportForms()[0] + " ", Accept: s.Export, Complete: s.completeExport,
		Hint: func(string) string {
			return strings.Join(s.exportForms(), "|") + " FILE [--redact] [--force]; rows and masks as on the screen"
		}})
}

func (s *State) completeExport(text string) string {
	if strings.Contains(text, " ") {
		return completeLast(text)
	}
	for _, f := range s.exportForms() {
		if strings.HasPrefix(f, text) {
			return f + " "
		}
	}
	return text
}

// Export writes what the screen shows to a file: FORM FILE [--redact]
// [--force]. The file is there as a whole or not at all.
func (s *State) Export(text string) error {
	words := strings.Fields(text)
	var redact, force bool
	words = slices.DeleteFunc(words, func(w string) bool {
		redact, force = redact || w == "--redact", force || w == "--force"
		return w == "--redact" || w == "--force"
	})
	if len(words) != 2 || !slices.Contains(s.exportForms(), words[0]) {
		return fmt.Errorf("%s, then a file", strings.Join(s.exportForms(), " or "))
	}
	form, path := words[0], words[1]
	if err := absent(path); err != nil && !force {
		return fmt.Errorf("%w; --force writes over it", err)
	}
	write, err := s.exporter(form, redact)
	if err != nil {
		return err
	}
	s.note = "writing " + safe(path)
	s.run(func() func() {
		err := capture.WriteFile(path, 0o644, write)
		return func() {
			s.note = "written: " + safe(path)
			if err != nil {
				s.note = "not written: " + safe(err.Error())
			}
		}
	})
	return nil
}

// absent gives an error where a file is.
func absent(path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s is there", path)
	}
	return nil
}

// exporter gives what writes a form.
func (s *State) exporter(form string, redact bool) (func(io.Writer) error, error) {
	if !s.diffing() {
		return s.writeList(), nil
	}
	d := s.cmp.differ
	if d == nil {
		return nil, fmt.Errorf("not compared yet")
	}
	o := d.options
	if redact {
		o.Redact = diff.RedactAll
	}
	o.Progress, o.Context, o.Command = nil, s.cmp.context, "smbdiff diff "+s.Flags()
	o.Pick.Filter = s.filter.expr
	o.ShowMasked = s.showMasked
	return func(w io.Writer) error {
		r := diff.Traces(d.a, d.b, o)
		switch form {
		case "html":
			return r.WriteHTML(w)
		case "json":
			return r.WriteJSON(w)
		case "ndjson":
			return r.WriteNDJSON(w)
		case "junit":
			return r.WriteJUnit(w)
		}
		return r.WriteText(w)
	}, nil
}

// writeList gives what writes the rows that pass the filter, as the list in a
// pipe has them.
func (s *State) writeList() func(io.Writer) error {
	t := s.sides[0].Trace
	w := s.newWalk(s.filter)
	return func(out io.Writer) error {
		first, _ := t.Op(1)
		var line []byte
		for i := uint32(0); ; i++ {
			ops, p, ok := w.row(i)
			if !ok {
				return nil
			}
			if !w.matcher.match(ops, p) {
				continue
			}
			o, _ := t.Op(i + 1)
			line = o.AppendLine(line[:0], first.Start, t.Name)
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
	}
}
