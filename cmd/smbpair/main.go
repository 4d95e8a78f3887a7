// Command smbpair is a real SMB2/3 server and what records and breaks SMB
// traffic, for traces on demand and as a peer to test others against.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"smbdiff/cmd/smbpair/internal/client"
)

// The exit codes.
const (
	exitDone    = 0
	exitTrouble = 2
)

const usage = `usage: smbpair serve [flags]   an SMB2/3 server; prints "listening on HOST:PORT", ends on SIGTERM
       smbpair client //HOST:PORT/SHARE [flags] -c 'COMMAND; ...'
       smbpair record SCENARIO [--twin RULE] [--seed N] -o X   clients against a server: X.pcapng and X.keys
       smbpair proxy [flags]   a relay between any client and any server that records
       smbpair help commands   what client and scenarios can be told to do

flags of serve:
  --listen HOST:PORT    127.0.0.1:4450; port 0 takes a free one
  --share NAME=DIR      a share of a local folder, or of memory: NAME=mem:; repeatable
  --user NAME:PASSWORD  an account, or @FILE with one in each line; repeatable
  --guest               who is unknown comes in as guest
  --seal required|off   sealed sessions only, or none; NAME of a share: sealed on that share only
  --sign                signed sessions only
  --cipher LIST         AES-128-GCM,AES-128-CCM,AES-256-GCM,AES-256-CCM
  --dialect MIN-MAX     2.0.2-3.1.1
  --compress LIST       what clients may ask for, or off: Pattern_V1,LZ77,LZ77+Huffman,LZNT1; unchained
  --name NAME           the server's name: SMBPAIR
  --fault RULE          what goes wrong; repeatable
flags of client:
  -U [DOMAIN\\]USER%PASSWORD   without it anonymous
  -m, --dialect MIN-MAX  2.0.2-3.1.1
  --sign, --seal        whatever the server wants
  --cipher LIST, --signing LIST   best first; AES-GMAC,AES-CMAC,HMAC-SHA256
  --compress LIST       ask for it, best first; as of serve
  --smb1                begin with the NEGOTIATE of SMB1
  --reconnect           when the connection is lost, make it anew and do the command again
  --fault RULE          what goes wrong with its requests; repeatable
  -c COMMANDS           "ls; get a b; mkdir d"; a command -> STATUS wants to fail so
flags of record:
  --twin RULE           record it again with what goes wrong: X-twin.pcapng
  --seed N              the same bytes each time: clock, random numbers and addresses are made up
  --to //HOST:PORT/SHARE [-U USER%PASSWORD]   play it against that server
flags of proxy:
  --listen HOST:PORT    127.0.0.1:4450
  --to HOST:PORT        the server
  --user NAME:PASSWORD  an account for X.keys, from which its sessions are opened; or @FILE; repeatable
flags of serve, client and proxy:
  --record X.pcapng     record all connections; serve and client write their keys to X.keys

A rule is COMMAND [path=GLOB] [nth=N] [request] and what is to happen to the answer, or the request: status=NAME,
delay=DURATION, drop, cut, flip, badsign, twice, late (the next comes first), nonce (used before), nolease, maxio=BYTES (of
NEGOTIATE), answer=HEX. COMMAND may be *; nth counts what fits.

examples:
  smbpair serve --share data=mem: --user tester:Passw0rd! --record trace.pcapng
  smbpair serve --share data=/srv/data --user tester:Passw0rd! --fault 'CREATE path=*.txt nth=3 status=ACCESS_DENIED'
  smbpair client //127.0.0.1:4450/data -U tester%Passw0rd! --seal -c "mkdir d; put a.txt d/a.txt; ls d/*"
  smbpair proxy --listen 127.0.0.1:4451 --to 192.0.2.7:445 --record trace.pcapng
`

const version = "smbpair 0.1"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is one invocation; it ends when ctx does.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	verb := ""
	if len(args) > 0 {
		verb, args = args[0], args[1:]
	}
	var err error
	switch verb {
	case "serve":
		err = serve(ctx, args, stdout, stderr)
	case "proxy":
		err = proxy(ctx, args, stdout, stderr)
	case "client":
		err = runClient(ctx, args, stdout)
	case "record":
		err = recordVerb(ctx, args, stdout)
	case "help", "-h", "--help":
		help(stdout, args)
		return exitDone
	case "version", "--version":
		fmt.Fprintln(stdout, version)
		return exitDone
	case "":
		err = usageError{"no verb given"}
	default:
		err = usageError{fmt.Sprintf("no verb %q", verb)}
	}
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(stderr, "smbpair: %s\n", oneLine(err.Error()))
	var u usageError
	if errors.As(err, &u) {
		fmt.Fprintln(stderr, "smbpair: hint: smbpair help")
	}
	return exitTrouble
}

func help(out io.Writer, args []string) {
	if len(args) > 0 && args[0] == "commands" {
		fmt.Fprintf(out, "commands of client -c and of scenarios; a HANDLE is a name that open gave\n%s\n%s\n", client.Help(), client.OpenHelp)
		return
	}
	fmt.Fprint(out, usage)
}

// usageError is a wrong call.
type usageError struct{ what string }

func (e usageError) Error() string { return e.what }

func oneLine(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "; ") }
