package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/record"
	"smbdiff/cmd/smbpair/internal/server"
	"smbdiff/cmd/smbpair/internal/vfs"
)

// recordVerb runs clients and server against each other over loopback and
// records what crosses.
func recordVerb(ctx context.Context, args []string, stdout io.Writer) error {
	f := flag.NewFlagSet("record", flag.ContinueOnError)
	var out, twin string
	for _, n := range []string{"o", "output"} {
		f.StringVar(&out, n, "", "")
	}
	f.StringVar(&twin, "twin", "", "")
	to := f.String("to", "", "")
	user := f.String("U", "", "")
	seed := f.Uint64("seed", 0, "")
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if err := parse(f, args); err != nil {
		return err
	}
	if name == "" || out == "" {
		return usageError{"record wants SCENARIO and -o X"}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	s, err := parseScenario(name, text)
	if err != nil {
		return err
	}
	if _, err := fault.Parse(nonEmpty(twin)); err != nil {
		return usageError{err.Error()}
	}
	if *to != "" {
		if s.server, s.share, err = target(*to); err != nil {
			return err
		}
		s.account(*user)
	}
	out = strings.TrimSuffix(out, ".pcapng")
	if err := s.record(ctx, out, nil, *seed, stdout); err != nil || twin == "" {
		return err
	}
	return s.record(ctx, out+"-twin", []string{twin}, *seed, stdout)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// record runs the scenario once, with what is to go wrong beside what its file
// says.
func (s *scenario) record(ctx context.Context, out string, faults []string, seed uint64, stdout io.Writer) error {
	r, err := record.Create(out+".pcapng", true)
	if err != nil {
		return err
	}
	err = s.run(ctx, r, faults, seed)
	err = errors.Join(err, r.Close())
	if err == nil {
		fmt.Fprintf(stdout, "%s.pcapng and %s.keys\n", filepath.Base(out), filepath.Base(out))
	}
	return err
}

// run has the clients play against a server of their own, or another one.
func (s *scenario) run(ctx context.Context, r *record.File, faults []string, seed uint64) error {
	rules, err := fault.Parse(slices.Concat(s.faults, faults))
	if err != nil {
		return err
	}
	p := newPlayer(ctx, s, len(faults) > 0)
	p.faults = rules.Requests()
	if s.server != "" {
		p.address, p.record = s.server, r
		return p.play()
	}
	sc := s.config()
	sc.Faults = rules.Answers()
	sc.Record, sc.Now = r, time.Now
	if seed != 0 {
		clock := newClock()
		sc.Now, sc.Pause, sc.Random, sc.Serial = clock.now, clock.pause, source(seed, 1), true
		p.pause = clock.pause
		sc.Record = &fixedAddresses{File: r, clients: map[string]int{}}
		p.seed = seed
	}
	for _, name := range append([]string{scenarioShare}, s.shares...) {
		v := vfs.NewMemory(memoryLimit, sc.Now)
		defer v.Close()
		sc.Shares = append(sc.Shares, server.Share{Name: name, Volume: v, Seal: s.seal})
	}
	srv, err := server.New(sc)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	p.address, p.sent = l.Addr().String(), srv.Sent
	err = p.play()
	srv.Close()
	return errors.Join(err, <-served)
}

// clock ticks by 100 microseconds a look, from a fixed day on.
type clock struct {
	start  time.Time
	passed atomic.Int64 // ns
}

func newClock() *clock { return &clock{start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	return c.start.Add(time.Duration(c.passed.Add(int64(100 * time.Microsecond))))
}

// pause lets time pass at once.
func (c *clock) pause(d time.Duration) { c.passed.Add(int64(d)) }

// stream gives the same bytes for the same seed, to one reader after the other.
type stream struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

// source gives one of the streams of a seed.
func source(seed, number uint64) io.Reader {
	var key [32]byte
	for i := range 8 {
		key[i], key[8+i] = byte(seed>>(8*i)), byte(number>>(8*i))
	}
	return &stream{r: rand.NewChaCha8(key)}
}

func (s *stream) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(b)
}

// fixedAddresses records under addresses that are the same each time: clients
// are counted as they connect.
type fixedAddresses struct {
	*record.File
	mu      sync.Mutex
	clients map[string]int
}

const firstPort = 49152

func (f *fixedAddresses) fix(a net.Addr) net.Addr {
	f.mu.Lock()
	n, ok := f.clients[a.String()]
	f.mu.Unlock()
	if ok {
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), uint16(firstPort+n)))
	}
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.2:445"))
}

// Connect notes that a connection was made.
func (f *fixedAddresses) Connect(at time.Time, client, server net.Addr) {
	f.mu.Lock()
	f.clients[client.String()] = len(f.clients)
	f.mu.Unlock()
	f.File.Connect(at, f.fix(client), f.fix(server))
}

// Data notes bytes.
func (f *fixedAddresses) Data(at time.Time, src, dst net.Addr, b []byte) {
	f.File.Data(at, f.fix(src), f.fix(dst), b)
}

// End notes that one side sends no more.
func (f *fixedAddresses) End(at time.Time, src, dst net.Addr) {
	f.File.End(at, f.fix(src), f.fix(dst))
}
