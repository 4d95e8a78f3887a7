package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// coverage is what recordings hold: a kind, a tab, and what it is.
type coverage map[string]bool

func (c coverage) add(kind, format string, args ...any) {
	c[kind+"\t"+fmt.Sprintf(format, args...)] = true
}

// count adds what a recording holds.
func (c coverage) count(trace *dissect.Trace) {
	r := trace.NewReader()
	signing := map[uint32]smb2.SigningAlgorithm{}
	for num := uint32(1); r.Read(num); num++ {
		m := &r.Message
		if m.Proto == op.SMB1 {
			c.add("dialect", "SMB1 multi-protocol")
		}
		if m.Proto != op.SMB2 {
			continue
		}
		if m.SMB2.Command == smb2.Negotiate && m.Response() {
			signing[m.Conn] = algorithm(m)
		}
		if m.Signature == conv.SignatureValid {
			c.add("signing", "%s", [...]string{"HMAC-SHA256", "AES-CMAC", "AES-GMAC"}[signing[m.Conn]])
		}
		c.message(r)
	}
}

// algorithm is how a connection signs, [MS-SMB2] 3.2.5.2.
func algorithm(m *conv.Message) smb2.SigningAlgorithm {
	switch f := &m.Facts; {
	case f.HasSigning:
		return f.Signing
	case f.Dialect >= smb2.Dialect300:
		return smb2.AESCMAC
	}
	return smb2.HMACSHA256
}

func (c coverage) message(r *dissect.Reader) {
	m := &r.Message
	side, in := "request", true
	if m.Response() {
		side, in = "response", false
	}
	c.add("command", "%s %s", m.SMB2.Command, side)
	if m.Sealed {
		c.add("cipher", "%s", m.Seal.Cipher)
	}
	good := in || m.Status() == 0 || m.Status() == 0x80000005 && m.SMB2.Command != smb2.SessionSetup
	switch m.SMB2.Command {
	case smb2.Negotiate:
		if !in {
			c.add("dialect", "%s", m.Facts.Dialect)
		}
		for i := range r.Tree.Nodes {
			if n := &r.Tree.Nodes[i]; n.Def.Name == "smb2.negotiate_context.type" {
				c.add("negotiate context", "%s %s", n.Def.NameOf(n.Val), side)
			}
		}
	case smb2.Create:
		c.tags(r, side)
	case smb2.QueryInfo:
		if !in && good {
			c.class(m.Env.InfoType, m.Env.InfoClass)
		}
	case smb2.QueryDirectory:
		if !in && good {
			c.class(1, m.Env.InfoClass)
		}
	case smb2.SetInfo:
		if in {
			c.class(m.Env.InfoType, m.Env.InfoClass)
		}
	case smb2.Ioctl:
		if good {
			c.control(r, side, in)
		}
	}
	for i := range r.Tree.Nodes[:r.Outer] {
		if n := &r.Tree.Nodes[i]; n.Def.Name == "smb2.header.comp_transform.comp_alg" {
			c.add("compression", "%s %s", n.Def.NameOf(n.Val), side)
		}
	}
}

// class adds an information class that was answered, or set.
func (c coverage) class(kind, class uint8) {
	if name := smb2.InfoClassName(kind, class); name != "" {
		c.add("class", "%s", name)
	}
}

// tags adds create contexts; a lease of version 2 is one of its own.
func (c coverage) tags(r *dissect.Reader, side string) {
	for i := range r.Tree.Nodes {
		if r.Tree.Nodes[i].Def.Name != "smb2.tag" {
			continue
		}
		text := r.Tree.Show(i)
		if text == "RqLs" && r.Tree.Find("smb2.lease.parent_lease_key", i) > 0 {
			text = "RqLs version 2"
		}
		c.add("create context", "%s %s", text, side)
	}
}

// control adds a control code; its data counts where the dissector knows it.
func (c coverage) control(r *dissect.Reader, side string, in bool) {
	code := r.Message.Env.CtlCode
	name := smb2.FsctlName(code)
	if name == "" {
		return
	}
	if in {
		c.add("control code", "%s", name)
	}
	for i := range r.Tree.Nodes {
		n := &r.Tree.Nodes[i]
		if (n.Def.Name == "smb2.ioctl.in" || n.Def.Name == "smb2.ioctl.out") && n.Len > 0 && knowsControl(code, in) {
			c.add("control data", "%s %s", name, side)
		}
	}
}

// knowsControl reports whether the dissector has a walk for the data of a code.
func knowsControl(code uint32, in bool) bool {
	var t field.Tree
	var w wire.Codec
	b := make([]byte, 4096)
	t.Reset(b, len(b))
	w.Reset(b, &t)
	smb2.WalkControl(&w, code, in)
	return len(t.Nodes) > 0
}

// known is all that the dissector knows.
func known() coverage {
	c := make(coverage)
	for _, v := range smb2.CommandNames() {
		if v.Name != "SERVER_TO_CLIENT_NOTIFICATION" {
			c.add("command", "%s request", v.Name)
		}
		if v.Name != "CANCEL" {
			c.add("command", "%s response", v.Name)
		}
	}
	for _, d := range allDialects {
		c.add("dialect", "%s", d)
	}
	c.add("dialect", "SMB1 multi-protocol")
	for _, v := range smb2.CipherNames() {
		c.add("cipher", "%s", v.Name)
	}
	for _, name := range []string{"HMAC-SHA256", "AES-CMAC", "AES-GMAC"} {
		c.add("signing", "%s", name)
	}
	for _, list := range []field.Values{fscc.FileClassNames(), fscc.SystemClassNames(), {{Name: "SecurityInformation"}}} {
		for _, v := range list {
			c.add("class", "%s", v.Name)
		}
	}
	for _, v := range smb2.FsctlNames() {
		c.add("control code", "%s", v.Name)
		for i, side := range []string{"request", "response"} {
			if knowsControl(uint32(v.V), i == 0) {
				c.add("control data", "%s %s", v.Name, side)
			}
		}
	}
	for _, side := range []string{"request", "response"} {
		for _, name := range []string{"LZNT1", "LZ77", "LZ77+Huffman", "Pattern_V1", "LZ4"} {
			c.add("compression", "%s %s", name, side)
		}
		for _, name := range []string{"PREAUTH_INTEGRITY_CAPABILITIES", "ENCRYPTION_CAPABILITIES", "COMPRESSION_CAPABILITIES", "SIGNING_CAPABILITIES",
			"RDMA_TRANSFORM_CAPABILITIES", "TRANSPORT_CAPABILITIES", "POSIX_EXTENSIONS_AVAILABLE"} {
			c.add("negotiate context", "%s %s", name, side)
		}
		for _, name := range []string{"RqLs", "RqLs version 2", "DHnQ", "DH2Q", "MxAc", "QFid", "AAPL", "SVHDX_OPEN_DEVICE_CONTEXT", "SMB2_CREATE_POSIX"} {
			c.add("create context", "%s %s", name, side)
		}
	}
	c.add("negotiate context", "NETNAME_NEGOTIATE_CONTEXT_ID request")
	for _, name := range []string{"ExtA", "SecD", "DHnC", "DH2C", "AlSi", "TWrp", "SMB2_CREATE_APP_INSTANCE_ID", "SMB2_CREATE_APP_INSTANCE_VERSION"} {
		c.add("create context", "%s request", name)
	}
	return c
}

// compare holds what is not covered against the list of it, in which each has its
// reason.
func (c coverage) compare(t *testing.T, list string) {
	t.Helper()
	b, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if part := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(part) == 3 && part[2] != "" {
			reasons[part[0]+"\t"+part[1]] = true
		} else if !strings.HasPrefix(line, "#") {
			t.Errorf("%s: %q is not KIND, WHAT, REASON", list, line)
		}
	}
	all, missing := map[string]int{}, map[string]int{}
	for k := range known() {
		kind, _, _ := strings.Cut(k, "\t")
		if all[kind]++; !c[k] {
			missing[kind]++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%s: %d of %d", kind, all[kind]-missing[kind], all[kind])
	}
	for _, k := range slices.Sorted(maps.Keys(known())) {
		if c[k] == reasons[k] {
			t.Errorf("%s: exercised by a scenario: %v, listed as exercised by none: %v", k, c[k], reasons[k])
		}
	}
}
