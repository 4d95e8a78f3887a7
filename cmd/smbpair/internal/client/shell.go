package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"path"
	"slices"
	"strings"
	"sync"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/ntstatus"
)

// Shell runs commands, as smbclient has them and more, in one session. It holds
// the files that commands opened, and what runs beside.
type Shell struct {
	Conn  *Conn // the channel in use
	Tree  *Tree // the share in use
	Out   io.Writer
	ctx   context.Context
	share string
	dir   string
	open  *handles
	tasks map[string]*task
	all   []*Conn // channels
	trees []*Tree
}

// Start connects to a share.
func Start(ctx context.Context, cfg Config, share string, out io.Writer) (*Shell, error) {
	c, err := Dial(ctx, cfg)
	if err != nil {
		return nil, err
	}
	t, err := c.Connect(share)
	if err != nil {
		c.Close()
		return nil, err
	}
	return &Shell{Conn: c, Tree: t, Out: out, ctx: ctx, share: share, open: &handles{files: map[string]*File{}}, tasks: map[string]*task{},
		all: []*Conn{c}, trees: []*Tree{t}}, nil
}

// handles are the files that commands opened, by the names they gave. Tasks have
// them in common with what they run beside.
type handles struct {
	mu    sync.Mutex
	files map[string]*File
}

func (h *handles) get(name string) *File {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.files[name]
}

func (h *handles) put(name string, f *File) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files[name] = f
}

// all gives the files in the order of their names.
func (h *handles) all() (list []*File) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(h.files)) {
		list = append(list, h.files[name])
	}
	return list
}

// drop forgets those for which it holds.
func (h *handles) drop(gone func(name string, f *File) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, f := range h.files {
		if gone(name, f) {
			delete(h.files, name)
		}
	}
}

// Abort ends all connections.
func (s *Shell) Abort() {
	for _, c := range s.all {
		c.nc.Close()
	}
}

// End takes its leave of the shares and the session, if leave says so, and ends
// the connections.
func (s *Shell) End(leave bool) (err error) {
	if leave && !s.Conn.Lost() {
		for _, t := range s.trees {
			err = errors.Join(err, t.Disconnect())
		}
		if s.Conn.session != 0 {
			err = errors.Join(err, s.Conn.Logoff())
		}
	}
	for _, c := range s.all {
		c.Close()
	}
	return err
}

// Settled reports whether the client has taken all PDUs that the server says it
// sent to an address, and done what breaks ask for.
func (s *Shell) Settled(sent func(net.Addr) int) bool {
	for _, c := range s.all {
		c.shared.mu.Lock()
		acks := c.shared.acks
		c.shared.mu.Unlock()
		if acks > 0 || int(c.took.Load()) < sent(c.nc.LocalAddr()) {
			return false
		}
	}
	return true
}

// verb is one command: what it takes, and what it does.
type verb struct {
	name, args string
	least      int
	run        func(*Shell, []string) error
}

func verbs() []verb {
	return slices.Concat(fileVerbs(), handleVerbs(), infoVerbs(), sessionVerbs())
}

// Help lists the commands.
func Help() string {
	list := verbs()
	slices.SortFunc(list, func(a, b verb) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	for _, v := range list {
		fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(v.name+" "+v.args))
	}
	return b.String()
}

// Run does one command. A status behind -> is the one that is wanted; expect has
// it in front.
func (s *Shell) Run(line string) error {
	line, want := wanted(line)
	return Judge(line, s.command(line), want)
}

// wanted splits the status off that a line names.
func wanted(line string) (command, status string) {
	line, status, _ = strings.Cut(line, "->")
	if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "expect "); ok && status == "" {
		status, line, _ = strings.Cut(strings.TrimSpace(rest), " ")
	}
	return line, strings.TrimSpace(status)
}

// Check reports what is wrong with a line before it is run: its command, how much
// it takes, its status.
func Check(line string) error {
	line, status := wanted(line)
	words, err := split(line)
	if err != nil || len(words) == 0 {
		return err
	}
	if words[0] == "start" && len(words) > 2 {
		if _, _, err := find(words[2:]); err != nil {
			return err
		}
	}
	if _, _, err = find(words); err != nil || status == "" {
		return err
	}
	status = "STATUS_" + strings.TrimPrefix(status, "STATUS_")
	for _, v := range ntstatus.Values() {
		if v.Name == status {
			return nil
		}
	}
	return fmt.Errorf("no status %s", status)
}

// find gives the command that words begin with, and what follows it.
func find(words []string) (verb, []string, error) {
	list, name := verbs(), words[0]
	if other, ok := map[string]string{"dir": "ls", "l": "ls", "rm": "del", "md": "mkdir", "rd": "rmdir", "du": "df", "more": "cat"}[name]; ok {
		name = other // smbclient has it as well
	}
	i := slices.IndexFunc(list, func(v verb) bool { return v.name == name })
	switch {
	case i < 0:
		return verb{}, nil, fmt.Errorf("no command %q", words[0])
	case len(words)-1 < list[i].least:
		return verb{}, nil, fmt.Errorf("%s wants %s", words[0], list[i].args)
	}
	return list[i], words[1:], nil
}

// Judge holds how a command ended against the status with which it was to end,
// "" for success.
func Judge(line string, err error, want string) error {
	if want == "" {
		return err
	}
	want = "STATUS_" + strings.TrimPrefix(want, "STATUS_")
	var st *StatusError
	switch {
	case err == nil && want == "STATUS_SUCCESS":
		return nil
	case errors.As(err, &st) && strings.HasSuffix(st.Error(), ": "+want):
		return nil
	case err == nil:
		return fmt.Errorf("%s: no %s", strings.TrimSpace(line), want)
	}
	return fmt.Errorf("%w, wanted %s", err, want)
}

func (s *Shell) command(line string) error {
	words, err := split(line)
	if err != nil || len(words) == 0 {
		return err
	}
	v, args, err := find(words)
	if err != nil {
		return err
	}
	err = v.run(s, args)
	if err != nil && s.Conn.cfg.Again && s.Conn.Lost() && v.name != "drop" {
		if err = s.recover(); err == nil {
			err = v.run(s, args)
		}
	}
	return err
}

// treeOf gives the tree that took the place of the one that a file is on.
func (s *Shell) treeOf(f *File) *Tree {
	for _, t := range s.trees {
		if t.Share == f.t.Share {
			return t
		}
	}
	return s.Tree
}

// recover makes a new connection in the place of a lost one, and gets the durable
// handles back.
func (s *Shell) recover() error {
	if err := s.reconnect(nil); err != nil {
		return err
	}
	for _, f := range s.open.all() {
		if err := f.Reopen(s.treeOf(f)); err != nil {
			return err
		}
	}
	return nil
}

// split takes a line apart at blanks outside of double quotes.
func split(line string) (words []string, err error) {
	var word strings.Builder
	quoted, any := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, any = !quoted, true
		case !quoted && (r == ' ' || r == '\t' || r == '\n' || r == '\r'):
			if any {
				words = append(words, word.String())
			}
			word.Reset()
			any = false
		default:
			word.WriteRune(r)
			any = true
		}
	}
	if quoted {
		return nil, errors.New("a quotation mark is missing")
	}
	if any {
		words = append(words, word.String())
	}
	return words, nil
}

func (s *Shell) path(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if !strings.HasPrefix(name, "/") {
		name = s.dir + "/" + name
	}
	return strings.Trim(path.Clean("/"+name), "/")
}

func (s *Shell) say(format string, args ...any) error {
	_, err := fmt.Fprintf(s.Out, format+"\n", args...)
	return err
}

const shareAll = proto.ShareRead | proto.ShareWrite | proto.ShareDelete

// on does something with an open file, or with one that is opened for this alone.
func (s *Shell) on(name string, access uint32, do func(*File) error) error {
	if f := s.open.get(name); f != nil {
		return do(f)
	}
	f, err := s.Tree.Create(s.path(name), Open{Access: access, Share: shareAll, Disposition: proto.OpenExisting})
	if err != nil {
		return err
	}
	return errors.Join(do(f), f.Close())
}

// handle gives a file that open opened.
func (s *Shell) handle(name string) (*File, error) {
	if f := s.open.get(name); f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("no open file %q", name)
}
