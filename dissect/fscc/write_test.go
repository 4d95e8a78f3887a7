package fscc

import (
	"reflect"
	"testing"

	"smbdiff/dissect/wire"
)

// structures are one of each kind that can be written, with the bytes that the
// specification wants for it.
func structures() []struct {
	m    Structure
	want string
} {
	const t = "\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00"
	times := Times{1, 2, 3, 4}
	a, b := []byte("a\x00"), []byte("b\x00")
	return []struct {
		m    Structure
		want string
	}{
		{&Basic{times, 0x20}, t + "\x20\x00\x00\x00\x00\x00\x00\x00"},
		{&Standard{4096, 5, 1, 0, 1}, "\x00\x10\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x01\x00\x00"},
		{&All{Basic: Basic{times, 0x10}, Standard: Standard{EndOfFile: 7}, Index: 9, Name: a}, t + "\x10\x00\x00\x00\x00\x00\x00\x00" +
			"\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00" +
			"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00a\x00"},
		{&Rename{Replace: 1, Name: a}, "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00a\x00"},
		{&Streams{[]Stream{{1, 8, a}, {2, 8, b}}}, "\x20\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00a\x00\x00\x00\x00\x00\x00\x00" +
			"\x00\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00b\x00"},
		{&EAs{[]EA{{0, []byte("K"), []byte("v")}, {0x80, []byte("L"), []byte("wx")}}}, "\x0c\x00\x00\x00\x00\x01\x01\x00K\x00v\x00\x00\x00\x00\x00\x80\x01\x02\x00L\x00wx"},
		{&EANames{[][]byte{[]byte("K"), []byte("LM")}}, "\x08\x00\x00\x00\x01K\x00\x00\x00\x00\x00\x00\x02LM\x00"},
		{&Changes{[]Change{{1, a}, {2, b}}}, "\x10\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00a\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00b\x00"},
		{&Listing{classNames, []DirectoryEntry{{Name: a}, {Name: b}}}, "\x10\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00b\x00"},
		{&Listing{classIDBothDirectory, []DirectoryEntry{{Times: times, EndOfFile: 5, Attributes: 0x20, ShortName: b, FileID: 6, Name: a}}},
			"\x00\x00\x00\x00\x00\x00\x00\x00" + t + "\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00" +
				"\x02\x00b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00a\x00"},
		{&Volume{1, 2, a}, "\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x00\x00a\x00"},
		{&SystemAttributes{3, 255, a}, "\x03\x00\x00\x00\xff\x00\x00\x00\x02\x00\x00\x00a\x00"},
		{&Link{Symbolic: true, Flags: 1, Substitute: a, Print: []byte("b\x00c\x00")}, "\x00\x00\x02\x00\x02\x00\x04\x00\x01\x00\x00\x00a\x00b\x00c\x00"},
		{&ReparsePoint{Tag: 0xa000001d, Data: []byte("\x02\x00\x00\x00x")}, "\x1d\x00\x00\xa0\x05\x00\x00\x00\x02\x00\x00\x00x"},
		{&Position{9}, "\x09\x00\x00\x00\x00\x00\x00\x00"},
	}
}

// TestWrite writes structures and reads them again; cut short they do not decode.
func TestWrite(t *testing.T) {
	for _, s := range structures() {
		got := Append([]byte("before"), s.m)[6:]
		if string(got) != s.want {
			t.Errorf("%T:\n%x\n%x", s.m, got, s.want)
			continue
		}
		again := reflect.New(reflect.TypeOf(s.m).Elem()).Interface().(Structure)
		switch x := again.(type) { // what the caller knows
		case *Listing:
			x.Class = s.m.(*Listing).Class
		case *Link:
			x.Symbolic = true
		}
		if !Decode(got, again) || !reflect.DeepEqual(again, s.m) {
			t.Errorf("%+v written and read: %+v", s.m, again)
		}
		switch s.m.(type) {
		case *Basic, *Standard, *EANames: // whose last bytes mean nothing
		default:
			if Decode(got[:len(got)-1], again) {
				t.Errorf("%T decodes without its end", s.m)
			}
		}
	}
}

// TestText reads and writes text and times.
func TestText(t *testing.T) {
	const text = "größer 𝄞"
	if got := wire.UTF16(wire.AppendUTF16(nil, text)); got != text {
		t.Errorf("%q", got)
	}
	const at = 133000000001234567
	if got := wire.FileTime(wire.Time(at)); got != at {
		t.Errorf("%d", got)
	}
}

// FuzzDecode reads any structure out of any bytes and writes it.
func FuzzDecode(f *testing.F) {
	for i, s := range structures() {
		f.Add(uint8(i), []byte(s.want))
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		list := structures()
		m := reflect.New(reflect.TypeOf(list[int(which)%len(list)].m).Elem()).Interface().(Structure)
		if l, ok := m.(*Listing); ok {
			l.Class = which
		}
		if Decode(b, m) && len(Append(nil, m)) > 3*len(b)+128 {
			t.Errorf("%T of %d bytes grows to %d", m, len(b), len(Append(nil, m)))
		}
	})
}
