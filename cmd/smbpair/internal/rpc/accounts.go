package rpc

import (
	"slices"
	"strings"
)

// sid is a security identifier, [MS-DTYP] 2.4.2, of an authority below 256.
type sid struct {
	authority byte
	subs      []uint32
}

func (s sid) equal(t sid) bool { return s.authority == t.authority && slices.Equal(s.subs, t.subs) }

// parent gives the domain and the relative identifier.
func (s sid) parent() (sid, uint32) {
	n := len(s.subs)
	if n == 0 {
		return s, 0
	}
	return sid{s.authority, s.subs[:n-1]}, s.subs[n-1]
}

// Kinds of accounts, SID_NAME_USE of [MS-SAMR] 2.2.2.3.
const (
	useUser      = 1
	useGroup     = 2
	useDomain    = 3
	useWellKnown = 5
	useUnknown   = 8
)

// domain is where accounts are.
type domain struct {
	name     string
	sid      sid
	accounts []account
}

type account struct {
	name string
	rid  uint32
	use  uint16
}

const (
	ridGuest = 501
	ridUsers = 513
	ridFirst = 1000
)

// domains gives the server's own accounts first, then those that all machines have.
func (h *Host) domains() []domain {
	own := domain{name: h.Name, sid: sid{5, []uint32{21, h.Machine[0], h.Machine[1], h.Machine[2]}}}
	own.accounts = append(own.accounts, account{"Guest", ridGuest, useUser}, account{"None", ridUsers, useGroup})
	for i, name := range h.Users {
		own.accounts = append(own.accounts, account{name, ridFirst + uint32(i), useUser})
	}
	return []domain{own,
		{"", sid{1, nil}, []account{{"Everyone", 0, useWellKnown}}},
		{"NT AUTHORITY", sid{5, nil}, []account{{"NETWORK", 2, useWellKnown}, {"Authenticated Users", 11, useWellKnown}, {"SYSTEM", 18, useWellKnown}}},
		{"BUILTIN", sid{5, []uint32{32}}, nil},
	}
}

// found is an account, or with nothing but a use none.
type found struct {
	account
	domain int // -1 for none
	sid    sid
}

func unknown() found { return found{account: account{use: useUnknown}, domain: -1} }

// byName looks NAME or DOMAIN\\NAME up.
func (h *Host) byName(name string) found {
	where, who, ok := strings.Cut(name, `\`)
	if !ok {
		where, who = "", name
	}
	for i, d := range h.domains() {
		if !ok && strings.EqualFold(who, d.name) && who != "" {
			return found{account{d.name, 0, useDomain}, i, d.sid}
		}
		for _, a := range d.accounts {
			if strings.EqualFold(a.name, who) && (!ok || strings.EqualFold(where, d.name)) {
				return found{a, i, sid{d.sid.authority, append(slices.Clone(d.sid.subs), a.rid)}}
			}
		}
	}
	return unknown()
}

// bySID looks an identifier up.
func (h *Host) bySID(s sid) found {
	above, rid := s.parent()
	for i, d := range h.domains() {
		if s.equal(d.sid) && d.name != "" {
			return found{account{"", 0, useDomain}, i, s}
		}
		if !above.equal(d.sid) || len(s.subs) == 0 {
			continue
		}
		for _, a := range d.accounts {
			if a.rid == rid {
				return found{a, i, s}
			}
		}
	}
	return unknown()
}
