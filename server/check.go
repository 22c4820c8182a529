package main

import (
	"context"
	"fmt"
	"os"

	"citydeck/cockpits/district"
	"citydeck/server/app"
	"citydeck/server/config"
)

// check says everything that is wrong with the district's folder, one fault a
// line, and warns of what only looks wrong.
func check(_ context.Context, cfg config.Config, args []string) error {
	if err := alone(args); err != nil {
		return err
	}
	folder, err := app.Folder(cfg)
	if err != nil {
		return err
	}
	d, err := district.Load(folder)
	if err != nil {
		return err
	}
	for _, w := range district.Warnings(d) {
		fmt.Fprintln(os.Stderr, "warning:", w)
	}
	tiles, points := 0, 0
	for i := range d.Cockpits {
		tiles += len(d.Cockpits[i].Tiles)
	}
	for i := range d.Lists {
		points += len(d.Lists[i].Points)
	}
	fmt.Printf("%s: no fault in %d areas, %d measures, %d indicators, %d points on %d lists, %d cockpits with %d tiles\n",
		d.ID, d.Areas.Len(), len(d.Catalogue.Measures), len(d.Catalogue.Indicators), points, len(d.Lists), len(d.Cockpits), tiles)
	for _, line := range district.PlanLines(d) {
		fmt.Println(line)
	}
	return nil
}
