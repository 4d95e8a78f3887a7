//go:build !linux

package agent

import (
	"context"
	"time"
)

// Server is not there on this system.
type Server struct{}

// Client is not there on this system.
type Client struct{}

// Listen gives ErrUnsupported.
func Listen(string, time.Duration, func(string)) (*Server, error) { return nil, ErrUnsupported }

// Serve gives ErrUnsupported.
func (*Server) Serve(context.Context) error { return ErrUnsupported }

// PID is 0.
func (*Server) PID() int { return 0 }

// Dial gives ErrUnsupported.
func Dial(string) (*Client, error) { return nil, ErrUnsupported }

// Get gives ErrUnsupported.
func (*Client) Get(ID) ([]byte, bool, error) { return nil, false, ErrUnsupported }

// Put gives ErrUnsupported.
func (*Client) Put(ID, string, []byte) error { return ErrUnsupported }

// List gives ErrUnsupported.
func (*Client) List() ([]Item, error) { return nil, ErrUnsupported }

// Stop gives ErrUnsupported.
func (*Client) Stop() error { return ErrUnsupported }

// PID is 0.
func (*Client) PID() int { return 0 }

// Close does nothing.
func (*Client) Close() error { return nil }
