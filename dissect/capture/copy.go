package capture

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// CopyPackets writes the packets in which the extents lie to a pcapng file, as
// they were captured, and gives their number. It may run beside Scan.
func (f *File) CopyPackets(w io.Writer, extents []Extent) (int, error) {
	want := slices.Clone(extents)
	slices.SortFunc(want, func(a, b Extent) int { return cmp.Compare(a.Off, b.Off) })
	c := copier{f: f, w: w, links: map[uint32]int{}}
	win := newWindow(f)
	var r record
	for i := range f.parts {
		p := &f.parts[i]
		win.end = p.base + p.size
		walk := newWalker(win, unheard{}, p.base)
		for walk != nil && len(want) > 0 && want[0].Off < win.end && walk.next(&r) {
			end := r.off + int64(r.cap)
			if r.link == notPacket || want[0].Off >= end {
				continue
			}
			if err := c.packet(&r); err != nil {
				return c.count, fmt.Errorf("writing the capture: %w", err)
			}
			for len(want) > 0 && want[0].Off < end {
				want = want[1:]
			}
		}
	}
	if c.ng == nil {
		return 0, &Error{File: f.name, What: "no packet holds these bytes"}
	}
	return c.count, c.ng.Flush()
}

// unheard takes no notes: Scan has told of all damage.
type unheard struct{}

func (unheard) damaged(int64, string, ...any) {}

func (unheard) frame() uint32 { return 0 }

// copier writes packets as they were captured.
type copier struct {
	f     *File
	w     io.Writer
	ng    *pcapgo.NgWriter
	links map[uint32]int // interface by link type
	buf   []byte
	count int
}

func (c *copier) packet(r *record) error {
	id, err := c.link(r.link)
	if err != nil {
		return err
	}
	c.buf, err = c.f.ReadPDU(c.buf[:0], []Extent{{Off: r.off, Len: r.cap}})
	if err != nil {
		return err
	}
	c.count++
	return c.ng.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(0, r.time).UTC(), CaptureLength: len(c.buf), Length: int(r.wire), InterfaceIndex: id}, c.buf)
}

// link gives the interface of a link type.
func (c *copier) link(kind uint32) (int, error) {
	if id, ok := c.links[kind]; ok {
		return id, nil
	}
	n := pcapgo.NgInterface{LinkType: layers.LinkType(kind)}
	id := 0
	var err error
	if c.ng == nil {
		c.ng, err = pcapgo.NewNgWriterInterface(c.w, n, pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{Application: "smbdiff"}})
	} else {
		id, err = c.ng.AddInterface(n)
	}
	c.links[kind] = id
	return id, err
}
