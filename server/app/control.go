package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"citydeck/cockpits/fault"
)

// The running server does the errands of commands that come over a socket in
// data.dir, which only its owner can open.
const (
	controlName = "control.sock"
	errandPath  = "/errand"
	errandTime  = time.Minute
	errandSize  = 1 << 20
)

// done is the answer to an errand.
type done struct {
	Out    string         `json:"out"`
	Faults []*fault.Fault `json:"faults,omitempty"`
	Error  string         `json:"error,omitempty"`
}

// openControl listens for errands.
func (a *App) openControl() error {
	path, release, err := socketIn(a.cfg.Data.Dir)
	if err != nil {
		return err
	}
	defer release()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a server that was killed: the lock is ours
		return fmt.Errorf("%s: %w", path, err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(err, l.Close())
	}
	a.later("control", func() error {
		err := l.Close()
		if errors.Is(err, net.ErrClosed) {
			err = nil
		}
		if gone := os.Remove(filepath.Join(a.cfg.Data.Dir, controlName)); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return err
	})
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+errandPath, a.errand)
	a.doors = append(a.doors, &door{name: "control", listener: l, server: &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}})
	return nil
}

// longest is how long a socket's path may be; the kernel takes no more.
const longest = 100

// socketIn is the path of the socket in a folder; if that is too long, by way
// of the open folder. The caller releases it.
func socketIn(dir string) (path string, release func(), err error) {
	path = filepath.Join(dir, controlName)
	if len(path) <= longest {
		return path, func() {}, nil
	}
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return "", nil, fmt.Errorf("data.dir = %q: %w", dir, err)
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), controlName), func() { _ = d.Close() }, nil
}

// errand does one errand.
func (a *App) errand(w http.ResponseWriter, r *http.Request) {
	var e Errand
	var answer done
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, errandSize)).Decode(&e)
	if err == nil && e.keeps() {
		answer.Out, err = a.keeping(r.Context(), e)
	} else if err == nil {
		var out bytes.Buffer
		err = office{a.shown.Load().District, a.auth, a.record}.do(r.Context(), e, &out)
		answer.Out = out.String()
	}
	if err != nil {
		answer.Faults = fault.All(err)
		answer.Error = err.Error()
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		a.log.Debug("an errand's answer was not taken", "error", err)
	}
}

// ask hands an errand to the server that runs on a folder; served is false when
// none does.
func ask(ctx context.Context, dir string, e Errand) (out string, err error, served bool) { //nolint:revive // the error belongs to the text; served says whether either counts
	path, release, err := socketIn(dir)
	if err != nil {
		return "", nil, false // there is no such folder yet
	}
	defer release()
	body, err := json.Marshal(e) //nolint:gosec // it goes to the server through its owner's socket
	if err != nil {
		return "", err, true
	}
	limit := errandTime
	if e.keeps() {
		limit = 0 // as long as its file is
	}
	client := &http.Client{Timeout: limit, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		},
	}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control"+errandPath, bytes.NewReader(body))
	if err != nil {
		return "", err, true
	}
	res, err := client.Do(r)
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return "", nil, false
	}
	if err != nil {
		return "", fmt.Errorf("ask the running server: %w", err), true
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	var answer done
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("ask the running server: %w", err), true
	}
	switch {
	case len(answer.Faults) > 0:
		errs := make([]error, len(answer.Faults))
		for i, f := range answer.Faults {
			errs[i] = f
		}
		return "", errors.Join(errs...), true
	case answer.Error != "":
		return "", errors.New(answer.Error), true
	}
	return answer.Out, nil, true
}
