package live_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

// description is asyncapi.json, parsed.
func description(t testing.TB) object {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(live.AsyncAPI))
	if err != nil {
		t.Fatalf("asyncapi.json: %v", err)
	}
	return doc.(object)
}

// closeSchemas forbids keys that a schema doesn't name: clients ignore what they don't
// know, but what we send is to be described.
func closeSchemas(v any) {
	switch v := v.(type) {
	case object:
		if _, some := v["properties"]; some && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			closeSchemas(inner)
		}
	case []any:
		for _, inner := range v {
			closeSchemas(inner)
		}
	}
}

// schema compiles one of the description's schemas.
func schema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	doc := description(t)
	closeSchemas(doc["components"].(object)["schemas"])
	c := jsonschema.NewCompiler()
	if err := c.AddResource("http://citydeck/asyncapi.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("http://citydeck/asyncapi.json#/components/schemas/" + name)
	if err != nil {
		t.Fatalf("schema %s: %v", name, err)
	}
	return s
}

func properties(t testing.TB, name string) []string {
	t.Helper()
	s, ok := description(t)["components"].(object)["schemas"].(object)[name].(object)
	if !ok {
		t.Fatalf("asyncapi.json has no schema %s", name)
	}
	return slices.Sorted(maps.Keys(s["properties"].(object)))
}

// keys lists the JSON keys of a struct, those of embedded ones too.
func keys(of reflect.Type) []string {
	var list []string
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			list = append(list, keys(f.Type)...)
			continue
		}
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func encoded(t testing.TB, v any) []string {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(dump(v)), &o); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(o))
}

func TestEveryMessageIsDescribed(t *testing.T) {
	t.Parallel()
	for name, v := range live.Messages {
		if want := keys(reflect.TypeOf(v)); !slices.Equal(properties(t, name), want) {
			t.Errorf("schema %s has the keys %v, the Go type %v", name, properties(t, name), want)
		}
	}
	whole := tile.Tile{ID: "x", Target: ptr(1.0)}
	item := tile.Item{ID: "i", Has: 1<<tile.KeyCount - 1, Cells: []tile.Cell{{ID: "c"}}, Command: &command.View{}, Unit: &command.UnitView{}, Task: &command.TaskMark{}}
	for name, got := range map[string][]string{
		"Tile":      encoded(t, whole),
		"Patch":     encoded(t, whole),
		"Item":      encoded(t, item),
		"ItemPatch": encoded(t, item),
		"Coverage":  encoded(t, tile.Coverage{}),
		"Disputed":  encoded(t, tile.Disputed{}),
		"Change":    encoded(t, tile.Change{}),
	} {
		if want := properties(t, name); !slices.Equal(got, want) {
			t.Errorf("schema %s has the keys %v, what is sent %v", name, want, got)
		}
	}
	messages := description(t)["components"].(object)["messages"].(object)
	if got, want := len(messages), 8; got != want {
		t.Errorf("%d messages are described, want %d", got, want)
	}
}

func TestTheDescriptionRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	message := schema(t, "Message")
	for name, text := range map[string]string{
		"no build":              `{"op":"hello","now":1,"ready":true,"demo":false}`,
		"a fraction of a seq":   `{"op":"delta","cockpit":"a","epoch":"e","from":1.5,"seq":2,"at":1,"tiles":[]}`,
		"an unknown key":        `{"op":"delta","cockpit":"a","epoch":"e","from":1,"seq":2,"at":1,"tiles":[{"id":"x","colour":1}]}`,
		"a tile without status": `{"op":"snapshot","cockpit":"a","epoch":"e","seq":2,"at":1,"layout":"","tiles":[{"id":"x"}]}`,
		"a point of three":      `{"op":"delta","cockpit":"a","epoch":"e","from":1,"seq":2,"at":1,"tiles":[{"id":"x","spark":[[1,2,3]]}]}`,
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if message.Validate(v) == nil {
			t.Errorf("%s: %s is valid, want not", name, text)
		}
	}
}

// Every reference in the description leads somewhere.
func TestReferencesLeadSomewhere(t *testing.T) {
	t.Parallel()
	doc := description(t)
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case object:
			if to, some := v["$ref"].(string); some {
				var at any = doc
				for _, step := range strings.Split(strings.TrimPrefix(to, "#/"), "/") {
					o, _ := at.(object)
					at = o[step]
				}
				if at == nil {
					t.Errorf("%s leads nowhere", to)
				}
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(doc)
}

func TestTheDescriptionIsServed(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(h.url, "live")+"asyncapi.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || !bytes.Equal(body, live.AsyncAPI) {
		t.Errorf("asyncapi.json: status %d, %d bytes, %v", resp.StatusCode, len(body), err)
	}
}
