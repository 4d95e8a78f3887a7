package keys

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf16"
)

const maxLine = 64 << 10 // longer lines are cut: no key record is that long

// parser reads one text line by line.
type parser struct {
	name    string
	line    int
	ring    Ring
	record  record // of a debug output, being put together
	log     bool   // some line shows that other text is to be expected
	unknown int    // first line of no known format, 0 when there is none
}

func newParser(name string) *parser { return &parser{name: name} }

func (p *parser) source() string { return p.at(p.line) }

func (p *parser) at(line int) string {
	if p.name == specName {
		return specName
	}
	return filepath.Base(p.name) + ":" + strconv.Itoa(line)
}

func (p *parser) fail(what, hint string) error { return p.failAt(p.line, what, hint) }

func (p *parser) failAt(line int, what, hint string) error {
	if p.name == specName {
		line = 0
	}
	return &Error{File: p.name, Line: line, What: what, Hint: hint}
}

// read takes a whole text.
func (p *parser) read(f io.Reader) error {
	br := bufio.NewReader(f)
	if done, err := p.binary(br); done || err != nil {
		return err
	}
	if err := p.lines(br, p.one); err != nil {
		return err
	}
	if err := p.flush(); err != nil {
		return err
	}
	switch {
	case p.ring.Len() == 0:
		return &Error{File: p.name, What: "no key in it", Hint: formatHint, Err: ErrNoKey}
	case p.unknown != 0 && !p.log:
		return p.failAt(p.unknown, "not a key record", formatHint)
	}
	return nil
}

// lines calls fn for each line, without its line end. UTF-16 as Windows tools
// write it is turned into UTF-8.
func (p *parser) lines(f io.Reader, fn func(string) error) error {
	limited := &io.LimitedReader{R: f, N: maxFile + 1}
	br := bufio.NewReaderSize(limited, maxLine)
	head, _ := br.Peek(512)
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		br = bufio.NewReaderSize(&utf16Reader{src: br}, maxLine)
	case bytes.IndexByte(head, 0) >= 0:
		return &Error{File: p.name, What: "not a text" + binaryKind(head), Hint: formatHint}
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		if _, err := br.Discard(3); err != nil {
			return err
		}
	}
	for {
		b, err := br.ReadSlice('\n')
		if len(b) > 0 {
			p.line++
			if e := fn(strings.TrimRight(string(b), "\r\n")); e != nil {
				return e
			}
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = br.ReadSlice('\n')
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if limited.N <= 0 {
		return &Error{File: p.name, What: "larger than 256 MiB", Hint: "keep only the lines with key records"}
	}
	return nil
}

func binaryKind(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0x0a, 0x0d, 0x0d, 0x0a}), bytes.HasPrefix(head, []byte{0xd4, 0xc3, 0xb2, 0xa1}),
		bytes.HasPrefix(head, []byte{0xa1, 0xb2, 0xc3, 0xd4}), bytes.HasPrefix(head, []byte{0x4d, 0x3c, 0xb2, 0xa1}):
		return " but a capture"
	}
	return ""
}

// utf16Reader gives UTF-16 with a byte order mark as UTF-8.
type utf16Reader struct {
	src     *bufio.Reader
	started bool
	big     bool
	high    rune
	out     []byte
}

func (u *utf16Reader) unit() (rune, error) {
	a, err := u.src.ReadByte()
	if err != nil {
		return 0, err
	}
	b, err := u.src.ReadByte()
	if err != nil {
		return 0, err
	}
	if u.big {
		a, b = b, a
	}
	return rune(b)<<8 | rune(a), nil
}

func (u *utf16Reader) Read(dst []byte) (int, error) {
	if !u.started {
		u.started = true
		mark, err := u.unit()
		if err != nil {
			return 0, err
		}
		u.big = mark == 0xfffe
	}
	for len(u.out) < len(dst) && len(u.out) < 4096 {
		c, err := u.unit()
		if err != nil {
			if len(u.out) == 0 {
				return 0, err
			}
			break
		}
		switch {
		case u.high != 0:
			u.out = append(u.out, string(utf16.DecodeRune(u.high, c))...)
			u.high = 0
		case c >= 0xd800 && c < 0xdc00:
			u.high = c
		default:
			u.out = append(u.out, string(c)...)
		}
	}
	n := copy(dst, u.out)
	u.out = u.out[:copy(u.out, u.out[n:])]
	return n, nil
}

// one takes one line, whatever its format.
func (p *parser) one(line string) error {
	text := strings.TrimSpace(line)
	if text == "" || text[0] == '#' {
		return nil
	}
	if done, err := p.object(text); done || err != nil {
		return err
	}
	if done, err := p.debugLine(line); done || err != nil {
		return err
	}
	if done, err := p.secretLine(strings.TrimLeft(line, " \t")); done || err != nil {
		return err
	}
	if recordLike(text) {
		if err := p.flush(); err != nil {
			return err
		}
		return p.columns(text)
	}
	if k := strings.TrimPrefix(strings.ToLower(text), "0x"); isHex(k) && len(k) >= 24 {
		if len(k) != 32 && len(k) != 64 {
			return p.fail("a key has 32 or 64 hex digits, this one has "+strconv.Itoa(len(k)), "")
		}
		b, err := hex.DecodeString(k)
		if err != nil {
			return p.fail("a key is not hex", "")
		}
		if err := p.flush(); err != nil {
			return err
		}
		p.ring.add(Key{AnyID: true, Session: b, Source: p.source()})
		return nil
	}
	if p.unknown == 0 {
		p.unknown = p.line
	}
	return nil
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') || s[i] < '0' {
			return false
		}
	}
	return s != ""
}
