package fscc

import "smbdiff/dissect/wire"

// Volume is FileFsVolumeInformation, [MS-FSCC] 2.5.9.
type Volume struct {
	Created uint64 // FILETIME
	Serial  uint32
	Label   []byte // UTF-16LE
}

// Walk reads or writes the structure.
func (x *Volume) Walk(c *wire.Codec) {
	wire.U64(c, fCreated1, &x.Created)
	wire.U32(c, fSerial, &x.Serial)
	n := int(c.Const32(fLabelLen, uint32(len(x.Label))))
	c.Bytes(fReserved1, 2) // SupportsObjects and Reserved
	name(c, fLabel, n, &x.Label)
}

// Size is FileFsSizeInformation, [MS-FSCC] 2.5.8.
type Size struct {
	Units       uint64
	Free        uint64 // units
	UnitSectors uint32
	SectorBytes uint32
}

// Walk reads or writes the structure.
func (x *Size) Walk(c *wire.Codec) {
	wire.U64(c, fUnits, &x.Units)
	wire.U64(c, fFree, &x.Free)
	wire.U32(c, fSectors, &x.UnitSectors)
	wire.U32(c, fSectorSize, &x.SectorBytes)
}

// FullSize is FileFsFullSizeInformation, [MS-FSCC] 2.5.4.
type FullSize struct {
	Units       uint64
	CallerFree  uint64 // units
	Free        uint64 // units
	UnitSectors uint32
	SectorBytes uint32
}

// Walk reads or writes the structure.
func (x *FullSize) Walk(c *wire.Codec) {
	wire.U64(c, fUnits, &x.Units)
	wire.U64(c, fCallerFree, &x.CallerFree)
	wire.U64(c, fActualFree, &x.Free)
	wire.U32(c, fSectors, &x.UnitSectors)
	wire.U32(c, fSectorSize, &x.SectorBytes)
}

// Device is FileFsDeviceInformation, [MS-FSCC] 2.5.10.
type Device struct{ Type, Characteristics uint32 }

// Walk reads or writes the structure.
func (x *Device) Walk(c *wire.Codec) {
	wire.U32(c, fDeviceType, &x.Type)
	wire.U32(c, fDevice, &x.Characteristics)
}

// SystemAttributes is FileFsAttributeInformation, [MS-FSCC] 2.5.1.
type SystemAttributes struct {
	Attributes uint32
	MaxName    uint32 // of a component, in characters
	Name       []byte // UTF-16LE
}

// Walk reads or writes the structure.
func (x *SystemAttributes) Walk(c *wire.Codec) {
	wire.U32(c, fFSAttributes, &x.Attributes)
	wire.U32(c, fMaxName, &x.MaxName)
	n := int(c.Const32(fFSNameLen, uint32(len(x.Name))))
	name(c, fFSName, n, &x.Name)
}

// Control is FileFsControlInformation, [MS-FSCC] 2.5.2.
type Control struct {
	StartFiltering, Threshold, StopFiltering uint64
	DefaultQuotaThreshold, DefaultQuotaLimit uint64
	Flags                                    uint32
}

// Walk reads or writes the structure.
func (x *Control) Walk(c *wire.Codec) {
	wire.U64(c, fFilterStart, &x.StartFiltering)
	wire.U64(c, fFilterThreshold, &x.Threshold)
	wire.U64(c, fFilterStop, &x.StopFiltering)
	wire.U64(c, fQuotaSoft, &x.DefaultQuotaThreshold)
	wire.U64(c, fQuotaHard, &x.DefaultQuotaLimit)
	wire.U32(c, fControlFlags, &x.Flags)
	c.Trailer(Reserved, 4)
}

// SectorSize is FileFsSectorSizeInformation, [MS-FSCC] 2.5.7. Sizes are bytes.
type SectorSize struct {
	Logical, PhysicalAtomic, PhysicalPerformance, EffectiveAtomic uint32
	Flags                                                         uint32
	SectorAlignment, PartitionAlignment                           uint32
}

// Walk reads or writes the structure.
func (x *SectorSize) Walk(c *wire.Codec) {
	wire.U32(c, fLogicalSector, &x.Logical)
	wire.U32(c, fPhysicalAtomic, &x.PhysicalAtomic)
	wire.U32(c, fPhysicalPerf, &x.PhysicalPerformance)
	wire.U32(c, fEffective, &x.EffectiveAtomic)
	wire.U32(c, fSectorFlags, &x.Flags)
	wire.U32(c, fSectorAligned, &x.SectorAlignment)
	wire.U32(c, fPartition, &x.PartitionAlignment)
}

// ObjectIDs is FILE_OBJECTID_BUFFER, [MS-FSCC] 2.1.3.1, also
// FileFsObjectIdInformation, 2.5.6.
type ObjectIDs struct{ Object, BirthVolume, BirthObject, Domain [16]byte }

// Walk reads or writes the structure.
func (x *ObjectIDs) Walk(c *wire.Codec) {
	c.Array(fObject, &x.Object)
	c.Array(fBirthVolume, &x.BirthVolume)
	c.Array(fBirthObject, &x.BirthObject)
	c.Array(fDomainID, &x.Domain)
}
