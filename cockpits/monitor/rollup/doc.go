// Package rollup folds series up the tree, says what changed, and explains
// every value down to the reading.
package rollup

import "citydeck/cockpits/area"

// Area is an area's index, under the name by which packages above the roll-up use it.
type Area = area.Index

// None is no area.
const None = area.None
