package ntstatus

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for v, want := range map[uint64]string{
		0:               "STATUS_SUCCESS",
		0x103:           "STATUS_PENDING",
		0x80000005:      "STATUS_BUFFER_OVERFLOW",
		0x8000002d:      "STATUS_STOPPED_ON_SYMLINK",
		0xc0000016:      "STATUS_MORE_PROCESSING_REQUIRED",
		0xc0000034:      "STATUS_OBJECT_NAME_NOT_FOUND",
		0xc000035c:      "STATUS_NETWORK_SESSION_EXPIRED",
		0xc05d0000:      "STATUS_SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP",
		0xdeadbeef:      "",
		0x1_00000000:    "",
		0xffffffffffff0: "",
	} {
		if got := Name(v); got != want {
			t.Errorf("Name(%#x) = %q, want %q", v, got, want)
		}
	}
}

func TestListIsWhole(t *testing.T) {
	if n := strings.Count(list, "\n"); n != len(names()) || n < 2000 {
		t.Errorf("%d lines, %d codes", n, len(names()))
	}
	before := ""
	for line := range strings.Lines(list) {
		if code := line[:8]; code <= before {
			t.Errorf("%s stands after %s", code, before)
		} else {
			before = code
		}
	}
}

func TestNameAllocates(t *testing.T) {
	Name(0)
	if n := testing.AllocsPerRun(100, func() { Name(0xc0000022) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
