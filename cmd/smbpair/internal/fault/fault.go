// Package fault holds the rules by which operations go wrong on purpose:
// COMMAND [path=GLOB] [nth=N] and what is to happen. It knows no connections.
package fault

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"smbdiff/cmd/smbpair/internal/server"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/smb2"
)

// Rules is a list of rules. It may be used by several goroutines at once.
type Rules struct {
	mu   sync.Mutex
	list []rule
}

type rule struct {
	command smb2.Command
	any     bool
	glob    string
	nth     int // 0 for every one
	seen    int
	do      server.Fault
}

// Parse reads rules.
func Parse(specs []string) (*Rules, error) {
	r := &Rules{}
	for _, s := range specs {
		one, err := parse(s)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", s, err)
		}
		r.list = append(r.list, one)
	}
	return r, nil
}

func parse(s string) (r rule, err error) {
	words := strings.Fields(s)
	if len(words) == 0 {
		return r, fmt.Errorf("no command")
	}
	if r.any = words[0] == "*"; !r.any {
		for r.command = 0; r.command.String() != strings.ToUpper(words[0]); r.command++ {
			if r.command > smb2.OplockBreak {
				return r, fmt.Errorf("no command %s", words[0])
			}
		}
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "path":
			r.glob = fold(value)
			_, err = path.Match(r.glob, "")
		case "nth":
			if r.nth, err = strconv.Atoi(value); err == nil && r.nth < 1 {
				err = fmt.Errorf("nth counts from 1")
			}
		case "status":
			r.do.Status, err = status(value)
		case "delay":
			r.do.Delay, err = time.ParseDuration(value)
		case "drop":
			r.do.Drop = true
		case "cut":
			r.do.Cut = true
		case "flip":
			r.do.Flip = true
		case "badsign":
			r.do.Badly = true
		case "twice":
			r.do.Twice = true
		default:
			err = fmt.Errorf("no word %s", key)
		}
		if err != nil {
			return r, err
		}
	}
	if r.do == (server.Fault{}) {
		return r, fmt.Errorf("nothing is to happen: status=NAME, delay=DURATION, drop, cut, flip, badsign or twice")
	}
	return r, nil
}

func status(name string) (uint32, error) {
	for _, v := range ntstatus.Values() {
		if v.Name == name || v.Name == "STATUS_"+name {
			return uint32(v.V), nil
		}
	}
	return 0, fmt.Errorf("no status %s", name)
}

// fold makes names and patterns comparable; a pattern's * reaches over
// directories.
func fold(s string) string {
	return strings.ToUpper(strings.NewReplacer(`\`, "\x01", "/", "\x01").Replace(s))
}

// Request tells what is to happen to an operation: what the first rule says that
// fits and whose turn it is.
func (r *Rules) Request(command smb2.Command, name string) server.Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.list {
		one := &r.list[i]
		if !one.any && one.command != command {
			continue
		}
		if one.glob != "" {
			if ok, _ := path.Match(one.glob, fold(name)); !ok {
				continue
			}
		}
		if one.seen++; one.nth == 0 || one.seen == one.nth {
			return one.do
		}
	}
	return server.Fault{}
}
