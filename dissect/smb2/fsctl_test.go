package smb2

import (
	"encoding/binary"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

// TestSizes walks structures as long as the specification says, zero but for
// what is set, and wants each byte in a named leaf: a field left out or read
// too short would leave octets behind.
func TestSizes(t *testing.T) {
	put := func(n int, at ...int) []byte { // zeros, and the value behind each place
		b := make([]byte, n)
		for i := 0; i+1 < len(at); i += 2 {
			binary.LittleEndian.PutUint32(b[at[i]:], uint32(at[i+1]))
		}
		return b
	}
	ctl := func(code uint32, in bool) func(*wire.Codec) {
		return func(c *wire.Codec) {
			c.Env.Response = !in
			WalkControl(c, code, in)
		}
	}
	class := func(n uint8) func(*wire.Codec) { return func(c *wire.Codec) { fscc.File(c, n, false) } }
	directory := func(n uint8) func(*wire.Codec) { return func(c *wire.Codec) { fscc.Directory(c, n) } }
	content := put(166, 0, 0x800c0100, 14, 1, 98, 2) // as the example of [MS-PCCRC] 3.1
	for _, s := range []struct {
		name   string
		walk   func(*wire.Codec)
		b      []byte
		leaves int
	}{
		{"FSCTL_FILE_LEVEL_TRIM", ctl(ctlFileLevelTrim, true), put(40, 4, 2), 6},
		{"FSCTL_FILE_LEVEL_TRIM reply", ctl(ctlFileLevelTrim, false), put(4), 1},
		{"FSCTL_DUPLICATE_EXTENTS_TO_FILE_EX", ctl(ctlDuplicateEx, true), put(56), 7},
		{"FSCTL_SET_INTEGRITY_INFORMATION_EX", ctl(ctlSetIntegrityEx, true), put(16), 6},
		{"FSCTL_GET_NTFS_VOLUME_DATA", ctl(ctlNTFSVolume, false), put(96), 14},
		{"FSCTL_GET_REFS_VOLUME_DATA", ctl(ctlREFSVolume, false), put(152), 13},
		{"FSCTL_GET_RETRIEVAL_POINTERS", ctl(ctlExtents, true), put(8), 1},
		{"FSCTL_GET_RETRIEVAL_POINTERS reply", ctl(ctlExtents, false), put(48, 0, 2), 7},
		{"FSCTL_GET_RETRIEVAL_POINTERS_AND_REFCOUNT reply", ctl(ctlCountedExtents, false), put(40, 0, 1), 7},
		{"FSCTL_FILESYSTEM_GET_STATISTICS", ctl(ctlStatistics, false), put(56), 15},
		{"FSCTL_READ_FILE_USN_DATA", ctl(ctlReadUSN, true), put(4), 2},
		{"FSCTL_READ_FILE_USN_DATA reply", ctl(ctlReadUSN, false), put(64, 4, 2, 56, 60<<16|4), 14},
		{"FSCTL_WRITE_USN_CLOSE_RECORD reply", ctl(ctlCloseUSN, false), put(8), 1},
		{"FSCTL_QUERY_SPARING_INFO", ctl(ctlSparing, false), put(16), 5},
		{"FSCTL_QUERY_FAT_BPB", ctl(ctlFatBPB, false), put(36), 1},
		{"FSCTL_IS_PATHNAME_VALID", ctl(ctlPathname, true), put(10, 0, 6), 2},
		{"FSCTL_SET_ENCRYPTION", ctl(ctlSetEncryption, true), put(8), 3},
		{"FSCTL_SRV_READ_HASH", ctl(ctlReadHash, true), put(24), 5},
		{"FSCTL_SRV_READ_HASH reply, hash based", ctl(ctlReadHash, false), put(20, 0, 1, 8, 4), 4},
		{"FSCTL_SRV_READ_HASH reply, a hash file", ctl(ctlReadHash, false),
			append(append(put(16, 8, 204), put(38, 24, 166, 28, 38, 32, 2<<16)...), content...), 25},
		{"FSCTL_SRV_READ_HASH reply, file based", ctl(ctlReadHash, false), append(put(24, 16, 166), content...), 17},
		{"FSCTL_SRV_READ_HASH reply, version 2", ctl(ctlReadHash, false),
			append(put(24, 16, 104), put(104, 0, truncatedSHA512<<16|0x0200, 32, 68<<24)...), 15},
		{"RSVD_TUNNEL_GET_INITIAL_INFO_OPERATION reply", ctl(ctlTunnel, false), put(40, 0, tunnelInitialInfo), 8},
		{"RSVD_TUNNEL_SCSI_OPERATION", ctl(ctlTunnel, true), put(16+36+8, 0, tunnelSCSI, 20, 10, 28, 8), 15},
		{"RSVD_TUNNEL_SCSI_OPERATION reply", ctl(ctlTunnel, false), put(16+16+20+8, 0, tunnelSCSI, 20, 20<<8, 28, 8), 14},
		{"RSVD_TUNNEL_SRB_STATUS_OPERATION", ctl(ctlTunnel, true), put(16+28, 0, tunnelSRBStatus), 5},
		{"RSVD_TUNNEL_SRB_STATUS_OPERATION reply", ctl(ctlTunnel, false), put(16+4+20, 0, tunnelSRBStatus, 16, 20<<24), 8},
		{"RSVD_TUNNEL_GET_DISK_INFO_OPERATION", ctl(ctlTunnel, true), put(16+56, 0, tunnelDiskInfo), 11},
		{"RSVD_TUNNEL_GET_DISK_INFO_OPERATION reply", ctl(ctlTunnel, false), put(16+56, 0, tunnelDiskInfo), 12},
		{"RSVD_TUNNEL_VALIDATE_DISK_OPERATION", ctl(ctlTunnel, true), put(16+56, 0, tunnelValidate), 4},
		{"RSVD_TUNNEL_VALIDATE_DISK_OPERATION reply", ctl(ctlTunnel, false), put(17, 0, tunnelValidate), 4},
		{"RSVD_TUNNEL_META_OPERATION_START, resize", ctl(ctlAsyncTunnel, true), put(16+24+12, 0, tunnelStart), 11},
		{"RSVD_TUNNEL_META_OPERATION_START, snapshot", ctl(ctlAsyncTunnel, true), put(16+24+52+24, 0, tunnelStart, 32, 1), 17},
		{"RSVD_TUNNEL_META_OPERATION_START, CDP snapshot", ctl(ctlAsyncTunnel, true), put(16+24+52+26, 0, tunnelStart, 32, 1, 88, 26, 96, 2), 20},
		{"RSVD_TUNNEL_META_OPERATION_START, extract", ctl(ctlAsyncTunnel, true), put(16+24+52, 0, tunnelStart, 32, 3, 84, 4), 13},
		{"RSVD_TUNNEL_META_OPERATION_START, convert", ctl(ctlAsyncTunnel, true), put(16+24+8, 0, tunnelStart, 32, 4, 40, 4), 8},
		{"RSVD_TUNNEL_META_OPERATION_START, apply", ctl(ctlAsyncTunnel, true), put(16+24+20, 0, tunnelStart, 32, 5), 8},
		{"RSVD_TUNNEL_META_OPERATION_START reply", ctl(ctlAsyncTunnel, false), put(20, 0, tunnelStart), 4},
		{"RSVD_TUNNEL_META_OPERATION_QUERY_PROGRESS", ctl(ctlTunnel, true), put(32, 0, tunnelProgress), 4},
		{"RSVD_TUNNEL_META_OPERATION_QUERY_PROGRESS reply", ctl(ctlTunnel, false), put(32, 0, tunnelProgress), 5},
		{"RSVD_TUNNEL_VHDSET_QUERY_INFORMATION", ctl(ctlTunnel, true), put(40, 0, tunnelSetQuery), 6},
		{"RSVD_TUNNEL_VHDSET_QUERY_INFORMATION reply, list", ctl(ctlTunnel, false), put(16+16+32, 0, tunnelSetQuery, 16, 2, 28, 2), 10},
		{"RSVD_TUNNEL_VHDSET_QUERY_INFORMATION reply, entry", ctl(ctlTunnel, false), put(16+72, 0, tunnelSetQuery, 16, 5), 11},
		{"RSVD_TUNNEL_VHDSET_QUERY_INFORMATION reply, optimize", ctl(ctlTunnel, false), put(16+12, 0, tunnelSetQuery, 16, 8), 6},
		{"RSVD_TUNNEL_DELETE_SNAPSHOT", ctl(ctlTunnel, true), put(40, 0, tunnelDelete), 6},
		{"RSVD_TUNNEL_CHANGE_TRACKING_GET_PARAMETERS reply", ctl(ctlTunnel, false), put(32, 0, tunnelTracking), 6},
		{"RSVD_TUNNEL_CHANGE_TRACKING_START", ctl(ctlTunnel, true), put(16+56+2, 0, tunnelTrackingStart, 36, 2), 11},
		{"RSVD_TUNNEL_CHANGE_TRACKING_STOP reply", ctl(ctlTunnel, false), put(20, 0, tunnelTrackingStop), 4},
		{"RSVD_TUNNEL_QUERY_VIRTUAL_DISK_CHANGES", ctl(ctlTunnel, true), put(16+56, 0, tunnelChanges), 9},
		{"RSVD_TUNNEL_QUERY_VIRTUAL_DISK_CHANGES reply", ctl(ctlTunnel, false), put(16+40, 0, tunnelChanges, 24, 1), 9},
		{"RSVD_TUNNEL_QUERY_SAFE_SIZE reply", ctl(ctlTunnel, false), put(24, 0, tunnelSafeSize), 4},
		{"FSCTL_PIPE_WAIT", ctl(ctlPipeWait, true), put(14+6, 8, 6), 5},
		{"FSCTL_LMR_REQUEST_RESILIENCY", ctl(ctlResiliency, true), put(8), 2},
		{"FSCTL_GET_INTEGRITY_INFORMATION reply", ctl(ctlGetIntegrity, false), put(16), 5},
		{"FSCTL_SET_INTEGRITY_INFORMATION", ctl(ctlSetIntegrity, true), put(8), 3},
		{"FSCTL_OFFLOAD_READ", ctl(ctlOffloadRead, true), put(32), 6},
		{"FSCTL_OFFLOAD_READ reply", ctl(ctlOffloadRead, false), put(16+512, 20, 0xf8010000), 7},
		{"FSCTL_OFFLOAD_WRITE", ctl(ctlOffloadWrite, true), put(32+512, 36, 0xf8010000), 9},
		{"FSCTL_OFFLOAD_WRITE reply", ctl(ctlOffloadWrite, false), put(16), 3},
		{"FSCTL_QUERY_SHARED_VIRTUAL_DISK_SUPPORT reply", ctl(ctlVirtualDisk, false), put(8), 2},
		{"FileFsPosixInformation", func(c *wire.Codec) { fscc.System(c, 100) }, put(56), 8},
		{"SERVER_TO_CLIENT_NOTIFICATION", func(c *wire.Codec) { notification(c, &Facts{}) }, put(12, 0, 4), 4},
		{"FSCTL_QUERY_ON_DISK_VOLUME_INFO reply", ctl(ctlOnDiskVolume, false), put(332), 11},
		{"FSCTL_FIND_FILES_BY_SID", ctl(ctlFindBySID, true), put(16, 4, 1<<8|1), 5},
		{"FSCTL_FIND_FILES_BY_SID reply", ctl(ctlFindBySID, false), put(22, 0, 4, 8, 6), 4},
		{"FSCTL_SET_OBJECT_ID_EXTENDED", ctl(ctlExtendObjectID, true), put(48), 1},
		{"FSCTL_REFS_STREAM_SNAPSHOT_MANAGEMENT", ctl(ctlStreamSnapshot, true), put(24+8+16, 0, refsDeltas, 4, 16<<16|6), 8},
		{"FSCTL_REFS_STREAM_SNAPSHOT_MANAGEMENT reply", ctl(ctlStreamSnapshot, false), put(24), 1},
		{"FSCTL_STORAGE_QOS_CONTROL 1.0", ctl(ctlQoS, true), put(112, 0, 0x100), 16},
		{"FSCTL_STORAGE_QOS_CONTROL 1.1", ctl(ctlQoS, true), put(132, 0, 0x101, 72, 4<<16|128), 19},
		{"FSCTL_STORAGE_QOS_CONTROL reply 1.0", ctl(ctlQoS, false), put(88, 0, 0x100), 12},
		{"FSCTL_STORAGE_QOS_CONTROL reply 1.1", ctl(ctlQoS, false), put(96, 0, 0x101), 13},
		{"FSCTL_SVHDX_SYNC_TUNNEL_REQUEST", ctl(ctlTunnel, true), put(16, 0, 0x02001001), 3},
		{"FileHardLinkInformation", class(46), put(28, 4, 1, 20, 2), 6},
		{"FileIdGlobalTxDirectoryInformation", class(50), put(96, 60, 4), 14},
		{"FileStandardLinkInformation", class(54), put(12), 5},
		{"FileStatInformation", class(68), put(72), 11},
		{"FileStatLxInformation", class(70), put(96), 17},
		{"FileStorageReserveIdInformation", class(74), put(4), 1},
		{"FileId64ExtdDirectoryInformation", class(78), put(84, 60, 4), 14},
		{"FileId64ExtdBothDirectoryInformation", class(79), put(110, 60, 4, 80, 24), 17},
		{"FileIdAllExtdDirectoryInformation", class(80), put(100, 60, 4), 15},
		{"FileIdAllExtdBothDirectoryInformation", class(81), put(126, 60, 4, 96, 24), 18},
		{"FileNameInformation", class(9), put(8, 0, 4), 2},
		{"FilePipeLocalInformation", class(24), put(40), 10},
		{"FilePipeRemoteInformation", class(25), put(12), 2},
		{"FileObjectIdInformation", directory(29), put(144), 10},
		{"FileReparsePointInformation", directory(33), put(32), 6},
		{"FileValidDataLengthInformation", class(39), put(8), 1},
		{"FileShortNameInformation", class(40), put(8, 0, 4), 2},
		{"FileIdInformation", class(59), put(24), 2},
		{"FileIdExtdDirectoryInformation", directory(60), put(92, 60, 4), 14},
		{"FileIdExtdBothDirectoryInformation", directory(63), put(118, 60, 4, 88, 24), 17},
		{"FileDispositionInformationEx", class(64), put(4), 1},
		{"FileRenameInformationEx", func(c *wire.Codec) { fscc.File(c, 65, true) }, put(24, 16, 4), 5},
		{"FileCaseSensitiveInformation", class(71), put(4), 1},
		{"FileLinkInformationEx", func(c *wire.Codec) { fscc.File(c, 72, true) }, put(24, 16, 4), 5},
		{"FilePosixInformation", class(100), put(102, 96, 2), 21},
		{"FileMailslotQueryInformation", class(26), put(24), 5},
		{"FileMailslotSetInformation", class(27), put(8), 1},
		{"FileTrackingInformation", class(36), put(16, 8, 4), 3},
		{"FileSfioReserveInformation", class(44), put(20), 7},
		{"names of extended attributes", new(fscc.EANames).Walk, put(11, 4, 3), 3},
		{"SMB2_RDMA_TRANSFORM", func(c *wire.Codec) { channelInfo(c, 3, wire.Ref{Len: c.Left()}) },
			put(72, 0, 0x424d53fb, 4, 56<<16|20, 8, 16, 16, 1, 24, 16<<16|1, 28, 12), 16},
		{"QFid", func(c *wire.Codec) { responseContext(c, "QFid", &Facts{}) }, put(32), 3},
	} {
		var tree field.Tree
		var c wire.Codec
		tree.Reset(s.b, len(s.b))
		c.Reset(s.b, &tree)
		s.walk(&c)
		tree.Cover()
		leaves := 0
		for i := range tree.Nodes {
			n := &tree.Nodes[i]
			switch {
			case n.Def.Kind == field.Unparsed && n.Def != field.PaddingDef, n.Def == fUnknown, n.Def == fscc.Unknown, n.Def.Kind == field.Note:
				t.Errorf("%s: %s at %d+%d: %s", s.name, n.Def.Name, n.Off, n.Len, tree.Show(i))
			case int(n.End) == i+1 && n.Def != field.PaddingDef && n.Len > 0:
				leaves++
			}
		}
		if leaves != s.leaves {
			t.Errorf("%s: %d leaves, want %d", s.name, leaves, s.leaves)
		}
	}
}
