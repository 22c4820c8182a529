package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/server/store/record"
)

// whose is the person that an errand is about; what is empty he isn't.
type whose struct{ user, responder, household string }

// object is how the record names him.
func (w whose) object() string {
	switch {
	case w.household != "":
		return "household:" + w.household
	case w.user != "":
		return "user:" + w.user
	}
	return "responder:" + w.responder
}

// dossier is all that is kept of one person.
type dossier struct {
	Of        string               `json:"of"`
	At        int64                `json:"at"` // Unix ms
	Household *household.Household `json:"household,omitempty"`
	Responder *household.Responder `json:"responder,omitempty"`
	Account   *accountFile         `json:"account,omitempty"`
	Commands  []commandFile        `json:"commands"`
	Audit     []json.RawMessage    `json:"audit"`
}

// accountFile is what is kept of who signs in; proofs and seeds are no use to
// him, and dangerous on paper: only whether there are any.
type accountFile struct {
	Name      string         `json:"name"`
	Roles     []access.Grant `json:"roles"`
	Responder string         `json:"responder"`
	Subject   string         `json:"subject"` // who he is to the sign-in elsewhere
	Disabled  bool           `json:"disabled"`
	MadeAt    int64          `json:"made_at"` // Unix ms, as all below
	SeenAt    int64          `json:"seen_at"`
	Password  bool           `json:"password"`
	Codes     bool           `json:"codes"`
	Sessions  []sessionFile  `json:"sessions"`
	Tokens    []tokenFile    `json:"tokens"`
}

type sessionFile struct {
	MadeAt  int64  `json:"made_at"`
	SeenAt  int64  `json:"seen_at"`
	EndsAt  int64  `json:"ends_at"`
	Address string `json:"address"`
}

type tokenFile struct {
	ID     string `json:"id"`
	MadeAt int64  `json:"made_at"`
	UsedAt int64  `json:"used_at"`
}

// about says whom an errand means, and whether that is somebody.
func (o office) about(ctx context.Context, e Errand) (w whose, who account.Account, err error) {
	if !access.Purposeful(e.Purpose) {
		return w, who, fault.New(fault.Invalid, "--purpose", "say in words for which purpose, in at most 200 characters")
	}
	w = whose{e.Name, e.Responder, e.Household}
	if w.user != "" {
		who, err = o.record.Account(ctx, w.user)
		w.responder = who.Responder
	}
	return w, who, err
}

// exportPerson writes all that is kept of one person. That is a look at it, and
// stands on record with its purpose before.
func (o office) exportPerson(ctx context.Context, e Errand, out io.Writer) error {
	w, who, err := o.about(ctx, e)
	if err != nil {
		return err
	}
	return o.accounted(ctx, access.Line{Action: string(access.Unmask), Object: "person export " + w.object(), Purpose: e.Purpose}, func() error {
		d, err := o.dossier(ctx, w, who)
		if err != nil {
			return err
		}
		if d.Household == nil && d.Responder == nil && d.Account == nil && len(d.Commands) == 0 {
			return fault.New(fault.NotFound, "", "nothing is kept of %s", w.object())
		}
		lines := json.NewEncoder(out)
		lines.SetIndent("", "  ")
		return lines.Encode(d)
	})
}

func (o office) dossier(ctx context.Context, w whose, who account.Account) (d dossier, err error) {
	d = dossier{Of: w.object(), At: time.Now().UnixMilli(), Audit: []json.RawMessage{}}
	homes, err := o.record.Households(ctx)
	people, more := o.record.Responders(ctx)
	if err = errors.Join(err, more); err != nil {
		return d, err
	}
	if at := slices.IndexFunc(homes, func(h household.Household) bool { return h.ID == w.household }); at >= 0 {
		d.Household = &homes[at]
	}
	if at := slices.IndexFunc(people, func(p household.Responder) bool { return p.ID == w.responder }); at >= 0 {
		d.Responder = &people[at]
	}
	if w.user != "" {
		if d.Account, err = o.account(ctx, who); err != nil {
			return d, err
		}
	}
	if d.Commands, err = o.commandsOf(ctx, w); err != nil {
		return d, err
	}
	return d, o.record.Lines(ctx, math.MinInt64, math.MaxInt64, func(l access.Line, sent string) error {
		if w.named(append(strings.Fields(l.Object), l.Actor)...) {
			d.Audit = append(d.Audit, json.RawMessage(sent))
		}
		return nil
	})
}

// named tells whether one of some words of a line is this person.
func (w whose) named(words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		for kind, id := range map[string]string{"user:": w.user, "responder:": w.responder, "household:": w.household} {
			if id != "" && (word == id || word == kind+id) {
				return true
			}
		}
		return false
	})
}

func (o office) account(ctx context.Context, who account.Account) (*accountFile, error) {
	f := &accountFile{Name: who.Name, Roles: append([]access.Grant{}, who.Grants...), Responder: who.Responder, Subject: who.Subject, Disabled: who.Disabled,
		MadeAt: who.MadeAt, SeenAt: who.SeenAt, Password: who.Proof != "", Codes: who.Seed != "", Sessions: []sessionFile{}, Tokens: []tokenFile{}}
	ids, err := o.record.Sessions(ctx, who.Name)
	for _, id := range ids {
		s, more := o.record.SessionOf(ctx, id)
		if errors.Is(more, fault.NotFound) { // it ended meanwhile
			continue
		}
		err = errors.Join(err, more)
		f.Sessions = append(f.Sessions, sessionFile{s.MadeAt, s.SeenAt, s.EndsAt, s.Address})
	}
	tokens, more := o.record.Tokens(ctx)
	for i := range tokens {
		if t := &tokens[i]; t.User == who.Name {
			f.Tokens = append(f.Tokens, tokenFile{t.ID, t.MadeAt, t.UsedAt})
		}
	}
	return f, errors.Join(err, more)
}

// deletion is the proof that somebody was taken out, and what stays, for how long.
type deletion struct {
	Of      string           `json:"of"`
	Deleted []record.Erasure `json:"deleted"`
	Kept    []keptFile       `json:"kept"`
}

// keptFile is what a command keeps of somebody by law.
type keptFile struct {
	Command string `json:"command"`
	Until   int64  `json:"until"` // Unix ms
}

// deletePerson takes one person out of the lists and accounts. What a command
// that is over keeps goes with the rest of it when its retention ends; one that
// runs needs him.
func (o office) deletePerson(ctx context.Context, e Errand, out io.Writer) error {
	w, who, err := o.about(ctx, e)
	if err != nil {
		return err
	}
	return o.accounted(ctx, access.Line{Action: access.Erased, Object: "person delete " + w.object(), Purpose: e.Purpose}, func() error {
		d := deletion{Of: w.object(), Deleted: []record.Erasure{}}
		if d.Kept, err = o.free(ctx, w); err != nil {
			return err
		}
		if err := o.erased(ctx, w, who, e.Purpose, &d); err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(d)
	})
}

// free is what commands that are over keep of somebody; fault.Conflict while one
// that isn't needs him.
func (o office) free(ctx context.Context, w whose) ([]keptFile, error) {
	kept := []keptFile{}
	commands, err := o.commandsOf(ctx, w)
	for i := range commands {
		c := &commands[i]
		if c.State != command.Down && c.State != command.Finished {
			return kept, fault.New(fault.Conflict, "", "command %s is %s and needs %s: stand it down first", c.ID, c.State, w.object())
		}
		if c.KeptUntil > 0 {
			kept = append(kept, keptFile{c.ID, c.KeptUntil})
		}
	}
	return kept, err
}

// erased takes out what there is, and fails with fault.NotFound when that is nothing.
func (o office) erased(ctx context.Context, w whose, who account.Account, purpose string, d *deletion) error {
	note := func(e record.Erasure, err error) error {
		if err == nil {
			d.Deleted = append(d.Deleted, e)
		}
		if errors.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	if w.household != "" {
		if err := note(o.record.EraseOne(ctx, "households", w.household, purpose)); err != nil {
			return err
		}
	}
	if w.responder != "" {
		if err := note(o.record.EraseOne(ctx, "responders", w.responder, purpose)); err != nil {
			return err
		}
	}
	if w.user != "" {
		if err := o.auth.Disable(ctx, who.Name, true); err != nil { // whatever he has open ends
			return err
		}
		if err := note(o.record.EraseAccount(ctx, who.Name, purpose)); err != nil {
			return err
		}
	}
	if len(d.Deleted) > 0 {
		return nil
	}
	if len(d.Kept) > 0 {
		return fault.New(fault.Conflict, "", "%s is on no list; command %s keeps its record until %s", w.object(), d.Kept[0].Command,
			time.UnixMilli(d.Kept[0].Until).UTC().Format(time.RFC3339))
	}
	return fault.New(fault.NotFound, "", "nothing is kept of %s", w.object())
}
