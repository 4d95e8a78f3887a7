// Package ntstatus names the NT status codes of [MS-ERREF] 2.3.1 and the later
// ones of Windows. It holds names only: what a status means for an operation is
// for its users to say.
package ntstatus

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"smbdiff/dissect/field"
)

// list has one code a line, rising: eight hexadecimal digits, a tab, the name.
//
//go:embed ntstatus.txt
var list string

var names = sync.OnceValue(func() map[uint32]string {
	all := values()
	m := make(map[uint32]string, len(all))
	for _, v := range all {
		m[uint32(v.V)] = v.Name
	}
	return m
})

var values = sync.OnceValue(func() field.Values {
	all := make(field.Values, 0, strings.Count(list, "\n"))
	for line := range strings.Lines(list) {
		digits, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if v, err := strconv.ParseUint(digits, 16, 32); err == nil && name != "" {
			all = append(all, field.Value{V: v, Name: name})
		}
	}
	return all
})

// Values gives all statuses, rising.
func Values() field.Values { return values() }

// Name gives the name of a status, "" when it has none.
func Name(v uint64) string {
	if v > 1<<32-1 {
		return ""
	}
	return names()[uint32(v)]
}
