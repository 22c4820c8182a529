// Package app builds, runs and stops the program.
package app

import (
	"fmt"
	"io/fs"
	"os"

	"citydeck/server/config"
)

// Folder is the district's folder that the settings name.
func Folder(cfg config.Config) (fs.FS, error) {
	dir := cfg.District.Dir
	if dir == "" {
		dir = "cockpits/xiacheng"
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("district.dir = %q is not a folder that can be read", dir)
	}
	return os.DirFS(dir), nil
}
