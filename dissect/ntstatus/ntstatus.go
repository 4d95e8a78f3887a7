// Package ntstatus names the NT status codes of [MS-ERREF] 2.3.1 and the later
// ones of Windows. It holds names only: what a status means for an operation is
// for its users to say.
package ntstatus

import (
	_ "embed"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// list has one code a line, rising: eight hexadecimal digits, a tab, the name.
//
//go:embed ntstatus.txt
var list string

type code struct {
	value uint32
	name  string
}

var codes = sync.OnceValue(func() []code {
	cs := make([]code, 0, strings.Count(list, "\n"))
	for line := range strings.Lines(list) {
		digits, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if v, err := strconv.ParseUint(digits, 16, 32); err == nil && name != "" {
			cs = append(cs, code{uint32(v), name})
		}
	}
	return cs
})

// Name gives the name of a status, "" when it has none.
func Name(v uint64) string {
	if v > 1<<32-1 {
		return ""
	}
	cs := codes()
	i := sort.Search(len(cs), func(i int) bool { return uint64(cs[i].value) >= v })
	if i < len(cs) && uint64(cs[i].value) == v {
		return cs[i].name
	}
	return ""
}
