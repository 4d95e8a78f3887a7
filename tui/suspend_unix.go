//go:build unix

package tui

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// suspend stops the program until the shell goes on with it. Where the shell
// does not stop it, it goes on by itself.
func suspend() {
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGCONT)
	defer signal.Stop(again)
	if syscall.Kill(0, syscall.SIGTSTP) != nil {
		return
	}
	select {
	case <-again:
	case <-time.After(time.Second):
	}
}
