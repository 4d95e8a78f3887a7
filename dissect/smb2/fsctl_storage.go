package smb2

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

var (
	fTrimKey   = &field.Def{Name: "smb2.fsctl.trim.key", Label: "Key", Kind: field.Hex}
	fTrimCount = number("trim.num_ranges", "NumRanges")
	fTrimDone  = number("trim.num_ranges_processed", "NumRangesProcessed")

	fExtentsSize  = number("duplicate_extents.structure_size", "StructureSize")
	fExtentsFlags = &field.Def{Name: "smb2.fsctl.duplicate_extents.flags", Label: "Flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.fsctl.duplicate_extents.flags.source_atomic", Label: "DUPLICATE_EXTENTS_DATA_EX_SOURCE_ATOMIC", Mask: 0x1},
	}}

	fEnableIntegrity  = number("infoex.enable_integrity", "EnableIntegrity")
	fKeepIntegrity    = number("infoex.keep_integrity_state", "KeepIntegrityStateUnchanged")
	fIntegrityVersion = number("infoex.version", "Version")

	fQoSVersion    = &field.Def{Name: "smb2.ioctl.sqos.protocol_version", Label: "ProtocolVersion", Kind: field.Hex}
	fQoSReserved   = &field.Def{Name: "smb2.ioctl.sqos.reserved", Label: "Reserved", Kind: field.Uint}
	fQoSOperations = &field.Def{Name: "smb2.ioctl.sqos.operations", Label: "Options", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.ioctl.sqos.operations.set_logical_flow_id", Label: "STORAGE_QOS_CONTROL_FLAG_SET_LOGICAL_FLOW_ID", Mask: 0x1},
		{Name: "smb2.ioctl.sqos.operations.set_policy", Label: "STORAGE_QOS_CONTROL_FLAG_SET_POLICY", Mask: 0x2},
		{Name: "smb2.ioctl.sqos.operations.probe_policy", Label: "STORAGE_QOS_CONTROL_FLAG_PROBE_POLICY", Mask: 0x4},
		{Name: "smb2.ioctl.sqos.operations.get_status", Label: "STORAGE_QOS_CONTROL_FLAG_GET_STATUS", Mask: 0x8},
		{Name: "smb2.ioctl.sqos.operations.update_counters", Label: "STORAGE_QOS_CONTROL_FLAG_UPDATE_COUNTERS", Mask: 0x10},
	}}
	fQoSFlow      = &field.Def{Name: "smb2.ioctl.sqos.logical_flow_id", Label: "LogicalFlowID", Kind: field.GUID}
	fQoSPolicy    = &field.Def{Name: "smb2.ioctl.sqos.policy_id", Label: "PolicyID", Kind: field.GUID}
	fQoSInitiator = &field.Def{Name: "smb2.ioctl.sqos.initiator_id", Label: "InitiatorID", Kind: field.GUID}
	fQoSName      = &field.Def{Name: "smb2.ioctl.sqos.initiator_name", Label: "InitiatorName", Kind: field.UTF16}
	fQoSNode      = &field.Def{Name: "smb2.ioctl.sqos.initiator_node_name", Label: "InitiatorNodeName", Kind: field.UTF16}
	fQoSLimits    = [...]*field.Def{
		{Name: "smb2.ioctl.sqos.limit", Label: "Limit", Kind: field.Uint},
		{Name: "smb2.ioctl.sqos.reservation", Label: "Reservation", Kind: field.Uint},
	}
	fQoSCounters = [...]*field.Def{
		{Name: "smb2.ioctl.sqos.io_count_increment", Label: "IoCountIncrement", Kind: field.Uint},
		{Name: "smb2.ioctl.sqos.normalized_io_count_increment", Label: "NormalizedIoCountIncrement", Kind: field.Uint},
		{Name: "smb2.ioctl.sqos.latency_increment", Label: "LatencyIncrement", Kind: field.Uint},
		{Name: "smb2.ioctl.sqos.lower_latency_increment", Label: "LowerLatencyIncrement", Kind: field.Uint},
		{Name: "smb2.ioctl.sqos.bandwidth_limit", Label: "BandwidthLimit", Kind: field.Uint},
		{Name: "smb2.ioctl.sqos.kilobyte_count_increment", Label: "KilobyteCountIncrement", Kind: field.Uint},
	}
	fQoSTTL       = &field.Def{Name: "smb2.ioctl.sqos.time_to_live", Label: "TimeToLive", Kind: field.Uint}
	fQoSStatus    = &field.Def{Name: "smb2.ioctl.sqos.status", Label: "Status", Kind: field.Hex}
	fQoSMaximum   = &field.Def{Name: "smb2.ioctl.sqos.maximum_io_rate", Label: "MaximumIoRate", Kind: field.Uint}
	fQoSMinimum   = &field.Def{Name: "smb2.ioctl.sqos.minimum_io_rate", Label: "MinimumIoRate", Kind: field.Uint}
	fQoSBase      = &field.Def{Name: "smb2.ioctl.sqos.base_io_size", Label: "BaseIoSize", Kind: field.Uint}
	fQoSReserved2 = &field.Def{Name: "smb2.ioctl.sqos.reserved2", Label: "Reserved2", Kind: field.Uint}
	fQoSBandwidth = &field.Def{Name: "smb2.ioctl.sqos.maximum_bandwidth", Label: "MaximumBandwidth", Kind: field.Uint}
)

// qosBandwidth is the version of [MS-SQOS] that counts bandwidth too.
const qosBandwidth = 0x0101

// trim is FILE_LEVEL_TRIM, [MS-FSCC] 2.3.13.
func trim(c *wire.Codec) {
	c.Show32(fTrimKey)
	n := int(c.Show32(fTrimCount))
	for i := 0; c.More(i, n, 16); i++ {
		c.Show64(fRangeOffset)
		c.Show64(fRangeLength)
	}
}

// trimmed is FILE_LEVEL_TRIM_OUTPUT, [MS-FSCC] 2.3.14.
func trimmed(c *wire.Codec) { c.Show32(fTrimDone) }

// duplicateExtentsEx is SMB2_DUPLICATE_EXTENTS_DATA_EX, [MS-FSCC] 2.3.9.2.
func duplicateExtentsEx(c *wire.Codec) {
	c.Show64(fExtentsSize)
	duplicateExtents(c)
	c.Show32(fExtentsFlags)
	c.Bytes(fReserved, min(4, c.Left()))
}

// setIntegrityEx is [MS-FSCC] 2.3.75.
func setIntegrityEx(c *wire.Codec) {
	c.Show8(fEnableIntegrity)
	c.Show8(fKeepIntegrity)
	c.Bytes(fReserved, 2)
	c.Show32(fIntegrityFlags)
	c.Show8(fIntegrityVersion)
	c.Bytes(fReserved, min(7, c.Left()))
}

// qosRequest is STORAGE_QOS_CONTROL_Request, [MS-SQOS] 2.2.2.2 and 2.2.2.3.
func qosRequest(c *wire.Codec) {
	version := qosHead(c)
	for _, d := range fQoSLimits {
		c.Show64(d)
	}
	name := c.Ref16(fOffset, fLength)
	node := c.Ref16(fOffset, fLength)
	counters := fQoSCounters[:4]
	if version >= qosBandwidth {
		counters = fQoSCounters[:]
	}
	for _, d := range counters {
		c.Show64(d)
	}
	end := c.Pos()
	c.BytesAt(fQoSName, name)
	c.BytesAt(fQoSNode, node)
	c.Seek(max(end, c.Base()+name.Off+name.Len, c.Base()+node.Off+node.Len))
}

// qosResponse is STORAGE_QOS_CONTROL_Response, [MS-SQOS] 2.2.2.4 and 2.2.2.5.
func qosResponse(c *wire.Codec) {
	version := qosHead(c)
	c.Show32(fQoSTTL)
	c.Show32(fQoSStatus)
	c.Show64(fQoSMaximum)
	c.Show64(fQoSMinimum)
	c.Show32(fQoSBase)
	c.Show32(fQoSReserved2)
	if version >= qosBandwidth {
		c.Show64(fQoSBandwidth)
	}
}

func qosHead(c *wire.Codec) (version uint16) {
	version = c.Show16(fQoSVersion)
	c.Show16(fQoSReserved)
	c.Show32(fQoSOperations)
	c.GUID(fQoSFlow)
	c.GUID(fQoSPolicy)
	c.GUID(fQoSInitiator)
	return version
}
