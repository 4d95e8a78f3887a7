package dcerpc

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	defs := []*field.Def{
		fPDU, fVersion, fMinor, fType, fFlags, fBindFlags, fDrep, fByteOrder, fCharacter, fFloat, fFragLength, fAuthLength, fCallID,
		fReserved, fUnknown, fMaxXmit, fMaxRecv, fAssocGroup, fNumContexts, fContext, fContextID, fNumTransfer, fAbstract,
		fIfVersion, fIfMinor, fTransfer, fTransferVer, fFeatures, fAddressLength, fAddress, fNumResults, fResult, fAckResult,
		fAckReason, fAckTransferVer, fRejectReason, fNumProtocols, fProtocolMajor, fProtocolMinor, fAllocHint, fOpnum, fCancelCount,
		fFaultFlags, fStatus, fStub, fSealed, fFaultStub, fFragment, fPiece, fAuth, fAuthPadding, fAuthType, fAuthLevel,
		fAuthPadLength, fAuthReserved, fAuthContext, fAuthValue, fTrailer, fTrailerMark, fTrailerCommand, fTrailerLength,
		fTrailerBits, fTrailerVersion, fTrailerOther,
	}
	for _, d := range [...]*uuidField{
		fInterface, fTransferID, fAckTransfer, fObject, fTrailerInterface, fTrailerTransfer,
	} {
		defs = append(defs, d.little, d.big)
	}
	defs = append(defs, epmDefs()...)
	for _, i := range known().all[1:] {
		defs = append(defs, &i.opnum)
	}
	return defs
}
