package rpc

// Status values of the calls, [MS-ERREF] 2.3.
const (
	statusSomeNotMapped = 0x00000107
	statusInvalidClass  = 0xC0000003
	statusInvalidHandle = 0xC0000008
	statusInvalidParam  = 0xC000000D
	statusNoSuchUser    = 0xC0000064
	statusNoneMapped    = 0xC0000073
	statusNoSuchDomain  = 0xC00000DF
	noDomain            = 0xFFFFFFFF
	handlePolicy        = 'p'
	enabled             = 7 // a group's attributes: mandatory, by default, enabled
	policyPrimaryDomain = 3
	policyAccountDomain = 5
)

// lsarpc is [MS-LSAD] 3.1.4 and [MS-LSAT] 3.1.4: opening and closing the policy,
// who the caller is, what the domain is called, names and identifiers.
func lsarpc(h *Host, op uint16, in *reader, out *writer) bool {
	switch op {
	case 0: // LsarClose
		out.Zero(20)
		out.u32(0)
	case 6, 44: // LsarOpenPolicy, LsarOpenPolicy2
		out.handle(handlePolicy, 0)
		out.u32(0)
	case 7, 46: // LsarQueryInformationPolicy, ...2
		in.handle()
		policyInfo(h, in.u16(), out)
	case 14, 58, 68: // LsarLookupNames, ...2, ...3
		in.handle()
		n := in.u32()
		in.u32()
		lookupNames(h, op, in.names(n), out)
	case 15, 57: // LsarLookupSids, ...2
		in.handle()
		lookupSIDs(h, op == 57, in, out)
	case 45: // LsarGetUserName
		out.ref()
		out.counted(h.User)
		out.chars(h.User)
		out.ref()
		out.ref()
		out.counted(h.Name)
		out.chars(h.Name)
		out.u32(0)
	default:
		return false
	}
	return true
}

// policyInfo is [MS-LSAD] 3.1.4.4.4, for the domains.
func policyInfo(h *Host, level uint16, out *writer) {
	if level != policyPrimaryDomain && level != policyAccountDomain {
		out.u32(0)
		out.u32(statusInvalidParam)
		return
	}
	out.ref()
	out.u32(uint32(level))
	out.counted(h.Name)
	out.ref()
	out.chars(h.Name)
	out.sid(h.domains()[0].sid)
	out.u32(0)
}

// referenced writes LSAPR_REFERENCED_DOMAIN_LIST, [MS-LSAT] 2.2.12: all domains
// there are, so that an index is that of domains.
func referenced(h *Host, out *writer) {
	list := h.domains()
	out.ref()
	out.u32(uint32(len(list)))
	out.ref()
	out.u32(32)
	out.u32(uint32(len(list)))
	for _, d := range list {
		out.counted(d.name)
		out.ref()
	}
	for _, d := range list {
		out.chars(d.name)
		out.sid(d.sid)
	}
}

// mapped writes how many were found, and the status that goes with it.
func mapped(list []found, out *writer) {
	n := 0
	for _, f := range list {
		if f.use != useUnknown {
			n++
		}
	}
	out.u32(uint32(n))
	switch {
	case n == len(list):
		out.u32(0)
	case n == 0:
		out.u32(statusNoneMapped)
	default:
		out.u32(statusSomeNotMapped)
	}
}

// lookupNames is [MS-LSAT] 3.1.4.5 to 3.1.4.8. The third form gives whole
// identifiers, the older ones relative ones.
func lookupNames(h *Host, op uint16, names []string, out *writer) {
	var list []found
	for _, name := range names {
		list = append(list, h.byName(name))
	}
	referenced(h, out)
	out.u32(uint32(len(list)))
	out.ref()
	out.u32(uint32(len(list)))
	for _, f := range list {
		out.Align(0, 4)
		out.U16(f.use)
		switch {
		case op != 68 && f.use == useDomain, op != 68 && f.domain < 0:
			out.u32(noDomain)
		case op != 68:
			out.u32(f.rid)
		case f.domain < 0:
			out.u32(0)
		default:
			out.ref()
		}
		out.u32(uint32(int32(f.domain)))
		if op != 14 {
			out.u32(0)
		}
	}
	if op == 68 {
		for _, f := range list {
			if f.domain >= 0 {
				out.sid(f.sid)
			}
		}
	}
	mapped(list, out)
}

// lookupSIDs is [MS-LSAT] 3.1.4.9 to 3.1.4.11.
func lookupSIDs(h *Host, flags bool, in *reader, out *writer) {
	n := min(in.u32(), maxNames)
	if in.u32() != 0 {
		in.u32()
	}
	there := 0
	for range n {
		if in.u32() != 0 {
			there++
		}
	}
	var list []found
	for range there {
		s := in.sid()
		f := h.bySID(s)
		f.sid = s
		list = append(list, f)
	}
	referenced(h, out)
	out.u32(uint32(len(list)))
	out.ref()
	out.u32(uint32(len(list)))
	for _, f := range list {
		out.Align(0, 4)
		out.U16(f.use)
		out.counted(f.name)
		out.u32(uint32(int32(f.domain)))
		if flags {
			out.u32(0)
		}
	}
	for _, f := range list {
		out.chars(f.name)
	}
	mapped(list, out)
}
