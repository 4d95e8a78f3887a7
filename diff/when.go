package diff

// when is the condition of a rule.
type when struct {
	condition condition
	text      string
}

// UnmarshalText reads a filter expression.
func (w *when) UnmarshalText(b []byte) error {
	w.text = string(b)
	return nil
}

func (c *Comparer) conditions() string { return "" }
