package diff

import (
	"runtime"
	"slices"
	"sync"
)

// chunkRows is how many rows are compared at a time by one goroutine.
const chunkRows = 512

// compare grades all rows. It reports false when it was stopped.
func (r *Result) compare() bool {
	if r.options.Timing {
		r.times = r.slack()
	}
	chunks := (len(r.Rows) + chunkRows - 1) / chunkRows
	all := make([]int, chunks)
	for i := range all {
		all[i] = i
	}
	met := make([][]meeting, chunks)
	if !r.each(all, func(c *Comparer, k int) {
		c.meet.reset()
		r.chunk(c, k)
		met[k] = c.meet.list
	}, true, 0) {
		return false
	}
	r.alias = newAliases(met)
	r.guards = r.findGuards()
	var again []int
	for k, list := range met {
		if slices.ContainsFunc(list, func(m meeting) bool { return !r.alias.holds(m.triple) }) ||
			len(r.guards) > 0 && slices.ContainsFunc(r.chunkOf(k), func(x Row) bool { return x.guard != 0 }) {
			again = append(again, k)
		}
	}
	return r.each(again, func(c *Comparer, k int) { r.chunk(c, k) }, false, len(r.Rows))
}

func (r *Result) chunkOf(k int) []Row { return r.Rows[k*chunkRows : min(len(r.Rows), (k+1)*chunkRows)] }

func (r *Result) chunk(c *Comparer, k int) {
	rows := r.chunkOf(k)
	for i := range rows {
		c.row(&rows[i])
	}
}

// each works on chunks on all cores and tells of progress.
func (r *Result) each(chunks []int, work func(*Comparer, int), meet bool, before int) bool {
	if len(chunks) == 0 {
		return true
	}
	todo := make(chan int, len(chunks))
	for _, k := range chunks {
		todo <- k
	}
	close(todo)
	stop := make(chan struct{})
	done := make(chan struct{}, len(chunks))
	var wg sync.WaitGroup
	for range min(len(chunks), runtime.GOMAXPROCS(0)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c := r.grader()
			if meet {
				c.meet = new(meetings)
				if r.turned {
					c.meet.side = 1
				}
			}
			for k := range todo {
				select {
				case <-stop:
					return
				default:
				}
				work(c, k)
				done <- struct{}{}
			}
		}()
	}
	go func() {
		wg.Wait()
		close(done)
	}()
	n, going := before, true
	for range done {
		n = min(n+chunkRows, len(r.Rows))
		if p := r.options.Progress; p != nil && going && !p(n, len(r.Rows)) {
			going = false
			close(stop)
		}
	}
	return going
}
