// Package state is what the screens show and what keys do to it: cursor,
// filter, folds, focus, and every line as text with semantic styles. It knows
// traces and comparisons; it must not know terminals, widgets or colours.
//
// A State belongs to one goroutine. What takes long runs on goroutines of its
// own and is taken over by Tick.
package state
