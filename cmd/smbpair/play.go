package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"smbdiff/cmd/smbpair/internal/client"
	"smbdiff/cmd/smbpair/internal/fault"
)

// player has the clients of a scenario do what it says. With what goes wrong on
// purpose each command goes its own way and the next one follows.
type player struct {
	ctx     context.Context
	s       *scenario
	address string
	record  client.Recorder // nil where the server records
	seed    uint64          // not 0: in turn, with made-up random numbers
	sent    func(net.Addr) int
	pause   func(time.Duration)
	faults  *fault.Half // of requests
	broken  bool
	refused bool       // the first client could not connect
	mu      sync.Mutex // for tasks that look while clients come
	shells  map[string]*client.Shell
	order   []string
	count   uint64 // clients that connected
}

// patience is how long an answer may take where some do not come.
const patience = 3 * time.Second

func newPlayer(ctx context.Context, s *scenario, broken bool) *player {
	return &player{ctx: ctx, s: s, broken: broken, shells: map[string]*client.Shell{}}
}

// play does all steps and has the clients take their leave.
func (p *player) play() error {
	stop := context.AfterFunc(p.ctx, func() {
		for _, sh := range p.shells {
			sh.Abort()
		}
	})
	defer stop()
	var err error
	for i := range p.s.steps {
		if err = p.step(&p.s.steps[i]); err != nil {
			break
		}
	}
	for _, name := range p.order {
		if e := p.shells[name].End(err == nil); err == nil && !p.broken {
			err = e
		}
	}
	return err
}

// settle waits until nothing is on its way, so that each line finds the same
// state.
func (p *player) settle() {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Microsecond) {
		if p.calm() && p.calm() { // what one does may have something sent to the other
			return
		}
	}
}

func (p *player) calm() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range p.order {
		if !p.shells[name].Settled(p.sent) {
			return false
		}
	}
	return true
}

func (p *player) step(st *step) error {
	if p.seed != 0 {
		p.settle()
	}
	var err error
	switch {
	case st.start != nil:
		err = p.connect(st.client, st.start, st.want)
	case st.block != nil:
		return p.parallel(st)
	default:
		err = p.run(st)
	}
	if err != nil {
		return fmt.Errorf("%s:%d: %w", p.s.name, st.line, err)
	}
	return nil
}

// run does a command; the first client connects when it is needed.
func (p *player) run(st *step) error {
	sh := p.shells[st.client]
	if sh == nil {
		if p.broken && (st.client != firstClient || p.refused) {
			return nil // it could not connect
		}
		if err := p.connect(st.client, &p.s.who, ""); err != nil {
			return err
		}
		if sh = p.shells[st.client]; sh == nil {
			return nil
		}
	}
	if err := sh.Run(st.text); err != nil && !p.broken {
		return err
	}
	return nil
}

// connect starts a client.
func (p *player) connect(name string, who *identity, want string) error {
	c, err := who.config()
	if err != nil {
		return err
	}
	c.Server, c.Record, c.Faults = p.address, p.record, p.faults
	if p.broken {
		c.Timeout = patience
	}
	if p.seed != 0 {
		c.Calm = p.settle
		c.Random, c.Now, c.Pause = source(p.seed, 2+p.count), newClock().now, p.pause
	}
	p.count++
	if old := p.shells[name]; old != nil {
		return fmt.Errorf("client %s is there", name)
	}
	sh, err := client.Start(p.ctx, c, p.s.share, io.Discard)
	if err == nil {
		p.mu.Lock()
		p.shells[name] = sh
		p.order = append(p.order, name)
		p.mu.Unlock()
	}
	p.refused = p.refused || err != nil && name == firstClient
	if p.broken {
		return nil
	}
	return client.Judge("client "+name, err, want)
}

// parallel has clients do the lines of a block side by side, each its own in
// turn. With a seed one line of each follows on one of the other.
func (p *player) parallel(st *step) error {
	lines := map[string][]step{}
	var names []string
	for _, one := range st.block {
		if lines[one.client] == nil {
			names = append(names, one.client)
		}
		lines[one.client] = append(lines[one.client], one)
	}
	if p.seed != 0 {
		for i := range st.block {
			for _, name := range names {
				if i < len(lines[name]) {
					if err := p.step(&lines[name][i]); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
	if p.shells[firstClient] == nil && lines[firstClient] != nil {
		if err := p.connect(firstClient, &p.s.who, ""); err != nil {
			return err
		}
	}
	errs := make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			for k := range lines[name] {
				if errs[i] = p.step(&lines[name][k]); errs[i] != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}
