package ntlmssp

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	defs := []*field.Def{
		fMessage, fIdentifier, fMessageType, fServerChallenge, fClientChallenge, fReserved, fInfoLength, fInfoRoom, fInfoOffset,
		fInfo, fMIC, fVersion, fNoVersion, fMajor, fMinor, fBuild, fVersionReserved, fRevision, fV2, fProof, fResponseVersion,
		fHighestVersion, fZero, fTime, fV2Challenge, fSignatureVersion, fSignatureBody, fSignatureChecksum, fSignatureSequence,
		fFlags, fSignature,
	}
	for _, p := range [...]payload{negotiateDomain, negotiateWorkstation, targetName, domain, user, host, lmResponse, ntResponse, sessionKey} {
		defs = append(defs, p.length, p.room, p.offset, p.octets, p.empty)
		if p.unicode != nil {
			defs = append(defs, p.unicode)
		}
	}
	for _, p := range [...]pairDefs{challengePairs, responsePairs} {
		defs = append(defs, p.pair, p.id, p.length, p.flags, p.timestamp, p.unknown, p.pad, p.hostSize, p.hostZero, p.hostData, p.machine)
		for _, d := range p.values {
			if d != nil {
				defs = append(defs, d)
			}
		}
	}
	return defs
}
