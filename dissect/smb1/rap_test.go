package smb1

import (
	"strings"
	"testing"

	"smbdiff/dissect/wire"
)

// TestRapTable holds the items of the table against the descriptors of [MS-RAP]
// that clients and servers send.
func TestRapTable(t *testing.T) {
	for _, c := range []struct {
		function uint16
		level    int
		form     string
	}{
		{0, 0, "B13"}, {0, 1, "B13BWz"}, {1, 2, "B13BWzWWWzB9B"}, {6, 2, "zzWWWDDDz"}, {13, 1, "B16BBDz"}, {48, 1, "B21Bz"}, {56, 1, "B21BB16DWzzWz"},
		{56, 10, "B21Bzzz"}, {56, 11, "B21BzzzWDDzzDDWWzWzDWB21W"}, {63, 10, "zzzBBzz"}, {69, 1, "B13BWWWzzzzzWW"}, {69, 3, "zWWWWzzzzWWzzl"},
		{76, 1, "WB21BB16B10zWWzDDz"}, {77, 2, "WWzWWDDzz"}, {91, 0, "DDBBBBWWBBWB"}, {112, 3, "DWWzz"}, {132, 1, "WB21BWDWWDDDDDDDzzzD"},
		{133, 1, "WDW"}, {214, 0, "B516B16"}, {215, 1, "B16BBDz"},
	} {
		var want strings.Builder
		for s := c.form; s != ""; {
			var letter byte
			var n int
			letter, n, s = rapNext(s)
			switch {
			case letter == 'B' && n < 2:
				letter = 'C'
			case letter == 'N' || letter == 'l':
				continue
			}
			want.WriteByte(letter)
		}
		var got []byte
		for _, i := range rapCalls()[c.function].data[c.level] {
			got = append(got, i.letter)
		}
		if string(got) != want.String() {
			t.Errorf("%s level %d: items %s, %s has %s", rapCalls()[c.function].name, c.level, got, c.form, want.String())
		}
	}
	for code, call := range rapCalls() {
		if name := rapValues.Name(uint64(code)); name != call.name {
			t.Errorf("function %d is %s and %s", code, name, call.name)
		}
	}
}

func addressed(b []byte, unicode bool) target {
	var c wire.Codec
	c.Reset(b, nil)
	return addressee(&c, &Facts{Unicode: unicode})
}

func TestAddressee(t *testing.T) {
	for name, want := range map[string]target{
		`\PIPE\LANMAN`: toRAP, `\pipe\lanman`: toRAP, `\PIPE\`: toPipe, `\PIPE\srvsvc`: toPipe, `\MAILSLOT\BROWSE`: toBrowser,
		`\MAILSLOT\LANMAN`: toLanManBrowser, `\MAILSLOT\TEMP`: toMailslot, ``: toOther, `\PIP`: toOther,
	} {
		words := append([]byte{1, 0, 0, 0, 0}, name...)
		if got := addressed(append(words, 0), false); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
		words = []byte{1, 0, 0, 0, 0, 0}
		for _, x := range []byte(name + "\x00") {
			words = append(words, x, 0)
		}
		if got := addressed(words, true); got != want {
			t.Errorf("%s in UTF-16: %d, want %d", name, got, want)
		}
	}
}
