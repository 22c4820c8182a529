package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"citydeck/server/config"
)

// version says from which state of the sources the program was built.
func version(_ context.Context, _ config.Config, args []string) error {
	if err := alone(args); err != nil {
		return err
	}
	revision, at, changed := "unknown", "", ""
	if info, known := debug.ReadBuildInfo(); known {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = s.Value[:min(12, len(s.Value))]
			case "vcs.time":
				at = " of " + s.Value
			case "vcs.modified":
				if s.Value == "true" {
					changed = ", with changes"
				}
			}
		}
	}
	fmt.Printf("citydeck %s%s%s, %s %s/%s\n", revision, at, changed, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
