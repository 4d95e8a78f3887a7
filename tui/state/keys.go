package state

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// KeySession says how far the keys of one session of a capture reach. It holds
// no secret.
type KeySession struct {
	Name    string // its id
	User    string
	Dialect string
	Cipher  string
	From    string // where the key that was proved is from
	Proof   string // what verifies of what was tried
	Shut    string // why sealed messages stay shut, "" when none do
	Hint    string // what to do about it
}

// Keyring is what opens a capture. Add takes what the user typed or pasted: a
// file's name, SESSIONID,KEY, a bare key.
// Keys lists the keys that were proved, a line each: by first and last byte, or
// whole. Loaded says in a line what was loaded, and what of it matches no session.
// Reread reads the files again that keys came from. Try tells what a key that is
// given as to Add would open; it is called on a goroutine. Check gives what reads
// the capture whole, on a goroutine, and tells of each session what all its tags
// and signatures prove; nil when that cannot be done.
type Keyring interface {
	Sessions() []KeySession
	Keys(whole bool) []string
	Loaded() string
	Add(text string) error
	Reread() error
	Try(text string) (string, error)
	Check() func() ([]KeySession, error)
}

// keyCheck is what reading a capture whole tells of its keys.
type keyCheck struct {
	done     bool
	sessions []KeySession
	err      error
}

// checkKeys begins the check of a side, once; it gives what is known of its
// sessions by now.
func (s *State) checkKeys(d *side) []KeySession {
	if d.check == nil && d.loaded {
		d.check = &keyCheck{}
		if work := d.Keys.Check(); work != nil {
			s.run(func() func() {
				sessions, err := work()
				return func() { *d.check = keyCheck{true, sessions, err} }
			})
		} else {
			d.check.done = true
		}
	}
	if d.check != nil && d.check.sessions != nil {
		return d.check.sessions
	}
	return d.Keys.Sessions()
}

// keysWindow shows which sessions open, by which key, and why others stay shut.
type keysWindow struct {
	state *State
	rows  []keyRow
}

// keyRow is a session that the window lists, and the side that it is of.
type keyRow struct {
	side string
	KeySession
}

// keyHead is the lines before the sessions.
const keyHead = 3

func (k *keysWindow) choices() (first, last int) { return keyHead, keyHead + len(k.rows) }

func (*keysWindow) title() string { return "Keys" }

func (*keysWindow) place() Place { return KeysWindow }

func (k *keysWindow) lines(w int) []Line {
	var out []Line
	sealed := Line{{"sealed traffic", Dim}}
	var rows [][]string
	var shut []KeySession
	k.rows = nil
	for i, d := range k.state.sides {
		name := [...]string{"A", "B"}[i]
		c := d.Trace.Counts()
		style := Plain
		if c.Opened < c.Sealed {
			style = Bad
		}
		sealed = append(sealed, Span{fmt.Sprintf("   %s %d/%d messages open", name, c.Opened, c.Sealed), style})
		if d.Keys == nil {
			continue
		}
		for _, s := range k.state.checkKeys(d) {
			k.rows = append(k.rows, keyRow{name, s})
			rows = append(rows, []string{name, s.Name, s.User, s.Dialect, s.Cipher, s.From, s.Proof})
			if s.Shut != "" {
				shut = append(shut, s)
			}
		}
	}
	out = append(out, sealed, k.checkLine())
	if len(rows) == 0 {
		out = append(out, Line{{"no session is sealed or signed", Dim}})
	} else {
		out = append(out, table([]string{"", "session", "user", "dialect", "cipher", "key from", "proof"}, rows, w, 1, 6)...)
	}
	for _, s := range shut {
		out = append(out, Line{})
		for _, l := range wrap("why "+safe(s.Name)+" stays shut: "+safe(s.Shut), w) {
			out = append(out, Line{{l, Bad}})
		}
		for _, l := range wrap(safe(s.Hint), w-2) {
			out = append(out, Line{{"  " + l, Plain}})
		}
	}
	out = append(out, k.secrets()...)
	out = append(out, Line{})
	for i, d := range k.state.sides {
		if d.Keys == nil {
			continue
		}
		for _, l := range wrap("keys loaded for "+[...]string{"A", "B"}[i]+": "+safe(d.Keys.Loaded()), w) {
			out = append(out, Line{{l, Plain}})
		}
	}
	for _, l := range wrap("a adds a key: the name of a Samba log, of kernel messages or smbinfo output of cifs.ko, of a Wireshark list; "+
		"or SESSIONID,KEY in either byte order; or a bare key, which is tried on every session.", w) {
		out = append(out, Line{{l, Dim}})
	}
	return out
}

// lines tells all that is known of a session, nothing of it cut.
func (r keyRow) lines(w int) []Line {
	var out []Line
	for _, f := range [][2]string{{"session", r.Name}, {"user", r.User}, {"dialect", r.Dialect}, {"cipher", r.Cipher}, {"key from", r.From},
		{"proof", r.Proof}, {"why shut", r.Shut}, {"what to do", r.Hint}} {
		name := f[0]
		for _, l := range wrap(safe(f[1]), w-keyNames) {
			out = append(out, Line{{fit(name, keyNames), Dim}, {l, Plain}})
			name = ""
		}
	}
	return out
}

// keyNames is the cells of the names before what is known of a session.
const keyNames = 12

// checkLine says how far the check of all tags is.
func (k *keysWindow) checkLine() Line {
	for _, d := range k.state.sides {
		switch c := d.check; {
		case d.Keys == nil || c == nil:
		case !c.done:
			return Line{{"every tag and signature is being checked...", Dim}}
		case c.err != nil:
			return Line{{"not checked: " + safe(c.err.Error()), Bad}}
		}
	}
	return Line{}
}

// secrets lists the keys, hidden but for revealTime.
func (k *keysWindow) secrets() []Line {
	var out []Line
	for i, d := range k.state.sides {
		if d.Keys == nil {
			continue
		}
		for _, l := range d.Keys.Keys(k.state.revealed) {
			if len(out) == 0 {
				out = append(out, Line{}, Line{{"keys that open, by first and last byte (Ctrl-V shows them for 10 s)", Dim}})
			}
			out = append(out, Line{{[...]string{"A", "B"}[i] + "  ", Plain}, {safe(l), Plain}})
		}
	}
	return out
}

// revealTime is how long keys are shown.
const revealTime = 10 * time.Second

// unveil shows the keys for a while.
func (s *State) unveil() {
	s.reveals++
	now := s.reveals
	s.revealed = true
	time.AfterFunc(revealTime, func() {
		s.post(func() {
			if s.reveals == now {
				s.revealed = false
			}
		})
	})
}

func (k *keysWindow) do(f *frame, a Action) Request {
	switch a {
	case Reveal:
		k.state.unveil()
		return Stay
	case KeyDetails:
		if i := f.chosen(); i >= 0 {
			r := k.rows[i]
			k.state.open(&textWindow{"Session " + safe(r.Name) + " of " + r.side, LogWindow, r.lines})
		}
		return Stay
	case TryKey:
		return k.state.askTry()
	case RereadKeys:
		k.state.reread()
		return Stay
	case ExportKeys:
		return k.state.exportKeys()
	case AddKey:
	default:
		return Stay
	}
	return k.state.ask(Prompt{Label: "key", Accept: k.state.AddKey, Complete: completePath, Secret: true,
		Hint: func(string) string { return "a file, SESSIONID,KEY or a bare key; Enter tries it on all captures" }})
}

// AddKey gives all captures a key and reads them anew. It gives an error when
// no capture can make anything of the text.
func (s *State) AddKey(text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	var last error
	added := false
	for i, d := range s.sides {
		if d.Keys == nil || d.Again == nil {
			continue
		}
		if err := d.Keys.Add(text); err != nil {
			last = err
			continue
		}
		added = true
		s.reload(i)
	}
	if !added {
		return last
	}
	s.note = "key added, reading again"
	return nil
}

// reload reads a capture anew.
func (s *State) reload(i int) {
	old := s.sides[i]
	old.dropped.Store(true)
	d := newSide(old.Again())
	d.after = old.done
	s.sides = slices.Clone(s.sides) // others read the old ones
	s.sides[i] = d
	s.forgetRows()
	s.stop.Store(false)
	s.read(d)
	s.rebuild()
}

// table lays out rows under headings, within w cells. Where there is no room the
// widest columns give first, those to keep last.
func table(heads []string, rows [][]string, w int, keep ...int) []Line {
	widths := make([]int, len(heads))
	for i, h := range heads {
		widths[i] = Width(h)
		for _, r := range rows {
			widths[i] = max(widths[i], Width(safe(r[i])))
		}
	}
	over := -w
	for _, n := range widths {
		over += n + 2
	}
	for over > 0 {
		wide := -1
		for i := range widths {
			if (wide < 0 || widths[i] > widths[wide]) && !slices.Contains(keep, i) {
				wide = i
			}
		}
		if wide < 0 || widths[wide] <= 4 {
			if len(keep) == 0 {
				break
			}
			keep = nil
			continue
		}
		widths[wide]--
		over--
	}
	line := func(cells []string, style Style) Line {
		var out Line
		for i, c := range cells {
			out = append(out, Span{fit(safe(c), widths[i]) + "  ", style})
		}
		return out
	}
	out := []Line{line(heads, Dim)}
	for _, r := range rows {
		out = append(out, line(r, Plain))
	}
	return out
}

// wrap breaks text at blanks into lines of at most w cells.
func wrap(text string, w int) []string {
	var out []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && Width(line)+1+Width(word) > w {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}
