package vfs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// noWait keeps the opening of a pipe from waiting.
const noWait = unix.O_NONBLOCK

func identify(info fs.FileInfo) (id identity, known bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return id, false
	}
	return identity{number: st.Ino, links: uint32(st.Nlink), owner: st.Uid, group: st.Gid, allocated: st.Blocks * 512,
		accessed: time.Unix(st.Atim.Unix()), changed: time.Unix(st.Ctim.Unix())}, true
}

// space gives size and free bytes of the file system that f is on.
func space(f *os.File) (total, free uint64) {
	var st unix.Statfs_t
	if unix.Fstatfs(int(f.Fd()), &st) != nil {
		return 0, 0
	}
	return st.Blocks * uint64(st.Bsize), st.Bavail * uint64(st.Bsize)
}

// punch makes a hole of the bytes.
func punch(f *os.File, from, to int64) error {
	return unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, from, to-from)
}

// nextData gives the first bytes between two places that are no hole; none when
// end is not beyond start.
func nextData(f *os.File, from, to int64) (start, end int64) {
	start, err := f.Seek(from, unix.SEEK_DATA)
	if errors.Is(err, unix.EINVAL) { // the file system knows no holes
		return from, to
	}
	if err != nil || start >= to {
		return to, to
	}
	if end, err = f.Seek(start, unix.SEEK_HOLE); err != nil {
		return start, to
	}
	return start, min(end, to)
}
