package main

import (
	"context"
	"testing"
	"time"

	"smbdiff/cmd/smbpair/internal/client"
	"smbdiff/cmd/smbpair/internal/proto"
)

// dial connects a client of its own to the share.
func dial(t *testing.T, port string) *client.Tree {
	t.Helper()
	c := client.Config{Server: "127.0.0.1:" + port, User: "tester", Password: "Passw0rd!"}
	if err := choose(&c, "3.1.1", "", ""); err != nil {
		t.Fatal(err)
	}
	conn, err := client.Dial(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	tree, err := conn.Connect("data")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestDirectoryLease breaks the lease of a directory when what it lists changes, but
// not for who holds it and says so.
func TestDirectoryLease(t *testing.T) {
	const readHandle = proto.LeaseRead | proto.LeaseHandle
	port, _ := serveShare(t, "mem:")
	holder, other := dial(t, port), dial(t, port)
	lease := func(n byte) *client.Lease { return &client.Lease{Key: [16]byte{n}, State: 7, V2: true} }
	open := func(tree *client.Tree, path string, l *client.Lease, options uint32) *client.File {
		t.Helper()
		f, err := tree.Create(path, client.Open{Access: soakAccess, Share: 7, Disposition: proto.OpenIf, Options: options, Lease: l})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	changes := []struct {
		name   string
		change func(tree *client.Tree, l *client.Lease) *client.File
	}{
		{"create", func(tree *client.Tree, l *client.Lease) *client.File { return open(tree, "d/new", l, 0) }},
		{"write", func(tree *client.Tree, l *client.Lease) *client.File {
			f := open(tree, "d/file", l, 0)
			if err := f.Write(0, []byte("text")); err != nil {
				t.Fatal(err)
			}
			return f
		}},
		{"delete", func(tree *client.Tree, l *client.Lease) *client.File {
			return open(tree, "d/new", l, proto.OptDeleteOnClose)
		}},
	}
	open(holder, "d", nil, proto.OptDirectory).Close()
	open(holder, "d/file", nil, 0).Close()
	for _, c := range changes {
		d := open(holder, "d", lease(1), proto.OptDirectory)
		if d.Lease == nil || d.Lease.State != readHandle {
			t.Fatalf("%s: the directory's lease is %+v", c.name, d.Lease)
		}
		own := lease(2)
		own.Parent = lease(1).Key
		if c.name != "delete" {
			c.change(holder, own).Close()
			if b, err := d.Broken(50 * time.Millisecond); err == nil {
				t.Errorf("%s: the holder's own change breaks the lease to %d", c.name, b.To)
			}
			if c.name == "create" {
				open(holder, "d/new", own, proto.OptDeleteOnClose).Close()
			}
		}
		c.change(other, nil).Close()
		if b, err := d.Broken(5 * time.Second); err != nil || b.From != readHandle || b.To != 0 || !b.Ack {
			t.Errorf("%s: %+v, %v", c.name, b, err)
		}
		d.Close()
	}
	f := open(holder, "d/file", &client.Lease{Key: [16]byte{3}, State: 7}, 0)
	if d := open(holder, "d", &client.Lease{Key: [16]byte{4}, State: 3}, proto.OptDirectory); f.Lease == nil || d.Lease != nil && d.Lease.State != 0 {
		t.Errorf("version 1: a file's lease %+v, a directory's %+v", f.Lease, d.Lease)
	}
}
