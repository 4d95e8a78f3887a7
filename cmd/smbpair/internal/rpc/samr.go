package rpc

import "strings"

// What a handle of samr is of.
const (
	handleServer  = 's'
	handleDomain  = 'd' // rid: which of domains
	handleAccount = 'a'
)

// samr is [MS-SAMR] 3.1.5: looking at domains, users and groups.
func samr(h *Host, op uint16, in *reader, out *writer) bool {
	kind, rid := byte(0), uint32(0)
	switch op {
	case 0, 57, 62, 64: // SamrConnect, ...2, ...4, ...5
		if op == 64 {
			for _, v := range []uint32{1, 1, 3, 0} { // the version, and its information
				out.u32(v)
			}
		}
		out.handle(handleServer, 0)
		out.u32(0)
		return true
	case 1: // SamrCloseHandle
		out.Zero(20)
		out.u32(0)
		return true
	}
	kind, rid = in.handle()
	switch op {
	case 5: // SamrLookupDomainInSamServer
		lookupDomain(h, in, out)
	case 6: // SamrEnumerateDomainsInSamServer
		all := h.domains()
		enumerate(out, []account{{name: all[0].name}, {name: all[3].name, rid: 1}})
	case 7: // SamrOpenDomain
		in.u32()
		openDomain(h, in.sid(), out)
	case 11, 13, 15: // SamrEnumerateGroupsInDomain, ...Users..., ...Aliases...
		use := map[uint16]uint16{11: useGroup, 13: useUser}[op]
		enumerate(out, h.accounts(kind, rid, func(a account) bool { return a.use == use }))
	case 17: // SamrLookupNamesInDomain
		n := in.u32()
		in.take(12, 4)
		lookupAccounts(out, h, kind, rid, in.names(n))
	case 18: // SamrLookupIdsInDomain
		lookupRIDs(out, h, kind, rid, in)
	case 19, 34: // SamrOpenGroup, SamrOpenUser
		in.u32()
		openAccount(out, h, kind, rid, in.u32())
	case 36, 47: // SamrQueryInformationUser, ...2
		userInfo(out, h, kind, rid, in.u16())
	case 39: // SamrGetGroupsForUser
		for range 2 {
			out.ref()
			out.u32(1)
		}
		out.u32(ridUsers)
		out.u32(enabled)
		out.u32(0)
	default:
		return false
	}
	return true
}

// accounts gives those of a domain that are wanted.
func (h *Host) accounts(kind byte, which uint32, want func(account) bool) (out []account) {
	list := h.domains()
	if kind != handleDomain || which >= uint32(len(list)) {
		return nil
	}
	for _, a := range list[which].accounts {
		if want(a) {
			out = append(out, a)
		}
	}
	return out
}

// enumerate writes SAMPR_ENUMERATION_BUFFER, [MS-SAMR] 2.2.3.10, between the resume
// handle and the count.
func enumerate(out *writer, list []account) {
	out.u32(0)
	out.ref()
	out.u32(uint32(len(list)))
	out.ref()
	out.u32(uint32(len(list)))
	for _, a := range list {
		out.u32(a.rid)
		out.counted(a.name)
	}
	for _, a := range list {
		out.chars(a.name)
	}
	out.u32(uint32(len(list)))
	out.u32(0)
}

func lookupDomain(h *Host, in *reader, out *writer) {
	name := ""
	if in.counted() {
		name = in.text()
	}
	for _, d := range h.domains() {
		if name != "" && strings.EqualFold(d.name, name) {
			out.ref()
			out.sid(d.sid)
			out.u32(0)
			return
		}
	}
	out.u32(0)
	out.u32(statusNoSuchDomain)
}

func openDomain(h *Host, s sid, out *writer) {
	for i, d := range h.domains() {
		if d.sid.equal(s) {
			out.handle(handleDomain, uint32(i))
			out.u32(0)
			return
		}
	}
	out.Zero(20)
	out.u32(statusNoSuchDomain)
}

// lookupAccounts is [MS-SAMR] 3.1.5.11.2.
func lookupAccounts(out *writer, h *Host, kind byte, which uint32, names []string) {
	var list []found
	for _, name := range names {
		f := unknown()
		for _, a := range h.accounts(kind, which, func(a account) bool { return strings.EqualFold(a.name, name) }) {
			f = found{account: a}
		}
		list = append(list, f)
	}
	column(out, list, func(f found) uint32 { return f.rid })
	column(out, list, func(f found) uint32 { return uint32(f.use) })
	status(out, list)
}

// column writes SAMPR_ULONG_ARRAY, [MS-SAMR] 2.2.7.4.
func column(out *writer, list []found, value func(found) uint32) {
	out.u32(uint32(len(list)))
	out.ref()
	out.u32(uint32(len(list)))
	for _, f := range list {
		out.u32(value(f))
	}
}

func status(out *writer, list []found) {
	var count writer
	mapped(list, &count)
	out.Bytes(count.Buf[4:])
}

// lookupRIDs is [MS-SAMR] 3.1.5.11.3.
func lookupRIDs(out *writer, h *Host, kind byte, which uint32, in *reader) {
	n := min(in.u32(), maxNames)
	in.take(12, 4)
	var list []found
	for range n {
		f, rid := unknown(), in.u32()
		for _, a := range h.accounts(kind, which, func(a account) bool { return a.rid == rid }) {
			f = found{account: a}
		}
		list = append(list, f)
	}
	out.u32(uint32(len(list)))
	out.ref()
	out.u32(uint32(len(list)))
	for _, f := range list {
		out.counted(f.name)
	}
	for _, f := range list {
		out.chars(f.name)
	}
	column(out, list, func(f found) uint32 { return uint32(f.use) })
	status(out, list)
}

func openAccount(out *writer, h *Host, kind byte, which, rid uint32) {
	if len(h.accounts(kind, which, func(a account) bool { return a.rid == rid })) == 0 {
		out.Zero(20)
		out.u32(statusNoSuchUser)
		return
	}
	out.handle(handleAccount, rid)
	out.u32(0)
}

// userInfo is [MS-SAMR] 3.1.5.5.5 for UserControlInformation and
// UserAllInformation.
func userInfo(out *writer, h *Host, kind byte, rid uint32, level uint16) {
	const (
		levelControl = 16
		levelAll     = 21
		normal       = 0x10 // USER_NORMAL_ACCOUNT
	)
	list := h.accounts(handleDomain, 0, func(a account) bool { return a.rid == rid })
	switch {
	case kind != handleAccount || len(list) == 0:
		out.u32(0)
		out.u32(statusInvalidHandle)
		return
	case level == levelControl:
		out.ref()
		out.u32(levelControl)
		out.u32(normal)
	case level == levelAll:
		out.ref()
		out.u32(levelAll)
		userAll(out, list[0], normal)
	default:
		out.u32(0)
		out.u32(statusInvalidClass)
		return
	}
	out.u32(0)
}

// userAll is SAMPR_USER_ALL_INFORMATION, [MS-SAMR] 2.2.6.6.
func userAll(out *writer, a account, control uint32) {
	const never = 0x7fffffffffffffff
	for _, v := range []uint64{0, 0, 0, never, 0, never} {
		out.u32(uint32(v))
		out.u32(uint32(v >> 32))
	}
	texts := []string{a.name, a.name, "", "", "", "", "", "", "", ""}
	for _, s := range texts {
		out.counted(s)
	}
	for range 3 { // hashes of the password, private data: none
		out.u32(0)
		out.u32(0)
	}
	out.u32(0) // no security descriptor
	out.u32(0)
	for _, v := range []uint32{a.rid, ridUsers, control, 0x00ffffff} {
		out.u32(v)
	}
	out.u32(168) // hours of a week, without a mask
	out.u32(0)
	for range 4 { // counts, country, code page
		out.u16(0)
	}
	out.U32(0) // flags of the password
	for _, s := range texts {
		out.chars(s)
	}
}
