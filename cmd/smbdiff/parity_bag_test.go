package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// bag holds the fields of a message for matching.
type bag struct {
	byName map[string][]*ours
}

func newBag() *bag { return &bag{map[string][]*ours{}} }

func (b *bag) add(fields []ours) {
	for i := range fields {
		f := &fields[i]
		b.byName[f.Name] = append(b.byName[f.Name], f)
		b.add(f.Children)
	}
}

// has reports whether take would give something.
func (b *bag) has(f *theirs) bool {
	o := b.take(f)
	if o != nil {
		o.used = false
	}
	return o != nil
}

// take gives the field of the same name and bytes, at the same place when
// there are several.
func (b *bag) take(f *theirs) *ours {
	if b == nil {
		return nil
	}
	var best *ours
	for _, o := range b.byName[f.Name] {
		if o.used || !o.holds(f.Value) {
			continue
		}
		if f.Rel != nil && *f.Rel == o.Offset {
			best = o
			break
		}
		if best == nil {
			best = o
		}
	}
	if best != nil {
		best.used = true
	}
	return best
}

// plainOctets are tshark's names of bytes that it knows nothing about.
var plainOctets = map[string]bool{"smb2.unknown": true, "smb.unknown_data": true, "data.data": true, "dcerpc.stub_data": true}

// explains reports whether fields stand where tshark shows nothing but octets.
func (b *bag) explains(f *theirs) bool {
	if b == nil || f.Rel == nil || !plainOctets[f.Name] {
		return false
	}
	for n, list := range b.byName {
		for _, o := range list {
			if o.Offset == *f.Rel && o.Length < f.Size && n != f.Name {
				return true
			}
		}
	}
	return false
}

// counts reports whether an octet that tshark shows alone is one of a field that
// holds them all.
func (b *bag) counts(f *theirs) bool {
	if b == nil || f.Size != 1 {
		return false
	}
	for _, o := range b.byName[f.Name] {
		if !o.used && o.Length > 1 && strings.Contains(o.Raw, f.Value) {
			return true
		}
	}
	return false
}

// others says what else is there under the field's name.
func (b *bag) others(f *theirs) string {
	if b == nil {
		return ": no such message"
	}
	for _, o := range b.byName[f.Name] {
		if !o.used {
			return fmt.Sprintf(", here %.40s", o.Raw)
		}
	}
	return ""
}

// holds reports whether the field has the bytes; the oracle gives long ones as
// their hash.
func (o *ours) holds(value string) bool {
	if len(o.Raw) <= 8192 || !strings.HasPrefix(value, "sha256:") {
		return o.Raw == value
	}
	if o.sum == "" {
		b, _ := hex.DecodeString(o.Raw)
		sum := sha256.Sum256(b)
		o.sum = "sha256:" + hex.EncodeToString(sum[:])
	}
	return o.sum == value
}

// left counts what tshark does not have.
func (b *bag) left(rest map[string]int) {
	for n, list := range b.byName {
		for _, o := range list {
			if !o.used && o.Raw != "" {
				rest[n]++
			}
		}
	}
}
