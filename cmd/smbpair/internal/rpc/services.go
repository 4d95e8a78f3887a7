package rpc

import "strings"

// Errors of Windows, [MS-ERREF] 2.2.
const (
	errNotFound = 2310 // NERR_NetNameNotFound
	errLevel    = 124
)

// remark is what a listing says beside a share.
func (s Share) remark() string {
	if s.Pipe {
		return "IPC Service"
	}
	return ""
}

func (s Share) kind() uint32 {
	if s.Pipe {
		return 0x80000003
	}
	return 0
}

// srvsvc is [MS-SRVS] 3.1.4.
func srvsvc(h *Host, op uint16, in *reader, out *writer) bool {
	switch op {
	case 15, 36: // NetrShareEnum
		in.pointer()
		return shareEnum(h, in, out)
	case 16: // NetrShareGetInfo
		in.pointer()
		name, level := in.text(), in.u32()
		return shareInfo(h, name, level, out)
	case 21: // NetrServerGetInfo
		in.pointer()
		return serverInfo(h, in.u32(), out)
	}
	return false
}

// level502 adds a reserved number and a security descriptor to level 2.
const level502 = 502

// shareEnum is [MS-SRVS] 3.1.4.8, levels 0, 1, 2 and 502.
func shareEnum(h *Host, in *reader, out *writer) bool {
	level := in.u32()
	out.u32(level)
	out.u32(level)
	if level > 2 && level != level502 {
		out.u32(0)
		out.u32(0)
		out.u32(0)
		out.u32(errLevel)
		return true
	}
	out.ref()
	out.u32(uint32(len(h.Shares)))
	out.ref()
	out.u32(uint32(len(h.Shares)))
	for _, s := range h.Shares {
		shareFixed(s, level, out)
	}
	for _, s := range h.Shares {
		shareTexts(s, level, out)
	}
	out.u32(uint32(len(h.Shares)))
	out.u32(0) // no resume handle
	out.u32(0)
	return true
}

func shareFixed(s Share, level uint32, out *writer) {
	out.ref()
	if level >= 1 {
		out.u32(s.kind())
		out.ref()
	}
	if level >= 2 {
		out.u32(0)
		out.u32(0xffffffff)
		out.u32(1)
		out.ref()
		out.u32(0)
	}
	if level == level502 {
		out.u32(0)
		out.u32(0)
	}
}

func shareTexts(s Share, level uint32, out *writer) {
	out.text(s.Name)
	if level >= 1 {
		out.text(s.remark())
	}
	if level >= 2 {
		out.text(`C:\` + strings.TrimSuffix(s.Name, "$"))
	}
}

// shareInfo is [MS-SRVS] 3.1.4.10.
func shareInfo(h *Host, name string, level uint32, out *writer) bool {
	out.u32(level)
	for _, s := range h.Shares {
		if strings.EqualFold(s.Name, name) && (level <= 2 || level == level502) {
			out.ref()
			shareFixed(s, level, out)
			shareTexts(s, level, out)
			out.u32(0)
			return true
		}
	}
	out.u32(0)
	if level > 2 && level != level502 {
		out.u32(errLevel)
	} else {
		out.u32(errNotFound)
	}
	return true
}

const (
	platform = 500
	kind     = 0x9003 // workstation, server, NT, server NT
)

// serverInfo is [MS-SRVS] 3.1.4.17, levels 100 to 102.
func serverInfo(h *Host, level uint32, out *writer) bool {
	out.u32(level)
	if level < 100 || level > 102 {
		out.u32(0)
		out.u32(errLevel)
		return true
	}
	out.ref()
	out.u32(platform)
	out.ref()
	if level >= 101 {
		out.u32(10)
		out.u32(0)
		out.u32(kind)
		out.ref()
	}
	if level == 102 {
		out.u32(0xffffffff)
		out.u32(15)
		out.u32(0)
		out.u32(240)
		out.u32(3000)
		out.u32(0)
		out.ref()
	}
	out.text(h.Name)
	if level >= 101 {
		out.text("smbpair")
	}
	if level == 102 {
		out.text(`C:\`)
	}
	out.u32(0)
	return true
}

// wkssvc is [MS-WKST] 3.2.4: NetrWkstaGetInfo, level 100 and 101.
func wkssvc(h *Host, op uint16, in *reader, out *writer) bool {
	if op != 0 {
		return false
	}
	in.pointer()
	level := in.u32()
	out.u32(level)
	if level != 100 && level != 101 {
		out.u32(0)
		out.u32(errLevel)
		return true
	}
	out.ref()
	out.u32(platform)
	out.ref()
	out.ref()
	out.u32(10)
	out.u32(0)
	if level == 101 {
		out.ref()
	}
	out.text(h.Name)
	out.text("WORKGROUP")
	if level == 101 {
		out.text("")
	}
	out.u32(0)
	return true
}
