package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"smbdiff/cmd/smbpair/internal/client"
	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
)

// soakOps is how many operations TestSoak does, unless SMBPAIR_SOAK says how many.
const soakOps = 4000

// soakAccess is all that can be asked for.
const soakAccess = 0x001f01ff

// TestSoak does mixed operations by eight clients, who come and go, and wants memory
// and goroutines to be at the end what they were when the server was warm.
func TestSoak(t *testing.T) {
	total := int64(soakOps)
	if s := os.Getenv("SMBPAIR_SOAK"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		total = n
	}
	port, stop := serveShare(t, "mem:")
	base := runtime.NumGoroutine()
	began := time.Now()
	var warm, last uint64
	var done atomic.Int64
	const rounds = 10
	for round := 1; round <= rounds; round++ {
		soakRound(t, port, &done, total*int64(round)/rounds)
		if t.Failed() {
			return
		}
		last = settled(t, base)
		if round == 2 {
			warm = last
		}
		t.Logf("%9d operations, %4.0f s: %5d KiB in use, %d goroutines", done.Load(), time.Since(began).Seconds(), last>>10, runtime.NumGoroutine())
	}
	const slack = 1 << 20
	if last > warm+slack {
		t.Errorf("memory in use went from %d to %d bytes", warm, last)
	}
	stop()
}

// settled waits until no more goroutines are there than at the beginning, and
// gives the bytes in use.
func settled(t *testing.T, base int) uint64 {
	for wait := 0; runtime.NumGoroutine() > base; wait++ {
		if wait == 500 {
			t.Errorf("%d goroutines, %d at the start", runtime.NumGoroutine(), base)
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// soakRound lets eight clients work until so many operations are done.
func soakRound(t *testing.T, port string, done *atomic.Int64, until int64) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := 0; done.Load() < until; n++ {
				if err := soakClient(port, i, n, done, until, 100); err != nil {
					t.Errorf("client %d: %v", i, err)
					done.Store(until)
				}
			}
		})
	}
	all.Wait()
}

// TestManyClients has 200 clients at work at the same time.
func TestManyClients(t *testing.T) {
	port, _ := serveShare(t, "mem:")
	var all sync.WaitGroup
	var done atomic.Int64
	for i := range 200 {
		all.Go(func() {
			if err := soakClient(port, i, i, &done, 1<<40, 2); err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if n := done.Load(); n < 200*2*20 {
		t.Errorf("%d operations", n)
	}
}

// soakClient is one connection's life: a session of one of five kinds, some laps, and
// an end with or without leave.
func soakClient(port string, i, n int, done *atomic.Int64, until int64, laps int) error {
	c := client.Config{Server: "127.0.0.1:" + port, User: "tester", Password: "Passw0rd!", Dialects: allDialects[:],
		Ciphers: []smb2.Cipher{smb2.AES128GCM}, Signing: []smb2.SigningAlgorithm{smb2.AESGMAC, smb2.AESCMAC}}
	switch (i + n) % 5 {
	case 0:
		c.Seal = true
	case 1:
		c.Sign = true
	case 2:
		c.Seal, c.Ciphers = true, []smb2.Cipher{smb2.AES256CCM}
	case 3:
		c.Dialects = allDialects[:2]
	}
	conn, err := client.Dial(context.Background(), c)
	if err != nil {
		return err
	}
	defer conn.Close()
	tree, err := conn.Connect("data")
	if err != nil {
		return err
	}
	done.Add(4)
	for lap := 0; lap < laps && done.Load() < until; lap++ {
		if err := soakLap(tree, fmt.Sprintf("c%d", i), done); err != nil {
			return err
		}
	}
	if n%3 == 0 { // the connection just ends, with a file open
		done.Add(1)
		_, err := tree.Create("left", client.Open{Access: soakAccess, Share: 7, Disposition: proto.OpenIf})
		return err
	}
	done.Add(2)
	if err := tree.Disconnect(); err != nil {
		return err
	}
	return conn.Logoff()
}

// soakLap is a round of operations on a file of its own, and on one that all
// clients share.
func soakLap(tree *client.Tree, name string, done *atomic.Int64) error {
	ops := int64(0)
	defer func() { done.Add(ops) }()
	f, err := tree.Create(name, client.Open{Access: soakAccess, Share: 7, Disposition: proto.OverwriteIf})
	if err != nil {
		return err
	}
	data := make([]byte, 70000)
	info := make([]byte, 8)
	steps := []func() error{
		func() error { return f.Write(0, data) },
		func() error { _, err := f.Read(100, 60000); return err },
		func() error { return f.Lock(0x12, client.Range{Len: 10}) },
		func() error { return f.Lock(client.LockUnlock, client.Range{Len: 10}) },
		func() error { _, err := f.Query(1, 18, 0, 4096); return err },
		func() error { _, err := f.Query(3, 0, 7, 4096); return err },
		func() error { return f.Set(1, 20, 0, info) },
		func() error { return f.Flush() },
		func() error { _, err := tree.Stat(name); return err },
		func() error { _, err := f.Ioctl(0x00144064, nil, 4096); return err },
		func() error { return soakStream(tree, name) },
		func() error { return soakList(tree) },
		func() error { return soakRefused(tree) },
		func() error { return f.Set(1, 13, 0, []byte{1}) },
		func() error { return f.Close() },
	}
	ops++
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
		ops++
	}
	ops += 7 // the three with several
	return nil
}

func soakStream(tree *client.Tree, name string) error {
	s, err := tree.Create(name+":extra", client.Open{Access: soakAccess, Share: 7, Disposition: proto.OpenIf})
	if err != nil {
		return err
	}
	if err := s.Write(0, []byte("more")); err != nil {
		return err
	}
	return s.Close()
}

func soakList(tree *client.Tree) error {
	d, err := tree.Create("", client.Open{Access: 0x00100081, Share: 7, Disposition: proto.OpenExisting, Options: proto.OptDirectory})
	if err != nil {
		return err
	}
	for restart := true; ; restart = false {
		b, err := d.List("*", 37, restart, 65536)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return d.Close()
		}
	}
}

// soakRefused opens what is not there.
func soakRefused(tree *client.Tree) error {
	_, err := tree.Create("nothing", client.Open{Access: 0x00120089, Share: 7, Disposition: proto.OpenExisting})
	var refused *client.StatusError
	if errors.As(err, &refused) && refused.Status == proto.ObjectNameNotFound {
		return nil
	}
	return fmt.Errorf("opening what is not there: %v", err)
}
