//go:build !unix

package tui

// suspend does nothing: the system cannot stop a program from its terminal.
func suspend() {}
