package filter

import (
	"fmt"
	"strconv"
	"strings"
)

// wiresharkNames are Wireshark's names for facts; those that a fact has beside
// its own are found by their dot.
var wiresharkNames = map[string]string{"command": "smb2.cmd", "cmd": "smb2.cmd", "command_code": "smb2.cmd", "status": "smb2.nt_status",
	"path": "smb2.filename", "smb2": "smb2", "smb": "smb", "session_id": "smb2.sesid", "tree_id": "smb2.tid", "async_id": "smb2.aid",
	"message_id": "smb2.msg_id", "user": "smb2.acct"}

// Wireshark gives the display filter of Wireshark 4.0 that comes nearest: names
// of numbers become numbers, sides go away. What Wireshark has no name for is an
// error.
func Wireshark(src string) (string, error) {
	p, err := new(Filter).parse(src)
	if err != nil {
		return "", err
	}
	if p == nil {
		return "", nil
	}
	smb1 := false
	for i := range p.used {
		smb1 = smb1 || p.used[i].value && p.used[i].target > 0
	}
	return p.splice(func(n *usedName) (string, error) {
		switch {
		case n.value && n.num > 9:
			return "0x" + strconv.FormatUint(n.num, 16), nil
		case n.value:
			return strconv.FormatUint(n.num, 10), nil
		case n.entry == nil:
			return "", fmt.Errorf("Wireshark knows no bare words: %s", quote(n.text))
		}
		name := n.entry.wireshark()
		if name == "" {
			return "", fmt.Errorf("Wireshark has no %s", quote(n.entry.name))
		}
		if smb1 && name == "smb2.cmd" {
			name = "smb.cmd"
		}
		return name, nil
	})
}

// wireshark gives Wireshark's name, "" where it has none.
func (e *entry) wireshark() string {
	if e.fact == nil {
		if strings.HasPrefix(e.name, "smbdiff.") {
			return ""
		}
		return e.name
	}
	if strings.Contains(e.name, ".") && e.name != e.fact.name || e.name == "ip.addr" || e.name == "tcp.port" {
		return e.name
	}
	for _, n := range e.fact.also {
		if strings.Contains(n, ".") {
			return n
		}
	}
	return wiresharkNames[e.fact.name]
}
