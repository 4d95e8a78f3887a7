package dcerpc

import "testing"

// TestInterfaceNames has names of interfaces whose stubs are not walked: a
// call is named all the same.
func TestInterfaceNames(t *testing.T) {
	for _, c := range []struct {
		uuid, name, operation string
		opnum                 uint16
	}{
		{"12345678-1234-abcd-ef00-0123456789ab", "spoolss", "EnumPrinters", 0},
		{"12345678-1234-abcd-ef00-01234567cffb", "netlogon", "NetrServerReqChallenge", 4},
		{"1ff70682-0a51-30e8-076d-740be8cee98b", "atsvc", "JobAdd", 0},
	} {
		i := ByUUID(parseUUID(c.uuid))
		if i == nil || i.Name != c.name || i.Operation(c.opnum) == "" {
			t.Errorf("%s: %v", c.name, i)
			continue
		}
		if got := i.Operation(c.opnum); got != c.operation {
			t.Errorf("%s %d: %s, want %s", c.name, c.opnum, got, c.operation)
		}
	}
}
