package main

import (
	"bytes"
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
	"strings"
	"sync/atomic"
	"time"

	"smbdiff/cmd/smbpair/internal/client"
	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/record"
	"smbdiff/cmd/smbpair/internal/server"
	"smbdiff/cmd/smbpair/internal/vfs"
)

// scenario is what a SCENARIO file says: settings, then commands of the client.
type scenario struct {
	dialect, cipher, signing string
	sign, seal               bool
	commands                 []string
}

// parseScenario reads a SCENARIO file: a setting or a command a line, # before
// remarks. Settings are dialect, cipher, signing, sign and seal.
func parseScenario(name string, text []byte) (s scenario, err error) {
	s.dialect = "2.0.2-3.1.1"
	n := 0
	for line := range bytes.Lines(text) {
		n++
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(text, " ")
		switch rest = strings.TrimSpace(rest); word {
		case "dialect":
			s.dialect = rest
		case "cipher":
			s.cipher = rest
		case "signing":
			s.signing = rest
		case "sign":
			s.sign = true
		case "seal":
			s.seal = true
		case "put", "get": // a scenario touches no file of this machine
			return s, fmt.Errorf("%s:%d: %s is not for scenarios; text and cat are", name, n, word)
		default:
			s.commands = append(s.commands, text)
		}
	}
	if len(s.commands) == 0 {
		return s, fmt.Errorf("%s: no commands", name)
	}
	return s, nil
}

// recordVerb runs client and server against each other over loopback and records
// what crosses.
func recordVerb(ctx context.Context, args []string, stdout io.Writer) error {
	f := flag.NewFlagSet("record", flag.ContinueOnError)
	var out, twin string
	for _, n := range []string{"o", "output"} {
		f.StringVar(&out, n, "", "")
	}
	f.StringVar(&twin, "twin", "", "")
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
	out = strings.TrimSuffix(out, ".pcapng")
	if err := s.record(ctx, out, nil, *seed, stdout); err != nil {
		return err
	}
	if twin == "" {
		return nil
	}
	rules, err := fault.Parse([]string{twin})
	if err != nil {
		return usageError{err.Error()}
	}
	return s.record(ctx, out+"-twin", rules, *seed, stdout)
}

// record runs the scenario once. With faults a command that fails does not end
// it.
func (s *scenario) record(ctx context.Context, out string, faults *fault.Rules, seed uint64, stdout io.Writer) error {
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

const (
	scenarioUser     = "tester"
	scenarioPassword = "Passw0rd!"
	scenarioShare    = "data"
)

func (s *scenario) run(ctx context.Context, r *record.File, faults *fault.Rules, seed uint64) error {
	sc := server.Config{Users: []server.User{{Name: scenarioUser, Password: scenarioPassword}}, Record: r}
	cc := client.Config{User: scenarioUser, Password: scenarioPassword, Sign: s.sign, Seal: s.seal}
	if err := choose(&cc, s.dialect, s.cipher, s.signing); err != nil {
		return err
	}
	sc.Dialects = cc.Dialects
	if faults != nil {
		sc.Faults = faults
	}
	now := time.Now
	if seed != 0 {
		now = virtualClock()
		sc.Random, cc.Random = source(seed, 1), source(seed, 2)
		cc.Now = virtualClock()
		sc.Record = &fixedAddresses{File: r}
	}
	sc.Now = now
	volume := vfs.NewMemory(memoryLimit, now)
	defer volume.Close()
	sc.Shares = []server.Share{{Name: scenarioShare, Volume: volume}}
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
	cc.Server = l.Addr().String()
	err = s.play(ctx, cc, faults != nil)
	srv.Close()
	return errors.Join(err, <-served)
}

// play runs the commands; with faults each goes its own way.
func (s *scenario) play(ctx context.Context, c client.Config, broken bool) error {
	if !broken {
		return session(ctx, c, scenarioShare, s.commands, io.Discard)
	}
	conn, err := client.Dial(ctx, c)
	if err != nil {
		return refusal(err)
	}
	defer conn.Close()
	tree, err := conn.Connect(scenarioShare)
	if err != nil {
		return refusal(err)
	}
	shell := &client.Shell{Tree: tree, Out: io.Discard}
	for _, line := range s.commands {
		var refused *client.StatusError
		if err := shell.Run(line); err != nil && !errors.As(err, &refused) && !strings.Contains(line, "->") {
			return nil // the connection is gone, as the rule had it
		}
	}
	_, _ = tree.Disconnect(), conn.Logoff()
	return nil
}

// refusal lets a status pass: the rule asked for it.
func refusal(err error) error {
	var refused *client.StatusError
	if errors.As(err, &refused) {
		return nil
	}
	return err
}

// virtualClock ticks by 100 microseconds a look, from a fixed day on.
func virtualClock() func() time.Time {
	var n atomic.Int64
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return func() time.Time { return start.Add(time.Duration(n.Add(1)) * 100 * time.Microsecond) }
}

// source gives the same bytes for the same seed.
func source(seed, stream uint64) io.Reader {
	var key [32]byte
	for i := range 8 {
		key[i], key[8+i] = byte(seed>>(8*i)), byte(stream>>(8*i))
	}
	return rand.NewChaCha8(key)
}

// fixedAddresses records under addresses that are the same each time.
type fixedAddresses struct {
	*record.File
	client string
}

func (f *fixedAddresses) fix(a net.Addr) net.Addr {
	if a.String() == f.client {
		return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.1:49152"))
	}
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.2:445"))
}

// Connect notes that a connection was made.
func (f *fixedAddresses) Connect(at time.Time, client, server net.Addr) {
	f.client = client.String()
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
