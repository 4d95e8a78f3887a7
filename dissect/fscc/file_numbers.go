package fscc

import "smbdiff/dissect/wire"

// Internal is FileInternalInformation, [MS-FSCC] 2.4.27.
type Internal struct{ Index uint64 }

// Walk reads or writes the number.
func (x *Internal) Walk(c *wire.Codec) { wire.U64(c, fIndexNumber, &x.Index) }

// EASize is FileEaInformation, [MS-FSCC] 2.4.13.
type EASize struct{ Bytes uint32 }

// Walk reads or writes the number.
func (x *EASize) Walk(c *wire.Codec) { wire.U32(c, fEAList, &x.Bytes) }

// Access is FileAccessInformation, [MS-FSCC] 2.4.1.
type Access struct{ Mask uint32 }

// Walk reads or writes the number.
func (x *Access) Walk(c *wire.Codec) { wire.U32(c, AccessMask, &x.Mask) }

// Position is FilePositionInformation, [MS-FSCC] 2.4.40.
type Position struct{ Offset uint64 }

// Walk reads or writes the number.
func (x *Position) Walk(c *wire.Codec) { wire.U64(c, fOffset64, &x.Offset) }

// Mode is FileModeInformation, [MS-FSCC] 2.4.31.
type Mode struct{ Bits uint32 }

// Walk reads or writes the number.
func (x *Mode) Walk(c *wire.Codec) { wire.U32(c, fModeBits, &x.Bits) }

// Alignment is FileAlignmentInformation, [MS-FSCC] 2.4.3.
type Alignment struct{ Requirement uint32 }

// Walk reads or writes the number.
func (x *Alignment) Walk(c *wire.Codec) { wire.U32(c, fAlign, &x.Requirement) }

// Allocation is FileAllocationInformation, [MS-FSCC] 2.4.4.
type Allocation struct{ Bytes uint64 }

// Walk reads or writes the number.
func (x *Allocation) Walk(c *wire.Codec) { wire.U64(c, fAllocSize, &x.Bytes) }

// End is FileEndOfFileInformation, [MS-FSCC] 2.4.14.
type End struct{ Bytes uint64 }

// Walk reads or writes the number.
func (x *End) Walk(c *wire.Codec) { wire.U64(c, fEnd, &x.Bytes) }

// Disposition is FileDispositionInformation, [MS-FSCC] 2.4.11.
type Disposition struct{ Delete uint8 }

// Walk reads or writes the number.
func (x *Disposition) Walk(c *wire.Codec) { wire.U8(c, fDeleteOnClose, &x.Delete) }

// DispositionEx is FileDispositionInformationEx, [MS-FSCC] 2.4.12.
type DispositionEx struct{ Flags uint32 }

// Walk reads or writes the number.
func (x *DispositionEx) Walk(c *wire.Codec) { wire.U32(c, fDeleteFlags, &x.Flags) }
