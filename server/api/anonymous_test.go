package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"citydeck/server/api"
)

func TestWhoSeesWhatWithoutSignIn(t *testing.T) {
	t.Parallel()
	const values = "/api/v1/values?indicator="
	tests := map[string]struct {
		target                string
		viewer, none, foreign int // with auth.anonymous viewer, none; viewer with a token that nobody gave
	}{
		"alive":                           {"/healthz", 200, 200, 200},
		"ready":                           {"/readyz", 200, 200, 200},
		"metrics":                         {"/metrics", 200, 401, 401},
		"the document":                    {"/api/v1/openapi.json", 200, 200, 200},
		"the tree of cockpits":            {"/api/v1/cockpits", 200, 401, 401},
		"a cockpit":                       {"/api/v1/cockpits/town", 200, 401, 401},
		"an unknown cockpit":              {"/api/v1/cockpits/north", 404, 401, 401},
		"areas":                           {"/api/v1/areas", 200, 401, 401},
		"indicators":                      {"/api/v1/indicators", 200, 401, 401},
		"measures":                        {"/api/v1/measures", 200, 401, 401},
		"lists":                           {"/api/v1/lists", 200, 401, 401},
		"a list that names persons":       {"/api/v1/lists/patients", 403, 401, 401},
		"an internal indicator":           {"/api/v1/indicators/rate", 200, 401, 401},
		"a public indicator":              {"/api/v1/indicators/lamps", 200, 200, 200},
		"an unknown indicator":            {"/api/v1/indicators/nothing", 404, 401, 401},
		"an internal value":               {values + "rate&area=pond", 200, 401, 401},
		"a public value":                  {values + "lamps&area=pond", 200, 200, 200},
		"a personal value of the root":    {values + "watched&area=town", 200, 401, 401},
		"a personal value of its child":   {values + "watched&area=east", 200, 401, 401},
		"a personal value further down":   {values + "watched&area=pond", 403, 401, 401},
		"a value of an unknown indicator": {values + "nothing&area=pond", 404, 401, 401},
		"a value that is asked wrongly":   {values + "rate", 400, 400, 400},
	}
	viewer, none := seen(t), open(t, api.Config{Anonymous: "none"}, api.DoorConfig{}, busy())
	for name, tt := range tests {
		for who, got := range map[string]struct{ code, want int }{
			"viewer":      {viewer.ask(t, "GET", tt.target, "").Code, tt.viewer},
			"none":        {none.ask(t, "GET", tt.target, "").Code, tt.none},
			"wrong token": {viewer.ask(t, "GET", tt.target, "", "Authorization", "Bearer x").Code, tt.foreign},
		} {
			if got.code != got.want {
				t.Errorf("%s, %s: GET %s = %d, want %d", name, who, tt.target, got.code, got.want)
			}
		}
	}
	w := none.ask(t, "POST", "/api/v1/readings", one)
	wantProblem(t, "POST /readings with none", w, http.StatusUnauthorized)
	if w.Header().Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
}

func TestAListThatNamesPersonsIsNotListed(t *testing.T) {
	t.Parallel()
	var lists []struct{ ID string }
	w := seen(t).ask(t, "GET", "/api/v1/lists", "")
	if err := json.Unmarshal(w.Body.Bytes(), &lists); err != nil {
		t.Fatal(err)
	}
	if len(lists) != 1 || lists[0].ID != "lamps" {
		t.Errorf("lists = %v, want lamps alone", lists)
	}
}
