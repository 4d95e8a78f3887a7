package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"smbdiff/dissect/capture"
)

// tellRead says what was read of a capture.
func (a *app) tellRead(name string, sum *capture.Summary, messages int) {
	what := fmt.Sprintf("%s, %s, %d with SMB, %s", several(int(sum.Frames), "packet"), several(sum.TCPConnections, "TCP connection"), sum.SMBConnections, several(messages, "message"))
	if sum.LastTime > sum.FirstTime {
		what += fmt.Sprintf(", %s long", time.Duration(sum.LastTime-sum.FirstTime))
	}
	if sum.SnapCut > 0 {
		what += fmt.Sprintf("; %s shorter than on the wire", several(int(sum.SnapCut), "packet"))
	}
	if sum.Holes > 0 {
		what += fmt.Sprintf("; bytes missing in %s, %d in all", several(int(sum.Holes), "place"), sum.HoleBytes)
	}
	a.say(name+": "+what, "")
	for _, f := range sum.Prologue {
		a.say(fmt.Sprintf("%s: frame %d: %s", name, f.Frame, f.Text), "")
	}
}

// tellKeys says of the captures that were opened which keys were read, and which
// of them opens what.
func (a *app) tellKeys(f *flags) {
	for _, s := range f.opened {
		name := s.file.Name()
		k := &keyring{ring: s.ring, opener: s.opener}
		a.say(name+": keys: "+k.Loaded(), "")
		for _, x := range k.Sessions() {
			words := []string{x.Name, x.User, x.Dialect, x.Cipher}
			if x.From != "" {
				words = append(words, "key from "+filepath.Base(x.From))
			}
			words = append(words, x.Proof, x.Shut)
			var there []string
			for _, w := range words {
				if w != "" {
					there = append(there, w)
				}
			}
			a.say(name+": session "+strings.Join(there, ", "), x.Hint)
		}
	}
}
