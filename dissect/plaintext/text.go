package plaintext

import (
	"container/list"
	"encoding/binary"
	"fmt"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
)

// maxTexts bounds the plaintext kept of PDUs that spread over several frames.
const maxTexts = 64 << 20

// texts opens PDUs again and keeps those used last.
type texts struct {
	file   *capture.File
	opener dissect.Opener
	byEdit map[*edit]*list.Element
	used   list.List // of *text, last used first
	size   int
	sealed []byte
	single []byte
	spare  []byte // to be used again
}

type text struct {
	edit *edit
	b    []byte
}

// get gives the PDU in plain text, NBSS header first. It stays valid until the
// next call. What is wanted only once is not kept. Of a cut PDU it is what lies
// before the first missing byte.
func (t *texts) get(e *edit, ext []capture.Extent, once bool) ([]byte, error) {
	if el := t.byEdit[e]; el != nil {
		t.used.MoveToFront(el)
		return el.Value.(*text).b, nil
	}
	var dst []byte
	if once {
		dst = t.single[:0]
	} else {
		dst = t.room(nbssSize + int(e.plain))
	}
	b, err := t.open(dst, e, ext)
	switch {
	case err != nil:
		return nil, err
	case once:
		t.single = b
	default:
		if t.byEdit == nil {
			t.byEdit = make(map[*edit]*list.Element)
		}
		t.byEdit[e] = t.used.PushFront(&text{edit: e, b: b})
		t.size += cap(b)
	}
	return b, nil
}

func (t *texts) open(dst []byte, e *edit, ext []capture.Extent) ([]byte, error) {
	sealed, err := t.file.ReadPDU(t.sealed[:0], ext)
	if err != nil {
		return nil, fmt.Errorf("reading the capture again: %w", err)
	}
	t.sealed = sealed
	dst = binary.BigEndian.AppendUint32(dst, e.plain)
	if e.cut {
		dst, _, _ = t.opener.UnsealPrefix(dst, sealed, e.fromServer)
		return dst, nil
	}
	dst, seal := t.opener.Unseal(dst, sealed, e.fromServer)
	if !seal.Opened || len(dst) != nbssSize+int(e.plain) {
		return nil, fmt.Errorf("a message that opened before does not open again: %s", seal.Why)
	}
	return dst, nil
}

// room gives an empty buffer for n bytes, and drops what was used longest ago
// beyond maxTexts.
func (t *texts) room(n int) []byte {
	for t.size+n > maxTexts && t.used.Len() > 0 {
		t.drop(t.used.Back())
	}
	b := t.spare
	if cap(b) < n {
		b = make([]byte, 0, n)
	}
	t.spare = nil
	return b[:0]
}

func (t *texts) drop(el *list.Element) {
	old := t.used.Remove(el).(*text)
	delete(t.byEdit, old.edit)
	t.size -= cap(old.b)
	t.spare = old.b
}

// done drops what will hardly be wanted again: a PDU whose end was written.
func (t *texts) done(e *edit) {
	if el := t.byEdit[e]; el != nil {
		t.drop(el)
	}
}
