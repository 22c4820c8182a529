package dispatch

import "citydeck/cockpits/district"

// Redefine takes another folder of the district: what is launched from now on is
// its plans' and counted by its areas. Commands that run go on with the plan and
// the lists that were frozen at their launch. Anybody may call it.
func (d *Desk) Redefine(is *district.District) {
	d.is.Store(is)
	d.board.version.Add(1) // what lies in an area may be drawn otherwise
}

// district is the one that holds now.
func (d *Desk) district() *district.District { return d.is.Load() }
