// Package xiacheng is the shipped district: the files of its folder, embedded.
package xiacheng

import "embed"

// Files is the folder, as district.Load reads it.
//
//go:embed *.toml *.csv *.geojson indicators cockpits plans
var Files embed.FS
