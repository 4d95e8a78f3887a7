package main

import (
	"errors"
	"slices"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/filter"
)

// setFields reads names of fields and facts with commas between them; further
// ones come behind those that are there.
func (f *flags) setFields(list string) error {
	for name := range strings.SplitSeq(list, ",") {
		c, err := filter.NewColumn(strings.TrimSpace(name))
		var e *filter.Error
		if errors.As(err, &e) {
			err = usageError{what: "--fields " + name + ": " + e.What, hint: "names are those that dump shows, and facts: smbdiff help filter"}
			if e.Nearest != "" {
				err = usageError{what: "--fields " + name + ": " + e.What + "; did you mean " + e.Nearest + "?"}
			}
		}
		if err != nil {
			f.wrong = err
			return err
		}
		if !slices.ContainsFunc(f.columns, func(x *filter.Column) bool { return x.Name == c.Name }) {
			f.columns = append(f.columns, c)
		}
	}
	return nil
}

// values appends the chosen fields of the message: a line with tabs between them,
// or an object with a list of texts for each.
func (f *formatter) values(dst []byte) []byte {
	f.row.A.Start = *f.start
	f.row.A.SetMessage(f.message)
	if f.dissected {
		f.row.A.Looks[0].Tree = &f.d.Tree
	}
	if f.format == "text" {
		for i, c := range f.columns {
			if i > 0 {
				dst = append(dst, '\t')
			}
			f.texts = c.Append(f.texts[:0], &f.row)
			dst = append(dst, field.Safe(strings.Join(f.texts, ","))...)
		}
		return append(dst, '\n')
	}
	if f.format == "json" {
		dst = append(dst, ',', '\n')
	}
	dst = append(dst, `{"schema":"smbdiff/fields/1"`...)
	for _, c := range f.columns {
		dst = append(key(dst, c.Name), '[')
		f.texts = c.Append(f.texts[:0], &f.row)
		for i, t := range f.texts {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = field.AppendString(dst, t)
		}
		dst = append(dst, ']')
	}
	if dst = append(dst, '}'); f.format != "json" {
		dst = append(dst, '\n')
	}
	return dst
}
