package app

import (
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

var _ api.Addresses = (*gazetteer.Gazetteer)(nil)
