package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// number defines a decimal number of a control code's structure.
func number(name, label string) *field.Def {
	return &field.Def{Name: "smb2.fsctl." + name, Label: label, Kind: field.Uint}
}

var (
	fVolumeSerial     = &field.Def{Name: "smb2.fsctl.volume.serial", Label: "VolumeSerialNumber", Kind: field.Hex}
	fVolumeSectors    = number("volume.sectors", "NumberSectors")
	fVolumeClusters   = number("volume.clusters", "TotalClusters")
	fVolumeFree       = number("volume.free_clusters", "FreeClusters")
	fVolumeReserved   = number("volume.total_reserved", "TotalReserved")
	fVolumeSector     = number("volume.bytes_per_sector", "BytesPerSector")
	fVolumeCluster    = number("volume.bytes_per_cluster", "BytesPerCluster")
	fVolumeRecord     = number("volume.bytes_per_file_record", "BytesPerFileRecordSegment")
	fVolumeRecordUnit = number("volume.clusters_per_file_record", "ClustersPerFileRecordSegment")
	fVolumeMFTLength  = number("volume.mft_valid_length", "MftValidDataLength")
	fVolumeMFT        = number("volume.mft_start", "MftStartLcn")
	fVolumeMFT2       = number("volume.mft2_start", "Mft2StartLcn")
	fVolumeZone       = number("volume.mft_zone_start", "MftZoneStart")
	fVolumeZoneEnd    = number("volume.mft_zone_end", "MftZoneEnd")
	fVolumeBytes      = number("volume.byte_count", "ByteCount")
	fVolumeMajor      = number("volume.major_version", "MajorVersion")
	fVolumeMinor      = number("volume.minor_version", "MinorVersion")
	fVolumePhysical   = number("volume.bytes_per_physical_sector", "BytesPerPhysicalSector")
	fVolumeResident   = number("volume.maximum_resident_file", "MaximumSizeOfResidentFile")

	fExtentCount = number("extents.count", "ExtentCount")
	fExtentStart = number("extents.starting_vcn", "StartingVcn")
	fExtentNext  = number("extents.next_vcn", "NextVcn")
	fExtentLCN   = number("extents.lcn", "Lcn")
	fExtentRefs  = number("extents.reference_count", "ReferenceCount")

	fStatisticsType    = number("statistics.file_system_type", "FileSystemType")
	fStatisticsVersion = number("statistics.version", "Version")
	fStatisticsSize    = number("statistics.size", "SizeOfCompleteStructure")
	fStatisticsCounter = [...]*field.Def{
		number("statistics.user_file_reads", "UserFileReads"), number("statistics.user_file_read_bytes", "UserFileReadBytes"),
		number("statistics.user_disk_reads", "UserDiskReads"), number("statistics.user_file_writes", "UserFileWrites"),
		number("statistics.user_file_write_bytes", "UserFileWriteBytes"), number("statistics.user_disk_writes", "UserDiskWrites"),
		number("statistics.metadata_reads", "MetaDataReads"), number("statistics.metadata_read_bytes", "MetaDataReadBytes"),
		number("statistics.metadata_disk_reads", "MetaDataDiskReads"), number("statistics.metadata_writes", "MetaDataWrites"),
		number("statistics.metadata_write_bytes", "MetaDataWriteBytes"), number("statistics.metadata_disk_writes", "MetaDataDiskWrites"),
	}
	fStatisticsRest = &field.Def{Name: "smb2.fsctl.statistics.rest", Label: "statistics of the file system", Kind: field.Bytes}

	fUSNLength    = number("usn.record_length", "RecordLength")
	fUSNMajor     = number("usn.major_version", "MajorVersion")
	fUSNMinor     = number("usn.minor_version", "MinorVersion")
	fUSNFile      = &field.Def{Name: "smb2.fsctl.usn.file_reference", Label: "FileReferenceNumber", Kind: field.Hex}
	fUSNParent    = &field.Def{Name: "smb2.fsctl.usn.parent_reference", Label: "ParentFileReferenceNumber", Kind: field.Hex}
	fUSNFile128   = &field.Def{Name: "smb2.fsctl.usn.file_reference", Label: "FileReferenceNumber", Kind: field.Bytes}
	fUSNParent128 = &field.Def{Name: "smb2.fsctl.usn.parent_reference", Label: "ParentFileReferenceNumber", Kind: field.Bytes}
	fUSN          = number("usn.usn", "Usn")
	fUSNTime      = &field.Def{Name: "smb2.fsctl.usn.time", Label: "TimeStamp", Kind: field.FileTime}
	fUSNReason    = &field.Def{Name: "smb2.fsctl.usn.reason", Label: "Reason", Kind: field.Hex}
	fUSNSource    = &field.Def{Name: "smb2.fsctl.usn.source_info", Label: "SourceInfo", Kind: field.Hex}
	fUSNOwner     = number("usn.security_id", "SecurityId")
	fUSNNameLen   = number("usn.name_length", "FileNameLength")
	fUSNNameAt    = number("usn.name_offset", "FileNameOffset")

	fSpareUnit  = number("sparing.unit_bytes", "SparingUnitBytes")
	fSpareSoft  = number("sparing.software", "SoftwareSparing")
	fSpareTotal = number("sparing.total_blocks", "TotalSpareBlocks")
	fSpareFree  = number("sparing.free_blocks", "FreeSpareBlocks")
	fBootSector = &field.Def{Name: "smb2.fsctl.fat_bpb", Label: "First0x24BytesOfBootSector", Kind: field.Bytes}
	fPathLength = number("pathname.length", "PathNameLength")
	fPathName   = &field.Def{Name: "smb2.fsctl.pathname.name", Label: "PathName", Kind: field.UTF16}
	fEncryptOp  = number("encryption.operation", "EncryptionOperation")
	fEncrypted  = number("encryption.private", "Private")
)

// ntfsVolume is NTFS_VOLUME_DATA_BUFFER, [MS-FSCC] 2.3.22.
func ntfsVolume(c *wire.Codec) {
	c.Show64(fVolumeSerial)
	for _, d := range [...]*field.Def{fVolumeSectors, fVolumeClusters, fVolumeFree, fVolumeReserved} {
		c.Show64(d)
	}
	for _, d := range [...]*field.Def{fVolumeSector, fVolumeCluster, fVolumeRecord, fVolumeRecordUnit} {
		c.Show32(d)
	}
	for _, d := range [...]*field.Def{fVolumeMFTLength, fVolumeMFT, fVolumeMFT2, fVolumeZone, fVolumeZoneEnd} {
		c.Show64(d)
	}
}

// refsVolume is REFS_VOLUME_DATA_BUFFER, [MS-FSCC] 2.3.24.
func refsVolume(c *wire.Codec) {
	for _, d := range [...]*field.Def{fVolumeBytes, fVolumeMajor, fVolumeMinor, fVolumePhysical} {
		c.Show32(d)
	}
	c.Show64(fVolumeSerial)
	for _, d := range [...]*field.Def{fVolumeSectors, fVolumeClusters, fVolumeFree, fVolumeReserved} {
		c.Show64(d)
	}
	c.Show32(fVolumeSector)
	c.Show32(fVolumeCluster)
	c.Show64(fVolumeResident)
	c.Rest(fReserved)
}

// extentsInput is STARTING_VCN_INPUT_BUFFER, [MS-FSCC] 2.3.31.
func extentsInput(c *wire.Codec) { c.Show64(fExtentStart) }

// extents is RETRIEVAL_POINTERS_BUFFER, [MS-FSCC] 2.3.32.
func extents(c *wire.Codec) { extentList(c, false) }

// countedExtents is RETRIEVAL_POINTERS_AND_REFCOUNT_BUFFER, [MS-FSCC] 2.3.34.
func countedExtents(c *wire.Codec) { extentList(c, true) }

func extentList(c *wire.Codec, refs bool) {
	n := int(c.Show32(fExtentCount))
	c.Bytes(fReserved, 4)
	c.Show64(fExtentStart)
	for i := 0; c.More(i, n, 16); i++ {
		c.Show64(fExtentNext)
		c.Show64(fExtentLCN)
		if refs {
			c.Show32(fExtentRefs)
			c.Bytes(fReserved, 4)
		}
	}
}

// statistics is FILESYSTEM_STATISTICS, [MS-FSCC] 2.3.12.1, with what the file
// system adds.
func statistics(c *wire.Codec) {
	c.Show16(fStatisticsType)
	c.Show16(fStatisticsVersion)
	c.Show32(fStatisticsSize)
	for _, d := range fStatisticsCounter {
		c.Show32(d)
	}
	c.Rest(fStatisticsRest)
}

// usnVersions is READ_FILE_USN_DATA, [MS-FSCC] 2.3.61.
func usnVersions(c *wire.Codec) {
	c.Show16(fUSNMinor)
	c.Show16(fUSNMajor)
}

// usnRecord is USN_RECORD_V2 or V3, [MS-FSCC] 2.3.62.
func usnRecord(c *wire.Codec) {
	c.Show32(fUSNLength)
	major := c.Show16(fUSNMajor)
	c.Show16(fUSNMinor)
	if major == 2 {
		c.Show64(fUSNFile)
		c.Show64(fUSNParent)
	} else {
		c.Bytes(fUSNFile128, 16)
		c.Bytes(fUSNParent128, 16)
	}
	c.Show64(fUSN)
	c.Show64(fUSNTime)
	c.Show32(fUSNReason)
	c.Show32(fUSNSource)
	c.Show32(fUSNOwner)
	c.Show32(fscc.Attributes)
	n := int(c.Show16(fUSNNameLen))
	name := wire.Ref{Off: int(c.Show16(fUSNNameAt)), Len: n}
	c.BytesAt(fscc.FileName, name)
	c.Seek(max(c.Pos(), c.Base()+name.Off+name.Len))
}

// sparing is FILE_QUERY_SPARING_BUFFER, [MS-FSCC] 2.3.60.
func sparing(c *wire.Codec) {
	c.Show32(fSpareUnit)
	c.Show8(fSpareSoft)
	c.Bytes(fReserved, 3)
	c.Show32(fSpareTotal)
	c.Show32(fSpareFree)
}

// pathname is FSCTL_IS_PATHNAME_VALID, [MS-FSCC] 2.3.35.
func pathname(c *wire.Codec) { c.Bytes(fPathName, int(c.Show32(fPathLength))) }

// encryption is ENCRYPTION_BUFFER, [MS-FSCC] 2.3.71.
func encryption(c *wire.Codec) {
	c.Show32(fEncryptOp)
	c.Show8(fEncrypted)
	c.Bytes(fReserved, min(3, c.Left()))
}
