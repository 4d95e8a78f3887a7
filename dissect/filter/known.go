package filter

// Fields gives the names of all fields and bits that messages may have, in
// order.
func Fields() []string {
	c := names()
	var out []string
	for _, n := range c.names {
		if e := c.byName[n]; e.fact == nil && e.prefix == "" {
			out = append(out, n)
		}
	}
	return out
}
