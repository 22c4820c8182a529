package district

import (
	"slices"
	"time"

	"citydeck/cockpits/area/ring"
	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/respond/plan"
)

// longestText is how long a template may be, in bytes.
const longestText = 2000

// readPlans reads plans/*.toml, one plan a file.
func (l *loader) readPlans() {
	seen := map[string]string{}
	for _, name := range l.Files("plans") {
		t := l.TOML(name, false)
		if t == nil {
			continue
		}
		p := l.plan(t)
		if first, twice := seen[p.ID]; twice && p.ID != "" {
			t.Bad("id", "plan %q is already defined in %s", p.ID, first)
			continue
		}
		seen[p.ID] = name
		l.d.Plans = append(l.d.Plans, p)
	}
}

// Plan finds a plan by its id.
func (d *District) Plan(id string) (*plan.Plan, bool) {
	for i := range d.Plans {
		if d.Plans[i].ID == id {
			return &d.Plans[i], true
		}
	}
	return nil, false
}

// plan reads one file.
func (l *loader) plan(t *folder.Table) plan.Plan {
	p := plan.Plan{Name: t.Need("name"), NameEn: t.Text("name_en")}
	if id, good := t.ID("plan", true); good {
		p.ID = id
	}
	t.Names("name", "name_en")
	if t.Has("name") && t.IsText("name") && p.Name == "" {
		t.Bad("name", "name is empty")
	}
	if p.NameEn == "" {
		p.NameEn = p.Name
	}
	t.Must("version")
	p.Version = t.Whole("version", 1, 1, 1<<30)
	capWords(t, &p)
	t.Must("all_out")
	p.AllOut = plan.Span(t.Duration("all_out", 10*time.Minute))
	p.AcknowledgeWithin = plan.Span(t.Duration("acknowledge_within", plan.DefaultAcknowledge))
	if p.AcknowledgeWithin > p.AllOut {
		t.Bad("acknowledge_within", "acknowledge_within is longer than all_out: no deputy could ever come in time")
	}
	p.SecondPerson = folder.Choice(t, "second_person", plan.None, plan.None, plan.Residents, plan.All)
	p.Retention = plan.Span(t.Duration("retention", plan.DefaultRetention))
	p.PerResponder = t.Whole("households_per_responder", plan.DefaultPerResponder, 1, 100_000)
	p.Hazard, p.Closing = t.Text("hazard"), t.Texts("closing")
	t.Names("hazard")
	p.Level = folder.Choice(t, "level", "", plan.Levels()...)
	l.planZones(t, &p)
	l.planRoles(t, &p)
	planChannels(t, &p)
	planSteps(t, &p)
	templates(t, &p)
	t.Unknown("")
	return p
}

// capWords reads what the alert says in the words of CAP 1.2.
func capWords(t *folder.Table, p *plan.Plan) {
	p.Event = t.Need("event")
	t.Names("event")
	if t.IsText("event") && p.Event == "" {
		t.Bad("event", "event is empty")
	}
	one := func(key string, words []string) string {
		t.Must(key)
		return folder.Choice(t, key, "", words...)
	}
	t.Must("category")
	p.Category = t.Words("category", plan.Categories())
	if t.Has("category") && p.Category != nil && len(p.Category) == 0 {
		t.Bad("category", "category is empty")
	}
	p.Urgency, p.Severity = one("urgency", plan.Urgencies()), one("severity", plan.Severities())
	p.Certainty = one("certainty", plan.Certainties())
	p.Response = t.Words("response", plan.Responses())
}

// named reads the id and the names of a part of a plan. It answers "" where
// the id is none, or stands there a second time.
func named(t *folder.Table, what string, seen map[string]bool) (id, name, nameEn string) {
	name, nameEn = t.Text("name"), t.Text("name_en")
	t.Names("name", "name_en")
	id, good := t.ID(what, true)
	if !good {
		return "", name, nameEn
	}
	if seen[id] {
		t.Bad("id", "%s %q is already defined in this plan", what, id)
	}
	seen[id] = true
	if name == "" {
		name = id
	}
	if nameEn == "" {
		nameEn = name
	}
	return id, name, nameEn
}

func (l *loader) planZones(t *folder.Table, p *plan.Plan) {
	seen := map[string]bool{}
	for _, x := range t.Each("zone") {
		var z plan.Zone
		z.ID, z.Name, z.NameEn = named(x, "zone", seen)
		z.Areas, z.Polygon = x.Texts("areas"), x.Pairs("polygon")
		switch {
		case x.Has("areas") == x.Has("polygon"):
			x.Bad("polygon", "a zone has either areas or a polygon")
		case x.Has("areas") && z.Areas != nil && len(z.Areas) == 0:
			x.Bad("areas", "areas is empty")
		}
		for i, id := range z.Areas {
			if _, known := l.where(id); !known {
				x.Bad("areas", "area %q is unknown", id)
			} else if slices.Contains(z.Areas[:i], id) {
				x.Bad("areas", "area %q stands twice", id)
			}
		}
		if why := ring.Fault(z.Polygon); z.Polygon != nil && why != "" {
			x.Bad("polygon", "polygon %s", why)
		}
		x.Unknown(" in a zone")
		p.Zones = append(p.Zones, z)
	}
}

func (l *loader) planRoles(t *folder.Table, p *plan.Plan) {
	t.Must("role")
	roles := t.Each("role")
	if t.Has("role") && len(roles) == 0 {
		t.Bad("role", "a plan has at least one role")
	}
	seen := map[string]bool{}
	for _, x := range roles {
		var r plan.Role
		r.ID, r.Name, r.NameEn = named(x, "role", seen)
		x.Must("per")
		r.Per = folder.Choice(x, "per", plan.Unit, plan.Unit, plan.Building, plan.Whole, plan.Command)
		r.Count = x.Whole("count", 1, 1, 1000)
		r.Deputies = x.Whole("deputies", plan.DefaultDeputies, 0, 9)
		x.Unknown(" in a role")
		p.Roles = append(p.Roles, r)
	}
}

func planChannels(t *folder.Table, p *plan.Plan) {
	for _, x := range t.Each("channel") {
		var c plan.Channel
		x.Must("audience")
		c.Audience = folder.Choice(x, "audience", plan.Responders, plan.Responders, plan.Inhabitants)
		x.Must("kind")
		c.Kind = folder.Choice(x, "kind", "", plan.Kinds()...)
		c.After = plan.Span(x.Wait("after", plan.After(c.Audience, c.Kind)))
		if c.Audience == plan.Responders && c.After >= p.AllOut {
			x.Bad("after", "after = %s is not before all_out = %s: nobody whom this channel calls can come in time", time.Duration(c.After), time.Duration(p.AllOut))
		}
		if slices.ContainsFunc(p.Channels, func(o plan.Channel) bool { return o.Audience == c.Audience && o.Kind == c.Kind }) && c.Kind != "" {
			x.Bad("kind", "channel %q to %s stands twice", c.Kind, c.Audience)
		}
		x.Unknown(" in a channel")
		p.Channels = append(p.Channels, c)
	}
}

func planSteps(t *folder.Table, p *plan.Plan) {
	seen := map[string]bool{}
	for _, x := range t.Each("step") {
		var s plan.Step
		s.ID, s.Name, s.NameEn = named(x, "step", seen)
		s.Role = x.Text("role")
		if _, known := p.Role(s.Role); x.IsText("role") && !known {
			x.Bad("role", "role %q is none of this plan", s.Role)
		}
		s.Due = plan.Span(x.Wait("due", 0))
		x.Unknown(" in a step")
		p.Steps = append(p.Steps, s)
	}
}

// templates reads what is said. Who speaks to residents has the end and the
// correction ready before he speaks.
func templates(t *folder.Table, p *plan.Plan) {
	sub := t.Sub("template")
	if sub == nil {
		if !t.Has("template") {
			t.Bad("", "[template.task] is missing")
		}
		return
	}
	residents := len(p.Ladder(plan.Inhabitants)) > 0
	p.Template.Task = text(sub, "task", true, true)
	p.Template.Alert = text(sub, "alert", residents, false)
	english := p.Template.Alert.En != ""
	p.Template.StandDown = text(sub, "stand_down", residents, residents && english)
	p.Template.Correction = text(sub, "correction", residents, residents && english)
	sub.Unknown(" in template")
}

func text(sub *folder.Table, name string, must, english bool) plan.Text {
	if !sub.Has(name) {
		if must {
			sub.Bad("", "[template.%s] is missing%s", name, because(name))
		}
		return plan.Text{}
	}
	x := sub.Sub(name)
	if x == nil {
		return plan.Text{}
	}
	x.Must("zh")
	if english {
		x.Must("en")
	}
	for _, key := range []string{"zh", "en"} {
		if s := x.Prose(key); x.IsText(key) {
			if why := plan.TemplateFault(s); why != "" {
				x.Bad(key, "template.%s.%s %s", name, key, why)
			}
			if len(s) > longestText {
				x.Bad(key, "template.%s.%s is longer than %d bytes", name, key, longestText)
			}
		}
	}
	x.Unknown(" in template." + name)
	return plan.Text{Zh: x.Text("zh"), En: x.Text("en")}
}

func because(name string) string {
	switch name {
	case "task":
		return ""
	case "alert":
		return ": this plan messages residents"
	}
	return ": a plan that messages residents has it ready before it is needed"
}
