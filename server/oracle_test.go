package main_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// town is the district of the crash tests: a town, three streets, six blocks.
var town = map[string]string{
	"district.toml": "id = \"town\"\nname = \"镇\"\nname_en = \"Town\"\n",
	"areas.csv": `id,name,name_en,kind,parent,code,lon,lat
town,镇,Town,district,,,,
s0,一,One,street,town,,,
s1,二,Two,street,town,,,
s2,三,Three,street,town,,,
b0,甲,A,block,s0,,,
b1,乙,B,block,s0,,,
b2,丙,C,block,s1,,,
b3,丁,D,block,s1,,,
b4,戊,E,block,s2,,,
b5,己,F,block,s2,,,
`,
	"indicators/all.toml": measures() + indicators(),
	"cockpits/town.toml": `id = "town"
name = "镇"
name_en = "Town"
kind = "district"
area = "town"

[[tile]]
id = "sum"
kind = "stat"
title = "和"
title_en = "Sum"
indicator = "flow_sum"
x = 0
y = 0
w = 6
h = 3

[[tile]]
id = "feed"
kind = "feed"
title = "事"
title_en = "Feed"
x = 6
y = 0
w = 6
h = 6
`,
}

func measures() string {
	var b strings.Builder
	for id, kind := range map[string]string{
		"flow": `"flow"`, "stock": `"stock"`, "mean": "\"observation\"\ncombine = \"mean\"",
		"most": "\"observation\"\ncombine = \"max\"", "who": `"distinct"`,
	} {
		fmt.Fprintf(&b, "[[measure]]\nid = %q\nname = %q\nname_en = %q\nkind = %s\n\n", id, id, id, kind)
	}
	return b.String()
}

func indicators() string {
	var b strings.Builder
	for id, of := range map[string][2]string{
		"flow_sum": {"flow", "total"}, "stock_now": {"stock", "latest"}, "mean_ever": {"mean", "total"},
		"most_ever": {"most", "total"}, "who_ever": {"who", "total"},
	} {
		fmt.Fprintf(&b, "[[indicator]]\nid = %q\nname = %q\nname_en = %q\nmeasure = %q\nwindow = %q\n\n", id, id, id, of[0], of[1])
	}
	return b.String()
}

// parents says which areas a reading at a block counts in.
func parents(block int) []string {
	return []string{fmt.Sprint("b", block), fmt.Sprint("s", block/2), "town"}
}

// oracle is what every roll-up must come to: each reading once.
type oracle struct {
	sums   map[string]float64
	latest map[string]map[string]float64 // area → point → value
	means  map[string][2]float64
	most   map[string]float64
	who    map[string]map[string]bool
	bad    int
}

func newOracle() *oracle {
	return &oracle{
		sums: map[string]float64{}, latest: map[string]map[string]float64{}, means: map[string][2]float64{},
		most: map[string]float64{}, who: map[string]map[string]bool{},
	}
}

// reading draws one, counts it, and returns it as it is sent.
func (o *oracle) reading(r *rand.Rand, n int) map[string]any {
	block, v := r.IntN(6), r.IntN(1000)
	m := map[string]any{"area": fmt.Sprint("b", block), "value": v, "source": fmt.Sprint("source-", r.IntN(3))}
	switch n % 10 {
	case 0, 1, 2, 3, 4:
		m["measure"] = "flow"
	case 5:
		m["measure"], m["point"] = "stock", fmt.Sprint("p", r.IntN(50))
	case 6:
		m["measure"] = "mean"
	case 7:
		m["measure"] = "most"
	case 8:
		m["measure"], m["member"] = "who", fmt.Sprint("member-", r.IntN(500))
		delete(m, "value")
	case 9:
		if n%100 == 9 {
			m["measure"] = "nothing that is measured"
			o.bad++
			return m
		}
		m["measure"], m["id"] = "flow", fmt.Sprint("once-", n)
	}
	for _, a := range parents(block) {
		o.count(a, m, float64(v))
	}
	return m
}

func (o *oracle) count(a string, m map[string]any, v float64) {
	switch m["measure"] {
	case "flow":
		o.sums[a] += v
	case "stock":
		if o.latest[a] == nil {
			o.latest[a] = map[string]float64{}
		}
		o.latest[a][fmt.Sprint(m["area"], " ", m["point"])] = v
	case "mean":
		x := o.means[a]
		o.means[a] = [2]float64{x[0] + v, x[1] + 1}
	case "most":
		o.most[a] = max(o.most[a], v)
	case "who":
		if o.who[a] == nil {
			o.who[a] = map[string]bool{}
		}
		o.who[a][m["member"].(string)] = true
	}
}

// value is what an indicator comes to at an area, and how far it may lie off.
func (o *oracle) value(indicator, a string) (v, within float64) {
	switch indicator {
	case "flow_sum":
		return o.sums[a], 0
	case "stock_now":
		for _, x := range o.latest[a] {
			v += x
		}
		return v, 0
	case "mean_ever":
		return o.means[a][0] / o.means[a][1], 1e-9
	case "most_ever":
		return o.most[a], 0
	}
	return float64(len(o.who[a])), 0.03 * float64(len(o.who[a]))
}
