package auth

import "encoding/asn1"

// tlv is one DER element.
func tlv(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := []byte{tag}
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// next splits the first DER element off b: its tag, its content, the whole
// element and what follows.
func next(b []byte) (tag byte, body, whole, rest []byte, ok bool) {
	var v asn1.RawValue
	rest, err := asn1.Unmarshal(b, &v)
	if err != nil || len(v.FullBytes) == 0 {
		return 0, nil, nil, nil, false
	}
	return v.FullBytes[0], v.Bytes, v.FullBytes, rest, true
}

// inner gives the content of the first element of b when it has the tag.
func inner(b []byte, tag byte) ([]byte, bool) {
	t, body, _, _, ok := next(b)
	return body, ok && t == tag
}
