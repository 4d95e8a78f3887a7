// Package fault holds the rules by which messages go wrong on purpose:
// COMMAND [path=GLOB] [nth=N] [request] and what is to happen. It knows no
// connections.
package fault

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/smb2"
)

// Fault is what is to happen to one operation: to its answer, or to its request.
type Fault struct {
	Status  uint32 // instead of the operation, 0 for none
	Delay   time.Duration
	Drop    bool   // the message does not come
	Cut     bool   // the connection ends instead
	Flip    bool   // one bit is wrong
	Badly   bool   // its signature, or the tag of its seal, is wrong
	Twice   bool   // it comes two times
	Late    bool   // the next one comes before it
	Nonce   bool   // it is sealed with the nonce of the one before
	NoCache bool   // no oplock and no lease
	MaxIO   uint32 // the most bytes of a READ or WRITE, of NEGOTIATE
	Answer  string // bytes that the operation gives instead of its own
}

// Words lists what can happen.
const Words = "status=NAME, delay=DURATION, drop, cut, flip, badsign, twice, late, nonce, nolease, maxio=BYTES or answer=HEX"

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
	request bool
	seen    int
	do      Fault
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
		return r, errors.New("no command")
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
		if err := r.word(key, value); err != nil {
			return r, err
		}
	}
	switch {
	case r.do == Fault{}:
		return r, errors.New("nothing is to happen: " + Words)
	case r.request && (r.do.Status != 0 || r.do.Answer != ""):
		return r, errors.New("a request has neither status nor answer")
	case r.do.MaxIO != 0 && (r.any || r.command != smb2.Negotiate):
		return r, errors.New("maxio is for NEGOTIATE")
	case r.do.NoCache && (r.any || r.command != smb2.Create):
		return r, errors.New("nolease is for CREATE")
	}
	return r, nil
}

// word takes one word of a rule.
func (r *rule) word(key, value string) (err error) {
	var n uint64
	switch do := &r.do; key {
	case "path":
		r.glob = fold(value)
		_, err = path.Match(r.glob, "")
	case "nth":
		if r.nth, err = strconv.Atoi(value); err == nil && r.nth < 1 {
			err = errors.New("nth counts from 1")
		}
	case "request":
		r.request = true
	case "status":
		do.Status, err = status(value)
	case "delay":
		do.Delay, err = time.ParseDuration(value)
	case "maxio":
		n, err = strconv.ParseUint(value, 0, 32)
		do.MaxIO = uint32(n)
	case "answer":
		var b []byte
		b, err = hex.DecodeString(value)
		do.Answer = string(b)
	default:
		flag := map[string]*bool{"drop": &do.Drop, "cut": &do.Cut, "flip": &do.Flip, "badsign": &do.Badly, "twice": &do.Twice, "late": &do.Late,
			"nonce": &do.Nonce, "nolease": &do.NoCache}[key]
		if flag == nil {
			return fmt.Errorf("no word %s", key)
		}
		*flag = true
	}
	return err
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

// Half is the rules of one side.
type Half struct {
	rules   *Rules
	request bool
}

// Answers are the rules for what the server sends, nil when there are none.
func (r *Rules) Answers() *Half { return r.half(false) }

// Requests are the rules for what the client sends, nil when there are none.
func (r *Rules) Requests() *Half { return r.half(true) }

func (r *Rules) half(request bool) *Half {
	for i := range r.list {
		if r.list[i].request == request {
			return &Half{r, request}
		}
	}
	return nil
}

// Find tells what is to happen to an operation: what the first rule says that
// fits and whose turn it is.
func (h *Half) Find(command smb2.Command, name string) Fault {
	if h == nil {
		return Fault{}
	}
	r := h.rules
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.list {
		one := &r.list[i]
		if one.request != h.request || !one.any && one.command != command {
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
	return Fault{}
}
