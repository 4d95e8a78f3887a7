package state

import (
	"fmt"
	"strconv"
	"strings"

	"smbdiff/dissect/op"
)

// column is one column of a list; width 0 takes what is left.
type column struct {
	title string
	width int
	right bool
	text  func(*op.Row) string
}

// Widths of columns, and the least that is left to the object.
const (
	commandWidth = 18
	resultWidth  = 24
	resultLeast  = 8
	objectLeast  = 24
)

// digits is how many digits numbers up to n take, at least least.
func digits(n, least int) int { return max(least, len(strconv.Itoa(n))) }

// singleColumns gives the columns of the single view at a width. Where there is
// no room they go in the order time, response time, frames, tree, session.
func singleColumns(w, ops, wide int, form timeForm) []column {
	opColumn := column{"op", digits(ops, 4), true, func(r *op.Row) string { return r.Op }}
	object := column{"object", 0, false, func(r *op.Row) string { return r.Object }}
	command := column{"command", commandWidth, false, func(r *op.Row) string { return r.Command }}
	width := max(resultLeast, resultWidth+wide)
	result := column{"result", width, false, func(r *op.Row) string { return shortStatus(r.Result) }}
	timeWidth := [timeForms]int{10, 10, 13}[form]
	time := column{timeTitles[form], timeWidth, true, func(r *op.Row) string { return r.Time }}
	rtt := column{"rtt ms", 9, true, func(r *op.Row) string { return r.RTT }}
	frames := column{"frames", 12, false, func(r *op.Row) string { return r.Frames }}
	tree := column{"tree", 4, false, func(r *op.Row) string { return r.Tree }}
	session := column{"sess", 4, false, func(r *op.Row) string { return r.Session }}
	room := w - 1 - (opColumn.width + commandWidth + width + 4)
	take := func(c column) bool {
		if room-c.width-1 < objectLeast {
			return false
		}
		room -= c.width + 1
		return true
	}
	out := []column{opColumn}
	withSession, withTree, withFrames, withRTT, withTime := take(session), take(tree), take(frames), take(rtt), take(time)
	if withTime {
		out = append(out, time)
	}
	if withRTT {
		out = append(out, rtt)
	}
	if withSession {
		out = append(out, session)
	}
	if withTree {
		out = append(out, tree)
	}
	object.width = max(room, 1)
	out = append(out, command, object, result)
	if withFrames {
		out = append(out, frames)
	}
	return out
}

func columnTitles(columns []column) Line {
	l := Line{{" ", Dim}}
	for _, c := range columns {
		t := fit(c.title, c.width)
		if c.right {
			t = fitRight(c.title, c.width)
		}
		l = append(l, Span{t + " ", Dim})
	}
	return l
}

// resultStyle gives the style of an operation's outcome.
func resultStyle(o *op.Op) Style {
	switch {
	case o.State&op.BadSignature != 0, failed(o), unanswered(o):
		return Bad
	case o.State&op.Unread != 0:
		return Unread
	}
	return Plain
}

// singleRow gives an operation as a line of the single view; at is its time.
func singleRow(r *op.Row, o *op.Op, at string, columns []column) Line {
	l := Line{{" ", Plain}}
	for _, c := range columns {
		text := c.text(r)
		style := Plain
		switch c.title {
		case "result":
			if style = resultStyle(o); style == Bad {
				text = "! " + text
			} else {
				text = "  " + text
			}
			if o.State&op.BadSignature != 0 {
				text += " bad signature"
			}
		case timeTitles[sinceStart], timeTitles[sinceRow], timeTitles[ofDay]:
			text = at
		case "object":
			text = fitTail(text, c.width)
		}
		if c.right {
			text = fitRight(text, c.width)
		} else {
			text = fit(text, c.width)
		}
		l = append(l, Span{text, style}, Span{" ", Plain})
	}
	return l
}

// fitTail shortens an object: of a long path the end says more than the start.
func fitTail(s string, w int) string {
	if w < 8 || Width(s) <= w {
		return s
	}
	i := strings.LastIndexByte(s, '\\')
	if i <= 0 || Width(s[i:]) > w-1 {
		return s
	}
	head := cut(s[:i], w-Width(s[i:]))
	return head + s[i:]
}

// half gives one side of a diff row, exactly w cells wide.
func half(r *op.Row, o *op.Op, w, numbers, wide int, style Style) Line {
	if r == nil {
		return Line{{strings.Repeat(" ", max(0, w)), Plain}}
	}
	status, rtt := 24, 9
	if w < 64 {
		status, rtt = 16, 0
	} else if w < 76 {
		rtt = 0
	}
	status = max(resultLeast, min(status+wide, w-numbers-commandWidth-8))
	object := w - numbers - 1 - commandWidth - 1 - status - 1
	if rtt > 0 {
		object -= rtt + 1
	}
	object = max(object, 4)
	outcomeStyle := style
	if g := resultStyle(o); g != Plain {
		outcomeStyle = g
	}
	l := Line{{fitRight(r.Op, numbers) + " ", Dim}, {fit(r.Command, commandWidth) + " " + fit(fitTail(r.Object, object), object) + " ", style},
		{fit(shortStatus(r.Result), status), outcomeStyle}}
	if rtt > 0 {
		l = append(l, Span{" " + fitRight(r.RTT, rtt), Dim})
	}
	return l.fit(w, Plain)
}

// Widths where one list stands for two: the least that each column of outcomes
// has, both together, and the command.
const (
	narrowStatus  = 16
	narrowBoth    = 37
	narrowCommand = 16
)

func narrowObject(w, numbers, both int) int {
	return max(4, w-3-numbers-2-narrowCommand-1-both-1)
}

// narrow gives a diff row on a screen too small for two lists: one list with
// two columns of outcomes.
func narrow(r [2]*op.Row, o [2]*op.Op, mark Span, w, numbers, wide int, styles [2]Style) Line {
	any, style := r[0], Plain
	if any == nil {
		any, style = r[1], styles[1]
	} else if r[1] == nil {
		style = styles[0]
	}
	if any == nil {
		return Line{}.fit(w, Plain)
	}
	number := any.Op
	if r[0] == nil {
		number = "B" + number
	}
	texts := [2]string{"-", "-"}
	st := [2]Style{Dim, Dim}
	for k := range r {
		if r[k] != nil {
			texts[k], st[k] = shortStatus(r[k].Result), styles[k]
			if g := resultStyle(o[k]); g != Plain {
				st[k] = g
			}
		}
	}
	both := max(2*resultLeast+1, min(narrowBoth+wide, w-numbers-narrowCommand-11))
	object := narrowObject(w, numbers, both)
	least := min(narrowStatus, (both-1)/2)
	b := min(max(Width(texts[1]), both-1-max(least, Width(texts[0]))), both-1-min(least, Width(texts[0])))
	a := both - 1 - b
	command := strings.TrimSuffix(any.Command, " *") // no room for the mark of sealing
	return Line{{" ", Plain}, mark, {" " + fitRight(number, numbers+1) + " ", Dim},
		{fit(command, narrowCommand) + " " + fit(fitTail(any.Object, object), object) + " ", style},
		{fit(texts[0], a), st[0]}, {" ", Plain}, {fit(texts[1], b), st[1]}}.fit(w, Plain)
}

// foldLine stands for rows that are not shown.
func foldLine(n uint32, w int) Line {
	word := "rows"
	if n == 1 {
		word = "row"
	}
	return Line{{fmt.Sprintf("  ▸ %d %s without a difference", n, word), Dim}}.fit(w, Dim)
}
