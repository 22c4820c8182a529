package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// lists of the register, whose revisions say whether it is still right.
var tables = [3]string{"households", "responders", "shelters"}

// roster is the register as the lists are now.
func (d *Desk) roster(ctx context.Context) (*household.Register, error) {
	var is [3]int64
	for i, table := range tables {
		var err error
		if is[i], err = d.lists.Revision(ctx, table); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	r, was, by := d.register, d.revision, d.by
	d.mu.Unlock()
	now := d.district()
	if r != nil && was == is && by == now {
		return r, nil
	}
	homes, err := d.lists.Households(ctx)
	if err != nil {
		return nil, err
	}
	people, err := d.lists.Responders(ctx)
	if err != nil {
		return nil, err
	}
	shelters, err := d.lists.Shelters(ctx)
	if err != nil {
		return nil, err
	}
	r = household.NewRegister(now.Areas, homes, people, shelters)
	d.mu.Lock()
	d.register, d.revision, d.by = r, is, now
	d.mu.Unlock()
	return r, nil
}

// Rates is what the channels can do.
func (d *Desk) Rates() map[string]plan.Rate { return d.cfg.Rates }

func (d *Desk) survey(ctx context.Context, id string, zone household.Zone) (*plan.Plan, *household.Survey, error) {
	p, known := d.district().Plan(id)
	if !known {
		return nil, nil, fault.New(fault.NotFound, "/plan", "no such plan")
	}
	r, err := d.roster(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, err := r.Survey(zone, p.RoleIDs())
	return p, s, err
}

// Preview says what a press would do.
func (d *Desk) Preview(ctx context.Context, id string, zone household.Zone, exercise bool) (command.Preview, error) {
	p, s, err := d.survey(ctx, id, zone)
	if err != nil {
		return command.Preview{}, err
	}
	v := command.Look(p, s, d.cfg.Rates, d.inside())
	v.Exercise = exercise
	return v, nil
}

// Launch carries a press out. Again says that this very press was carried out before.
func (d *Desk) Launch(ctx context.Context, press *command.Press) (id string, again bool, err error) {
	d.pressing.Lock()
	defer d.pressing.Unlock()
	k, err := d.ledger.Pressed(ctx, press.User, press.Key.Key)
	switch {
	case err == nil && k.Digest != press.Digest:
		return "", false, fault.New(fault.Mismatch, "", "this key was used for another launch")
	case err == nil:
		return k.Command, true, d.adopt(ctx, k.Command)
	case !errors.Is(err, fault.NotFound):
		return "", false, err
	}
	p, s, err := d.survey(ctx, press.Plan, press.Zone)
	if err != nil {
		return "", false, err
	}
	others, release, err := d.hold(ctx)
	if err != nil {
		return "", false, err
	}
	defer release()
	id = strings.ToLower("c" + d.cfg.Now().In(d.district().Zone).Format("0102-150405") + "-" + salt(3))
	who := press.Who
	who.Salt = salt(16)
	l := command.Launch{Who: who, ID: id, Plan: p, Survey: s, Rates: d.cfg.Rates, Exercise: press.Exercise, Revision: press.Revision}
	for _, h := range others {
		l.Others = append(l.Others, h.state)
	}
	h := &held{id: id, state: &command.State{}}
	events, err := command.Decide(h.state, l, d.now())
	if err != nil {
		return "", false, err
	}
	if err := d.apply(h, events); err != nil {
		return "", false, err
	}
	on, entries := []*held{h}, []command.Entry{{Command: id, Events: events}}
	if !press.Exercise {
		ended, more, err := d.endDrills(id, s, l.Others, others)
		if err != nil {
			return "", false, err
		}
		on, entries = append(on, ended...), append(entries, more...)
	}
	key := press.Key
	key.Command = id
	line := press.Line
	line.Object = "command:" + id
	if err := d.keep(ctx, on, entries, &key, []access.Line{line}); err != nil {
		return "", false, err
	}
	d.mu.Lock()
	d.open[id], d.order = h, append(d.order, id)
	d.mu.Unlock()
	return id, false, nil
}

// adopt takes in a command of which an error left unknown whether it was written.
func (d *Desk) adopt(ctx context.Context, id string) error {
	if _, err := d.find(id); err == nil {
		return nil
	}
	h := &held{id: id}
	if err := d.fresh(ctx, h); err != nil {
		return err
	}
	d.mu.Lock()
	d.open[id], d.order = h, append(d.order, id)
	d.mu.Unlock()
	d.board.mark(id)
	d.poke()
	return nil
}

// hold locks all commands that are open, always in the same order.
func (d *Desk) hold(ctx context.Context, but ...string) (list []*held, release func(), err error) {
	release = func() {
		for _, h := range list {
			h.mu.Unlock()
		}
	}
	for _, h := range d.all() {
		if slices.Contains(but, h.id) {
			continue
		}
		h.mu.Lock()
		if err := d.fresh(ctx, h); err != nil {
			h.mu.Unlock()
			release()
			return nil, nil, err
		}
		if !h.state.Open() {
			h.mu.Unlock()
			continue
		}
		list = append(list, h)
	}
	return list, release, nil
}

// endDrills stands every exercise in a real launch's zone down.
func (d *Desk) endDrills(id string, s *household.Survey, states []*command.State, held1 []*held) (on []*held, entries []command.Entry, err error) {
	for _, drill := range command.Ends(s, states) {
		i := slices.Index(states, drill)
		e := command.Entry{Command: drill.ID, After: drill.N}
		e.Events, err = command.Decide(drill, command.StandDown{Who: command.Who{By: "system"}, Reason: fmt.Sprintf("a real command was launched here: %s", id)}, d.now())
		if err != nil {
			return nil, nil, err
		}
		if err := d.apply(held1[i], e.Events); err != nil {
			return nil, nil, err
		}
		on, entries = append(on, held1[i]), append(entries, e)
	}
	return on, entries, nil
}

// completed gives an intent what only the desk has.
func (d *Desk) completed(ctx context.Context, s *command.State, in command.Intent) (command.Intent, error) {
	r, reassign := in.(command.Reassign)
	if !reassign {
		return in, nil
	}
	roster, err := d.roster(ctx)
	if err != nil {
		return nil, err
	}
	p, known := roster.Responder(r.To)
	if !known {
		return nil, fault.New(fault.NotFound, "/to", "no such responder")
	}
	r.Extra, r.Salt = &household.Person{Responder: *p}, salt(16)
	if v, err := roster.Survey(s.Zone, s.Plan.RoleIDs()); err == nil {
		if near, found := roster.Person(r.To, v); found {
			r.Extra.Place = near.Place // which units he covers was frozen with the list, and he is not on it
		}
	}
	return r, nil
}

// Widen adds what another zone holds to a command.
func (d *Desk) Widen(ctx context.Context, id string, in command.Widen, zone household.Zone, lines ...access.Line) error {
	h, err := d.find(id)
	if err != nil {
		return err
	}
	d.pressing.Lock()
	defer d.pressing.Unlock()
	others, release, err := d.hold(ctx, id)
	if err != nil {
		return err
	}
	defer release()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := d.fresh(ctx, h); err != nil {
		return err
	}
	roster, err := d.roster(ctx)
	if err != nil {
		return err
	}
	if in.Survey, err = roster.Survey(zone, h.state.Plan.RoleIDs()); err != nil {
		return err
	}
	for _, o := range others {
		in.Others = append(in.Others, o.state)
	}
	in.Area, in.Salt = d.joint(h.state.Area, in.Survey.Area), salt(16)
	return d.carry(ctx, h, []command.Intent{in}, lines)
}

// joint is the lowest area that holds two.
func (d *Desk) joint(a, b string) string {
	tree := d.district().Areas
	x, known := tree.Lookup(a)
	y, too := tree.Lookup(b)
	if !known || !too {
		return a
	}
	for !tree.Within(x, y) {
		x = tree.Parent(x)
	}
	return tree.At(x).ID
}
