package capture

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// maxSegment is how many payload bytes a written packet holds at most: what an
// IPv4 packet has room for, less room to spare.
const maxSegment = 65000

// Writer writes a pcapng file of TCP connections: packets of link type raw IP
// with sound lengths, sequence numbers and checksums. What it writes depends
// on its input alone. Call Flush at the end.
type Writer struct {
	ng    *pcapgo.NgWriter
	buf   gopacket.SerializeBuffer
	next  map[flow]uint32
	v4    layers.IPv4
	v6    layers.IPv6
	tcp   layers.TCP
	count uint32
}

// flow is one direction of a connection.
type flow struct{ src, dst netip.AddrPort }

// NewWriter starts a file.
func NewWriter(w io.Writer) (*Writer, error) {
	ng, err := pcapgo.NewNgWriterInterface(w, pcapgo.NgInterface{LinkType: layers.LinkTypeRaw},
		pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{Application: "smbdiff"}})
	if err != nil {
		return nil, fmt.Errorf("writing the capture: %w", err)
	}
	return &Writer{ng: ng, buf: gopacket.NewSerializeBuffer(), next: make(map[flow]uint32)}, nil
}

// Connect writes the three packets that open a connection. Connections may be
// written without, as if the capture had started later; on the ends of an
// earlier connection it starts a new one.
func (w *Writer) Connect(at int64, client, server netip.AddrPort) error {
	there, back := flow{client, server}, flow{server, client}
	isn := w.count * 2654435761 // another one each time, for ends used again
	w.next[there], w.next[back] = isn, isn
	err := w.segment(at, there, layers.TCP{SYN: true}, nil)
	w.next[there]++
	if err == nil {
		err = w.segment(at, back, layers.TCP{SYN: true, ACK: true}, nil)
	}
	w.next[back]++
	if err == nil {
		err = w.segment(at, there, layers.TCP{ACK: true}, nil)
	}
	return err
}

// WritePacket writes payload from src to dst, captured at nanoseconds since
// 1970 UTC, in as many packets as it needs.
func (w *Writer) WritePacket(at int64, src, dst netip.AddrPort, payload []byte) error {
	f := flow{src, dst}
	for {
		n := min(len(payload), maxSegment)
		if err := w.segment(at, f, layers.TCP{ACK: true, PSH: n == len(payload)}, payload[:n]); err != nil {
			return err
		}
		w.next[f] += uint32(n)
		if payload = payload[n:]; len(payload) == 0 {
			return nil
		}
	}
}

// Close writes a FIN from src, or a RST.
func (w *Writer) Close(at int64, src, dst netip.AddrPort, reset bool) error {
	f := flow{src, dst}
	err := w.segment(at, f, layers.TCP{ACK: true, FIN: !reset, RST: reset}, nil)
	if !reset {
		w.next[f]++
	}
	return err
}

// Frames is the number of packets written so far.
func (w *Writer) Frames() uint32 { return w.count }

// Flush writes what is buffered.
func (w *Writer) Flush() error {
	if err := w.ng.Flush(); err != nil {
		return fmt.Errorf("writing the capture: %w", err)
	}
	return nil
}

func (w *Writer) segment(at int64, f flow, tcp layers.TCP, payload []byte) error {
	src, dst := f.src.Addr().Unmap(), f.dst.Addr().Unmap()
	if !src.IsValid() || src.Is4() != dst.Is4() {
		return errors.New("writing the capture: a packet between IPv4 and IPv6")
	}
	w.tcp = tcp
	w.tcp.SrcPort, w.tcp.DstPort = layers.TCPPort(f.src.Port()), layers.TCPPort(f.dst.Port())
	w.tcp.Seq, w.tcp.Window = w.next[f], 65535
	if tcp.ACK {
		w.tcp.Ack = w.next[flow{f.dst, f.src}]
	}
	var ip gopacket.SerializableLayer
	if src.Is4() {
		w.v4 = layers.IPv4{Version: 4, TTL: 64, Flags: layers.IPv4DontFragment, Protocol: layers.IPProtocolTCP, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
		ip = &w.v4
		w.tcp.SetNetworkLayerForChecksum(&w.v4)
	} else {
		w.v6 = layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
		ip = &w.v6
		w.tcp.SetNetworkLayerForChecksum(&w.v6)
	}
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(w.buf, opts, ip, &w.tcp, gopacket.Payload(payload)); err != nil {
		return fmt.Errorf("writing the capture: %w", err)
	}
	b := w.buf.Bytes()
	info := gopacket.CaptureInfo{Timestamp: time.Unix(0, at).UTC(), CaptureLength: len(b), Length: len(b)}
	if err := w.ng.WritePacket(info, b); err != nil {
		return fmt.Errorf("writing the capture: %w", err)
	}
	w.count++
	return nil
}
