package secdesc

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	return []*field.Def{
		fType, fFlags, fSize, fMask, fObjectFlags, fObject, fInherited, fApplication, fRevision, fControl, fOwner, fGroup, fSACL,
		fDACL, fOwnerSID, fGroupSID, fSACLTree, fDACLTree, fACE, fACLRev, fACLSize, fACECount, fSID, fSIDRev, fSIDCount, fAuthority,
		fSubs, fRID,
	}
}
