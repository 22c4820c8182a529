// Package frontend is the built screens, embedded.
package frontend

import "embed"

//go:generate npm ci
//go:generate npm run build

// Dist holds dist/, what `npm run build` made: index.html and its assets. In a
// fresh clone it is empty.
//
//go:embed all:dist
var Dist embed.FS
