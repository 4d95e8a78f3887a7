package state

import (
	"fmt"
	"io"
	"strings"

	"smbdiff/dissect/capture"
)

// wireshark takes the commands that show the operation under the cursor in
// Wireshark. They hold no key.
func (s *State) wireshark() Request {
	ops := s.selectedOps()
	var commands []string
	sealed := ""
	for k, d := range s.sides {
		o, ok := d.Trace.Op(ops[k])
		if !ok {
			continue
		}
		if n := len(d.Trace.File.Parts()); n > 1 {
			s.note = fmt.Sprintf("%s is %d files; W writes the packets to one", baseName(d.Name), n)
			return Stay
		}
		var frames []string
		for _, f := range [...]uint32{o.ReqFrame, o.RespFrame} {
			if f != 0 && (len(frames) == 0 || fmt.Sprint(f) != frames[0]) {
				frames = append(frames, fmt.Sprint(f))
			}
		}
		commands = append(commands, fmt.Sprintf("wireshark -r %s -Y 'frame.number in {%s}'", quoted(d.Name), strings.Join(frames, ", ")))
		if c := d.Trace.Counts(); c.Sealed > 0 {
			sealed = quoted(d.Name)
		}
	}
	if len(commands) == 0 {
		s.note = "no operation here"
		return Stay
	}
	s.open(&textWindow{"Wireshark: copied", LogWindow, func(w int) []Line {
		var out []Line
		for _, c := range commands {
			for _, l := range wrap(c, w) {
				out = append(out, Line{{l, Plain}})
			}
			out = append(out, Line{})
		}
		if sealed == "" {
			return out
		}
		for _, l := range wrap("Sealed messages open in Wireshark with the keys that smbdiff keys export --for wireshark "+sealed+
			" writes; smbdiff decrypt "+sealed+" -o OUT.pcapng writes the capture without its seals.", w) {
			out = append(out, Line{{l, Dim}})
		}
		return out
	}})
	s.clip = strings.Join(commands, "\n")
	return DoCopy
}

// askFrames asks where to write the packets of the operation under the cursor.
func (s *State) askFrames() Request {
	ops := s.selectedOps()
	k := 0
	if ops[0] == 0 && s.diffing() {
		k = 1
	}
	if ops[k] == 0 {
		s.note = "no operation here"
		return Stay
	}
	label, hint := "write packets to", "a new pcapng file; packets as captured, with their seals"
	if s.diffing() {
		label, hint = "write packets of A to", hint+"; B:FILE writes those of B"
		if k == 1 {
			label = "write packets of B to"
		}
	}
	return s.ask(Prompt{Label: label, Hint: func(string) string { return hint }, Accept: func(path string) error {
		k := k
		if rest, ok := strings.CutPrefix(path, "B:"); ok && s.diffing() {
			k, path = 1, rest
		}
		return s.writeFrames(k, ops[k], path)
	}})
}

// writeFrames writes the packets that carry one operation.
func (s *State) writeFrames(k int, num uint32, path string) error {
	if path == "" {
		return nil
	}
	if err := absent(path); err != nil {
		return err
	}
	t := s.sides[k].Trace
	o, ok := t.Op(num)
	if !ok {
		return fmt.Errorf("no operation there")
	}
	r := t.NewReader()
	s.note = "writing " + safe(path)
	s.run(func() func() {
		count := 0
		err := capture.WriteFile(path, 0o644, func(w io.Writer) (err error) {
			var all []capture.Extent
			for _, m := range [...]uint32{o.Request, o.Interim, o.Response} {
				if m != 0 && r.Read(m) {
					all = append(all, r.Message.Extents...)
				}
			}
			count, err = t.File.CopyPackets(w, all)
			return err
		})
		return func() {
			s.note = fmt.Sprintf("written: %s, %s", safe(path), plural(count, "packet"))
			if err != nil {
				s.note = "not written: " + safe(err.Error())
			}
		}
	})
	return nil
}
