package state

import (
	"fmt"
	"strconv"
	"strings"
)

// command is one word of the command line.
type command struct {
	name, arg, help string
	in              Place // views in which it means something
	run             func(s *State, arg string) (Request, error)
}

// commands lists what the command line knows, by name.
func commands() []command {
	return []command{
		{"copied", "", "show the text that was copied last, where the terminal has no clipboard", main, func(s *State, _ string) (Request, error) {
			s.ShowClip()
			return Stay, nil
		}},
		{"diff", "FILE", "compare with another capture, in place of B", main, func(s *State, arg string) (Request, error) {
			return Stay, s.openSecond(arg)
		}},
		{"export", "FORM FILE", "write what is shown: --redact hides names, --force writes over a file", main, func(s *State, arg string) (Request, error) {
			return Stay, s.Export(arg)
		}},
		{"filter", "EXPR", "hide the rows that do not match; nothing: show all", main, func(s *State, arg string) (Request, error) {
			return Stay, s.SetFilter(arg)
		}},
		{"find", "EXPR", "go to the next row that matches", main, func(s *State, arg string) (Request, error) { return Stay, s.Find(arg) }},
		{"flags", "", "the flags that show the same without a screen", main, func(s *State, arg string) (Request, error) {
			s.note = s.Flags()
			return Stay, nil
		}},
		{"frame", "N", "go to the operation at a frame; B:N in the second capture", main, (*State).frameCommand},
		{"help", "", "the keys", main, func(s *State, arg string) (Request, error) { return s.Do(Help), nil }},
		{"mask", "FIELD [HOW]", "mask a field: drop, shape, within 5x ...; again: undo", inDiff, func(s *State, arg string) (Request, error) {
			if arg == "" {
				return Stay, fmt.Errorf("which field? as in smb2.nt_status or ntlmssp.*")
			}
			return Stay, s.mask(arg)
		}},
		{"key", "SPEC", "add a key: a file, SESSIONID,KEY or a bare key", main, func(s *State, arg string) (Request, error) {
			return Stay, s.AddKey(arg)
		}},
		{"op", "N", "go to an operation", main, func(s *State, arg string) (Request, error) { return Stay, s.goToOp(arg) }},
		{"set", "NAME VALUE", "another key table or theme: " + settingHelp(), main, (*State).set},
		{"quit", "", "leave", main, func(*State, string) (Request, error) { return DoQuit, nil }},
	}
}

func (s *State) frameCommand(arg string) (Request, error) {
	k := 0
	if rest, ok := strings.CutPrefix(strings.ToUpper(arg), "B:"); ok && s.diffing() {
		k, arg = 1, rest
	}
	n, err := strconv.ParseUint(strings.TrimSpace(arg), 10, 32)
	if err != nil {
		return Stay, fmt.Errorf("%q is no frame number", arg)
	}
	return Stay, s.goToFrame(k, uint32(n))
}

// askCommand asks for a command. What it asks of the screen in turn is given by
// Asked.
func (s *State) askCommand() Request {
	return s.ask(Prompt{Label: "", Accept: s.Command, Complete: s.completeCommand, Hint: s.commandHint})
}

// Command does one command line.
func (s *State) Command(text string) error {
	name, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	if name == "" {
		return nil
	}
	s.changed = true
	if s.prompt != nil && strings.HasPrefix("key", name) { // whatever it means: it may hold one
		s.prompt.Secret = true
	}
	if _, err := strconv.ParseUint(name, 10, 32); err == nil {
		return s.goToOp(name)
	}
	var found []command
	for _, c := range s.commandsHere() {
		if c.name == name {
			found = []command{c}
			break
		}
		if strings.HasPrefix(c.name, name) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return fmt.Errorf("no command %q; Tab lists them", name)
	case 1:
		r, err := found[0].run(s, strings.TrimSpace(arg))
		s.asked = r
		return err
	}
	return fmt.Errorf("%q may be %s or %s", name, found[0].name, found[1].name)
}

// Asked gives what the last command asks of the screen, once.
func (s *State) Asked() Request {
	r := s.asked
	s.asked = Stay
	return r
}

func (s *State) commandsHere() (out []command) {
	for _, c := range commands() {
		if c.in&s.panes() != 0 {
			out = append(out, c)
		}
	}
	return out
}

func (s *State) completeCommand(text string) string {
	name, arg, args := strings.Cut(text, " ")
	if args {
		switch name {
		case "filter", "find":
			return name + " " + s.completeFilter(arg)
		case "export":
			if !strings.Contains(arg, " ") {
				return name + " " + s.completeExport(arg)
			}
			return completeLast(text)
		case "diff", "key":
			return completeLast(text)
		case "mask":
			return name + " " + completeField(arg)
		case "set":
			return name + " " + completeSetting(arg)
		}
		return text
	}
	for _, c := range s.commandsHere() {
		if strings.HasPrefix(c.name, name) {
			if c.arg != "" {
				return c.name + " "
			}
			return c.name
		}
	}
	return text
}

func (s *State) commandHint(text string) string {
	name, arg, args := strings.Cut(text, " ")
	if args && (name == "filter" || name == "find") {
		return FilterHint(arg)
	}
	var names []string
	for _, c := range s.commandsHere() {
		if args && c.name == name || !args && strings.HasPrefix(c.name, name) {
			names = append(names, strings.TrimSpace(c.name+" "+c.arg))
			if c.name == name {
				return strings.TrimSpace(c.name+" "+c.arg) + ": " + c.help
			}
		}
	}
	return strings.Join(names, " · ")
}

// Flags gives the flags with which the report in a pipe shows what the screen
// shows.
func (s *State) Flags() string {
	var out []string
	if s.diffing() {
		out = append(out, s.cmp.masks.flags()...)
	}
	for _, x := range s.cmp.anchors {
		out = append(out, fmt.Sprintf("--anchor %d=%d", x[0], x[1]))
	}
	if how := s.cmp.pairBy.String(); how != "auto" {
		out = append(out, "--pair "+how)
	}
	if s.diffing() && s.showMasked {
		out = append(out, "--show-masked")
	}
	if s.filter.Text != "" {
		out = append(out, "--filter "+quoted(s.filter.Text))
	}
	if s.diffing() && s.cmp.context < 0 {
		out = append(out, "-U all")
	}
	if len(out) == 0 {
		return "no flags are needed"
	}
	return strings.Join(out, " ")
}

// quoted gives a word as a shell wants it.
func quoted(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:,=+%@", r))
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(safe(s), "'", `'\''`) + "'"
}
