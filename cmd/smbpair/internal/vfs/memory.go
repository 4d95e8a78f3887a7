package vfs

import (
	"io"
	"sync"
	"sync/atomic"
)

const chunkSize = 64 << 10

// budget is memory that a volume may use.
type budget struct {
	used  atomic.Int64
	limit int64
}

func (b *budget) take() bool {
	if b.used.Add(chunkSize) > b.limit {
		b.used.Add(-chunkSize)
		return false
	}
	return true
}

// memory is content in memory; chunks that were never written do not exist.
type memory struct {
	mu     sync.RWMutex
	size   int64
	chunks map[int64]*[chunkSize]byte
	budget *budget
}

func newMemory(b *budget) *memory {
	return &memory{chunks: make(map[int64]*[chunkSize]byte), budget: b}
}

func (m *memory) Size() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.size
}

func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if off >= m.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), m.size-off)]
	for n := 0; n < len(p); {
		at := off + int64(n)
		part := p[n:min(len(p), n+int(chunkSize-at%chunkSize))]
		if c := m.chunks[at/chunkSize]; c != nil {
			copy(part, c[at%chunkSize:])
		} else {
			clear(part)
		}
		n += len(part)
	}
	return len(p), nil
}

func (m *memory) WriteAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for n := 0; n < len(p); {
		at := off + int64(n)
		c := m.chunks[at/chunkSize]
		if c == nil {
			if !m.budget.take() {
				return n, ErrFull
			}
			c = new([chunkSize]byte)
			m.chunks[at/chunkSize] = c
		}
		n += copy(c[at%chunkSize:], p[n:])
		m.size = max(m.size, off+int64(n))
	}
	return len(p), nil
}

func (m *memory) Truncate(size int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if size < m.size {
		m.drop(size, m.size)
	}
	m.size = size
	return nil
}

// drop zeroes bytes and lets whole chunks go.
func (m *memory) drop(from, to int64) {
	for i, c := range m.chunks {
		lo, hi := max(from, i*chunkSize), min(to, (i+1)*chunkSize)
		switch {
		case lo >= hi:
		case hi-lo == chunkSize || to >= m.size && lo == i*chunkSize:
			delete(m.chunks, i)
			m.budget.used.Add(-chunkSize)
		default:
			clear(c[lo-i*chunkSize : hi-i*chunkSize])
		}
	}
}

func (m *memory) Zero(from, to int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(from, min(to, m.size))
	return nil
}

func (m *memory) Ranges(from, to int64) []Extent {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []Extent
	to = min(to, m.size)
	for at := from; at < to; {
		i := at / chunkSize
		end := min(to, (i+1)*chunkSize)
		if m.chunks[i] != nil {
			if n := len(out); n > 0 && out[n-1].Off+out[n-1].Len == at {
				out[n-1].Len += end - at
			} else {
				out = append(out, Extent{at, end - at})
			}
		}
		at = end
		if len(m.chunks) == 0 {
			break
		}
	}
	return out
}

func (m *memory) Allocated() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return int64(len(m.chunks)) * chunkSize
}

func (m *memory) Sync() error { return nil }
func (m *memory) Close()      {}

func (m *memory) free() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.budget.used.Add(-int64(len(m.chunks)) * chunkSize)
	m.chunks = make(map[int64]*[chunkSize]byte)
	m.size = 0
}
