package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"

	"citydeck/cockpits/respond/command"
)

// Publisher is who publishes an alert, and what its places are called.
type Publisher struct {
	Sender   string // globally unique: "citydeck@xiacheng.example"; no space, comma, < or &
	Name     string // for people
	Zone     *time.Location
	Place    string // what the zone is called
	PlaceEn  string
	Geocodes []Geocode
	Web      string // an absolute address, may be empty
}

// Geocode names an area in somebody's list of codes.
type Geocode struct {
	ValueName string `xml:"valueName"`
	Value     string `xml:"value"`
}

// The words of CAP 1.2 that don't come from a plan.
const (
	namespace = "urn:oasis:names:tc:emergency:cap:1.2"
	stamp     = "2006-01-02T15:04:05-07:00"
)

// alert has its elements in the order that the schema asks for.
type alert struct {
	XMLName    xml.Name `xml:"urn:oasis:names:tc:emergency:cap:1.2 alert"`
	Identifier string   `xml:"identifier"`
	Sender     string   `xml:"sender"`
	Sent       string   `xml:"sent"`
	Status     string   `xml:"status"`
	MsgType    string   `xml:"msgType"`
	Scope      string   `xml:"scope"`
	Note       string   `xml:"note,omitempty"`
	References string   `xml:"references,omitempty"`
	Info       []info   `xml:"info"`
}

type info struct {
	Language     string   `xml:"language"`
	Category     []string `xml:"category"`
	Event        string   `xml:"event"`
	ResponseType []string `xml:"responseType"`
	Urgency      string   `xml:"urgency"`
	Severity     string   `xml:"severity"`
	Certainty    string   `xml:"certainty"`
	Effective    string   `xml:"effective"`
	SenderName   string   `xml:"senderName,omitempty"`
	Headline     string   `xml:"headline"`
	Description  string   `xml:"description"`
	Instruction  string   `xml:"instruction,omitempty"`
	Web          string   `xml:"web,omitempty"`
	Area         area     `xml:"area"`
}

type area struct {
	Desc     string    `xml:"areaDesc"`
	Polygons []string  `xml:"polygon,omitempty"`
	Circles  []string  `xml:"circle,omitempty"`
	Geocodes []Geocode `xml:"geocode"`
}

// CAP is a command as an alert of CAP 1.2 (OASIS): an Alert, and after it has
// stood down the Cancel that refers to it.
func CAP(s *command.State, p Publisher) ([]byte, error) {
	begun := cmp.Or(s.Milestone[0], s.Launched)
	a := alert{
		Identifier: token("citydeck." + s.ID + ".1"), Sender: token(p.Sender), Sent: clock(begun, p.Zone), Status: "Actual", MsgType: "Alert", Scope: "Public",
	}
	if s.Exercise {
		a.Status, a.Note = "Exercise", "演练 Exercise"
	}
	if ended := s.Milestone[9]; ended != 0 {
		a.References = a.Sender + "," + a.Identifier + "," + a.Sent
		a.Identifier, a.Sent, a.MsgType = token("citydeck."+s.ID+".2"), clock(ended, p.Zone), "Cancel"
	}
	place, placeEn := cmp.Or(p.Place, s.Area), cmp.Or(p.PlaceEn, p.Place, s.Area)
	zh, en := spoken(s, p, a.Sent), spoken(s, p, a.Sent)
	name := "alert"
	if a.MsgType == "Cancel" {
		name = "stand_down"
		zh.ResponseType, en.ResponseType = []string{"AllClear"}, []string{"AllClear"}
	}
	text := s.Public(name, place, placeEn)
	zh.Language, zh.Area.Desc = "zh-CN", place
	zh.Headline, zh.Description = headline(s, place, a.MsgType), fmt.Sprintf("%s：%s。", place, s.Plan.Event)
	zh.Instruction = text.Zh
	a.Info = append(a.Info, zh)
	if text.En != "" {
		en.Language, en.Area.Desc, en.Event = "en-US", placeEn, s.Plan.NameEn
		en.Headline = strings.TrimSpace(drill(s, "[EXERCISE] ") + s.Plan.NameEn + ": " + placeEn + endedEn(a.MsgType))
		en.Description = s.Plan.NameEn + ", " + placeEn + "."
		en.Instruction = text.En
		a.Info = append(a.Info, en)
	}
	out, err := xml.MarshalIndent(a, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the alert of %s: %w", s.ID, err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

// spoken is what both languages have in common.
func spoken(s *command.State, p Publisher, sent string) info {
	return info{
		Category: s.Plan.Category, Event: s.Plan.Event, ResponseType: s.Plan.Response, Urgency: s.Plan.Urgency, Severity: s.Plan.Severity,
		Certainty: s.Plan.Certainty, Effective: sent, SenderName: p.Name, Web: p.Web, Area: shape(s, p.Geocodes),
	}
}

func drill(s *command.State, word string) string {
	if s.Exercise {
		return word
	}
	return ""
}

func headline(s *command.State, place, kind string) string {
	if kind == "Cancel" {
		return drill(s, "【演练】") + place + s.Plan.Event + "解除"
	}
	return drill(s, "【演练】") + place + s.Plan.Event
}

func endedEn(kind string) string {
	if kind == "Cancel" {
		return ", over"
	}
	return ""
}

// shape draws the zone and what it was widened by. CAP puts latitude first, and
// counts radii in kilometres.
func shape(s *command.State, codes []Geocode) area {
	a := area{Geocodes: codes}
	zones := append(s.Added[:len(s.Added):len(s.Added)], s.Zone)
	for _, z := range zones {
		if n := len(z.Polygon); n > 0 {
			var corners []string
			for _, c := range z.Polygon {
				corners = append(corners, pair(c))
			}
			if corners[0] != corners[n-1] {
				corners = append(corners, corners[0])
			}
			a.Polygons = append(a.Polygons, strings.Join(corners, " "))
		}
		if z.Circle != nil {
			a.Circles = append(a.Circles, pair(z.Circle.Centre)+" "+number(z.Circle.Radius/1000))
		}
	}
	return a
}

func pair(lonLat []float64) string { return number(lonLat[1]) + "," + number(lonLat[0]) }

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// clock is an instant as CAP writes it: no fractions, and no Z.
func clock(ms int64, zone *time.Location) string {
	text := time.UnixMilli(ms).In(zone).Format(stamp)
	if strings.HasSuffix(text, "+00:00") {
		return strings.TrimSuffix(text, "+00:00") + "-00:00"
	}
	return text
}

// token takes out of an identifier what CAP doesn't allow in one.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\r,<&", r) {
			return '-'
		}
		return r
	}, s)
}
