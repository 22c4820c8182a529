package app

import (
	"context"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
	"citydeck/server/api"
	"citydeck/server/store/gazetteer"
)

// places prepares the search for addresses; its mover reads them while the
// program serves already.
func (a *App) places() (*gazetteer.Gazetteer, error) {
	folder, err := Folder(a.cfg)
	if err != nil {
		return nil, err
	}
	return gazetteer.New(gazetteer.Config{Dir: a.cfg.Data.Dir, District: a.district.ID, Folder: folder}, a.log), nil
}

// Values fails with fault.Unavailable while the engine still catches up.
func (v values) Values(ctx context.Context, of indicator.Place, at []area.Index) ([]tile.Value, error) {
	list, err := v.Numbered.Values(ctx, of, at)
	return list, caughtUp(err)
}

var _ api.Addresses = (*gazetteer.Gazetteer)(nil)
