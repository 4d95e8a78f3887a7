package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"smbdiff/cmd/smbpair/internal/client"
	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/server"
	"smbdiff/dissect/smb2"
)

// scenario is what a SCENARIO file says: settings, then commands of clients.
type scenario struct {
	name   string
	who    identity // of the first client; others begin with it
	seal   bool     // the share wants it
	guest  bool     // the server takes unknown users as guests
	maxIO  uint32
	faults []string
	shares []string
	steps  []step
	server string // HOST:PORT of another server than the own
	share  string
}

// identity is how a client comes: offers and account.
type identity struct {
	dialect, cipher, signing string
	user                     string // USER%PASSWORD, "" for nobody
	sign, seal, old          bool
	offers                   []smb2.NegotiateContext
	compress                 string // LIST, "" for nothing
}

// step is a line, or a block of lines that clients do side by side.
type step struct {
	line   int
	client string
	text   string
	start  *identity // connects the client
	want   string    // how that is to end
	block  []step
}

const (
	firstClient      = "a"
	scenarioUser     = "tester"
	scenarioPassword = "Passw0rd!"
	scenarioShare    = "data"
)

// parseScenario reads a SCENARIO file, as the README has it. Errors begin with
// file and line.
func parseScenario(name string, text []byte) (*scenario, error) {
	s := &scenario{name: name, share: scenarioShare, who: identity{dialect: "2.0.2-3.1.1", user: scenarioUser + "%" + scenarioPassword}}
	p := parser{s: s, into: &s.steps, known: []string{firstClient}}
	for line := range bytes.Lines(text) {
		p.line++
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		if err := p.take(text); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, p.line, err)
		}
	}
	if p.open != 0 {
		return nil, fmt.Errorf("%s:%d: parallel has no end", name, p.open)
	}
	if len(s.steps) == 0 {
		return nil, fmt.Errorf("%s: no commands", name)
	}
	return s, nil
}

// parser is where a scenario is being read.
type parser struct {
	s     *scenario
	line  int
	open  int // line of a parallel without its end
	into  *[]step
	known []string
}

func (p *parser) take(text string) error {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "client":
		return p.client(rest)
	case "parallel":
		if p.open != 0 {
			return fmt.Errorf("parallel inside of the one of line %d", p.open)
		}
		p.s.steps = append(p.s.steps, step{line: p.line})
		p.open, p.into = p.line, &p.s.steps[len(p.s.steps)-1].block
		return nil
	case "end":
		if p.open == 0 {
			return fmt.Errorf("end without parallel")
		}
		p.open, p.into = 0, &p.s.steps
		return nil
	}
	if ok, err := p.setting(word, rest); ok || err != nil {
		if err == nil && len(p.s.steps) > 0 {
			err = fmt.Errorf("%s stands before all commands", word)
		}
		return err
	}
	return p.command(word, text)
}

// setting takes a line that says how client and server are to be.
func (p *parser) setting(word, rest string) (bool, error) {
	var err error
	switch s := p.s; word {
	case "guest":
		s.guest = true
	case "max-io":
		var n uint64
		n, err = strconv.ParseUint(rest, 0, 32)
		s.maxIO = uint32(n)
	case "fault":
		_, err = fault.Parse([]string{rest})
		s.faults = append(s.faults, rest)
	case "share":
		s.shares = append(s.shares, rest)
	case "seal":
		if rest == "share" {
			s.seal = true
			return true, nil
		}
		return s.who.word(word, rest)
	default:
		return s.who.word(word, rest)
	}
	return true, err
}

// word takes a setting of a client.
func (i *identity) word(key, value string) (bool, error) {
	switch key {
	case "dialect":
		i.dialect = value
	case "cipher":
		i.cipher = value
	case "signing":
		i.signing = value
	case "user":
		i.user = value
	case "compress":
		i.compress = value
	case "anonymous":
		i.user = ""
	case "sign":
		i.sign = true
	case "seal":
		i.seal = true
	case "offer":
		kind, data, _ := strings.Cut(value, ":")
		n, err := strconv.ParseUint(kind, 0, 16)
		b, err2 := hex.DecodeString(data)
		if err != nil || err2 != nil {
			return true, fmt.Errorf("offer wants TYPE:HEX")
		}
		i.offers = append(slices.Clone(i.offers), smb2.NegotiateContext{Type: uint16(n), Data: b})
	case "smb1":
		i.old = true
	default:
		return false, nil
	}
	_, err := i.config()
	return true, err
}

// config is what the client package wants.
func (i *identity) config() (c client.Config, err error) {
	c = client.Config{Sign: i.sign, Seal: i.seal, OldFirst: i.old, Offers: i.offers}
	c.Domain, c.User, c.Password = account(i.user)
	if i.compress != "" {
		if c.Compress, err = packings(i.compress); err != nil {
			return c, err
		}
	}
	return c, choose(&c, i.dialect, i.cipher, i.signing)
}

// client is a line that has another client connect: its name and settings as
// KEY or KEY=VALUE.
func (p *parser) client(rest string) error {
	rest, want, _ := strings.Cut(rest, "->")
	words := strings.Fields(rest)
	if len(words) == 0 || p.open != 0 {
		return fmt.Errorf("client wants a name, outside of parallel")
	}
	who := p.s.who
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		if ok, err := who.word(key, value); err != nil || !ok {
			return fmt.Errorf("client: no %s: %w", w, orNothing(err))
		}
	}
	if !slices.Contains(p.known, words[0]) {
		p.known = append(p.known, words[0])
	}
	*p.into = append(*p.into, step{line: p.line, client: words[0], start: &who, want: strings.TrimSpace(want)})
	return nil
}

func orNothing(err error) error {
	if err == nil {
		return fmt.Errorf("it is none of the settings")
	}
	return err
}

// command takes a line that a client is to do; NAME: in front says which.
func (p *parser) command(word, text string) error {
	who := firstClient
	if name, ok := strings.CutSuffix(word, ":"); ok {
		if !slices.Contains(p.known, name) {
			return fmt.Errorf("no client %s", name)
		}
		who, text = name, strings.TrimSpace(strings.TrimPrefix(text, word))
	}
	if err := client.Check(text); err != nil {
		return err
	}
	for _, local := range []string{"put", "get", "mput", "mget"} {
		if strings.HasPrefix(text, local+" ") { // a scenario touches no file of this machine
			return fmt.Errorf("%s is not for scenarios; text and cat are", local)
		}
	}
	*p.into = append(*p.into, step{line: p.line, client: who, text: text})
	return nil
}

// account has the clients that come with the usual one come with another.
func (s *scenario) account(user string) {
	usual := s.who.user
	if user == "" || usual == "" {
		return
	}
	s.who.user = user
	for i := range s.steps {
		if st := s.steps[i].start; st != nil && st.user == usual {
			st.user = user
		}
	}
}

// config is how the server is to be.
func (s *scenario) config() server.Config {
	pack, _ := packings(allPacking)
	return server.Config{Compress: pack, Users: []server.User{{Name: scenarioUser, Password: scenarioPassword}}, Guest: s.guest, MaxIO: s.maxIO}
}
