package smb2

import (
	"reflect"
	"strings"
	"testing"

	"smbdiff/dissect/field"
)

// TestFactsWithoutTree checks that a walk without a tree learns the same.
func TestFactsWithoutTree(t *testing.T) {
	var tr field.Tree
	for _, s := range samples(t) {
		var with, without walker
		with.walk(&tr, s.env, s.msg)
		without.walk(nil, s.env, s.msg)
		if !reflect.DeepEqual(with.f, without.f) {
			t.Errorf("%s: %s:\n%+v with a tree\n%+v without", s.file, s.title, with.f, without.f)
		}
	}
}

// TestFacts checks facts of samples, found by the beginning of their title and
// a text in the tree.
func TestFacts(t *testing.T) {
	text := func(b []byte) string { return string(field.AppendUTF16(nil, b)) }
	for _, test := range []struct {
		title, show string
		ok          func(f *Facts) bool
	}{
		{"NEGOTIATE request", "3.1.1 (0x0311)", func(f *Facts) bool { return f.Dialects > 0 && f.Dialect == Dialect311 && f.Cipher != 0 }},
		{"NEGOTIATE response", "3.1.1 (0x0311)", func(f *Facts) bool { return f.Dialect == Dialect311 && len(f.Token) > 0 }},
		{"SESSION_SETUP request", "", func(f *Facts) bool { return len(f.Token) > 0 && f.Flags == 0 }},
		{"TREE_CONNECT request", "", func(f *Facts) bool { return strings.HasPrefix(text(f.Name), `\\`) }},
		{"TREE_CONNECT response", "PIPE (2)", func(f *Facts) bool { return f.ShareType == 2 }},
		{"CREATE request", "FILE_CREATE (2)", func(f *Facts) bool { return f.Disposition == 2 && len(f.Name) > 0 }},
		{"CREATE response", "FILE_CREATED (2)", func(f *Facts) bool { return f.Flags == 2 && f.HasFileID }},
		{"CREATE response", "RqLs", func(f *Facts) bool { return f.HasLease && f.Oplock == 0xff }},
		{"CLOSE request", "", func(f *Facts) bool { return f.HasFileID }},
		{"READ request", "", func(f *Facts) bool { return f.HasFileID && f.Length > 0 }},
		{"WRITE request", "", func(f *Facts) bool { return f.HasFileID }},
		{"LOCK request", "EXCLUSIVE_LOCK", func(f *Facts) bool { return f.HasFileID && f.Length > 0 }},
		{"IOCTL request", "FSCTL_VALIDATE_NEGOTIATE_INFO (0x00140204)", func(f *Facts) bool { return f.CtlCode == ctlValidateNegotiate && len(f.Data) >= 26 }},
		{"QUERY_DIRECTORY request", "", func(f *Facts) bool { return text(f.Name) != "" && f.InfoClass > 0 }},
		{"QUERY_INFO request", "SMB2_0_INFO_FILE (1)", func(f *Facts) bool { return f.InfoType == 1 && f.InfoClass > 0 && f.HasFileID }},
		{"SET_INFO request", "FileRenameInformation (10)", func(f *Facts) bool { return f.InfoClass == 10 && len(f.Name) > 0 }},
		{"OPLOCK_BREAK request", "lease.lease_key", func(f *Facts) bool { return f.HasLease }},
		{"OPLOCK_BREAK response", "LEVEL_II (1)", func(f *Facts) bool { return f.HasFileID && f.Oplock == 1 }},
	} {
		found := false
		for _, s := range samples(t) {
			var w walker
			var tr field.Tree
			w.walk(&tr, s.env, s.msg)
			if !strings.HasPrefix(s.title, test.title) || !shows(&tr, test.show) || w.h.Response() && w.h.Status != 0 {
				continue
			}
			found = true
			if !test.ok(&w.f) {
				t.Errorf("%s: %+v", s.title, w.f)
			}
			break
		}
		if !found {
			t.Errorf("no sample of %s with %q", test.title, test.show)
		}
	}
}

func shows(tr *field.Tree, text string) bool {
	for i := range tr.Nodes {
		if strings.Contains(tr.Nodes[i].Def.Name+" "+tr.Show(i), text) {
			return true
		}
	}
	return text == ""
}
