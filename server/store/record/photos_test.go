package record_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/server/store/record"
)

func TestAPictureIsSealedAndGoesWithItsCommand(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	now := noon
	r, err := record.Open(t.Context(), record.Config{Path: f.db, KeyFile: f.keys, Now: func() time.Time { return now }}, slog.New(slog.DiscardHandler))
	try(t, "open", err)
	defer r.Close()
	ctx := t.Context()
	try(t, "keep", r.PutPhoto(ctx, "c1", "p1", []byte("the-face-at-the-door")))
	try(t, "keep again", r.PutPhoto(ctx, "c1", "p1", []byte("another")))
	try(t, "keep one of another command", r.PutPhoto(ctx, "c2", "p1", []byte("another-door")))
	if got, err := r.Photo(ctx, "c1", "p1"); err != nil || string(got) != "the-face-at-the-door" {
		t.Errorf("the picture is %q, %v", got, err)
	}
	if _, err := r.Photo(ctx, "c1", "p2"); !errors.Is(err, fault.NotFound) {
		t.Errorf("a picture that there isn't: %v", err)
	}
	for _, path := range []string{f.db, f.db + "-wal"} {
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte("face-at-the-door")) {
			t.Errorf("%s holds the picture as it is", path)
		}
	}
	key := &command.Key{User: "wang", Key: "k", Digest: "d", Command: "c1"}
	launched := command.Event{N: 1, At: 1, ReceivedAt: 1, Kind: command.Launched, By: "user:wang"}
	try(t, "launch", r.AppendCommand(ctx, []command.Entry{{Command: "c1", Events: []command.Event{launched}}}, key))
	down := command.Event{N: 2, At: 2, ReceivedAt: 2, Kind: command.StoodDown, By: "user:wang"}
	until := now.Add(time.Hour).UnixMilli()
	try(t, "stand down", r.AppendCommand(ctx, []command.Entry{{Command: "c1", After: 1, Events: []command.Event{down}, Until: until}}, nil))
	try(t, "close too early", r.CloseBook(ctx))
	if _, err := r.Photo(ctx, "c1", "p1"); err != nil {
		t.Errorf("before its time is over the picture is gone: %v", err)
	}
	now = now.Add(2 * time.Hour)
	try(t, "close", r.CloseBook(ctx))
	if _, err := r.Photo(ctx, "c1", "p1"); !errors.Is(err, fault.NotFound) {
		t.Errorf("after its time the picture is still there: %v", err)
	}
	if _, err := r.Photo(ctx, "c2", "p1"); err != nil {
		t.Errorf("that of another command is gone too: %v", err)
	}
}
