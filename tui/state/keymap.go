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
	Statistics
	ShowLog
	History
	Choose
	Export
	ShowMasks
	AskMask
	UndoMask
	NewMask
	Toggle
	Drop
	SaveMasks
	ShowFlags
	EditMask
	EditHow
	EditScope
	LoadMasks
	SearchHelp
	Times
	TryKey
	RereadKeys
	ExportKeys
	KeyDetails
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
	Anchor
	DropAnchors
	Exchange
	ShowMasked
	Stack
	Wireshark
	WriteFrames
	Wider
	Narrower
	Reveal
	ScrollLeft
	ScrollRight
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
	MaskWindow
	StatsWindow
	LogWindow
	HistoryWindow
	FindOpen // while a search is open, before the others

	lists   = SingleList | DiffList
	details = SingleDetails | DiffDetails
	inDiff  = DiffList | DiffDetails
	main    = lists | details
	windows = HelpWindow | KeysWindow | MaskWindow | StatsWindow | LogWindow | HistoryWindow
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
	bar    string // "": not in the key bar
	with   Action // whose keys the bar shows too
}

// bindings is the one key table: it feeds the handler, the key bar and the help.
func bindings() []binding {
	return []binding{
		{"↑", Up, DiffList, "MOVE", "both sides: previous row; apart, each its own", "both", Down},
		{"↓", Down, DiffList, "MOVE", "both sides: next row; apart, each its own", "", None},
		{"↑ k f", Up, SingleList, "MOVE", "previous operation", "op", Down},
		{"↓ j d", Down, SingleList, "MOVE", "next operation", "", None},
		{"↑ k", Up, details, "MOVE", "previous field", "field", Down},
		{"↓ j", Down, details, "MOVE", "next field", "", None},
		{"↑ k", Up, windows, "MOVE", "up", "", None},
		{"↓ j", Down, windows, "MOVE", "down", "", None},
		{"d", NextA, DiffList, "MOVE", "A only: next", "A", PrevA},
		{"f", PrevA, DiffList, "MOVE", "A only: previous", "", None},
		{"j", NextB, DiffList, "MOVE", "B only: next", "B", PrevB},
		{"k", PrevB, DiffList, "MOVE", "B only: previous", "", None},
		{"=", Realign, inDiff, "MOVE", "put B beside A again", "", None},
		{"p", Anchor, inDiff, "COMPARE", "pair these two operations, align the others around them", "", None},
		{"P", DropAnchors, inDiff, "COMPARE", "drop the pairs made with p", "", None},
		{"x", Exchange, inDiff, "COMPARE", "exchange A and B", "", None},
		{"PgUp Ctrl-B", PageUp, main, "MOVE", "page up", "", None},
		{"PgDn Space", PageDown, main, "MOVE", "page down", "", None},
		{"PgUp Ctrl-B", PageUp, windows, "MOVE", "page up", "", None},
		{"PgDn Space", PageDown, windows &^ MaskWindow, "MOVE", "page down", "", None},
		{"PgDn", PageDown, MaskWindow, "MOVE", "page down", "", None},
		{"Ctrl-U", HalfUp, all, "MOVE", "half a page up", "", None},
		{"Ctrl-D", HalfDown, all, "MOVE", "half a page down", "", None},
		{"F8", NextRow, main, "MOVE", "next row, from any pane", "", None},
		{"F7", PrevRow, main, "MOVE", "previous row, from any pane", "", None},
		{"Home", First, all, "MOVE", "first", "", None},
		{"g", First, windows, "MOVE", "first", "", None},
		{"g", GoTo, main, "MOVE", "first; behind a number: to that operation, as in 14g", "", None},
		{"Ctrl-G", AskGoTo, main, "MOVE", "to an operation: 14, or A14, B14", "", None},
		{"m", SetMark, main, "MOVE", "set a mark: m and a letter", "", None},
		{"'", GoToMark, main, "MOVE", "go to a mark: ' and its letter", "", None},
		{"End G", Last, all, "MOVE", "last", "", None},
		{"b", DetailDown, main, "MOVE", "details: next field", "field", DetailUp},
		{"n", DetailUp, main, "MOVE", "details: previous field", "", None},
		{"]", NextDiff, inDiff, "COMPARE", "next difference", "diff", PrevDiff},
		{"[", PrevDiff, inDiff, "COMPARE", "previous difference", "", None},
		{"}", NextField, inDiff, "COMPARE", "next field that differs", "", None},
		{"{", PrevField, inDiff, "COMPARE", "previous field that differs", "", None},
		{"!", Divergence, inDiff, "COMPARE", "first divergence of outcome; again: what may explain it", "first", None},
		{"!", NextTrouble, SingleList | SingleDetails, "FIND", "next failure, lost answer, bad signature; then first", "failure", None},
		{"a", Ignore, inDiff, "COMPARE", "mask the field under the details cursor; again: undo", "mask", None},
		{"A", AskMask, inDiff, "COMPARE", "mask it in some messages or in another way", "", None},
		{"u", UndoMask, main | MaskWindow, "COMPARE", "take back the last mask, pair or filter", "", None},
		{"M", ShowMasks, inDiff, "COMPARE", "masks: rules on and off, new ones", "masks", None},
		{"Space", Toggle, MaskWindow, "COMPARE", "rule on or off", "on/off", None},
		{"Enter", EditMask, MaskWindow, "COMPARE", "edit the rule", "edit", None},
		{"D", Drop, MaskWindow, "COMPARE", "take the rule away", "", None},
		{"n", NewMask, MaskWindow, "COMPARE", "new rule", "new", None},
		{"h", EditHow, MaskWindow, "COMPARE", "how the rule treats the field", "how", None},
		{"o", EditScope, MaskWindow, "COMPARE", "in which messages it counts", "scope", None},
		{"s", SaveMasks, MaskWindow, "COMPARE", "write the rules to a file", "save", None},
		{"l", LoadMasks, MaskWindow, "COMPARE", "a set, or the rules of a file", "load", None},
		{"v", ShowFlags, MaskWindow, "COMPARE", "the flags that mask the same", "flags", None},
		{"/", StartFilter, main, "FIND", "filter: hide other rows", "filter", None},
		{"/", SearchHelp, HelpWindow, "FIND", "search the keys", "search", None},
		{"Ctrl-F", FindRow, main, "FIND", "find: go to a row that matches, hide none", "", None},
		{"F3", NextMatch, main, "FIND", "next match", "", None},
		{"Shift-F3", PrevMatch, main, "FIND", "previous match", "", None},
		{"n", NextMatch, FindOpen, "FIND", "while a search is open: next match", "match", PrevMatch},
		{"N", PrevMatch, FindOpen, "FIND", "while a search is open: previous match", "", None},
		{"Esc", EndFind, FindOpen, "FIND", "end the search", "end", None},
		{"Tab", NextPane, main, "MOVE", "other pane", "pane", None},
		{"→ l", Unfold, main, "MOVE", "unfold the field of the details, or the rows", "fold", Fold},
		{"← h", Fold, main, "MOVE", "fold the field of the details", "", None},
		{"c", Context, inDiff, "COMPARE", "context: 3 rows, all, differences alone", "context", None},
		{"~", ShowMasked, inDiff, "COMPARE", "masked fields: shown or folded", "", None},
		{"v", Stack, inDiff, "COMPARE", "values beside each other, or one below the other", "", None},
		{"v", Stack, SingleList | SingleDetails, "OTHER", "response beside the request, or below it", "", None},
		{"Enter", Enter, DiffList, "MOVE", "unfold rows, to details", "", None},
		{"Enter", Enter, SingleList, "MOVE", "details, answer beside", "", None},
		{"Enter", Enter, details, "MOVE", "fold, unfold; file id: history", "", None},
		{"Esc", Escape, main, "OTHER", "stop reading; else drop the filter", "", None},
		{"Esc", Escape, windows, "OTHER", "close", "close", None},
		{"o", History, main, "FIND", "every operation on this open, or this path", "", None},
		{"Enter", Choose, HistoryWindow, "FIND", "go to the operation", "go to", None},
		{"S", Statistics, main, "OTHER", "statistics: counts, errors, response times", "stats", None},
		{"L", ShowLog, main, "OTHER", "log: what was read and what could not be", "", None},
		{"e", Export, main, "OTHER", "export to a file", "export", None},
		{"H", Hex, main, "OTHER", "bytes of the field", "", None},
		{"y", CopyField, main, "OTHER", "copy the field under the details cursor", "", None},
		{"Y", CopyOperation, main, "OTHER", "copy the operation", "", None},
		{"t", Times, lists, "OTHER", "times: since the start, the row before, of day", "", None},
		{"w", Wireshark, main, "OTHER", "copy the command that shows the operation in Wireshark", "", None},
		{"W", WriteFrames, main, "OTHER", "write the packets of the operation to a pcapng file", "", None},
		{"z \\", Zoom, main, "OTHER", "all lines for the pane with the focus", "", None},
		{"+", Grow, main, "OTHER", "list: more lines", "", None},
		{"-", Shrink, main, "OTHER", "list: fewer lines", "", None},
		{">", Wider, main, "OTHER", "wider column of results", "", None},
		{"<", Narrower, main, "OTHER", "narrower column of results", "", None},
		{":", CommandLine, main, "OTHER", "command line", "", None},
		{"? F1", Help, main | windows&^HelpWindow, "OTHER", "this help", "help", None},
		{"K", ShowKeys, main, "OTHER", "keys: which sessions open, and why others do not", "keys", None},
		{"a", AddKey, KeysWindow, "OTHER", "add a key: a file, SESSIONID,KEY or a bare key", "add", None},
		{"Enter", KeyDetails, KeysWindow, "OTHER", "all that is known of the session", "details", None},
		{"r", RereadKeys, KeysWindow, "OTHER", "read the key files again", "read again", None},
		{"t", TryKey, KeysWindow, "OTHER", "try a key without keeping it", "try", None},
		{"x", ExportKeys, KeysWindow, "OTHER", "copy the command that writes keys for Wireshark", "for Wireshark", None},
		{"Ctrl-V", Reveal, KeysWindow, "OTHER", "show the keys for ten seconds", "secrets", None},
		{"→ l", ScrollRight, StatsWindow, "MOVE", "to the right", "scroll", ScrollLeft},
		{"← h", ScrollLeft, StatsWindow, "MOVE", "to the left", "", None},
		{"Ctrl-L", Redraw, all, "OTHER", "redraw", "", None},
		{"Ctrl-Z", Suspend, all, "OTHER", "suspend", "", None},
		{"q", Quit, main, "OTHER", "quit", "quit", None},
		{"q", Escape, windows, "OTHER", "close", "", None},
		{"? F1", Escape, HelpWindow, "OTHER", "close", "", None},
		{"Ctrl-C", Quit, all, "OTHER", "quit", "", None},
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
	for i := range m.list {
		b := &m.list[i]
		keys := m.barKeys(b, in)
		if b.bar == "" || b.in&in == 0 || keys == "" {
			continue
		}
		n := Width(keys) + 1 + Width(b.bar) + 2
		if b.action != Help && b.action != Quit && used+n+len("? help  q quit  ") > w {
			continue
		}
		out = append(out, Span{keys, Key}, Span{" " + b.bar + "  ", Plain})
		used += n
	}
	return out.fit(w, Plain)
}

// barKeys gives the first key of a binding, and that of the action with which it
// is told.
func (m keymap) barKeys(b *binding, in Place) string {
	key, _, _ := strings.Cut(b.keys, " ")
	if b.with == None || key == "" {
		return key
	}
	for i := range m.list {
		if o := &m.list[i]; o.action == b.with && o.in&b.in&in != 0 && o.keys != "" {
			other, _, _ := strings.Cut(o.keys, " ")
			switch key + other {
			case "↑↓", "→←":
				return key + other
			}
			return key + "/" + other
		}
	}
	return key
}

// barKeys splits what the bar shows of keys: "d/f", "←→", "Tab", "/".
func barKeys(s string) []string {
	switch {
	case len(s) > 2 && strings.Contains(s, "/"):
		return strings.Split(s, "/")
	case s == "↑↓" || s == "→←":
		return strings.Split(s, "")
	}
	return []string{s}
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

// filterExamples are filters to learn from.
func filterExamples(in Place) []string {
	out := []string{`cmd == CREATE && status != SUCCESS`, `path ~ "\.tmp$" || rtt > 5ms`, `smb2.create.disposition in {FILE_OPEN, FILE_CREATE}`}
	if in&inDiff != 0 {
		out = append(out, `differs && a.frame > 100`, `only == b`)
	}
	return out
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
			if b.group != group || b.in&in == 0 || b.keys == "" || m.told(i, in) {
				continue
			}
			text := b.help
			for _, o := range m.list[i+1:] { // the same key elsewhere
				if o.keys == b.keys && o.action == b.action && o.in&in != 0 {
					text += " / " + o.help
				}
			}
			out = append(out, Line{{fit(" "+strings.Join(strings.Fields(b.keys), "  "), keyCells), Key}, {text, Plain}})
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
	out = append(out, Line{}, Line{{"FILTER", Title}}, Line{{" a word: rows that have it in command, path or status", Plain}})
	for _, x := range filterExamples(in) {
		out = append(out, Line{{" " + x, Plain}})
	}
	return append(out, Line{}, Line{{" A * behind a command: it was sealed. Mouse: click, wheel.", Plain}})
}
