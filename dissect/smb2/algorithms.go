package smb2

// Dialect is a negotiated SMB2/3 dialect, [MS-SMB2] 2.2.4 DialectRevision.
type Dialect uint16

// The dialects of [MS-SMB2] 2.2.3. DialectWildcard answers the SMB1
// multi-protocol negotiate.
const (
	Dialect202      Dialect = 0x0202
	Dialect210      Dialect = 0x0210
	Dialect300      Dialect = 0x0300
	Dialect302      Dialect = 0x0302
	Dialect311      Dialect = 0x0311
	DialectWildcard Dialect = 0x02ff
)

// String gives the dialect as people write it: 3.1.1.
func (d Dialect) String() string {
	switch d {
	case Dialect202:
		return "2.0.2"
	case Dialect210:
		return "2.1"
	case Dialect300:
		return "3.0"
	case Dialect302:
		return "3.0.2"
	case Dialect311:
		return "3.1.1"
	case DialectWildcard:
		return "2.???"
	}
	return ""
}

// Cipher is an encryption algorithm, [MS-SMB2] 2.2.3.1.2.
type Cipher uint16

// The ciphers of [MS-SMB2] 2.2.3.1.2.
const (
	AES128CCM Cipher = 1
	AES128GCM Cipher = 2
	AES256CCM Cipher = 3
	AES256GCM Cipher = 4
)

// String gives the cipher's name: AES-128-GCM.
func (c Cipher) String() string {
	switch c {
	case AES128CCM:
		return "AES-128-CCM"
	case AES128GCM:
		return "AES-128-GCM"
	case AES256CCM:
		return "AES-256-CCM"
	case AES256GCM:
		return "AES-256-GCM"
	}
	return ""
}

// SigningAlgorithm is [MS-SMB2] 2.2.3.1.7.
type SigningAlgorithm uint16

// The signing algorithms of [MS-SMB2] 2.2.3.1.7.
const (
	HMACSHA256 SigningAlgorithm = 0
	AESCMAC    SigningAlgorithm = 1
	AESGMAC    SigningAlgorithm = 2
)
