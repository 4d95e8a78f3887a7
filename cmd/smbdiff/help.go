package main

import (
	"fmt"
	"slices"
	"strings"
)

// topic is a part of the help: the lines that tell of one verb, or of flags.
type topic struct {
	verbs string // that have it; "" all but help without a word
	text  string
}

// topics are the parts of the help in their order, of 80 columns at most.
func topics() []topic {
	return []topic{
		{"view", `usage: smbdiff [flags] A           view one capture; into a pipe: a list
       smbdiff [flags] A B         compare two; into a pipe: the report
`},
		{"diff", `       smbdiff diff [flags] A B    report of the comparison
`},
		{"dump", `       smbdiff dump [flags] A      every message with every field
`},
		{"stats", `       smbdiff stats [flags] A [B] per command count, errors, times, bytes
`},
		{"learn", `       smbdiff learn [flags] GOOD GOOD... -o FILE
                                   masks that make runs equal which should be
`},
		{"masks", `       smbdiff masks [SET|FILE]    the shipped sets of masks, the rules of one;
                                   also list, show, check before it
`},
		{"decrypt", `       smbdiff decrypt [flags] A -o OUT
                                   the capture in plain text, as pcapng
`},
		{"", `       smbdiff keys ...            list, check, derive, export, import, encrypt
       smbdiff config ...          settings of the screen; those of smbcmp
       smbdiff completion bash|zsh|fish|powershell
       smbdiff help [VERB|filter|masks|keys|json|exit]
       smbdiff version [--json]
`},
		{"view diff dump stats learn decrypt", `
Captures are pcap or pcapng, plain, gz or zst; - is stdin; a directory is a
file set, several files with --join too. The screen opens FILE:N at frame N.

  -k, --key SPEC       key file of any known format, SESSIONID,KEY, or a bare
                       key; repeatable
  --key-a, --key-b     the same for one side
  --key-fd N           keys from the open file N, such as a pipe
  --identity FILE      secret key that opens wrapped key files; repeatable
  --port N             TCP port that carries SMB whatever it shows; repeatable
  -Y, --filter EXPR    messages of dump, operations of the others, that match:
                       smbdiff help filter
  --session S1|ID      those of a session, in a comparison of A; --conn C1: of a
                       connection. --filter-a, --session-b and so on choose by
                       one side of two
  -o, --output FILE    written as a whole or not at all, and not over another
                       one without --force
  --progress auto|always|never
                       how far it is, on stderr: on a terminal, if it takes long
  -v, --verbose        what was read, and which key opens what, on stderr
`},
		{"view diff learn", `
flags of diff and of A B:
  --mask SET|FILE      what counts as noise: default, strict, ci, two-sided,
                       none, a TOML file, or the name of one in
                       ~/.config/smbdiff/masks; repeatable, the last counts
                       first; --no-mask: none. smbdiff help masks
  --ignore GLOB        fields to ignore, by name, or by path with a slash
  --only GLOB          fields to compare, and no other; both repeatable
  --mask-status        --ignore may name an outcome (smb2.nt_status)
  --allow-sealed       what stays sealed is no trouble
  --anchor 14=15       operation 14 of A and 15 of B are a pair; repeatable
  --pair auto|order|none
                       what makes the others pairs: what they do, their place,
                       nothing
`},
		{"diff", `
flags of diff:
  --format F           text, json, ndjson, html (one page), junit
  -U, --context N      rows around each difference in text and html: 3; "all"
                       lists equal rows too, with what masks hide in json
  --color auto|always|never
                       of text: on a terminal unless NO_COLOR is set, or with
                       CLICOLOR_FORCE; --ascii: its signs in ASCII
  -y, --side-by-side   text with A to the left, B to the right; --inline: one
                       below the other
  --width N            columns of that: 120
  --brief              the verdict alone; -q, --quiet: the exit code alone
  --first              the first divergence alone
  --max-diffs N        no more than N rows that differ
  --show-masked        list what masks hide, with the rule that does
  --statuses-only      compare commands and outcomes
  --timing [FACTOR]    compare response times too: what the runs do not vary by
                       anyhow, or longer by more than a factor, such as 5
  --redact [LEVEL]     words in place of names (paths, users, hosts, addresses),
                       data (payload too), or all (GUIDs too; without a level)
  --until 'OP/STATUS'  compare up to the first such operation:
                       CREATE/ACCESS_DENIED, 'CREATE docs*/*'
  --exit-zero          0 where they differ
  --bisect             125 for trouble, as git bisect run wants it; also where a
                       cut or empty capture lacks operations

` + exitUsage},
		{"dump", `
flags of dump:
  --format F           ndjson, json, text; ops: an object an operation; zeek:
                       the same as in Zeek's smb_cmd log
  --fields LIST        these alone, names of fields and of facts as in filters
                       with commas between; a list of texts each, in text a
                       line with tabs
  --raw                bytes of each field, in hex
  --limit N            no more than the first N messages, or operations
`},
		{"stats", `
flags of stats:
  --format F           text, json
`},
		{"view", `
flags of the screen:
  --ascii              no line drawing characters; so without being asked
                       where the locale is not UTF-8
  --no-mouse           the mouse stays with the terminal
  --color auto|never   colours unless NO_COLOR is set
  --config FILE        settings instead of ~/.config/smbdiff/config.toml;
                       --no-config: none
`},
		{"view diff dump stats learn decrypt", `
Keys are also read from $SMBDIFF_KEYS (FILE:FILE) and from X.keys beside X.pcap.
`},
		{"", `
examples:
  smbdiff good.pcapng bad.pcapng -k smbd.log
  smbdiff diff good.pcapng bad.pcapng --brief
  smbdiff dump x.pcapng.gz | jq 'select(.status=="STATUS_NOT_FOUND") | .path'
`},
	}
}

// usage gives the help of a verb, "" all of it.
func usage(verb string) string {
	var out strings.Builder
	for _, t := range topics() {
		if verb == "" || slices.Contains(strings.Fields(t.verbs), verb) {
			out.WriteString(t.text)
		}
	}
	return "usage: " + strings.TrimLeft(strings.TrimPrefix(out.String(), "usage:"), " ")
}

// help answers smbdiff help [WORD].
func (a *app) help(words []string) int {
	pages := map[string]string{"filter": filterUsage, "masks": usage("masks") + masksUsage, "keys": keysUsage, "config": configUsage, "json": jsonUsage, "exit": exitUsage + exitMore}
	word := strings.Join(words, " ")
	text := pages[word]
	switch {
	case text != "":
	case word == "" || slices.ContainsFunc(topics(), func(t topic) bool { return slices.Contains(strings.Fields(t.verbs), word) }):
		text = usage(word)
	case slices.Contains(verbs[:], word):
		text = usage("")
	default:
		return a.fail(usageError{what: "no help on " + word + meant(word, append(verbs[:], "filter", "json", "exit"))})
	}
	fmt.Fprint(a.stdout, text)
	return exitDone
}
