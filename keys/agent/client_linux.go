package agent

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Client talks to the user's agent, one request a connection.
type Client struct {
	entry entry
	conn  net.Conn // of the next request
}

// Dial connects to the agent that is registered in dir, and makes sure that it
// is the one: its user is this one and its pid the registered one.
func Dial(dir string) (*Client, error) {
	e, err := readEntry(dir)
	if err != nil {
		return nil, err
	}
	c := &Client{entry: e}
	return c, c.connect()
}

// readEntry reads the registration.
func readEntry(dir string) (entry, error) {
	path := filepath.Join(dir, entryName)
	f, err := openEntry(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return entry{}, ErrNone
	}
	if err != nil {
		return entry{}, fmt.Errorf("the registration of the key agent: %w", err)
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() || !owned(st) {
		return entry{}, fmt.Errorf("%s: the registration of a key agent, but others can write it", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxEntry))
	if err != nil {
		return entry{}, fmt.Errorf("%s: %w", path, err)
	}
	e, ok := parseEntry(string(b))
	if !ok {
		return entry{}, ErrNone // is just being written
	}
	return e, nil
}

func (c *Client) connect() error {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: c.entry.socket, Net: "unix"})
	if err != nil {
		return &GoneError{PID: c.entry.pid}
	}
	uid, pid, err := peer(conn)
	if err != nil {
		conn.Close()
		return fmt.Errorf("asking who the key agent is: %w", err)
	}
	if uid != os.Geteuid() || pid != c.entry.pid {
		conn.Close()
		return &StrangerError{UID: uid, PID: pid, Registered: c.entry.pid}
	}
	c.conn = conn
	return nil
}

// ask sends a request and reads the answer.
func (c *Client) ask(r *request) (kind byte, body []byte, err error) {
	if c.conn == nil {
		if err := c.connect(); err != nil {
			return 0, nil, err
		}
	}
	conn := c.conn
	c.conn = nil
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, nil, err
	}
	err = r.write(conn)
	if err == nil {
		kind, body, err = readAnswer(conn)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("the key agent (pid %d) broke off: %w", c.entry.pid, err)
	}
	return kind, body, nil
}

// Get asks for a text.
func (c *Client) Get(id ID) (text []byte, ok bool, err error) {
	kind, body, err := c.ask(&request{op: askGet, id: id})
	return body, kind == answerYes, err
}

// Put hands a text over.
func (c *Client) Put(id ID, name string, text []byte) error {
	if len(text) > maxText || len(name) > maxName {
		return errors.New("too large for the key agent")
	}
	kind, _, err := c.ask(&request{op: askPut, id: id, name: name, text: text})
	if err == nil && kind != answerYes {
		err = errors.New("the key agent is full")
	}
	return err
}

// List asks what the agent holds.
func (c *Client) List() ([]Item, error) {
	_, body, err := c.ask(&request{op: askList})
	if err != nil {
		return nil, err
	}
	var list []Item
	for l := range strings.Lines(string(body)) {
		left, name, _ := strings.Cut(strings.TrimRight(l, "\n"), " ")
		n, err := strconv.ParseInt(left, 10, 64)
		if err != nil {
			return nil, errors.New("the key agent answers what cannot be read")
		}
		if s, err := strconv.Unquote(name); err == nil {
			name = s
		}
		list = append(list, Item{Name: name, Left: time.Duration(n)})
	}
	return list, nil
}

// Stop ends the agent.
func (c *Client) Stop() error {
	_, _, err := c.ask(&request{op: askStop})
	return err
}

// PID is the agent's.
func (c *Client) PID() int { return c.entry.pid }

// Close ends the connection.
func (c *Client) Close() error {
	if c.conn == nil {
		return nil
	}
	return c.conn.Close()
}
