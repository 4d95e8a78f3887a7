// Package agent holds unlocked key files for the other smbdiff processes of one
// user, over a Unix socket. Both ends ask the system who the other one is: the
// agent answers its own user alone, and a client hands nothing to a process that
// is not its own user's and not the one that registered. Pids are used again and
// so neither would do alone. Nothing is on disk but the registration: the socket
// and a file that names it and the pid. The package must not know what the files
// hold.
package agent

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ID names a text: the digest of the wrapped file it came from.
type ID = [sha256.Size]byte

var (
	// ErrUnsupported says that the system does not tell who is at the other end
	// of a socket.
	ErrUnsupported = errors.New("no key agent on this system: it does not tell which process is at the other end of a socket")
	// ErrNone says that no agent is registered.
	ErrNone = errors.New("no key agent runs")
)

// GoneError says that the registered agent does not answer.
type GoneError struct{ PID int }

func (e *GoneError) Error() string {
	return fmt.Sprintf("the key agent that registered (pid %d) is gone", e.PID)
}

// StrangerError says that another process than the registered agent is at the
// socket.
type StrangerError struct {
	UID, PID   int // who is there
	Registered int
}

func (e *StrangerError) Error() string {
	return fmt.Sprintf("pid %d of user %d is at the socket of the key agent, not pid %d of this user", e.PID, e.UID, e.Registered)
}

// RunningError says that an agent runs already.
type RunningError struct{ PID int }

func (e *RunningError) Error() string { return fmt.Sprintf("a key agent runs already, pid %d", e.PID) }

// Item is what an agent tells of a text that it holds.
type Item struct {
	Name string
	Left time.Duration
}

// Dir is the folder for the registration of the user's agent.
func Dir() (string, error) {
	d := os.Getenv("XDG_RUNTIME_DIR")
	if d == "" || !filepath.IsAbs(d) {
		return "", errors.New("no place for a key agent: XDG_RUNTIME_DIR is not set")
	}
	return filepath.Join(d, "smbdiff"), nil
}

const (
	entryName  = "agent"
	socketName = "agent.sock"

	maxEntry = 4096
	maxText  = 16 << 20
	maxName  = 4096
	maxHeld  = 64 << 20
	maxItems = 1024
	patience = 10 * time.Second // of both ends
)

// entry is the registration.
type entry struct {
	pid    int
	socket string
}

func (e entry) String() string { return fmt.Sprintf("pid %d\nsocket %s\n", e.pid, e.socket) }

func parseEntry(text string) (e entry, ok bool) {
	for l := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimRight(l, "\n"), " ")
		switch name {
		case "pid":
			e.pid, _ = strconv.Atoi(value)
		case "socket":
			e.socket = value
		}
	}
	return e, e.pid > 0 && e.socket != "" && strings.HasSuffix(text, "\n")
}

// What a client asks.
const (
	askGet  = 'G' // the text of an id
	askPut  = 'P' // to hold a text
	askList = 'L'
	askStop = 'S'
)

// What the agent answers.
const (
	answerYes = 'Y'
	answerNo  = 'N'
)

// request is op, id, name and text, the two with their lengths before them.
type request struct {
	op   byte
	id   ID
	name string
	text []byte
}

func (r *request) write(w io.Writer) error {
	b := append([]byte{r.op}, r.id[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.name)))
	b = append(b, r.name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.text)))
	b = append(b, r.text...)
	_, err := w.Write(b)
	clear(b)
	return err
}

func readRequest(rd io.Reader) (*request, error) {
	var head [1 + sha256.Size]byte
	if _, err := io.ReadFull(rd, head[:]); err != nil {
		return nil, err
	}
	r := &request{op: head[0], id: ID(head[1:])}
	name, err := readBlock(rd, maxName)
	if err != nil {
		return nil, err
	}
	r.name = string(name)
	r.text, err = readBlock(rd, maxText)
	return r, err
}

// readBlock reads a length and as many bytes.
func readBlock(r io.Reader, most uint32) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > most {
		return nil, errors.New("too long")
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	if err != nil {
		clear(b)
		return nil, err
	}
	return b, nil
}

func writeAnswer(w io.Writer, kind byte, body []byte) error {
	b := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)))
	b = append(b, body...)
	_, err := w.Write(b)
	clear(b)
	return err
}

func readAnswer(r io.Reader) (kind byte, body []byte, err error) {
	var head [1]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	body, err = readBlock(r, maxText)
	return head[0], body, err
}
