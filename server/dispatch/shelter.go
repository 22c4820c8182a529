package dispatch

import (
	"context"

	"citydeck/cockpits/respond/command"
)

// inside is how many persons of open real commands are in each shelter.
func (d *Desk) inside() map[string]int {
	inside := map[string]int{}
	for _, h := range d.all() {
		h.mu.Lock()
		if h.state != nil && h.state.Open() && !h.state.Exercise {
			for shelter, n := range h.state.AtShelter() {
				inside[shelter] += n
			}
		}
		h.mu.Unlock()
	}
	return inside
}

// Rooms lists the shelters that a command sends people to, with the room that is
// left: an exercise counts its own people beside those who are really there.
func (d *Desk) Rooms(ctx context.Context, id string) ([]command.Room, error) {
	shelters, err := d.lists.Shelters(ctx)
	if err != nil {
		return nil, err
	}
	inside := d.inside()
	list := []command.Room{}
	err = d.Look(ctx, id, func(s *command.State) error {
		for i := range shelters {
			is := &shelters[i]
			own, offered := s.Offers(is.ID)
			if !offered {
				continue
			}
			n := inside[is.ID]
			if s.Exercise || !s.Open() {
				n += own
			}
			list = append(list, command.Room{
				ID: is.ID, Name: is.Name, Room: max(is.Capacity-n, 0), Accessible: is.Accessible, Lon: is.Lon, Lat: is.Lat, Placed: is.Placed,
			})
		}
		return nil
	})
	return list, err
}
