package command

import (
	"citydeck/cockpits/fault"
)

// Photograph is a picture of what was seen at a door. The picture itself is
// personal and kept apart; the ledger has its digest.
type Photograph struct {
	Who
	Household string
	ID        string // the client's
	At        int64
	SHA256    string
}

// Picture is the answer to a photograph.
type Picture struct {
	ID         string `json:"id"`
	Household  string `json:"household"`
	At         int64  `json:"at"`
	ReceivedAt int64  `json:"received_at"`
	SHA256     string `json:"sha256"`
}

// mostPhotos is how many pictures of one door are kept.
const mostPhotos = 8

func (p Photograph) decide(d *step) error {
	if err := d.mine(p.Who); err != nil {
		return err
	}
	if err := named(p.ID); err != nil {
		return err
	}
	i, found := d.s.homeAt[p.Household]
	if !found {
		return fault.New(fault.NotFound, "", "no such household in this command")
	}
	if _, known := d.s.pictures[p.ID]; known {
		return nil
	}
	if err := d.field(); err != nil {
		return err
	}
	if len(d.s.homes[i].photos) >= mostPhotos {
		return fault.New(fault.Conflict, "", "there are %d pictures of this household: that is enough", mostPhotos)
	}
	at, said := d.said(p.At)
	d.add(Event{Kind: Photographed, By: p.By, At: at, SaidAt: said, Household: p.Household, Photo: p.ID, SHA256: p.SHA256})
	return nil
}

func (s *State) photographed(e *Event) {
	if i, found := s.homeAt[e.Household]; found {
		s.homes[i].photos = append(s.homes[i].photos, e.Photo)
		s.pictures[e.Photo] = Picture{ID: e.Photo, Household: e.Household, At: e.At, ReceivedAt: e.ReceivedAt, SHA256: e.SHA256}
	}
}

// Picture finds one by its client's id.
func (s *State) Picture(id string) (Picture, bool) {
	p, found := s.pictures[id]
	return p, found
}

// Allows says whether an intent would be carried out at an instant (Unix ms);
// the state stays as it is.
func (s *State) Allows(in Intent, now int64) error {
	_, err := Decide(s, in, now)
	return err
}

// Sees tells whether a household is one of a responder's own, or one where he helps.
func (s *State) Sees(responder, household string) bool {
	m, called := s.memberAt[responder]
	i, found := s.homeAt[household]
	if !called || !found || s.members[m].task < 0 {
		return false
	}
	t := s.members[m].task
	return s.homes[i].task == t || s.homes[i].helper == t
}
