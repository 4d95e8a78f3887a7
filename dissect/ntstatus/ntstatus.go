// Package ntstatus names the NT status codes of [MS-ERREF] 2.3.1 and the later
// ones of Windows. It holds names only: what a status means for an operation is
// for its users to say.
package ntstatus

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// list has one code a line, rising: eight hexadecimal digits, a tab, the name.
//
//go:embed ntstatus.txt
var list string

var names = sync.OnceValue(func() map[uint32]string {
	m := make(map[uint32]string, strings.Count(list, "\n"))
	for line := range strings.Lines(list) {
		digits, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if v, err := strconv.ParseUint(digits, 16, 32); err == nil && name != "" {
			m[uint32(v)] = name
		}
	}
	return m
})

// Name gives the name of a status, "" when it has none.
func Name(v uint64) string {
	if v > 1<<32-1 {
		return ""
	}
	return names()[uint32(v)]
}
