package smb2

// Facts is what a conversation needs to know of one message's body. Slices
// point into the message. Fields that a command does not have stay zero.
type Facts struct {
	HasFileID   bool
	FileID      [16]byte
	Name        []byte // UTF-16LE: CREATE name, TREE_CONNECT path, QUERY_DIRECTORY pattern, rename or link target of SET_INFO
	InfoType    uint8
	InfoClass   uint8
	CtlCode     uint32 // IOCTL
	Offset      uint64 // READ, WRITE: file offset; LOCK: of the first lock
	Length      uint64 // READ, WRITE: bytes asked for or given; LOCK: of the first lock
	Flags       uint32 // SESSION_SETUP request flags, response session flags; CREATE response action; TREE_CONNECT share flags
	ShareType   uint8  // TREE_CONNECT response
	Oplock      uint8  // OPLOCK_BREAK, CREATE
	Dialects    int    // NEGOTIATE request: how many
	Dialect     Dialect
	Cipher      Cipher
	Signing     SigningAlgorithm
	HasSigning  bool
	Compression []byte // NEGOTIATE: ids of compression algorithms, 2 bytes each
	Chained     bool   // NEGOTIATE: of compression transforms
	Caps        uint32 // NEGOTIATE
	Token       []byte // security buffer
	Disposition uint32
	HasLease    bool
	LeaseKey    [16]byte // CREATE with a lease, OPLOCK_BREAK of a lease
	Data        []byte   // READ response, WRITE request; IOCTL input or output
}
