package auth

import "bytes"

// Tags of [RFC4178] 4.2.
const (
	tagApp      = 0x60
	tagSeq      = 0x30
	tagOID      = 0x06
	tagOctets   = 0x04
	tagEnum     = 0x0a
	tagContext0 = 0xa0
)

// States of NegTokenResp, [RFC4178] 4.2.2.
const (
	accepted   = 0
	incomplete = 1
)

var (
	oidSPNEGO = []byte{0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}
	oidNTLM   = []byte{0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a}
)

// token is what a SPNEGO token holds for NTLM.
type token struct {
	init  bool
	mechs []byte // the DER of mechTypes
	ntlm  bool   // NTLM is offered
	first bool   // and is the mechanism that mech belongs to
	mech  []byte // the mechanism's token
	mic   []byte
	state int
}

// Hint is the token of a NEGOTIATE response, [MS-SPNG] 3.2.5.2: NTLM alone.
func Hint() []byte {
	hint := tlv(tagContext0+3, tlv(tagSeq, tlv(tagContext0, tlv(0x1b, []byte("not_defined_in_RFC4178@please_ignore")))))
	return initToken(mechList(), nil, hint)
}

func mechList() []byte { return tlv(tagSeq, tlv(tagOID, oidNTLM)) }

func initToken(mechs, mech, hint []byte) []byte {
	parts := [][]byte{tlv(tagContext0, mechs)}
	if mech != nil {
		parts = append(parts, tlv(tagContext0+2, tlv(tagOctets, mech)))
	}
	parts = append(parts, hint)
	return tlv(tagApp, tlv(tagOID, oidSPNEGO), tlv(tagContext0, tlv(tagSeq, parts...)))
}

// response is NegTokenResp, [RFC4178] 4.2.2; nil parts are left out.
func response(state int, chosen bool, mech, mic []byte) []byte {
	var parts [][]byte
	if state >= 0 {
		parts = append(parts, tlv(tagContext0, tlv(tagEnum, []byte{byte(state)})))
	}
	if chosen {
		parts = append(parts, tlv(tagContext0+1, tlv(tagOID, oidNTLM)))
	}
	if mech != nil {
		parts = append(parts, tlv(tagContext0+2, tlv(tagOctets, mech)))
	}
	if mic != nil {
		parts = append(parts, tlv(tagContext0+3, tlv(tagOctets, mic)))
	}
	return tlv(tagContext0+1, tlv(tagSeq, parts...))
}

// parseToken reads either token.
func parseToken(b []byte) (t token, ok bool) {
	t.state = -1
	tag, body, _, _, good := next(b)
	if !good {
		return t, false
	}
	switch tag {
	case tagApp:
		tag, oid, _, rest, good := next(body)
		if !good || tag != tagOID || !bytes.Equal(oid, oidSPNEGO) {
			return t, false
		}
		t.init = true
		if body, good = inner(rest, tagContext0); !good {
			return t, false
		}
	case tagContext0 + 1:
	default:
		return t, false
	}
	if body, good = inner(body, tagSeq); !good {
		return t, false
	}
	for len(body) > 0 {
		tag, part, _, rest, good := next(body)
		if !good {
			return t, false
		}
		t.part(tag, part)
		body = rest
	}
	return t, true
}

func (t *token) part(tag byte, b []byte) {
	switch {
	case tag == tagContext0 && t.init:
		t.mechs = b
		list, _ := inner(b, tagSeq)
		for i := 0; len(list) > 0; i++ {
			_, oid, _, rest, ok := next(list)
			if !ok {
				return
			}
			if bytes.Equal(oid, oidNTLM) {
				t.ntlm, t.first = true, i == 0
			}
			list = rest
		}
	case tag == tagContext0:
		if v, ok := inner(b, tagEnum); ok && len(v) == 1 {
			t.state = int(v[0])
		}
	case tag == tagContext0+2:
		t.mech, _ = inner(b, tagOctets)
	case tag == tagContext0+3:
		t.mic, _ = inner(b, tagOctets)
	}
}
