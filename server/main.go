// The program: a digital cockpit server, and the commands beside it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // districts name time zones, and not every machine knows them

	"citydeck/cockpits/fault"
	"citydeck/server/config"
)

// What the program ends with.
const (
	done   = 0
	failed = 1
	misled = 2 // called in a way that nobody understands
)

const manual = `usage: citydeck [command] [--config FILE]

  serve      run the server (without a command: this); with --rebuild also where
             no checkpoint can be used: from what the streams still hold
  check      check the district's folder and say everything that is wrong
  import     readings FILE: count a file, CSV or NDJSON, of readings of any age, once
             households, responders, shelters FILE [--replace]: take a list, CSV or XLSX
  backup     DIR: copy data.dir, also while the server runs
  convert    gcj02 FILE: move a CSV file's lon and lat, or GeoJSON, from GCJ-02
             to WGS-84, onto the standard output
  simulate   feed a Redis with the shipped district's day
             command [--plan P] [--zone Z | --estate E] [--speed 1…60]: launch a drill on a
             server that runs, and play the people whom it calls
  user       add, grant, revoke, disable, enable, password, code,
             recovery, list: who can sign in
  person     export, delete (--name N | --responder ID | --household ID) --purpose TEXT:
             all that is kept of one person, as JSON; taken out, with the proof of it
  token      add, list, revoke, rotate: what sources and programs show
  audit      verify, export: the record of who did what
  keys       rotate, reseal: what seals the record
  print      plan --out FILE [--zone Z | --estate E] ID: the plan and its call list as
             PDF, sealed with the password in the first line of the input
  version    say which version this is

Settings: config.toml here or FILE, then the environment, such as COCKPIT_HTTP_LISTEN.
`

// usage is a call that nobody understands; the program ends with 2.
type usage string

func (u usage) Error() string { return string(u) }

// command is one of the program's commands. It gets what its reader made of
// the settings, and what stood on the line besides --config and its name.
type command struct {
	read func(file string, named bool, environ []string) (config.Config, error)
	run  func(ctx context.Context, cfg config.Config, args []string) error
}

func commands() map[string]command {
	return map[string]command{
		"serve":    {config.Load, serve},
		"check":    {config.Read, check},
		"convert":  {nothing, convert},
		"import":   {config.Read, imports},
		"backup":   {config.Read, backup},
		"simulate": {config.Read, simulate},
		"print":    {config.Read, paper},
		"version":  {nothing, version},
		"user":     {config.Read, user},
		"token":    {config.Read, token},
		"person":   {config.Read, person},
		"audit":    {config.Read, audit},
		"keys":     {config.Read, keys},
	}
}

func main() { os.Exit(run(os.Args[1:])) }

// run does what the line says and answers the exit status.
func run(line []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := dispatch(ctx, line)
	switch {
	case err == nil:
		return done
	case errors.As(err, new(usage)):
		fmt.Fprintf(os.Stderr, "citydeck: %s\n\n%s", err, manual)
		return misled
	}
	faults := fault.All(err)
	for _, f := range faults {
		fmt.Fprintln(os.Stderr, f)
	}
	if len(faults) == 0 {
		fmt.Fprintf(os.Stderr, "citydeck: %s\n", err)
	}
	return failed
}

func dispatch(ctx context.Context, line []string) error {
	file, named, rest, err := settings(line)
	if err != nil {
		return err
	}
	name := "serve"
	if len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		name, rest = rest[0], rest[1:]
	}
	for _, arg := range append([]string{name}, rest...) {
		if arg == "help" || arg == "--help" || arg == "-help" || arg == "-h" {
			fmt.Print(manual)
			return nil
		}
	}
	c, known := commands()[name]
	if !known {
		return usage(fmt.Sprintf("no command is called %q", name))
	}
	cfg, err := c.read(file, named, os.Environ())
	if errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Sprintf("--config %s: there is no such file", file))
	}
	if err != nil {
		return err
	}
	return c.run(ctx, cfg, rest)
}

// settings takes --config FILE out of the line, wherever it stands.
func settings(line []string) (file string, named bool, rest []string, err error) {
	file = "config.toml"
	for i := 0; i < len(line); i++ {
		flag, value, given := strings.Cut(line[i], "=")
		if flag != "--config" && flag != "-config" {
			rest = append(rest, line[i])
			continue
		}
		if !given {
			i++
			if i == len(line) {
				return "", false, nil, usage("--config needs the name of a file")
			}
			value = line[i]
		}
		if value == "" {
			return "", false, nil, usage("--config needs the name of a file")
		}
		file, named = value, true
	}
	return file, named, rest, nil
}

// alone refuses what a command does not understand.
func alone(args []string) error {
	if len(args) > 0 {
		return usage(fmt.Sprintf("%q is not understood", args[0]))
	}
	return nil
}

// nothing is the reader of a command that needs no settings.
func nothing(string, bool, []string) (config.Config, error) { return config.Default(), nil }
