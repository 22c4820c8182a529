package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"citydeck/server/config"
)

// paper prints what is needed when no server is there.
func paper(ctx context.Context, cfg config.Config, args []string) error {
	e, rest, err := errands{"print", map[string][]string{"plan": {"[zone]", "[estate]", "out"}}}.read(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usage("print plan: give the id of one plan")
	}
	to := e.Path
	if e.ID, e.Path = rest[0], ""; e.Zone != "" && e.Estate != "" {
		return usage("print plan: --zone or --estate, not both")
	}
	if e.Password, err = firstLine(os.Stdin); err != nil {
		return err
	}
	text, err := e.Run(ctx, cfg, quiet())
	if err != nil {
		return err
	}
	pdf, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	return kept(to, pdf)
}

// kept writes a new file that its owner alone can read.
func kept(path string, data []byte) (err error) {
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err = f.Write(data); err == nil {
		_, err = fmt.Fprintf(io.Writer(os.Stdout), "%s: %d bytes\n", path, len(data))
	}
	return err
}
