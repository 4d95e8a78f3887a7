package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strings"

	"smbdiff/cmd/smbpair/internal/client"
	"smbdiff/cmd/smbpair/internal/fault"
	"smbdiff/cmd/smbpair/internal/record"
	"smbdiff/dissect/smb2"
)

// runClient connects to a share and runs commands on it.
func runClient(ctx context.Context, args []string, stdout io.Writer) (err error) {
	f := flag.NewFlagSet("client", flag.ContinueOnError)
	var user, protocol, cipherList, signing string
	for _, n := range []string{"U", "user"} {
		f.StringVar(&user, n, "", "")
	}
	for _, n := range []string{"m", "dialect"} {
		f.StringVar(&protocol, n, "2.0.2-3.1.1", "")
	}
	f.StringVar(&cipherList, "cipher", "", "")
	f.StringVar(&signing, "signing", "", "")
	packing := f.String("compress", "off", "")
	old := f.Bool("smb1", false, "")
	again := f.Bool("reconnect", false, "")
	seal := f.Bool("seal", false, "")
	sign := f.Bool("sign", false, "")
	file := f.String("record", "", "")
	script := f.String("c", "", "")
	var faults list
	f.Var(&faults, "fault", "")
	place := ""
	if len(args) > 0 && strings.HasPrefix(args[0], "//") {
		place, args = args[0], args[1:]
	}
	if err := parse(f, args); err != nil {
		return err
	}
	c := client.Config{Sign: *sign, Seal: *seal, OldFirst: *old, Again: *again}
	if c.Compress, err = packings(*packing); err != nil {
		return err
	}
	share := ""
	if c.Server, share, err = target(place); err != nil {
		return err
	}
	c.Domain, c.User, c.Password = account(user)
	if err := choose(&c, protocol, cipherList, signing); err != nil {
		return err
	}
	rules, err := fault.Parse(faults)
	if err != nil {
		return usageError{err.Error()}
	}
	if rules.Answers() != nil {
		return usageError{"--fault: the client has requests go wrong: a rule with the word request"}
	}
	c.Faults = rules.Requests()
	if *file != "" {
		r, err := record.Create(*file, true)
		if err != nil {
			return err
		}
		c.Record = r
		defer func() { keepFirst(&err, r.Close()) }()
	}
	return session(ctx, c, share, strings.Split(*script, ";"), stdout)
}

// target reads //HOST:PORT/SHARE.
func target(s string) (address, share string, err error) {
	host, share, ok := strings.Cut(strings.TrimPrefix(s, "//"), "/")
	if !strings.HasPrefix(s, "//") || !ok || host == "" || share == "" {
		return "", "", usageError{fmt.Sprintf("%q is not //HOST:PORT/SHARE", s)}
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(host, "445")
	}
	return host, share, nil
}

// account reads [DOMAIN\]USER%PASSWORD.
func account(s string) (domain, user, password string) {
	s, password, _ = strings.Cut(s, "%")
	if d, u, ok := strings.Cut(s, `\`); ok {
		return d, u, password
	}
	return "", s, password
}

// choose settles what is offered.
func choose(c *client.Config, protocol, cipherList, signing string) (err error) {
	if c.Dialects, err = dialects(protocol); err != nil {
		return err
	}
	if cipherList == "" {
		cipherList = "AES-128-GCM,AES-128-CCM,AES-256-GCM,AES-256-CCM"
	}
	if c.Ciphers, err = ciphers(cipherList); err != nil {
		return err
	}
	if signing == "" {
		signing = "AES-GMAC,AES-CMAC,HMAC-SHA256"
	}
	for _, name := range strings.Split(signing, ",") {
		a, ok := map[string]smb2.SigningAlgorithm{"HMAC-SHA256": smb2.HMACSHA256, "AES-CMAC": smb2.AESCMAC, "AES-GMAC": smb2.AESGMAC}[strings.ToUpper(name)]
		if !ok {
			return usageError{fmt.Sprintf("--signing %s: AES-GMAC, AES-CMAC or HMAC-SHA256", name)}
		}
		c.Signing = append(c.Signing, a)
	}
	return nil
}

// session connects, runs commands until one fails, and takes its leave.
func session(ctx context.Context, c client.Config, share string, commands []string, out io.Writer) error {
	shell, err := client.Start(ctx, c, share, out)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, shell.Abort)
	defer stop()
	for _, line := range commands {
		if err = shell.Run(line); err != nil {
			break
		}
	}
	var refused *client.StatusError
	return errors.Join(err, shell.End(err == nil || errors.As(err, &refused)))
}
