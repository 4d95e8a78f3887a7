package smb1

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	defs := []*field.Def{
		fFileRights, fDirRights, fWordCount, fByteCount, fParameters, fData, fReserved, fOffset, fPadding, fNTRenameLevel,
		fClusters, fEchoCount, fEchoSequence, fEchoData, fUnits, fBlocksPerUnit, fBlockSize, fFreeUnits, fCreateFlags, fRootFID,
		fShareAccess, fDisposition, fCreateOptions, fImpersonation, fSecurityFlags, fOplockLevel, fCreateAction, fVolumeGUID,
		fFileID64, fOpenFlags, fDesired, fGranted, fOpenFunction, fOpenAction, fServerFID, fFID, fBufferFormat, fDataLength,
		fFileData, fUnknownData, fCapabilities, fMaxMpx, fSessionKey, fFileAttributes, fExtAttributes, fSearch, fAccessMask,
		fCreateTime, fAccessTime, fWriteTime, fChangeTime, fCreateUTime, fWriteUTime, fAllocation, fAlloc64, fEndOfFile, fFileSize,
		fDataSize, fDirectory, fFileType, fPipeState, fAllotted, fNameLength, fEAError, fEALength, fNextEntry, fRemaining, fCount,
		fStart, fStartHigh, fDataOffset, fDataLenLow, fDataLenHigh, fSearchID, tFile.octets, tFile.unicode, tOldFile.octets,
		tOldFile.unicode, tDirName.octets, tDirName.unicode, fEntry, fFileIndex, fShortNameLen, fShortName, fEntryID, fUnixNext,
		fUnixResume, fUnixNameLen, tUnixName.octets, tUnixName.unicode, fHeader, fProtocol, fCommand, fStatus, fErrorClass,
		fErrorCode, fFlags, fFlags2, fPIDHigh, fSignature, fTID, fTree, fPID, fUID, fMID, fFindLevel, fQueryFSLevel, fSetFSLevel,
		fReservedFID, fQueryLevel, fSetLevel, fEA, fEAFlags, fEANameLength, fEADataLength, fEAName, fEAData, fLinks, fDeletePending,
		fDelete, fDispose, fReplace, fRootHandle, fTargetNameLen, fTargetName, fStream, fStreamNameLen, fStreamSize, fStreamName, fFSID,
		fSectors, fFSUnits, fAvailable, fSectorSize, fSerial, fLabelLength, fFreeAlloc, fCallerFree, fActualFree, fMaxNameLen,
		fFSNameLen, fFSName, fDeviceType, fFSAttributes, fDevice, fUnixMajor, fUnixMinor, fUnixCaps, fUnixSize, fUnixBytes,
		fUnixStatus, fUnixAccess, fUnixModified, fUnixCreated, fUnixUID, fUnixGID, fUnixDevMajor, fUnixDevMinor, fUnixID,
		fUnixPerms, fUnixLinks, fUnixFlags, fUnixFlagsMask, fUnixType, tLabel.octets, tLabel.unicode, fNBSSType, fNBSSFlags,
		fNBSSLength, fCalledName, fCallingName, fNBSSError, fRetargetIP, fRetargetPort, fNTFunction, fControl, fIsFsctl, fIsFlags,
		fCompletion, fWatchTree, fAction, fSecurity, fNeeded, fDescriptor, fAttributes, fNTEAError, fResponseType, fNotify, fControlData, fNTSetup, fRenameFlags, fQuotaSingle, fQuotaRestart, fQuotaList,
		fQuotaStart, fQuotaPlace, fQuotaReturned, fChanges, fNotifyLevel,
		fMaxCountLow, fMaxCountHigh, fMaxCount, fMinCount, fCompaction, fReadHigh, fWriteMode, fCountLow, fCountHigh, fLockType,
		fNewOplock, fUnlocks, fLocks, fLock, fUnlock, fLockPID, fLockStart, fLockSize, fMaxEntries, fKeyLength, fResumeKey,
		fResumeName, fFindID, fServerCookie, fClientCookie, fByteAttribute, fSearchEntry, fDialect, fDialectName, fDialectIndex,
		fSecurityMode, fOldSecurityMode, fRawMode, fMaxVcs, fMaxBufferSize, fMaxRawSize, fSystemTime, fTimeZone, fChallengeLength,
		fChallenge, fServerGUID, fSecurityBlob, fBlobLength, fMaxBuf, fVC, fPasswordLength, fOEMLength, fUnicodeLength, fPassword,
		fOEMPassword, fUnicodePassword, fSetupAction, fConnectFlags, fSupport, fService, tDomain.octets, tDomain.unicode,
		tServerName.octets, tServerName.unicode, tAccount.octets, tAccount.unicode, tNativeOS.octets, tNativeOS.unicode,
		tNativeLanMan.octets, tNativeLanMan.unicode, tPath.octets, tPath.unicode, tNativeFS.octets, tNativeFS.unicode,
		fTotalParameters, fTotalData, fMaxParameters, fMaxData, fMaxSetup, fTransFlags, fParameterCount, fParameterOffset,
		fParameterPlace, fDataCount, fDataPlace, fSetupCount, fSetupWord, fPipeFunction, fPipePriority, fTransParameters,
		fTransData, tTransName.octets, tTransName.unicode, fTrans2Function, fSearchCount, fFindFlags, fStorageType, fResume,
		fEndOfSearch, fLastName, fReferralLevel, fFileID, tPattern.octets, tPattern.unicode, fUnixCapsLow,
		fWords, fOctets,
	}
	for _, t := range [...]*dosTime{tCreated, tAccessed, tWritten, tServer, tQueued} {
		defs = append(defs, t.both, t.date, t.time)
	}
	defs = append(append(append(defs, legacyDefs()...), transactionDefs()...), posixDefs()...)
	for i := range fBlocks {
		defs = append(defs, &fBlocks[i])
	}
	return defs
}

// legacyDefs gives those of the commands that nobody sends any more.
func legacyDefs() []*field.Def {
	return []*field.Def{
		fSeekMode, fTotalLength, fShortLength, fRequestMask, fResponseMask, fOtherTID, fMoveFlags, fCopyFlags, fMoved, fMonitor,
		tSource.octets, tSource.unicode, tTarget.octets, tTarget.unicode, tFailed.octets, tFailed.unicode, tOldShare,
		fSetupLength, fPrintMode, fIdentifier, fFromEntry, fNextIndex, fQueueEntry, fPrintStatus, fSpoolNumber, fSpoolSize,
		fSpoolName, fOriginator, fDestination, fForwarded, fMachine, fTextLength, fText, fGroup,
	}
}

// transactionDefs gives those of pipes, mailslots and remote administration.
func transactionDefs() []*field.Def {
	defs := []*field.Def{
		fPipeLevel, fPipeOut, fPipeIn, fPipeInstances, fPipeCurrent, fPipeNameSize, fPipeAvailable, fPipeRemaining, fPeekState,
		fPipeWritten, tPipeName.octets, tPipeName.unicode, fSlotOpcode, fSlotPriority, fSlotClass, fSlotSize, tSlotName.octets,
		tSlotName.unicode, fBrowse, fUpdateCount, fPeriod, fBrowser, fWindows, fOSMajor, fOSMinor, fServerType, fProtoMajor, fProtoMinor,
		fBrowserSign, fComment, fMysterious, fMaster, fUnused, fReplyTo, fElectVersion, fCriteria, fDesire, fElectOS, fUptime,
		fBackupCount, fBackupToken, fBackup, fPromote, fReset, fRapFunction, fRapForm, fRapEntries, fRapAuxForm, fRapReceive,
		fRapSend, fRapStatus, fRapConvert, fRapCount, fRapTotal, fRapAuxCount, fRapPointer, fRapEntry, fRapShare, fRapServer,
		fRapAux, fRapRest, fRapWord, fRapLong, fRapByte, fRapBytes, fRapString,
	}
	for _, v := range rapValues {
		if call := rapCalls()[uint16(v.V)]; call != nil {
			defs = call.defs(defs)
		}
	}
	return defs
}

// posixDefs gives those of the UNIX extensions.
func posixDefs() []*field.Def {
	return []*field.Def{
		tLinkTarget.octets, tLinkTarget.unicode, tHardLink.octets, tHardLink.unicode, fMapFlags, fMapFlagsMask, fGroupCount,
		fSIDCount, fSIDBytes, fACLVersion, fFileACEs, fDirACEs, fACE, fACEType, fACEPerms, fOwnerUID, fOwnerGID, fACEUID,
		fACEGID, fPosix, fPosixLockType, fPosixLockFlags, fPosixLockPID, fPosixLockStart, fPosixLockSize, fPosixFlags,
		fPosixMode, fPosixOplock, fPosixLevel, fUnlinkType, fAttrFlags, fAttrMask,
	}
}
