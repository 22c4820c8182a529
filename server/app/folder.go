package app

import (
	"fmt"
	"io/fs"
	"os"

	"citydeck/cockpits/xiacheng"
	"citydeck/server/config"
)

// Folder is the district's folder that the settings name; without a name the
// shipped one.
func Folder(cfg config.Config) (fs.FS, error) {
	dir := cfg.District.Dir
	if dir == "" {
		return xiacheng.Files, nil
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("district.dir = %q is not a folder that can be read", dir)
	}
	return os.DirFS(dir), nil
}
