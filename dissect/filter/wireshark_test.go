package filter

import "testing"

func TestWireshark(t *testing.T) {
	for src, want := range map[string]string{
		"cmd == CREATE && a.status != SUCCESS":    "smb2.cmd == 5 && smb2.nt_status != 0",
		"status in {ACCESS_DENIED, 5} or rtt > 5": "smb2.nt_status in {0xc0000022, 5} or smb2.time > 5",
		`path ~ "\.tmp$" && frame < 20`:           `smb2.filename ~ "\.tmp$" && frame.number < 20`,
		"cmd == NT_CREATE_ANDX":                   "smb.cmd == 0xa2",
		"smb2.flags.async && ip.addr == 10.0.0.1": "smb2.flags.async && ip.addr == 10.0.0.1",
		"": "",
	} {
		if got, err := Wireshark(src); err != nil || got != want {
			t.Errorf("%q: %s, %v, want %s", src, got, err, want)
		}
	}
	for src, want := range map[string]string{"differs": `Wireshark has no "differs"`, "report": `Wireshark knows no bare words: "report"`, "op == 3": `Wireshark has no "op"`} {
		if _, err := Wireshark(src); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
}
