package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/record"
	"smbdiff/cmd/smbpair/internal/server"
	"smbdiff/cmd/smbpair/internal/vfs"
)

// memoryLimit is what a share in memory, and the streams of one in a folder, may
// take, in bytes.
const memoryLimit = 4 << 30

// serve runs the server until ctx ends.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	var shares, accounts, faults list
	listen := f.String("listen", "127.0.0.1:4450", "")
	f.Var(&shares, "share", "")
	f.Var(&accounts, "user", "")
	f.Var(&faults, "fault", "")
	guest := f.Bool("guest", false, "")
	seal := f.String("seal", "", "")
	sign := f.Bool("sign", false, "")
	cipherList := f.String("cipher", "", "")
	dialectRange := f.String("dialect", "2.0.2-3.1.1", "")
	packing := f.String("compress", allPacking, "")
	name := f.String("name", "", "")
	file := f.String("record", "", "")
	if err := parse(f, args); err != nil {
		return err
	}
	c := server.Config{Name: *name, Guest: *guest, Sign: *sign}
	if c.Dialects, err = dialects(*dialectRange); err != nil {
		return err
	}
	if *cipherList != "" {
		if c.Ciphers, err = ciphers(*cipherList); err != nil {
			return err
		}
	}
	if c.Compress, err = packings(*packing); err != nil {
		return err
	}
	if c.Users, err = users(accounts); err != nil {
		return err
	}
	if len(faults) > 0 {
		rules, err := fault.Parse(faults)
		if err != nil {
			return usageError{err.Error()}
		}
		if rules.Requests() != nil {
			return usageError{"--fault: what goes wrong with requests is for client and record"}
		}
		c.Faults = rules.Answers()
	}
	if c.Shares, err = openShares(shares); err != nil {
		return err
	}
	for _, s := range c.Shares {
		defer s.Volume.Close()
	}
	if err := applySeal(&c, *seal); err != nil {
		return err
	}
	if *file != "" {
		r, err := record.Create(*file, true)
		if err != nil {
			return err
		}
		c.Record = r
		defer func() { keepFirst(&err, r.Close()) }()
	}
	return listenAndServe(ctx, c, *listen, stdout)
}

func keepFirst(err *error, next error) {
	if *err == nil {
		*err = next
	}
}

func listenAndServe(ctx context.Context, c server.Config, address string, stdout io.Writer) error {
	s, err := server.New(c)
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	fmt.Fprintf(stdout, "listening on %s\n", l.Addr())
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	err = s.Serve(l)
	s.Close()
	return err
}

// openShares reads NAME=DIR and NAME=mem:.
func openShares(specs []string) (out []server.Share, err error) {
	for _, spec := range specs {
		name, place, ok := strings.Cut(spec, "=")
		if !ok || name == "" || place == "" || strings.ContainsAny(name, `\/:`) || strings.EqualFold(name, "IPC$") {
			return nil, usageError{fmt.Sprintf("--share %s: NAME=DIR or NAME=mem:", spec)}
		}
		v := vfs.NewMemory(memoryLimit, time.Now)
		if place != "mem:" {
			if v, err = vfs.NewFolder(place, memoryLimit, time.Now); err != nil {
				return nil, err
			}
		}
		out = append(out, server.Share{Name: name, Volume: v})
	}
	if len(out) == 0 {
		return nil, usageError{"no --share given"}
	}
	return out, nil
}

// applySeal reads required, off, or the names of shares.
func applySeal(c *server.Config, s string) error {
	switch s {
	case "":
		return nil
	case "required":
		c.Seal = server.SealRequired
		return nil
	case "off":
		c.Seal = server.SealOff
		return nil
	}
	for _, name := range strings.Split(s, ",") {
		found := false
		for i := range c.Shares {
			if strings.EqualFold(c.Shares[i].Name, name) {
				c.Shares[i].Seal, found = true, true
			}
		}
		if !found {
			return usageError{fmt.Sprintf("--seal %s: required, off, or the name of a share", s)}
		}
	}
	return nil
}
