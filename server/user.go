package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"
)

// texts is a flag that may be given several times.
type texts []string

func (t *texts) String() string { return strings.Join(*t, ",") }

// Set takes one more.
func (t *texts) Set(s string) error {
	*t = append(*t, s)
	return nil
}

// errands reads the line of a command that has several deeds.
type errands struct {
	command string
	deeds   map[string][]string // the flags that each deed needs; those in brackets may lack
}

// read makes an errand of a line; what stands behind the flags is rest.
func (d errands) read(args []string) (e app.Errand, rest []string, err error) {
	bad := func(format string, args ...any) (app.Errand, []string, error) {
		return e, nil, usage(d.command + ": " + fmt.Sprintf(format, args...))
	}
	if len(args) == 0 {
		return bad("say what to do")
	}
	flags, known := d.deeds[args[0]]
	if !known {
		return bad("%q is not understood", args[0])
	}
	e.Do = d.command + " " + args[0]
	f := flag.NewFlagSet(e.Do, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	values := map[string]*string{
		"name": &e.Name, "user": &e.Name, "role": &e.Role, "area": &e.Area, "responder": &e.Responder, "subject": &e.Subject, "source": &e.Source, "zone": &e.Zone, "estate": &e.Estate, "out": &e.Path, "household": &e.Household, "purpose": &e.Purpose,
	}
	for _, name := range flags {
		switch name = strings.Trim(name, "[]"); name {
		case "areas":
			f.Var((*texts)(&e.Areas), "area", "")
		case "measures":
			f.Var((*texts)(&e.Measures), "measure", "")
		case "overlap":
			f.DurationVar(&e.Overlap, name, 24*time.Hour, "")
		default:
			f.StringVar(values[name], name, "", "")
		}
	}
	if err := f.Parse(args[1:]); err != nil {
		return bad("%s", err)
	}
	for _, name := range flags {
		if to := values[name]; to != nil && *to == "" {
			return bad("%s needs --%s", args[0], name)
		}
	}
	return e, f.Args(), nil
}

// user manages who can sign in.
func user(ctx context.Context, cfg config.Config, args []string) error {
	e, rest, err := errands{"user", map[string][]string{
		"add":   {"name", "role", "area", "[responder]", "[subject]"},
		"grant": {"name", "role", "area"}, "revoke": {"name", "role", "area"},
		"disable": {"name"}, "enable": {"name"}, "password": {"name"}, "code": {"name"}, "recovery": {"name"}, "list": {},
	}}.read(args)
	if err != nil {
		return err
	}
	if err := alone(rest); err != nil {
		return err
	}
	if e.Do == "user password" || e.Do == "user add" && e.Subject == "" {
		if e.Password, err = firstLine(os.Stdin); err != nil {
			return err
		}
	}
	return send(ctx, cfg, e)
}

// firstLine is the first line of a text, such as a password on stdin.
func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 1<<16)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password from stdin: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// send has an errand done and prints what it gives.
func send(ctx context.Context, cfg config.Config, e app.Errand) error {
	text, err := e.Run(ctx, cfg, quiet())
	if err != nil {
		return err
	}
	_, err = fmt.Print(text)
	return err
}

// quiet is the log of a command whose words are for a person.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
