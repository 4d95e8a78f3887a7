package spnego

import "smbdiff/dissect/field"

// Defs gives every field that this package can leave in a tree.
func Defs() []*field.Def {
	return []*field.Def{
		fBlob, fKrbOID, fTokenID, fCFXFlags, fFiller, fSequence, fChecksum, fMessage, fTicket, fCrypt, fName, fPvno, fMsgType,
		fOptions, fTicketVersion, fRealm, fNameType, fNames, fPart, fEType, fKvno, fCipher, fSTime, fSUsec, fError, fToken, fOID,
		fInit, fResponse, fMechTypes, fMechType, fReqFlags, fMechToken, fHints, fHintName, fHintAddress, fMIC, fSupported,
		fResponseToken, fResult, fReservedOption, fSessionKey, fMutual, fNegoex, fNegoexSignature, fNegoexType, fNegoexNumber,
		fNegoexHeader, fNegoexLength, fNegoexConversation, fNegoexRandom, fNegoexVersion, fNegoexScheme, fNegoexSchemesAt,
		fNegoexSchemes, fNegoexSchemesPad, fNegoexExtension, fNegoexExtensionsAt, fNegoexExtensions, fNegoexExtensionPad,
		fNegoexExchangeAt, fNegoexExchangeLen, fNegoexExchange, fNegoexSumScheme, fNegoexSumType, fNegoexSumAt, fNegoexSumLen,
		fNegoexSum, fNegoexError, fNegoexData,
	}
}
