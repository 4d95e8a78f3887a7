package diff

import (
	"fmt"
	"slices"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/filter"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// knownField gives an error when a glob of names or of paths can be for no field:
// a rule with a slip in it would hide nothing, and --only would compare nothing.
func knownField(glob string) error {
	last, _, keyed := strings.Cut(glob, "[")
	if keyed && strings.Contains(glob[strings.IndexByte(glob, '['):], "/") {
		return nil // a key may hold slashes: what follows it is not told apart
	}
	if keyed && !strings.Contains(last, "/") {
		return fmt.Errorf("%s is no name: with a key it is a path, */%s", field.Safe(glob), field.Safe(glob))
	}
	last = last[strings.LastIndexByte(last, '/')+1:]
	all := slices.Concat(filter.Fields(), []string{nameAnswer, nameRequest, nameInterim, nameSignature, nameProblem, nameOperation, nameTime, contextName})
	if strings.Contains(glob, "/") {
		first, _, _ := strings.Cut(glob, "/")
		if err := knownPart(first); err != nil {
			return err
		}
		all = append(all, partNames[:]...) // the path of what is missing as a whole
	}
	if slices.ContainsFunc(all, func(n string) bool { return matches(last, n) }) {
		return nil
	}
	return nearest(fmt.Errorf("no field is called %s", field.Safe(last)), last, all)
}

// knownPart gives an error when no path begins like this.
func knownPart(glob string) error {
	if strings.Contains(glob, "*") || slices.ContainsFunc(partNames[:], func(p string) bool { return matches(glob, p) }) {
		return nil
	}
	return nearest(fmt.Errorf("no path begins with %s", field.Safe(glob)), glob, partNames[:])
}

// knownCommand gives an error when a glob is for no command.
func knownCommand(glob string) error {
	var names []string
	for _, list := range []field.Values{smb2.CommandNames(), smb1.CommandNames()} {
		for _, v := range list {
			if matches(glob, v.Name) {
				return nil
			}
			names = append(names, v.Name)
		}
	}
	return nearest(fmt.Errorf("no operation is called %s", field.Safe(glob)), glob, names)
}

// nearest adds what may have been meant to an error.
func nearest(err error, word string, names []string) error {
	if s := filter.Nearest(word, names); s != "" {
		return fmt.Errorf("%w; did you mean %s?", err, s)
	}
	return err
}
