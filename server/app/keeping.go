package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/district"
	"citydeck/cockpits/tile"
	"citydeck/server/config"
	"citydeck/server/engine"
	"citydeck/server/store/record"
)

// What an errand may want done about what is kept.
const (
	doImport = "import readings"
	doBackup = "backup"
)

// keeps tells whether an errand is about what is kept: that may take its time.
func (e Errand) keeps() bool { return e.Do == doImport || e.Do == doBackup }

// keeping does such an errand in the running server.
func (a *App) keeping(ctx context.Context, e Errand) (string, error) {
	if e.Do == doBackup {
		if err := a.persist(ctx); err != nil {
			return "", err
		}
		return archive{a.cfg.Data.Dir, a.history, a.record}.copyTo(ctx, e.Path)
	}
	if err := a.engine.Await(ctx); err != nil { // a file that is given right after a start waits for it
		return "", err
	}
	return desk{a.counted, a.engine, a.history, a.hash}.take(ctx, e.Path)
}

// counted is the district that the engine numbers by.
func (a *App) counted() *district.District { return a.shown.Load().District }

const persisting = 30 * time.Second // the longest that a backup waits for a checkpoint of this moment

// persist puts what the engine has counted on disk. While it still catches up,
// the last checkpoint is as good.
func (a *App) persist(ctx context.Context) error {
	if a.engine == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, persisting)
	defer cancel()
	if err := a.engine.Persist(ctx); err != nil && !errors.Is(err, engine.ErrCatchingUp) {
		return fmt.Errorf("take a checkpoint before the backup: %w", err)
	}
	return nil
}

// keepAlone does such an errand on the files, while no server runs on them.
func (e Errand) keepAlone(ctx context.Context, cfg config.Config, log *slog.Logger) (text string, err error) {
	a := &App{cfg: cfg, log: log, reg: prometheus.NewRegistry()}
	defer a.Stop()
	for _, step := range []func() error{a.readDistrict, a.openHistory} {
		if err := step(); err != nil {
			return "", err
		}
	}
	if e.Do == doBackup {
		if a.record, err = record.Open(ctx, recordConfig(cfg), log); err != nil {
			return "", err
		}
		text, err = a.keeping(ctx, e)
		return text, errors.Join(err, a.record.Close())
	}
	key, err := installationKey(cfg.Data.Dir)
	if err != nil {
		return "", err
	}
	a.hash = key.hash
	a.engine = engine.New(a.engineConfig(), nil, nobody{}, log, a.reg)
	if _, err := a.restore(a.engine); err != nil {
		return "", err
	}
	ctx, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.engine.Run(ctx) }()
	text, err = a.keeping(ctx, e)
	end()
	if ran := <-ended; !engine.Stopped(ran) {
		err = errors.Join(err, ran)
	}
	return text, err
}

// nobody looks.
type nobody struct{}

func (nobody) Publish(string, int64, []tile.Tile) {}
func (nobody) Beat(tile.Beat)                     {}
func (nobody) Ready()                             {}
func (nobody) Flush()                             {}
