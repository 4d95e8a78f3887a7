package dcerpc

import "smbdiff/dissect/field"

// statusNames are the fault statuses of [C706] appendix N, and those that Windows
// and Samba add.
var statusNames = field.Values{
	{V: 0x0, Name: "stub-defined exception"}, {V: 0x1, Name: "nca_s_fault_other"},
	{V: 0x5, Name: "nca_s_fault_access_denied"}, {V: 0x6d8, Name: "nca_s_fault_cant_perform"},
	{V: 0x6f7, Name: "nca_s_fault_ndr"}, {V: 0x721, Name: "nca_s_fault_sec_pkg_error"},
	{V: 0x1c000001, Name: "nca_s_fault_int_div_by_zero"}, {V: 0x1c000002, Name: "nca_s_fault_addr_error"},
	{V: 0x1c000003, Name: "nca_s_fault_fp_div_zero"}, {V: 0x1c000004, Name: "nca_s_fault_fp_underflow"},
	{V: 0x1c000005, Name: "nca_s_fault_fp_overflow"}, {V: 0x1c000006, Name: "nca_s_fault_invalid_tag"},
	{V: 0x1c000007, Name: "nca_s_fault_invalid_bound"}, {V: 0x1c000008, Name: "nca_rpc_version_mismatch"},
	{V: 0x1c000009, Name: "nca_unspec_reject"}, {V: 0x1c00000a, Name: "nca_s_bad_actid"},
	{V: 0x1c00000b, Name: "nca_who_are_you_failed"}, {V: 0x1c00000c, Name: "nca_manager_not_entered"},
	{V: 0x1c00000d, Name: "nca_s_fault_cancel"}, {V: 0x1c00000e, Name: "nca_s_fault_ill_inst"},
	{V: 0x1c00000f, Name: "nca_s_fault_fp_error"}, {V: 0x1c000010, Name: "nca_s_fault_int_overflow"},
	{V: 0x1c000014, Name: "nca_s_fault_pipe_empty"}, {V: 0x1c000015, Name: "nca_s_fault_pipe_closed"},
	{V: 0x1c000016, Name: "nca_s_fault_pipe_order"}, {V: 0x1c000017, Name: "nca_s_fault_pipe_discipline"},
	{V: 0x1c000018, Name: "nca_s_fault_pipe_comm_error"}, {V: 0x1c000019, Name: "nca_s_fault_pipe_memory"},
	{V: 0x1c00001a, Name: "nca_s_fault_context_mismatch"}, {V: 0x1c00001b, Name: "nca_s_fault_remote_no_memory"},
	{V: 0x1c00001c, Name: "nca_invalid_pres_context_id"}, {V: 0x1c00001d, Name: "nca_unsupported_authn_level"},
	{V: 0x1c00001f, Name: "nca_invalid_checksum"}, {V: 0x1c000020, Name: "nca_invalid_crc"},
	{V: 0x1c000021, Name: "ncs_s_fault_user_defined"}, {V: 0x1c000022, Name: "nca_s_fault_tx_open_failed"},
	{V: 0x1c000023, Name: "nca_s_fault_codeset_conv_error"}, {V: 0x1c000024, Name: "nca_s_fault_object_not_found"},
	{V: 0x1c000025, Name: "nca_s_fault_no_client_stub"}, {V: 0x1c010002, Name: "nca_op_rng_error"},
	{V: 0x1c010003, Name: "nca_unk_if"}, {V: 0x1c010006, Name: "nca_wrong_boot_time"},
	{V: 0x1c010009, Name: "nca_s_you_crashed"}, {V: 0x1c01000b, Name: "nca_proto_error"},
	{V: 0x1c010013, Name: "nca_out_args_too_big"}, {V: 0x1c010014, Name: "nca_server_too_busy"},
	{V: 0x1c010017, Name: "nca_unsupported_type"}, {V: 0x80004001, Name: "E_NOTIMPL"}, {V: 0x80004003, Name: "E_POINTER"},
	{V: 0x80004004, Name: "E_ABORT"}, {V: 0x8000ffff, Name: "E_UNEXPECTED"}, {V: 0x80010105, Name: "RPC_E_SERVERFAULT"},
	{V: 0x80010108, Name: "RPC_E_DISCONNECTED"}, {V: 0x80010113, Name: "RPC_E_INVALID_IPID"},
	{V: 0x8001011f, Name: "RPC_E_TIMEOUT"}, {V: 0x80020003, Name: "DISP_E_MEMBERNOTFOUND"},
	{V: 0x80020006, Name: "DISP_E_UNKNOWNNAME"}, {V: 0x8002000e, Name: "DISP_E_BADPARAMCOUNT"},
	{V: 0x8007000e, Name: "E_OUTOFMEMORY"}, {V: 0x80070057, Name: "E_INVALIDARG"},
	{V: 0x800706d1, Name: "RPC_S_PROCNUM_OUT_OF_RANGE"}, {V: 0x80070776, Name: "OR_INVALID_OXID"},
}
