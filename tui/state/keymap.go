package state

import "strings"

// Action is what a key does.
type Action uint8

// The actions.
const (
	None Action = iota
	Up
	Down
	PageUp
	PageDown
	First
	Last
	NextA
	PrevA
	NextB
	PrevB
	Realign
	DetailDown
	DetailUp
	NextPane
	Fold
	Unfold
	Enter
	NextDiff
	PrevDiff
	Divergence
	NextTrouble
	Ignore
	Context
	StartFilter
	Escape
	Help
	Redraw
	Suspend
	ShowKeys
	AddKey
	FindRow
	NextMatch
	PrevMatch
	EndFind
	GoTo
	AskGoTo
	HalfUp
	HalfDown
	NextField
	PrevField
	NextRow
	PrevRow
	CopyField
	CopyOperation
	Hex
	Zoom
	Grow
	Shrink
	CommandLine
	SetMark
	GoToMark
	Quit
)

// Place is where a key is valid; places add up.
type Place uint16

// The places.
const (
	SingleList Place = 1 << iota
	SingleDetails
	DiffList
	DiffDetails
	HelpWindow
	KeysWindow
	FindOpen // while a search is open, before the others

	lists   = SingleList | DiffList
	details = SingleDetails | DiffDetails
	inDiff  = DiffList | DiffDetails
	main    = lists | details
	windows = HelpWindow | KeysWindow
	all     = main | windows
)

// binding is one row of the key table: the keys, by the names that the screen
// gives them, what they do and where, and what the help and the key bar say of it.
type binding struct {
	keys   string // separated by blanks
	action Action
	in     Place
	group  string
	help   string
	bar    string
}

// bindings is the one key table: it feeds the handler, the key bar and the help.
func bindings() []binding {
	return []binding{
		{"↑", Up, DiffList, "MOVE", "both sides: previous row", "↑↓ both"},
		{"↓", Down, DiffList, "MOVE", "both sides: next row", ""},
		{"↑ k", Up, SingleList, "MOVE", "previous operation", "↑↓ op"},
		{"↓ j", Down, SingleList, "MOVE", "next operation", ""},
		{"↑ k", Up, details, "MOVE", "previous field", "↑↓ field"},
		{"↓ j", Down, details, "MOVE", "next field", ""},
		{"↑ k", Up, windows, "MOVE", "up", ""},
		{"↓ j", Down, windows, "MOVE", "down", ""},
		{"d", NextA, DiffList, "MOVE", "A only: next", "d/f A"},
		{"f", PrevA, DiffList, "MOVE", "A only: previous", ""},
		{"j", NextB, DiffList, "MOVE", "B only: next", "j/k B"},
		{"k", PrevB, DiffList, "MOVE", "B only: previous", ""},
		{"=", Realign, inDiff, "MOVE", "put B beside A again", ""},
		{"PgUp Ctrl-B", PageUp, all, "MOVE", "page up", ""},
		{"PgDn Space", PageDown, all, "MOVE", "page down", ""},
		{"Ctrl-U", HalfUp, all, "MOVE", "half a page up", ""},
		{"Ctrl-D", HalfDown, all, "MOVE", "half a page down", ""},
		{"F8", NextRow, main, "MOVE", "next row, from any pane", ""},
		{"F7", PrevRow, main, "MOVE", "previous row, from any pane", ""},
		{"Home", First, all, "MOVE", "first", ""},
		{"g", First, windows, "MOVE", "first", ""},
		{"g", GoTo, main, "MOVE", "first; behind a number: to that operation, as in 14g", ""},
		{"Ctrl-G", AskGoTo, main, "MOVE", "to an operation: 14, or A14, B14", ""},
		{"m", SetMark, main, "MOVE", "set a mark: m and a letter", ""},
		{"'", GoToMark, main, "MOVE", "go to a mark: ' and its letter", ""},
		{"End G", Last, all, "MOVE", "last", ""},
		{"b", DetailDown, main, "MOVE", "details: next field", "b/n field"},
		{"n", DetailUp, main, "MOVE", "details: previous field", ""},
		{"]", NextDiff, inDiff, "COMPARE", "next difference", "]/[ diff"},
		{"[", PrevDiff, inDiff, "COMPARE", "previous difference", ""},
		{"}", NextField, inDiff, "COMPARE", "next field that differs", ""},
		{"{", PrevField, inDiff, "COMPARE", "previous field that differs", ""},
		{"!", Divergence, inDiff, "COMPARE", "first divergence of outcome; again: what may explain it", "! first"},
		{"!", NextTrouble, SingleList | SingleDetails, "FIND", "next failure, lost answer, bad signature; then first", "! failure"},
		{"a", Ignore, inDiff, "COMPARE", "ignore the field under the details cursor; again: undo", "a ignore"},
		{"/", StartFilter, main, "FIND", "filter: hide other rows", "/ filter"},
		{"Ctrl-F", FindRow, main, "FIND", "find: go to a row that matches, hide none", ""},
		{"F3", NextMatch, main, "FIND", "next match", ""},
		{"Shift-F3", PrevMatch, main, "FIND", "previous match", ""},
		{"n", NextMatch, FindOpen, "FIND", "while a search is open: next match", "n/N match"},
		{"N", PrevMatch, FindOpen, "FIND", "while a search is open: previous match", ""},
		{"Esc", EndFind, FindOpen, "FIND", "end the search", "Esc end"},
		{"Tab", NextPane, main, "MOVE", "other pane", "Tab pane"},
		{"→ l", Unfold, main, "MOVE", "unfold the field of the details, or the rows", "←→ fold"},
		{"← h", Fold, main, "MOVE", "fold the field of the details", ""},
		{"c", Context, inDiff, "COMPARE", "context: 3 rows, all, differences alone", "c context"},
		{"Enter", Enter, lists, "MOVE", "unfold the rows, or go to the details", ""},
		{"Enter", Enter, details, "MOVE", "fold or unfold", ""},
		{"Esc", Escape, main, "OTHER", "stop reading; else drop the filter", ""},
		{"Esc", Escape, windows, "OTHER", "close", "Esc close"},
		{"H", Hex, main, "OTHER", "bytes of the field", ""},
		{"y", CopyField, main, "OTHER", "copy the field under the details cursor", ""},
		{"Y", CopyOperation, main, "OTHER", "copy the operation", ""},
		{"z", Zoom, main, "OTHER", "all lines for the pane with the focus", ""},
		{"+", Grow, main, "OTHER", "list: more lines", ""},
		{"-", Shrink, main, "OTHER", "list: fewer lines", ""},
		{":", CommandLine, main, "OTHER", "command line", ""},
		{"? F1", Help, main | windows&^HelpWindow, "OTHER", "this help", "? help"},
		{"K", ShowKeys, main, "OTHER", "keys: which sessions open, and why others do not", "K keys"},
		{"a", AddKey, KeysWindow, "OTHER", "add a key: a file, SESSIONID,KEY or a bare key", "a add"},
		{"Ctrl-L", Redraw, all, "OTHER", "redraw", ""},
		{"Ctrl-Z", Suspend, all, "OTHER", "suspend", ""},
		{"q", Quit, main, "OTHER", "quit", "q quit"},
		{"q", Escape, windows, "OTHER", "close", ""},
		{"? F1", Escape, HelpWindow, "OTHER", "close", ""},
		{"Ctrl-C", Quit, all, "OTHER", "quit", ""},
	}
}

// keymap finds actions by key.
type keymap struct{ list []binding }

func newKeymap() keymap { return keymap{bindings()} }

// action gives what a key does at a place, None when it does nothing.
func (m keymap) action(key string, in Place) Action {
	for _, b := range m.list {
		if b.in&in == 0 {
			continue
		}
		for k := range strings.FieldsSeq(b.keys) {
			if k == key {
				return b.action
			}
		}
	}
	return None
}

// bar gives the key bar of a place: each entry's keys and what they do.
func (m keymap) bar(in Place, w int) Line {
	out := Line{{" ", Plain}}
	used := 1
	for _, b := range m.list {
		if b.bar == "" || b.in&in == 0 {
			continue
		}
		keys, what, _ := strings.Cut(b.bar, " ")
		n := Width(keys) + 1 + Width(what) + 2
		if b.action != Help && b.action != Quit && used+n+len("? help  q quit  ") > w {
			continue
		}
		out = append(out, Span{keys, Key}, Span{" " + what + "  ", Plain})
		used += n
	}
	return out.fit(w, Plain)
}

// told reports whether the help has told of a binding with an earlier one.
func (m keymap) told(i int, in Place) bool {
	for _, b := range m.list[:i] {
		if b.keys == m.list[i].keys && b.action == m.list[i].action && b.in&in != 0 {
			return true
		}
	}
	return false
}

// help gives the lines of the help window for a place, and of marks.
func (m keymap) help(in Place) []Line {
	var out []Line
	for _, group := range []string{"MOVE", "COMPARE", "FIND", "OTHER"} {
		if len(out) > 0 {
			out = append(out, Line{})
		}
		at := len(out)
		out = append(out, Line{{group, Title}})
		for i, b := range m.list {
			if b.group != group || b.in&in == 0 || m.told(i, in) {
				continue
			}
			text := b.help
			for _, o := range m.list[i+1:] { // the same key elsewhere
				if o.keys == b.keys && o.action == b.action && o.in&in != 0 {
					text += " / " + o.help
				}
			}
			out = append(out, Line{{fit(" "+strings.Join(strings.Fields(b.keys), "  "), 16), Key}, {text, Plain}})
		}
		if len(out) == at+1 {
			out = out[:max(0, at-1)]
		}
	}
	if in&inDiff != 0 {
		out = append(out, Line{}, Line{{"MARKS", Title}})
		for _, g := range marks() {
			out = append(out, Line{{" " + g.mark + "  ", g.style}, {g.help, Plain}})
		}
	}
	out = append(out, Line{}, Line{{"FILTER", Title}}, Line{{" rows with all words; ! before a word excludes", Plain}},
		Line{{" cmd: path: status: frame: op: look at one column", Plain}},
		Line{{` cmd:create path:"my file" !status:success frame:20-30 op:7`, Plain}})
	return append(out, Line{}, Line{{" A * behind a command: it was sealed. Mouse: click, wheel.", Plain}})
}
