package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"smbdiff/cmd/smbpair/internal/record"
)

// proxy relays connections until ctx ends.
func proxy(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	f := flag.NewFlagSet("proxy", flag.ContinueOnError)
	listen := f.String("listen", "127.0.0.1:4450", "")
	to := f.String("to", "", "")
	file := f.String("record", "", "")
	var accounts list
	f.Var(&accounts, "user", "")
	if err := parse(f, args); err != nil {
		return err
	}
	if *to == "" {
		return usageError{"no --to given"}
	}
	known, err := users(accounts)
	if err != nil {
		return err
	}
	var r *record.File
	if *file != "" {
		if r, err = record.Create(*file, len(known) > 0); err != nil {
			return err
		}
		defer func() { keepFirst(&err, r.Close()) }()
		for _, u := range known {
			r.Password(u.Name, u.Password)
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	fmt.Fprintf(stdout, "listening on %s\n", l.Addr())
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var wait sync.WaitGroup
	defer wait.Wait()
	for {
		c, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("taking connections: %w", err)
		}
		wait.Go(func() {
			if err := relay(ctx, c, *to, r); err != nil {
				fmt.Fprintf(stderr, "smbpair: %s\n", oneLine(err.Error()))
			}
		})
	}
}

// relay passes the bytes of one connection on, both ways. What is recorded bears
// the addresses of the client and of the true server.
func relay(ctx context.Context, client net.Conn, to string, r *record.File) error {
	defer client.Close()
	var d net.Dialer
	server, err := d.DialContext(ctx, "tcp", to)
	if err != nil {
		return fmt.Errorf("reaching the server: %w", err)
	}
	defer server.Close()
	stop := context.AfterFunc(ctx, func() { client.Close(); server.Close() })
	defer stop()
	near, far := client.RemoteAddr(), server.RemoteAddr()
	if r != nil {
		r.Connect(time.Now(), near, far)
	}
	var wait sync.WaitGroup
	wait.Go(func() { pump(server, client, near, far, r) })
	wait.Go(func() { pump(client, server, far, near, r) })
	wait.Wait()
	return nil
}

// pump copies one direction.
func pump(dst, src net.Conn, from, to net.Addr, r *record.File) {
	buf := make([]byte, 256<<10)
	for {
		n, err := src.Read(buf)
		if n > 0 {
			if r != nil {
				r.Data(time.Now(), from, to, buf[:n])
			}
			if _, werr := dst.Write(buf[:n]); werr != nil {
				err = werr
			}
		}
		if err != nil {
			break
		}
	}
	if r != nil {
		r.End(time.Now(), from, to)
	}
	if c, ok := dst.(*net.TCPConn); ok {
		c.CloseWrite()
	}
}
