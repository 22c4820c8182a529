package app

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
	"citydeck/server/print"
)

// printPlan puts a plan with its call list on paper, sealed with a password, and
// writes it as base64. It is on record: the paper is personal.
func (o office) printPlan(ctx context.Context, e Errand, out io.Writer) error {
	p, known := o.district.Plan(e.ID)
	if !known {
		return fault.New(fault.Invalid, "", "no plan is called %q", e.ID)
	}
	homes, err := o.record.Households(ctx)
	if err != nil {
		return err
	}
	people, err := o.record.Responders(ctx)
	if err != nil {
		return err
	}
	shelters, err := o.record.Shelters(ctx)
	if err != nil {
		return err
	}
	zone, err := zoneOf(p, homes, e)
	if err != nil {
		return err
	}
	s, err := household.NewRegister(o.district.Areas, homes, people, shelters).Survey(zone, p.RoleIDs())
	if err != nil {
		return err
	}
	return o.noted(ctx, access.Unmask, "print plan:"+p.ID, s.Area, func() error {
		pdf, err := print.Printer{District: o.district.Name, Zone: o.district.Zone}.Sheet(p, s, time.Now(), e.Password)
		if err != nil {
			return err
		}
		_, err = io.WriteString(out, base64.StdEncoding.EncodeToString(pdf))
		return err
	})
}

// zoneOf is what the paper is about: an estate, or a prepared zone of the plan.
func zoneOf(p *plan.Plan, homes []household.Household, e Errand) (z household.Zone, err error) {
	if e.Estate != "" {
		for i := range homes {
			if key := homes[i].BuildingKey(); homes[i].Estate == e.Estate && !slices.Contains(z.Buildings, key) {
				z.Buildings = append(z.Buildings, key)
			}
		}
		if len(z.Buildings) == 0 {
			return z, fault.New(fault.Invalid, "--estate", "no household lives in an estate called %q", e.Estate)
		}
		return z, nil
	}
	for _, prepared := range p.Zones {
		if e.Zone != "" && prepared.ID != e.Zone {
			continue
		}
		for _, c := range prepared.Polygon {
			z.Polygon = append(z.Polygon, []float64{c[0], c[1]})
		}
		if z.Polygon == nil {
			z.Areas = prepared.Areas
		}
		return z, nil
	}
	return z, fault.New(fault.Invalid, "--zone", "%s", fmt.Sprintf("plan %s has no prepared zone %q: give an estate", p.ID, e.Zone))
}
