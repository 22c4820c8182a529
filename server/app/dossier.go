package app

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
)

// commandFile is what a command keeps of one person.
type commandFile struct {
	ID        string                 `json:"id"`
	Plan      string                 `json:"plan"`
	Exercise  bool                   `json:"exercise"`
	State     command.Phase          `json:"state"`
	KeptUntil int64                  `json:"kept_until"` // Unix ms of what is personal; 0: until it stood down, or gone
	Household *command.HouseholdView `json:"household,omitempty"`
	Task      *command.TaskView      `json:"task,omitempty"`
	Told      []command.Telling      `json:"told,omitempty"`
	Frozen    []json.RawMessage      `json:"frozen,omitempty"` // as the list had him when the command took it
	Notes     []string               `json:"notes,omitempty"`
	Messages  []command.MessageView  `json:"messages,omitempty"`
	Photos    map[string][]byte      `json:"photos,omitempty"` // by id
	Ledger    []json.RawMessage      `json:"ledger"`           // the lines that name him, as they are sent
}

// commandsOf is what all commands keep of one person; those that keep nothing lack.
func (o office) commandsOf(ctx context.Context, w whose) ([]commandFile, error) {
	list := []commandFile{}
	ids, err := o.record.Commands(ctx)
	kept, more := o.record.Kept(ctx)
	if err = errors.Join(err, more); err != nil {
		return list, err
	}
	for _, id := range ids {
		events, err := o.record.Events(ctx, id)
		if err != nil {
			return list, err
		}
		s, err := command.Fold(events)
		if err != nil {
			return list, err
		}
		f := commandFile{ID: id, Plan: s.Plan.ID, Exercise: s.Exercise, State: s.Phase, KeptUntil: kept[id], Ledger: []json.RawMessage{}}
		if err := o.standing(ctx, s, w, &f); err != nil {
			return list, err
		}
		f.beside(events, w)
		if err := o.record.Ledger(ctx, id, func(sent string) error { return f.line(sent, w) }); err != nil {
			return list, err
		}
		if f.Household != nil || f.Task != nil || len(f.Frozen)+len(f.Ledger) > 0 {
			list = append(list, f)
		}
	}
	return list, nil
}

// standing fills in how somebody stands in a command.
func (o office) standing(ctx context.Context, s *command.State, w whose, f *commandFile) error {
	if w.household != "" && s.Holds(w.household) {
		homes := s.Households(func(string) bool { return true })
		h := homes[slices.IndexFunc(homes, func(h command.HouseholdView) bool { return h.ID == w.household })]
		f.Household, f.Photos = &h, map[string][]byte{}
		for _, id := range h.Photos {
			picture, err := o.record.Photo(ctx, s.ID, id)
			if errors.Is(err, fault.NotFound) { // gone by rule
				continue
			}
			if err != nil {
				return err
			}
			f.Photos[id] = picture
		}
	}
	if w.responder != "" {
		if id, called := s.Calls(w.responder); called {
			if t, found := s.Task(id); found {
				f.Task = &t
			}
		}
		f.Told = s.Told(w.responder)
	}
	for _, m := range s.Messages() {
		if m.To == w.household && w.household != "" || m.To == w.responder && w.responder != "" {
			f.Messages = append(f.Messages, m)
		}
	}
	return nil
}

// beside takes out of what stands sealed beside the lines what is his.
func (f *commandFile) beside(events []command.Event, w whose) {
	for i := range events {
		var sealed struct {
			Homes  map[string]json.RawMessage
			People map[string]json.RawMessage
			Note   string
		}
		e := &events[i]
		if len(e.Private) == 0 || json.Unmarshal(e.Private, &sealed) != nil {
			continue
		}
		for _, his := range []json.RawMessage{sealed.Homes[w.household], sealed.People[w.responder]} {
			if his != nil {
				f.Frozen = append(f.Frozen, his)
			}
		}
		if sealed.Note != "" && w.named(e.By, e.Household) {
			f.Notes = append(f.Notes, sealed.Note)
		}
	}
}

// line keeps a line of the ledger that names him.
func (f *commandFile) line(sent string, w whose) error {
	var l struct {
		By, Responder, To, Household, Task, Message string
		Households, Helping                         []string
	}
	if err := json.Unmarshal([]byte(sent), &l); err != nil {
		return err
	}
	words := append([]string{l.By, l.Responder, l.To, l.Household}, append(l.Households, l.Helping...)...)
	mine := w.named(words...) || l.Task != "" && f.Task != nil && l.Task == f.Task.ID ||
		slices.ContainsFunc(f.Messages, func(m command.MessageView) bool { return m.ID == l.Message })
	if mine {
		f.Ledger = append(f.Ledger, json.RawMessage(sent))
	}
	return nil
}
