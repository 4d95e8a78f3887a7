package smb2

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	defs := []*field.Def{
		fCloseFlags, fSecurityFlags, fRequestedOplock, fImpersonation, fCreateFlags, fDesired, fShareAccess, fDisposition,
		fCreateOptions, fReplyFlags, fAction, fExtraInfo, fChainOffset, fTag, fTagGUID, fTagName, fChainData, fDurableReserved,
		fDurableTimeout, fDurableFlags, fDurableFlagsPlain, fDurableReserved2, fCreateGUID, fTimeWarp, fAccessTime, fAccessStatus,
		fMaximalAccess, fDiskID, fAppSize, fAppReserved, fAppGUID, fVersionSize, fVersionReserved, fVersionPadding,
		fVersionHigh, fVersionLow, fAppleCode, fAppleReserved, fAppleBitmask, fAppleCaps, fAppleVolume, fAppleModel, fAppleLength,
		fAppleText, fApplePath, fDiskVersion, fDiskHasID, fDiskReserved, fDiskInitiator, fDiskFlags, fDiskOriginator, fDiskRequest,
		fDiskHostLength, fDiskHost, fDiskReady, fDiskService, fDiskSector, fDiskPhysical, fDiskSize, fReferralLevel, fReferralFile,
		fReferralExt, fReferralSize, fReferralChars, fSiteLength, fSiteName, fConsumed, fReferralCount, fDFSFlags, fDFSPadding,
		fReferral, fReferralVersion, fReferralLength, fServerType, fReferralFlags, fProximity, fTTL, fPathOffset, fPath, fAltOffset,
		fAltPath, fNodeOffset, fNode, fServiceGUID, fDomainOffset, fDomainName, fExpandedCount, fExpandedOffset, fExpanded,
		fReferralPadding, fErrorContexts, fErrorReserved, fErrorCount, fErrorData, fErrorContext, fErrorLength, fErrorID,
		fRequiredSize, fMinBuffer, fSymlink, fSymlinkLength, fSymlinkErrorTag, fRedirect, fRedirectSize, fRedirectType,
		fRedirectFlags, fRedirectShare, fRedirectCount, fRedirectList, fRedirectName, fMoveType, fMoveReserved, fMoveV4, fMoveV6,
		fBufferCode, fFileID, fOffset, fLength, fUnknown, fOutputLen, fFilePlace, fRemaining, fSecMode, fDialect, fCapabilities,
		fChannel, fOplock, fChannelInfo, fRDMAOffset, fRDMAToken, fRDMALength, fPipeData, fWaitTimeout, fWaitLength, fWaitGiven,
		fWaitName, fPeekState, fPeekReadable, fPeekMessages, fPeekLength, fResumeKey, fChunkCount, fChunk, fChunkSource,
		fChunkTarget, fChunkLength, fChunksWritten, fChunkBytes, fChunkTotal, fResilience, fResilienceReserved, fSnapshotCount,
		fSnapshotReturned, fSnapshotSize, fSnapshot, fInterface, fInterfaceNext, fInterfaceNum, fInterfaceCaps, fInterfaceQueues,
		fInterfaceSpeed, fFamily, fPort, fIPv4, fFlow, fIPv6, fZone, fCompressionFormat, fSetSparse, fChecksum, fIntegrityReserved,
		fIntegrityFlags, fChecksumChunk, fClusterSize, fRangeOffset, fRangeLength, fBeyond, fRegionLength, fRegionUsage,
		fRegionFlags, fRegionTotal, fRegionCount, fDiskSupport, fDiskState, fODXSize, fODXFlags, fODXTTL, fODXOffset, fODXLength,
		fODXTransfer, fODXPlace, fODXType, fODXIDLength, fODXID, fSourceOffset, fTargetOffset, fExtentLength, fDirectAsk,
		fDirectAnswer, fDirectData, fDirectMin, fDirectMax, fDirectVersion, fDirectWanted, fDirectGranted, fDirectStatus, fDirectRW,
		fDirectSend, fDirectReceive, fDirectMaxFrag, fDirectFlags, fDirectLeft, fDirectOffset, fDirectLength, fDirectPadding, fHeader, fProtocolID,
		fHeaderLen, fCharge, fStatus, fChannelSeq, fReserved, fCommand, fRequested, fGranted, fFlags, fNextCommand, fMessageID,
		fProcessID, fAsyncID, fTreeID, fTree, fSessionID, fSignature, fInfoType, fInfoClass, fFileClass, fSystemClass,
		fSecurityClass, fMaxResponse, fInputOffset, fInputLength, fAdditional, fAdditionalBits, fInfoFlags, fSetLength, fSetOffset,
		fSetReserved, fSecurity, fFunction, fMaxInput, fMaxOutput, fIoctlFlags, fReplyReserved, fInput, fOutput, fLockCount,
		fLockInfo, fLockLength, fLockFlags, fDialectCount, fClientGUID, fServerGUID, fContextOffset, fContextCount, fMaxTransact,
		fMaxRead, fMaxWrite, fSystemTime, fStartTime, fContext, fContextType, fContextLength, fHashCount, fSaltLength, fHash, fSalt,
		fCipherCount, fCipher, fCompCount, fCompFlags, fCompAlgorithm, fNetname, fTransportFlags, fRDMACount, fRDMAReserved1,
		fRDMAReserved2, fRDMATransform, fSigningCount, fSigning, fPosixReserved, fLeaseKey, fLeaseState, fNewLeaseState,
		fLeaseFlags, fLeaseDuration, fParentLease, fLeaseEpoch, fLeaseReserved, fBreakReason, fAccessHint, fShareHint,
		fNotificationType, fFindLevel, fFindFlags, fFileIndex, fFindPattern, fFindData, fNotifyFlags, fFilter, fNotifyData,
		fReadPadding, fReadFlags, fReadLength, fNoBuffer, fMinCount, fReadRemaining, fReadData, fDataOffset, fWriteLength,
		fWriteFlags, fWriteData, fWriteCount, fWriteRemaining, fChannelOffset, fChannelLength, fSetupFlags, fPrevious,
		fSessionFlags, fSecurityBlob, fTransform, fTransformSign, fTransformNonce, fTransformSize, fTransformReserved,
		fTransformFlags, fTransformData, fCompression, fCompSize, fCompPart, fCompKind, fCompChained, fCompOffset, fCompLength,
		fCompOriginal, fCompData, fCompPlain, fPattern, fPattern1, fPattern2, fRepetitions, fConnectFlags, fConnectOffset,
		fConnectCount, fConnectContext, fConnectType, fConnectLength, fConnectData, fTreePath, fShareType, fShareFlags, fShareCaps,
		fDiskFile, fDiskVolume, fRDMASize, fRDMAPlace, fRDMABytes, fRDMATransforms, fRDMAKind, fRDMASignLength, fRDMANonceLength,
		fTrimKey, fExtentsFlags, fQoSVersion, fQoSReserved,
		fQoSOperations, fQoSFlow, fQoSPolicy, fQoSInitiator, fQoSName, fQoSNode, fQoSTTL, fQoSStatus, fQoSMaximum, fQoSMinimum,
		fQoSBase, fQoSReserved2, fQoSBandwidth, fVolumeSerial, fStatisticsRest, fUSNFile, fUSNParent, fUSNFile128, fUSNParent128,
		fUSNTime, fUSNReason, fUSNSource, fBootSector, fPathName, fTrimCount, fTrimDone, fExtentsSize, fEnableIntegrity,
		fKeepIntegrity, fIntegrityVersion, fVolumeSectors, fVolumeClusters,
		fVolumeFree, fVolumeReserved, fVolumeSector, fVolumeCluster, fVolumeRecord, fVolumeRecordUnit, fVolumeMFTLength, fVolumeMFT,
		fVolumeMFT2, fVolumeZone, fVolumeZoneEnd, fVolumeBytes, fVolumeMajor, fVolumeMinor, fVolumePhysical, fVolumeResident,
		fExtentCount, fExtentStart, fExtentNext, fExtentLCN, fExtentRefs, fStatisticsType, fStatisticsVersion, fStatisticsSize,
		fUSNLength, fUSNMajor, fUSNMinor, fUSN, fUSNOwner, fUSNNameLen, fUSNNameAt, fSpareUnit, fSpareSoft, fSpareTotal, fSpareFree,
		fPathLength, fEncryptOp, fEncrypted, fLockSequence,
	}
	for _, list := range [...][]*field.Def{fQoSLimits[:], fQoSCounters[:], fStatisticsCounter[:], fStages[:], rsvdDefs(), hashDefs(), identityDefs(), refsDefs()} {
		defs = append(defs, list...)
	}
	return defs
}
