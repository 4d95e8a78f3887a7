package diff

import (
	"bufio"
	_ "embed"
	"html"
	"io"
	"strconv"
	"strings"

	"smbdiff/dissect/field"
)

//go:embed html.css
var htmlStyle string

// WriteHTML writes the comparison as one page that needs nothing else: no
// script, no network. Rows have the address #op-N, those of B alone #b-op-N.
func (r *Result) WriteHTML(out io.Writer) error {
	h := htmlWriter{Writer: bufio.NewWriter(out), r: r, c: r.Comparer()}
	title := esc("smbdiff " + r.A.File + " " + r.B.File)
	h.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>", title, "</title>\n<style>\n", htmlStyle, "</style>\n</head>\n<body>\n")
	h.head()
	if !r.options.Brief {
		h.rows()
	}
	h.foot()
	h.write("</body>\n</html>\n")
	return h.Flush()
}

type htmlWriter struct {
	*bufio.Writer
	r *Result
	c *Comparer
}

func (h *htmlWriter) write(parts ...string) {
	for _, p := range parts {
		h.WriteString(p)
	}
}

// esc makes captured text safe for a page: markup, control characters and
// characters that turn the direction of text stay visible as what they are.
func esc(s string) string { return html.EscapeString(field.Safe(s)) }

func (h *htmlWriter) head() {
	r := h.r
	class := "verdict"
	if r.Exit == 0 {
		class += " same"
	}
	h.write("<h1>SMB comparison</h1>\n<div class=\"", class, "\">\n")
	if f := r.First; f != nil {
		h.write("<p><b>Verdict:</b> ")
		if n := r.unreadBefore(); n > 0 {
			h.write("incomplete: ", number(n, "row"), " before it not compared; ")
		}
		h.write("differ at ", h.link(f.Row, esc(f.Text)), "</p>\n<p><b>Suspect:</b> ", esc(f.suspicion()), "</p>\n")
		if r.FirstAny != f.Row {
			h.write("<p>First difference: ", h.link(r.FirstAny, "op "+r.opOf(r.FirstAny)), "</p>\n")
		}
	} else {
		h.write("<p><b>Verdict:</b> ", esc(r.Sentence()), "</p>\n")
	}
	h.write("</div>\n<h2>Captures</h2>\n<div class=\"sides\">\n")
	h.side("A", &r.A)
	h.side("B", &r.B)
	h.write("</div>\n")
	if len(r.Causes) > 0 {
		h.write("<h2>Why here?</h2>\n<ol>\n")
		for i := range r.Causes {
			c := &r.Causes[i]
			h.write("<li>", h.link(c.Row, "<code>"+esc(r.causeText(c))+"</code>"), " <span class=\"dim\">", esc(c.Why), "</span></li>\n")
		}
		h.write("</ol>\n")
	}
}

func (h *htmlWriter) side(name string, s *Side) {
	h.write("<div><b>", name, "</b> <code>", esc(s.File), "</code><br>", number(s.Messages, "message"), ", ", number(s.Operations, "operation"))
	if s.Dialect != "" {
		h.write("<br>SMB ", esc(s.Dialect), " ", esc(s.Cipher))
	}
	if s.Sealed > 0 {
		h.write("<br>", strconv.Itoa(s.Opened), "/", strconv.Itoa(s.Sealed), " sealed messages open")
	}
	h.write("</div>\n")
}

// link makes a link to a row, where it is on the page.
func (h *htmlWriter) link(i int, text string) string {
	if h.r.options.Brief || !h.r.lists(i) {
		return text
	}
	return "<a href=\"#" + h.anchor(i) + "\">" + text + "</a>"
}

// anchor gives the address of a row.
func (h *htmlWriter) anchor(i int) string {
	if row := &h.r.Rows[i]; row.A == 0 {
		return "b-op-" + opNumber(row.B)
	}
	return "op-" + opNumber(h.r.Rows[i].A)
}

func (h *htmlWriter) rows() {
	r := h.r
	h.write("<h2>Operations: ", number(r.Differ(), "row"), verb(r.Differ()), ", ", strconv.Itoa(r.Counts[Equal]), " equal, ",
		strconv.Itoa(r.Counts[Masked]), verb(r.Counts[Masked]), " only in masked fields, ", strconv.Itoa(r.Unread), " not compared</h2>\n",
		"<p class=\"dim\">= equal · ~ masked · ≠ differs · ! outcome differs · &lt; only in A · &gt; only in B · # not compared · ⇄ moved</p>\n")
	r.listing(func(what listKind, i int) {
		switch what {
		case listedGap:
			h.write("<div class=\"row dim\">", number(i, "row"), " without a difference</div>\n")
		case listedBrief:
			h.write("<div class=\"row\" id=\"", h.anchor(i), "\">")
			h.title(i)
			h.write("</div>\n")
		default:
			h.row(i)
		}
	})
	if r.Unlisted > 0 {
		h.write("<p class=\"dim\">", number(r.Unlisted, "more row"), verb(r.Unlisted), "</p>\n")
	}
}

// title names a row on a line.
func (h *htmlWriter) title(i int) {
	row := &h.r.Rows[i]
	a, b := h.r.pairOps(row)
	h.write("<span class=\"mark\">", esc(mark(row)), "</span> op ", opNumber(row.A), " / ", opNumber(row.B), " ", esc(h.r.title(row)), " <span class=\"dim\">")
	x, y := string(a.AppendResult(nil)), string(b.AppendResult(nil))
	switch {
	case row.B == 0:
		h.write(esc(x), ", only in A")
	case row.A == 0:
		h.write(esc(y), ", only in B")
	case x == y:
		h.write(esc(x))
	default:
		h.write(esc(x), " / ", esc(y))
	}
	h.write(" · frames ", frames(&a), " / ", frames(&b))
	if row.Moved {
		h.write(" · moved")
	}
	h.write("</span>")
}

func (h *htmlWriter) row(i int) {
	row := &h.r.Rows[i]
	if row.A == 0 || row.B == 0 {
		h.write("<div class=\"row ", row.Grade.String(), "\" id=\"", h.anchor(i), "\">")
		h.title(i)
		h.write(esc(lonely(row, h.c)), "</div>\n")
		return
	}
	h.write("<details class=\"", row.Grade.String(), "\" id=\"", h.anchor(i), "\" open>\n<summary>")
	h.title(i)
	h.write("</summary>\n")
	h.write("<table>\n<thead><tr><th>field</th><th>A</th><th>B</th></tr></thead>\n<tbody>\n")
	n, more := 0, 0
	for _, ch := range h.c.Compare(*row) {
		if ch.Masked != "" && !h.r.options.ShowMasked {
			continue
		}
		if n++; n > maxFields && h.r.options.Context >= 0 {
			more++
			continue
		}
		h.change(&ch)
	}
	if more > 0 {
		h.write("<tr><td class=\"dim\">", number(more, "more field"), "</td><td class=\"a\"></td><td class=\"b\"></td></tr>\n")
	}
	h.write("</tbody>\n</table>\n")
	h.write("</details>\n")
}

func (h *htmlWriter) change(ch *Change) {
	x, y := "", ""
	if ch.Op != "add" {
		x = field.Safe(clip(ch.A))
	}
	if ch.Op != "remove" {
		y = field.Safe(clip(ch.B))
	}
	var mx, my []Span
	if ch.Op == "replace" && !strings.HasPrefix(x, "STATUS_") {
		mx, my = Marks(x, y)
	}
	class := ""
	note := ""
	if ch.Masked != "" {
		class, note = " class=\"masked\"", " (masked: "+esc(ch.Masked)+")"
	}
	h.write("<tr", class, "><td>", breakable(esc(ch.Path)), note, "</td><td class=\"a\">", marked(x, mx), "</td><td class=\"b\">", marked(y, my), "</td></tr>\n")
}

// clip bounds a value, and names an empty one.
func clip(s string) string {
	r := []rune(s)
	switch {
	case s == "":
		return "none"
	case len(r) > 400:
		return string(r[:400]) + "…"
	}
	return s
}

// breakable lets a text of several parts go on in the next line behind each.
func breakable(s string) string { return strings.NewReplacer("/", "/<wbr>", "|", "|<wbr>").Replace(s) }

// marked gives a text with what changed in it marked.
func marked(s string, marks []Span) string {
	var out strings.Builder
	at := 0
	part := func(to int) string { return breakable(html.EscapeString(s[at:to])) }
	for _, m := range marks {
		out.WriteString(part(m.From))
		at = m.From
		out.WriteString("<mark>" + part(m.To) + "</mark>")
		at = m.To
	}
	out.WriteString(part(len(s)))
	return out.String()
}

func (h *htmlWriter) foot() {
	r := h.r
	h.write("<footer>\n<p>Mask: ", esc(r.Mask))
	if r.Left > 0 {
		h.write(" · ", number(r.Left, "row"), " left out")
	}
	if r.red != nil {
		h.write(" · redacted: equal words stand for equal texts")
	}
	h.write("</p>\n")
	if r.options.Command != "" && r.red == nil {
		h.write("<p><code>", esc(r.options.Command), "</code></p>\n")
	}
	h.write("</footer>\n")
}
