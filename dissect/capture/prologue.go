package capture

import (
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// Failure is something that failed before SMB could be spoken: a connection
// refused, a name that DNS does not know, a ticket that Kerberos denies.
type Failure struct {
	Frame uint32
	Time  int64  // nanoseconds since 1970 UTC
	Text  string // holds captured text: not yet safe for a terminal
}

const (
	dnsPort      = 53
	kerberosPort = 88
	quicPort     = 443
	quicHead     = 7 // up to the first byte of the connection id
	maxQUIC      = 8
	maxPrologue  = 64
	maxAnswer    = 4 << 10 // bytes of a datagram that are looked at
)

func (s *scanner) failure(frame uint32, time int64, format string, args ...any) {
	if len(s.sum.Prologue) < maxPrologue {
		s.sum.Prologue = append(s.sum.Prologue, Failure{Frame: frame, Time: time, Text: fmt.Sprintf(format, args...)})
	}
}

func (s *scanner) refused(c *conn, seg *segment) {
	s.failure(seg.frame, seg.time, "connection to %s refused", netip.AddrPortFrom(c.addr(1), c.port(1)))
}

// quic takes a packet to the port of SMB over QUIC ([MS-SMB2] 2.1) and remembers
// the server of a handshake ([RFC9000] 17.2.2). What QUIC carries is not read:
// that is said when there is no SMB beside it.
func (s *scanner) quic(time int64, server netip.AddrPort, b []byte) {
	const (
		initial1, version1 = 0xc0, 0x00000001
		initial2, version2 = 0xd0, 0x6b3343cf // [RFC9369] 3
	)
	version, kind := binary.BigEndian.Uint32(b[1:]), b[0]&0xf0
	if (version != version1 || kind != initial1) && (version != version2 || kind != initial2) || b[5] > 20 || len(s.quicTo) >= maxQUIC {
		return
	}
	for _, f := range s.quicTo {
		if f.server == server {
			return
		}
	}
	s.quicTo = append(s.quicTo, quicServer{server, s.sum.Frames, time})
}

// quicServer is a server of QUIC, with the packet that told of it.
type quicServer struct {
	server netip.AddrPort
	frame  uint32
	time   int64
}

// onlyQUIC says of captures without SMB that it may have been inside of QUIC.
func (s *scanner) onlyQUIC() {
	if s.sum.SMBConnections > 0 {
		return
	}
	for _, q := range s.quicTo {
		s.failure(q.frame, q.time, "QUIC to %s, inside of which SMB is not read", q.server)
	}
}

// dns takes an answer of a name server ([RFC1035] 4.1).
func (s *scanner) dns(time int64, b []byte) {
	var d layers.DNS
	if d.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil || !d.QR || d.ResponseCode == layers.DNSResponseCodeNoErr || len(d.Questions) == 0 {
		return
	}
	s.failure(s.sum.Frames, time, "DNS: %s: %s", d.Questions[0].Name, d.ResponseCode)
}

// kerberos takes an answer of a KDC. Errors that are part of every exchange are
// passed over ([RFC4120] 5.9.1, 7.5.9).
func (s *scanner) kerberos(time int64, b []byte) {
	code, ok := kerberosError(b)
	if !ok || code == 25 || code == 52 { // pre-authentication wanted, answer too long for UDP
		return
	}
	name := kerberosErrors[code]
	if name == "" {
		name = "error " + strconv.Itoa(code)
	}
	s.failure(s.sum.Frames, time, "Kerberos: %s", name)
}

// kerberosError gives the error-code of a KRB-ERROR, as far as b has it.
func kerberosError(b []byte) (code int, ok bool) {
	const (
		application = 30 // tag of KRB-ERROR
		errorCode   = 6  // tag of its error-code
	)
	var outer, inner, v asn1.RawValue
	if _, err := asn1.Unmarshal(b, &outer); err != nil || outer.Class != asn1.ClassApplication || outer.Tag != application {
		return 0, false
	}
	if _, err := asn1.Unmarshal(outer.Bytes, &inner); err != nil || inner.Tag != asn1.TagSequence {
		return 0, false
	}
	for rest := inner.Bytes; len(rest) > 0; {
		var err error
		if rest, err = asn1.Unmarshal(rest, &v); err != nil {
			return 0, false
		}
		if v.Class == asn1.ClassContextSpecific && v.Tag == errorCode {
			_, err = asn1.Unmarshal(v.Bytes, &code)
			return code, err == nil
		}
	}
	return 0, false
}

// kerberosErrors are the codes of [RFC4120] 7.5.9 that stop an SMB client.
var kerberosErrors = map[int]string{
	1: "KDC_ERR_NAME_EXP", 2: "KDC_ERR_SERVICE_EXP", 6: "KDC_ERR_C_PRINCIPAL_UNKNOWN", 7: "KDC_ERR_S_PRINCIPAL_UNKNOWN",
	8: "KDC_ERR_PRINCIPAL_NOT_UNIQUE", 9: "KDC_ERR_NULL_KEY", 11: "KDC_ERR_NEVER_VALID", 12: "KDC_ERR_POLICY", 13: "KDC_ERR_BADOPTION",
	14: "KDC_ERR_ETYPE_NOSUPP", 18: "KDC_ERR_CLIENT_REVOKED", 19: "KDC_ERR_SERVICE_REVOKED", 20: "KDC_ERR_TGT_REVOKED",
	21: "KDC_ERR_CLIENT_NOTYET", 22: "KDC_ERR_SERVICE_NOTYET", 23: "KDC_ERR_KEY_EXPIRED", 24: "KDC_ERR_PREAUTH_FAILED",
	26: "KDC_ERR_SERVER_NOMATCH", 27: "KDC_ERR_MUST_USE_USER2USER", 29: "KDC_ERR_SVC_UNAVAILABLE", 31: "KRB_AP_ERR_BAD_INTEGRITY",
	32: "KRB_AP_ERR_TKT_EXPIRED", 33: "KRB_AP_ERR_TKT_NYV", 34: "KRB_AP_ERR_REPEAT", 37: "KRB_AP_ERR_SKEW", 41: "KRB_AP_ERR_MODIFIED",
	44: "KRB_AP_ERR_BADKEYVER", 60: "KRB_ERR_GENERIC", 68: "KDC_ERR_WRONG_REALM",
}
