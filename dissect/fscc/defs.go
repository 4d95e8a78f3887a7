package fscc

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	defs := []*field.Def{
		fDirectoryEntry, fFullEntry, fBothEntry, fNamesEntry, fIDBothEntry, fIDFullEntry, fIDExtdEntry, fIDExtdBoth, fFileIndex,
		fShortNameLen, fShortName, fNotify, fNotifyNext, fAction, fEAFlags, fEANameLen, fEADataLen, fEAName, fEAData, fQuota,
		fQuotaNext, fSIDLength, fQuotaChange, fQuotaUsed, fQuotaSoft, fQuotaHard, fQueryQuota, fQuerySingle, fQueryRestart,
		fQuerySIDs, fQueryStart, fQueryPlace, fBasic, fStandard, fInternal, fEA, fAccess, fName, fRename, fLink, fDisposition,
		fPosition, fFullEA, fMode, fAlignment, fAll, fAllocation, fEndOfFile, fAlternateName, fStream, fPipe, fPipeLocal,
		fPipeRemote, fCompression, fObjectID, fNetworkOpen, fAttributeTag, fValidLength, fShortNameInfo, fNormalized, fIDInfo,
		fCaseSensitive, fPosix, Links, fPending, fDirectory, fIndex64, fEASize, fPositionIn, fModeIn, fAlignmentIn, fAllocSize,
		fEnd, fLinkCount, fDeletePending, fIsDirectory, fIndexNumber, fFileReference, fEAList, fFileNameLen, fFileName, fReplace, fRenameFlags,
		fRandom, fRoot, fDeleteOnClose, fDeleteFlags, fOffset64, fModeBits, fAlign, fStreamNext, fStreamLen, fStreamSize,
		fStreamName, fCompSize, fCompFormat, fCompUnit, fCompChunk, fCompCluster, fReserved1, fCreated1, fAccessed1, fWritten1,
		fChanged1, fAttribute1, fReparseTag1, fValidData, fVolumeSerial, fID128, fCaseFlags, fReadMode, fCompletionMode, fPipeType,
		fPipeConfig, fPipeMax, fPipeCurrent, fPipeInQuota, fPipeReadable, fPipeOutQuota, fPipeWritable, fPipeState, fPipeEnd,
		fCollectTime, fCollectMax, fObject, fBirthVolume, fBirthObject, fDomainID, fInode, fPosixDevice, PosixPerms, fAttributes1,
		Attributes, AccessMask, CreationTime, LastAccessTime, LastWriteTime, ChangeTime, AllocationSize, EndOfFile, FileName,
		NameLength, Reserved, Unknown, NextEntry, FileID64, Tag, fDataLength, fData, fGUID, fUnparsed, fOffset, fLength,
		fSubstitute, fPrint, fLinkFlags, fNFSType, fNFSTarget, fCharMajor, fCharMinor, fBlockMajor, fBlockMinor, fVolumeInfo,
		fLabelInfo, fSizeInfo, fDeviceInfo, fAttrInfo, fControlInfo, fFullSizeInfo, fObjectInfo, fSectorInfo, fPosixInfo, fSerial,
		fLabelLen, fLabel, fUnits, fFree, fCallerFree, fActualFree, fSectors, fSectorSize, fDeviceType, fDevice, fFSAttributes,
		fMaxName, fFSNameLen, fFSName, fFilterStart, fFilterThreshold, fFilterStop, fControlFlags, fLogicalSector, fPhysicalAtomic,
		fPhysicalPerf, fEffective, fSectorFlags, fSectorAligned, fPartition, fPosixTransfer, fPosixBlock, fPosixTotal, fPosixAvail,
		fPosixUser, fPosixNodes, fPosixFree, fPosixID, fLxVersion, fLxTarget, fHardLink, fLinkEntry, fLinkNeeded, fLinkEntries,
		fLinkParent, fLinkChars, fStat, fStatLx, fLxFlags, fLxUID, fLxGID, fLxMode, fLxMajor, fLxMinor, fStdLink, fLinksUsable,
		fLinksTotal, fMailslotQuery, fMailslotSet, fMailslotMax, fMailslotQuota, fMailslotNext, fMailslotCount, fMailslotWait,
		fTracking, fTrackFile, fTrackLength, fTrackObject, fSfio, fSfioRetry, fSfioDiscard, fSfioSize, fSfioCount, fReserve,
		fReserveID, fGlobalTx, fLockingTx, fTxFlags, fID64Extd, fID64Both, fIDAllExtd, fIDAllBoth, fDriverPath, fDriverIn,
		fDriverLen, fDriverName, fStatAccess,
	}
	return append(defs, fSfioNumbers[:]...)
}
