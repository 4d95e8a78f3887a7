package spnego

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	defs := []*field.Def{
		fBlob, fKrbOID, fTokenID, fCFXFlags, fFiller, fSequence, fChecksum, fMessage, fTicket, fCrypt, fName, fPvno, fMsgType,
		fOptions, fTicketVersion, fRealm, fNameType, fNames, fPart, fEType, fKvno, fCipher, fSTime, fSUsec, fError, fToken, fOID,
		fInit, fResponse, fMechTypes, fMechType, fReqFlags, fMechToken, fHints, fHintName, fHintAddress, fMIC, fSupported,
		fResponseToken, fResult, fReservedOption, fSessionKey, fMutual, fNegoex, fNegoexSignature, fNegoexType, fNegoexNumber,
		fNegoexHeader, fNegoexLength, fNegoexConversation, fNegoexRandom, fNegoexVersion, fNegoexScheme, fNegoexSchemesAt,
		fNegoexSchemes, fNegoexSchemesPad, fNegoexExtension, fNegoexExtensionsAt, fNegoexExtensions, fNegoexExtensionPad,
		fNegoexExchangeAt, fNegoexExchangeLen, fNegoexExchange, fNegoexSumScheme, fNegoexSumType, fNegoexSumAt, fNegoexSumLen,
		fNegoexSum, fNegoexError, fNegoexData, fAPReq, fAPRep, fKrbError,
		fAuthCrypt, fEncTicket, fEncReply, fAuthenticator, fTicketFlags, fKey, fSubkey, fKeyType, fKeyValue,
		fCRealm, fCName, fCNames, fCPart, fTransited, fTransitedType, fTransitedBytes, fAuthTime, fStartTime,
		fEndTime, fRenewTill, fVersion, fSum, fSumType, fSumBytes, fGSSLength, fGSSBinding, fGSSDeleg,
		fGSSMutual, fGSSReplay, fGSSSequence, fGSSConf, fGSSInteg, fGSSDCE, fCTime, fCUsec, fNumber,
		fAuthorization, fDataType, fData, fOffered, fRestriction, fRestrictions, fTokenFlags, fTokenLevel, fTokenMachine, fDataOptions,
		fPACCount, fPACVersion, fPACType, fPACBuffer, fPACSize, fPACOffset, fPACCredentials, fPACCredVersion, fPACCredType,
		fPACCredData, fPACSumType, fPACSum, fPACReadOnly, fPACClientTime, fPACNameLength, fPACName, fPACUPNFlags, fPACAttrLength,
		fPACAttrFlags, fPACOther,
	}
	for _, list := range [...][]*field.Def{fPACLengths[:], fPACPlaces[:], fPACNames[:], fPACParts[:]} {
		for _, d := range list {
			if d != nil {
				defs = append(defs, d)
			}
		}
	}
	return defs
}
