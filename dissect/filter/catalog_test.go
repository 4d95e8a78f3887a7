package filter

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestCatalog reads the sources of all packages below dissect: every field and
// flag that is defined there must have a name here.
func TestCatalog(t *testing.T) {
	known := names().byName
	n := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := goparser.ParseFile(gotoken.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(x ast.Node) bool {
			name := defined(x)
			if name == "" {
				return true
			}
			n++
			if e := known[name]; e == nil || e.fact == nil && e.targets[0].def == nil {
				t.Errorf("%s: no filter can name %s: it is missing in Defs of its package, or that in the catalog", path, name)
			}
			return true
		})
		return nil
	})
	if err != nil || n < 1000 {
		t.Errorf("%d fields found, %v", n, err)
	}
	for name, e := range known {
		for _, x := range e.targets {
			if x.def != nil && x.bit == nil && x.def.Lookup != nil && x.def.All == nil {
				t.Errorf("%s: a field with Lookup needs All", name)
			}
		}
	}
}

// defined gives the name that a composite literal with Name and Label defines.
func defined(x ast.Node) string {
	c, ok := x.(*ast.CompositeLit)
	if !ok {
		return ""
	}
	name, label := "", false
	for _, e := range c.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, _ := kv.Key.(*ast.Ident)
		value, _ := kv.Value.(*ast.BasicLit)
		switch {
		case key == nil:
		case key.Name == "Label":
			label = true
		case key.Name == "Name" && value != nil && value.Kind == gotoken.STRING:
			name, _ = strconv.Unquote(value.Value)
		}
	}
	if !label {
		return ""
	}
	return name
}
