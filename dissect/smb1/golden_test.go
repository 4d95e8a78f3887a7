package smb1

import (
	"testing"

	"smbdiff/dissect/internal/golden"
)

func TestTrees(t *testing.T) { golden.Trees(t, walk) }

func FuzzWalk(f *testing.F) { golden.Fuzz(f, walk) }
