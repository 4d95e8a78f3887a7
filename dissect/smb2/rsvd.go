package smb2

import (
	"smbdiff/dissect/wire"
)

// The operations of [MS-RSVD] 2.2.2 that carry something.
const (
	tunnelInitialInfo   = 0x02001001
	tunnelSCSI          = 0x02001002
	tunnelSRBStatus     = 0x02001004
	tunnelDiskInfo      = 0x02001005
	tunnelValidate      = 0x02001006
	tunnelStart         = 0x02002101
	tunnelProgress      = 0x02002002
	tunnelSetQuery      = 0x02002005
	tunnelDelete        = 0x02002006
	tunnelTracking      = 0x02002008
	tunnelTrackingStart = 0x02002009
	tunnelTrackingStop  = 0x0200200a
	tunnelChanges       = 0x0200200c
	tunnelSafeSize      = 0x0200200d
)

// tunnels are the walks of what stands behind the header, of a request and of
// a response.
var tunnels = map[uint32]struct{ in, out func(*wire.Codec) }{
	tunnelInitialInfo:   {nil, initialInfo},
	tunnelSCSI:          {scsiRequest, scsiResponse},
	tunnelSRBStatus:     {srbStatusRequest, srbStatusResponse},
	tunnelDiskInfo:      {diskInfoRequest, diskInfoResponse},
	tunnelValidate:      {func(c *wire.Codec) { c.Rest(fValidateReserved) }, func(c *wire.Codec) { c.Bytes(fValidDisk, 1) }},
	tunnelStart:         {metaOperation, trackingStatus},
	tunnelProgress:      {func(c *wire.Codec) { c.GUID(fTransaction) }, progress},
	tunnelSetQuery:      {setQuery, setInformation},
	tunnelDelete:        {deleteSnapshot, nil},
	tunnelTracking:      {nil, trackingParameters},
	tunnelTrackingStart: {trackingStart, nil},
	tunnelTrackingStop:  {nil, trackingStatus},
	tunnelChanges:       {changesRequest, changesResponse},
	tunnelSafeSize:      {nil, func(c *wire.Codec) { c.Show64(fSafeSize) }},
}

// tunnel is SVHDX_TUNNEL_OPERATION_HEADER, [MS-RSVD] 2.2.4.11, and what the
// operation carries.
func tunnel(c *wire.Codec) {
	op := tunnels[c.Show32(fTunnelCode)]
	c.Show32(fTunnelStatus)
	c.Show64(fTunnelRequest)
	walk := op.in
	if c.Env.Response {
		walk = op.out
	}
	if walk != nil && c.Left() > 0 {
		walk(c)
	}
	c.Rest(fTunnelData)
}

// initialInfo is [MS-RSVD] 2.2.4.14.
func initialInfo(c *wire.Codec) {
	c.Show32(fServerVersion)
	c.Show32(fTunnelSector)
	c.Show32(fTunnelPhysical)
	c.Show32(fInfoReserved)
	c.Show64(fTunnelSize)
}

// scsiRequest is [MS-RSVD] 2.2.4.7.
func scsiRequest(c *wire.Codec) {
	c.Show16(fSCSILength)
	c.Show16(fSCSIReserved1)
	n := min(int(c.Show8(fCDBLength)), cdbSize)
	c.Show8(fSenseLength)
	c.Show8(fSCSIDirection)
	c.Show8(fSCSIReserved2)
	c.Show32(fSRBFlags)
	data := int(c.Show32(fSCSITransfer))
	c.Bytes(fCDB, n)
	c.Bytes(fCDBPadding, cdbSize-n)
	c.Show32(fSCSIReserved3)
	c.Bytes(fSCSIData, min(data, c.Left()))
}

// scsiResponse is [MS-RSVD] 2.2.4.8.
func scsiResponse(c *wire.Codec) {
	c.Show16(fSCSILength)
	c.Show8(fSCSISRBStatus)
	c.Show8(fSCSIStatus)
	c.Show8(fCDBLength)
	sense := int(c.Show8(fSenseLength))
	c.Show8(fSCSIDirection)
	c.Show8(fSCSIReserved2)
	c.Show32(fSRBFlags)
	data := int(c.Show32(fSCSITransfer))
	c.Bytes(fSenseData, sense)
	c.Bytes(fSCSIData, min(data, c.Left()))
}

const cdbSize = 16 // RSVD_CDB_GENERIC_LENGTH, [MS-RSVD] 2.2.1

// srbStatusRequest is [MS-RSVD] 2.2.4.3.
func srbStatusRequest(c *wire.Codec) {
	c.Show8(fStatusKey)
	c.Rest(fStatusReserved)
}

// srbStatusResponse is [MS-RSVD] 2.2.4.4.
func srbStatusResponse(c *wire.Codec) {
	c.Show8(fStatusKey)
	c.Show8(fSRBStatus)
	c.Show8(fStatusSCSI)
	c.Bytes(fStatusSense, int(c.Show8(fStatusSenseLength)))
}

// diskInfoRequest is [MS-RSVD] 2.2.4.5: the response without its first two
// fields, all reserved.
func diskInfoRequest(c *wire.Codec) {
	c.Show64(fInfoReserved1)
	diskInfo(c)
}

// diskInfoResponse is [MS-RSVD] 2.2.4.6.
func diskInfoResponse(c *wire.Codec) {
	c.Show32(fTunnelType)
	c.Show32(fTunnelFormat)
	diskInfo(c)
}

func diskInfo(c *wire.Codec) {
	c.Show32(fBlockSize)
	c.GUID(fLinkage)
	c.Show8(fMounted)
	c.Show8(fAligned4K)
	c.Show16(fInfoReserved2)
	c.Show64(fInfoFileSize)
	c.GUID(fVirtualDisk)
}

// metaOperation is [MS-RSVD] 2.2.4.17.
func metaOperation(c *wire.Codec) {
	c.GUID(fTransaction)
	kind := c.Show32(fMetaType)
	c.Show32(fTunnelPadding)
	switch kind {
	case 0: // resize, 2.2.4.17.4
		c.Show64(fNewSize)
		c.Show8(fExpandOnly)
		c.Show8(fUnsafeSize)
		c.Show8(fShrink)
		c.Show8(fMetaReserved)
	case 1:
		createSnapshot(c)
	case 3: // extract, 2.2.4.17.2
		c.Show32(fSnapshotType)
		c.Show32(fTunnelPadding)
		c.Show32(fExtractFlags)
		c.GUID(fSourceSnapshot)
		c.GUID(fLimitSnapshot)
		c.Bytes(fExtractName, int(c.Show32(fExtractLength)))
	case 4: // convert to a VHD set, 2.2.4.17.3
		c.Bytes(fSetName, int(c.Show32(fSetNameLength)))
	case 5: // apply a snapshot, 2.2.4.36
		c.Show32(fSnapshotType)
		c.GUID(fSnapshotID)
	}
}

// createSnapshot is [MS-RSVD] 2.2.4.17.1, with the parameters of 2.2.4.17.1.1.
func createSnapshot(c *wire.Codec) {
	c.Show32(fSnapshotType)
	c.Show32(fSnapshotFlags)
	for _, d := range fStages {
		c.Show32(d)
	}
	c.GUID(fSnapshotID)
	if c.Show32(fParametersSize) == 0 {
		c.Rest(fReserved)
		return
	}
	c.Show32(fLogNameOffset)
	n := int(c.Show32(fLogNameLength))
	c.GUID(fLogFile)
	c.Bytes(fLogName, min(n, c.Left()))
}

// progress is [MS-RSVD] 2.2.4.24.
func progress(c *wire.Codec) {
	c.Show64(fProgress)
	c.Show64(fComplete)
}

// setQuery is [MS-RSVD] 2.2.4.19.
func setQuery(c *wire.Codec) {
	c.Show32(fSetInformation)
	c.Show32(fSnapshotType)
	c.GUID(fSnapshotID)
}

// setInformation is [MS-RSVD] 2.2.4.20, 2.2.4.21 and 2.2.4.22.
func setInformation(c *wire.Codec) {
	kind := c.Show32(fSetInformation)
	c.Show32(fTunnelPadding)
	switch kind {
	case 5:
		c.Show64(fSnapshotTime)
		c.Show32(fSnapshotType)
		c.Show32(fSnapshotValid)
		c.GUID(fSnapshotID)
		c.GUID(fParentSnapshot)
		c.GUID(fLogFile)
	case 8:
		c.Show32(fOptimize)
	default:
		c.Show8(fListComplete)
		c.Bytes(fReserved, 3)
		n := int(c.Show32(fListCount))
		for i := 0; c.More(i, n, 16); i++ {
			c.GUID(fSnapshotID)
		}
	}
}

// deleteSnapshot is [MS-RSVD] 2.2.4.26.
func deleteSnapshot(c *wire.Codec) {
	c.GUID(fSnapshotID)
	c.Show32(fPersist)
	c.Show32(fSnapshotType)
}

// trackingStatus is [MS-RSVD] 2.2.4.18 and 2.2.4.30.
func trackingStatus(c *wire.Codec) { c.Show32(fTrackingStatus) }

// trackingParameters is [MS-RSVD] 2.2.4.25.
func trackingParameters(c *wire.Codec) {
	c.Show32(fTrackingStatus)
	c.Show32(fTunnelPadding)
	c.Show64(fLogSize)
}

// trackingStart is [MS-RSVD] 2.2.4.27.
func trackingStart(c *wire.Codec) {
	c.GUID(fTransaction)
	c.Show32(fLogNameOffset)
	n := int(c.Show32(fLogNameLength))
	c.GUID(fLogFile)
	c.Show64(fLogMaximum)
	c.Show32(fLogAppend)
	c.Show32(fTunnelPadding)
	c.Bytes(fLogName, n)
}

// changesRequest is [MS-RSVD] 2.2.4.37.
func changesRequest(c *wire.Codec) {
	c.GUID(fSourceSnapshot)
	c.GUID(fLimitSnapshot)
	c.Show32(fSnapshotType)
	c.Show32(fTunnelPadding)
	c.Show64(fChangeOffset)
	c.Show64(fChangeLength)
}

// changesResponse is [MS-RSVD] 2.2.4.38, with the ranges of 2.2.4.39.
func changesResponse(c *wire.Codec) {
	c.Show64(fProcessed)
	n := int(c.Show32(fChangeCount))
	c.Show32(fTunnelPadding)
	for i := 0; c.More(i, n, 24); i++ {
		c.Show64(fChangeOffset)
		c.Show64(fChangeLength)
		c.Bytes(fReserved, 8)
	}
}
