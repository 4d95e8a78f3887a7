package client

import (
	"errors"
	"io"
	"os"
)

// inFlight bounds the reads or writes on their way.
const inFlight = 16

// chunk is how many bytes one request of a transfer carries.
func (c *Conn) chunk() int { return int(min(c.maxIO, 1<<20)) }

// Get copies the file to w, with several reads on their way.
func (f *File) Get(w io.Writer) (int64, error) {
	c := f.t.c
	step := c.chunk()
	var flight []*call
	var sent, done uint64
	for done < f.Size || len(flight) > 0 {
		for sent < f.Size && len(flight) < inFlight && (len(flight) == 0 || c.affords(step)) {
			n := int(min(uint64(step), f.Size-sent))
			k, err := c.send([]*Request{f.readRequest(sent, n)})
			if err != nil {
				return int64(done), err
			}
			flight = append(flight, k[0])
			sent += uint64(n)
		}
		if len(flight) == 0 {
			break
		}
		first := flight[0]
		flight = flight[1:]
		r, err := c.wait(first)
		if err != nil {
			return int64(done), errors.Join(err, c.drain(flight))
		}
		data, err := readData(r)
		if err == nil && len(data) < min(step, int(f.Size-done)) {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			return int64(done), errors.Join(err, c.drain(flight))
		}
		done += uint64(len(data))
	}
	return int64(done), nil
}

// Put copies r to the file, with several writes on their way.
func (f *File) Put(r io.Reader) (int64, error) {
	c := f.t.c
	buf := make([]byte, c.chunk())
	var flight []*call
	var off uint64
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			for len(flight) > 0 && (len(flight) >= inFlight || !c.affords(n)) {
				if _, err := c.wait(flight[0]); err != nil {
					return int64(off), errors.Join(err, c.drain(flight[1:]))
				}
				flight = flight[1:]
			}
			k, err := c.send([]*Request{f.writeRequest(off, buf[:n])})
			if err != nil {
				return int64(off), err
			}
			flight = append(flight, k[0])
			off += uint64(n)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return int64(off), c.drain(flight)
		}
		if err != nil {
			return int64(off), errors.Join(err, c.drain(flight))
		}
	}
}

// affords reports whether credits are there for that many bytes.
func (c *Conn) affords(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.credits >= (&Request{Payload: n}).charge() || c.err != nil
}

// drain waits for what is on its way and gives the first error.
func (c *Conn) drain(flight []*call) error {
	var first error
	for _, k := range flight {
		if _, err := c.wait(k); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// GetFile copies the file to one of this machine, which is there as a whole or
// not at all.
func (f *File) GetFile(path string) (n int64, err error) {
	tmp := path + ".part"
	out, err := os.Create(tmp)
	if err != nil {
		return 0, err
	}
	n, err = f.Get(out)
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(tmp)
		return n, err
	}
	return n, os.Rename(tmp, path)
}
