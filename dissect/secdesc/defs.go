package secdesc

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	defs := []*field.Def{
		fType, fFlags, fSize, fMask, fObjectFlags, fObject, fInherited, fApplication, fRevision, fControl, fOwner, fGroup, fSACL,
		fDACL, fOwnerSID, fGroupSID, fSACLTree, fDACLTree, fACE, fACLRev, fACLSize, fACECount, fSID, fSIDRev, fSIDCount, fAuthority,
		fSubs, fRID, fCondition, fMark, fToken, fSign, fBase, fCondLength, fString, fOctets, fClaim, fClaimAt,
		fClaimName, fClaimType, fClaimReserved, fClaimFlags, fClaimCount, fClaimOffset, fClaimLength, fClaimInt, fClaimUint,
		fClaimString, fClaimSID, fClaimBool, fClaimOctets,
	}
	return append(append(defs, fInteger[:]...), fAttribute[:]...)
}
