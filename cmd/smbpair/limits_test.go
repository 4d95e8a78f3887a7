package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"smbdiff/cmd/smbpair/internal/client"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/server"
	"smbdiff/cmd/smbpair/internal/vfs"
)

// serveLimited runs a server with limits of its own and a small volume.
func serveLimited(t *testing.T, limits server.Limits, bytes int64) (port string) {
	t.Helper()
	volume := vfs.NewMemory(bytes, time.Now)
	s, err := server.New(server.Config{Users: []server.User{{Name: "tester", Password: "Passw0rd!"}}, Limits: limits,
		Shares: []server.Share{{Name: "data", Volume: volume}}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// TestLimits goes up to every limit, one beyond it, and back.
func TestLimits(t *testing.T) {
	const full = "STATUS_INSUFFICIENT_RESOURCES"
	refused := func(what string, err error, status string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), status) {
			t.Errorf("%s: %v, want %s", what, err, status)
		}
	}
	t.Run("connections", func(t *testing.T) {
		port := serveLimited(t, server.Limits{Conns: 2}, 1<<20)
		dial(t, port)
		dial(t, port)
		c := client.Config{Server: "127.0.0.1:" + port, User: "tester", Password: "Passw0rd!"}
		if err := choose(&c, "3.1.1", "", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Dial(context.Background(), c); err == nil {
			t.Error("a third connection is taken")
		}
	})
	t.Run("sessions", func(t *testing.T) {
		port := serveLimited(t, server.Limits{Sessions: 1}, 1<<20)
		dial(t, port)
		c := client.Config{Server: "127.0.0.1:" + port, User: "tester", Password: "Passw0rd!"}
		if err := choose(&c, "3.1.1", "", ""); err != nil {
			t.Fatal(err)
		}
		_, err := client.Dial(context.Background(), c)
		refused("a second session", err, full)
	})
	t.Run("strangers", func(t *testing.T) {
		port := serveLimited(t, server.Limits{Stranger: 100 * time.Millisecond}, 1<<20)
		nc, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		tree := dial(t, port)
		if _, err := nc.Read(make([]byte, 1)); err == nil {
			t.Error("a connection on which nobody logs on stays")
		}
		if _, err := tree.Stat(""); err != nil {
			t.Error("one on which somebody did:", err)
		}
	})
	t.Run("opens", func(t *testing.T) {
		tree := dial(t, serveLimited(t, server.Limits{Opens: 3}, 1<<20))
		create := func(i int) (*client.File, error) {
			return tree.Create(fmt.Sprint("f", i), client.Open{Access: soakAccess, Share: 7, Disposition: proto.OpenIf})
		}
		var last *client.File
		for i := range 3 {
			f, err := create(i)
			if err != nil {
				t.Fatal(err)
			}
			last = f
		}
		_, err := create(3)
		refused("a fourth open", err, full)
		if err := last.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := create(3); err != nil {
			t.Error("after one is closed:", err)
		}
	})
	t.Run("memory", func(t *testing.T) {
		tree := dial(t, serveLimited(t, server.Limits{}, 1<<20))
		f, err := tree.Create("f", client.Open{Access: soakAccess, Share: 7, Disposition: proto.OpenIf})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Write(0, make([]byte, 1<<20)); err != nil {
			t.Error("as much as there is:", err)
		}
		refused("a byte more", f.Write(1<<20, []byte{1}), "STATUS_DISK_FULL")
		if err := f.Set(1, 20, 0, make([]byte, 8)); err != nil {
			t.Error(err)
		}
		if err := f.Write(1<<30, []byte{1}); err != nil {
			t.Error("after the file is empty:", err)
		}
	})
	t.Run("locks", func(t *testing.T) {
		tree := dial(t, serveLimited(t, server.Limits{}, 1<<20))
		f, err := tree.Create("f", client.Open{Access: soakAccess, Share: 7, Disposition: proto.OpenIf})
		if err != nil {
			t.Fatal(err)
		}
		const most, exclusiveNow = 4096, 0x12
		for i := range uint64(most) {
			if err := f.Lock(exclusiveNow, client.Range{Off: i, Len: 1}); err != nil {
				t.Fatal(i, err)
			}
		}
		refused("a lock more", f.Lock(exclusiveNow, client.Range{Off: most, Len: 1}), full)
	})
}
