package dcerpc

import "smbdiff/dissect/field"

func num(name, label string) *field.Def {
	return &field.Def{Name: "dcerpc." + name, Label: label, Kind: field.Uint}
}

func bits(name, label string) *field.Def {
	return &field.Def{Name: "dcerpc." + name, Label: label, Kind: field.Hex}
}

func octets(name, label string) *field.Def {
	return &field.Def{Name: "dcerpc." + name, Label: label, Kind: field.Bytes}
}

func enum(name, label string, values field.Values) *field.Def {
	return &field.Def{Name: "dcerpc." + name, Label: label, Kind: field.Enum, Values: values}
}

func part(name, label string) *field.Def {
	return &field.Def{Name: "dcerpc." + name, Label: label}
}

// The common header, [C706] 12.6.3.1.
var (
	fPDU     = &field.Def{Name: "dcerpc", Label: "DCE/RPC"}
	fVersion = num("ver", "rpc_vers")
	fMinor   = num("ver_minor", "rpc_vers_minor")
	fType    = enum("pkt_type", "PTYPE", typeNames)
	fFlags   = &field.Def{Name: "dcerpc.cn_flags", Label: "pfc_flags", Kind: field.Flags, Bits: []field.Bit{
		{Name: "dcerpc.cn_flags.first_frag", Label: "PFC_FIRST_FRAG", Mask: 0x01},
		{Name: "dcerpc.cn_flags.last_frag", Label: "PFC_LAST_FRAG", Mask: 0x02},
		{Name: "dcerpc.cn_flags.cancel_pending", Label: "PFC_PENDING_CANCEL", Mask: 0x04},
		{Name: "dcerpc.cn_flags.reserved", Label: "PFC_RESERVED_1", Mask: 0x08},
		{Name: "dcerpc.cn_flags.mpx", Label: "PFC_CONC_MPX", Mask: 0x10},
		{Name: "dcerpc.cn_flags.dne", Label: "PFC_DID_NOT_EXECUTE", Mask: 0x20},
		{Name: "dcerpc.cn_flags.maybe", Label: "PFC_MAYBE", Mask: 0x40},
		{Name: "dcerpc.cn_flags.object", Label: "PFC_OBJECT_UUID", Mask: 0x80},
	}}
	// PFC_SUPPORT_HEADER_SIGN has the place of PFC_PENDING_CANCEL in PDUs that
	// bind, [MS-RPCE] 2.2.2.3.
	fBindFlags = headerSigning(fFlags)

	fDrep      = octets("drep", "packed_drep")
	fByteOrder = enum("drep.byteorder", "Byte order", field.Values{{V: 0, Name: "Big-endian"}, {V: 1, Name: "Little-endian"}})
	fCharacter = enum("drep.character", "Character", field.Values{{V: 0, Name: "ASCII"}, {V: 1, Name: "EBCDIC"}})
	fFloat     = enum("drep.fp", "Floating-point", field.Values{
		{V: 0, Name: "IEEE"}, {V: 1, Name: "VAX"}, {V: 2, Name: "Cray"}, {V: 3, Name: "IBM"}})
	fFragLength = num("cn_frag_len", "frag_length")
	fAuthLength = num("cn_auth_len", "auth_length")
	fCallID     = num("cn_call_id", "call_id")
)

func headerSigning(d *field.Def) *field.Def {
	bind := *d
	bind.Bits = append([]field.Bit(nil), d.Bits...)
	bind.Bits[2].Label = "PFC_SUPPORT_HEADER_SIGN"
	return &bind
}

// PDU types, [C706] 12.6.4 and [MS-RPCE] 2.2.2.4.
const (
	typeRequest  = 0
	typeResponse = 2
	typeFault    = 3
	typeBind     = 11
	typeBindAck  = 12
	typeBindNak  = 13
	typeAlter    = 14
	typeAlterAck = 15
	typeAuth3    = 16
	typeShutdown = 17
	typeCancel   = 18
	typeOrphaned = 19
)

var typeNames = field.Values{
	{V: 0, Name: "request"}, {V: 1, Name: "ping"}, {V: 2, Name: "response"}, {V: 3, Name: "fault"}, {V: 4, Name: "working"},
	{V: 5, Name: "nocall"}, {V: 6, Name: "reject"}, {V: 7, Name: "ack"}, {V: 8, Name: "cl_cancel"}, {V: 9, Name: "fack"},
	{V: 10, Name: "cancel_ack"}, {V: 11, Name: "bind"}, {V: 12, Name: "bind_ack"}, {V: 13, Name: "bind_nak"},
	{V: 14, Name: "alter_context"}, {V: 15, Name: "alter_context_resp"}, {V: 16, Name: "rpc_auth_3"}, {V: 17, Name: "shutdown"},
	{V: 18, Name: "co_cancel"}, {V: 19, Name: "orphaned"},
}

// Binding, [C706] 12.6.4.3 to 12.6.4.5 and [MS-RPCE] 2.2.2.5, 2.2.2.14.
var (
	fReserved    = octets("reserved", "reserved")
	fUnknown     = octets("unknown", "Unknown")
	fMaxXmit     = num("cn_max_xmit", "max_xmit_frag")
	fMaxRecv     = num("cn_max_recv", "max_recv_frag")
	fAssocGroup  = bits("cn_assoc_group", "assoc_group_id")
	fNumContexts = num("cn_num_ctx_items", "n_context_elem")
	fContext     = part("cn_ctx_item", "p_cont_elem")
	fContextID   = num("cn_ctx_id", "p_cont_id")
	fNumTransfer = num("cn_num_trans_items", "n_transfer_syn")
	fAbstract    = part("cn_bind_abstract_syntax", "abstract_syntax")
	fInterface   = uuidDef("cn_bind_to_uuid", "if_uuid", interfaceNames)
	fIfVersion   = num("cn_bind_if_ver", "if_version")
	fIfMinor     = num("cn_bind_if_ver_minor", "if_version minor")
	fTransfer    = part("cn_bind_trans", "transfer_syntax")
	fTransferID  = uuidDef("cn_bind_trans_id", "if_uuid", syntaxNames)
	fTransferVer = num("cn_bind_trans_ver", "if_version")
	fFeatures    = &field.Def{Name: "dcerpc.cn_bind_trans_btfn", Label: "Bitmask", Kind: field.Flags, Bits: []field.Bit{
		{Name: "dcerpc.cn_bind_trans_btfn.01", Label: "SecurityContextMultiplexingSupported", Mask: 1},
		{Name: "dcerpc.cn_bind_trans_btfn.02", Label: "KeepConnectionOnOrphanSupported", Mask: 2}}}

	fAddressLength = num("cn_sec_addr_len", "sec_addr length")
	fAddress       = &field.Def{Name: "dcerpc.cn_sec_addr", Label: "sec_addr", Kind: field.Text}
	fNumResults    = num("cn_num_results", "n_results")
	fResult        = part("cn_ctx_item", "p_result")
	fAckResult     = enum("cn_ack_result", "result", field.Values{
		{V: 0, Name: "acceptance"}, {V: 1, Name: "user_rejection"}, {V: 2, Name: "provider_rejection"}, {V: 3, Name: "negotiate_ack"}})
	fAckReason = enum("cn_ack_reason", "reason", field.Values{
		{V: 0, Name: "reason_not_specified"}, {V: 1, Name: "abstract_syntax_not_supported"},
		{V: 2, Name: "proposed_transfer_syntaxes_not_supported"}, {V: 3, Name: "local_limit_exceeded"}})
	fAckTransfer    = uuidDef("cn_ack_trans_id", "transfer_syntax", syntaxNames)
	fAckTransferVer = num("cn_ack_trans_ver", "transfer_syntax version")

	fRejectReason = enum("cn_reject_reason", "provider_reject_reason", field.Values{
		{V: 0, Name: "reason_not_specified"}, {V: 1, Name: "temporary_congestion"}, {V: 2, Name: "local_limit_exceeded"},
		{V: 3, Name: "called_paddr_unknown"}, {V: 4, Name: "protocol_version_not_supported"},
		{V: 5, Name: "default_context_not_supported"}, {V: 6, Name: "user_data_not_readable"}, {V: 7, Name: "no_psap_available"},
		{V: 8, Name: "authentication_type_not_recognized"}, {V: 9, Name: "invalid_checksum"}})
	fNumProtocols  = num("cn_num_protocols", "n_protocols")
	fProtocolMajor = num("cn_protocol_ver_major", "major")
	fProtocolMinor = num("cn_protocol_ver_minor", "minor")
)

// Calls, [C706] 12.6.4.7 to 12.6.4.10 and [MS-RPCE] 2.2.2.10.
var (
	fAllocHint   = num("cn_alloc_hint", "alloc_hint")
	fOpnum       = num("opnum", "opnum")
	fObject      = uuidDef("obj_id", "object", objectNames)
	fCancelCount = num("cn_cancel_count", "cancel_count")
	fFaultFlags  = &field.Def{Name: "dcerpc.cn_fault_flags", Label: "reserved", Kind: field.Flags, Bits: []field.Bit{
		{Name: "dcerpc.cn_fault_flags.extended_error", Label: "extended error information present", Mask: 1}}}
	fStatus    = &field.Def{Name: "dcerpc.cn_status", Label: "status", Kind: field.Enum, Values: statusNames}
	fStub      = octets("stub_data", "stub_data")
	fSealed    = octets("encrypted_stub_data", "stub_data, sealed")
	fFaultStub = octets("fault_stub_data", "stub_data")
	fFragment  = octets("fragment_data", "stub_data, a fragment of it")
	fPiece     = octets("fragment", "PDU, a piece of it")
)

// Authentication, [MS-RPCE] 2.2.2.11.
var (
	fAuth        = part("auth_info", "auth_verifier")
	fAuthPadding = octets("auth_padding", "auth_pad")
	fAuthType    = enum("auth_type", "auth_type", field.Values{
		{V: 0, Name: "RPC_C_AUTHN_NONE"}, {V: 1, Name: "RPC_C_AUTHN_DCE_PRIVATE"}, {V: 9, Name: "RPC_C_AUTHN_GSS_NEGOTIATE"},
		{V: 10, Name: "RPC_C_AUTHN_WINNT"}, {V: 14, Name: "RPC_C_AUTHN_GSS_SCHANNEL"}, {V: 16, Name: "RPC_C_AUTHN_GSS_KERBEROS"},
		{V: 17, Name: "RPC_C_AUTHN_DPA"}, {V: 18, Name: "RPC_C_AUTHN_MSN"}, {V: 21, Name: "RPC_C_AUTHN_DIGEST"},
		{V: 68, Name: "RPC_C_AUTHN_NETLOGON"}, {V: 100, Name: "RPC_C_AUTHN_MQ"}, {V: 255, Name: "RPC_C_AUTHN_DEFAULT"}})
	fAuthLevel = enum("auth_level", "auth_level", field.Values{
		{V: 0, Name: "RPC_C_AUTHN_LEVEL_DEFAULT"}, {V: 1, Name: "RPC_C_AUTHN_LEVEL_NONE"}, {V: 2, Name: "RPC_C_AUTHN_LEVEL_CONNECT"},
		{V: 3, Name: "RPC_C_AUTHN_LEVEL_CALL"}, {V: 4, Name: "RPC_C_AUTHN_LEVEL_PKT"},
		{V: 5, Name: "RPC_C_AUTHN_LEVEL_PKT_INTEGRITY"}, {V: 6, Name: "RPC_C_AUTHN_LEVEL_PKT_PRIVACY"}})
	fAuthPadLength = num("auth_pad_len", "auth_pad_length")
	fAuthReserved  = num("auth_rsrvd", "auth_reserved")
	fAuthContext   = num("auth_ctx_id", "auth_context_id")
	fAuthValue     = octets("auth_credentials", "auth_value")
)

// The verification trailer, [MS-RPCE] 2.2.2.13.
var (
	fTrailer        = part("rpc_sec_vt", "rpc_sec_verification_trailer")
	fTrailerMark    = octets("rpc_sec_vt.signature", "signature")
	fTrailerCommand = &field.Def{Name: "dcerpc.rpc_sec_vt.command", Label: "command", Kind: field.Flags, Bits: []field.Bit{
		{Name: "dcerpc.rpc_sec_vt.command.cmd", Label: "command", Mask: 0x3fff, Values: field.Values{
			{V: 1, Name: "SEC_VT_COMMAND_BITMASK_1"}, {V: 2, Name: "SEC_VT_COMMAND_PCONTEXT"}, {V: 3, Name: "SEC_VT_COMMAND_HEADER2"}}},
		{Name: "dcerpc.rpc_sec_vt.command.end", Label: "SEC_VT_COMMAND_END", Mask: 0x4000},
		{Name: "dcerpc.rpc_sec_vt.command.must_process", Label: "SEC_VT_MUST_PROCESS_COMMAND", Mask: 0x8000}}}
	fTrailerLength = num("rpc_sec_vt.command.length", "length")
	fTrailerBits   = &field.Def{Name: "dcerpc.rpc_sec_vt.bitmask", Label: "bits", Kind: field.Flags, Bits: []field.Bit{
		{Name: "dcerpc.rpc_sec_vt.bitmask.sign", Label: "CLIENT_SUPPORT_HEADER_SIGNING", Mask: 1}}}
	fTrailerInterface = uuidDef("rpc_sec_vt.pcontext.interface.uuid", "interfaceId", interfaceNames)
	fTrailerTransfer  = uuidDef("rpc_sec_vt.pcontext.interface.uuid", "transferSyntax", syntaxNames)
	fTrailerVersion   = bits("rpc_sec_vt.pcontext.interface.ver", "version")
	fTrailerOther     = octets("rpc_sec_vt.command.data", "data")
)
