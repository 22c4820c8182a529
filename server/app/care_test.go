package app_test

import (
	"strings"
	"testing"

	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

func TestARedisThatThrowsStreamsAwayIsSaidWhereSourcesAreSeen(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--maxmemory-policy", "allkeys-lru")
	h := newHouse(t, server.URL(), func(cfg *config.Config) {
		dir := own(t, cfg)
		more(t, dir, "indicators/water.toml", moreIndicators)
		more(t, dir, "cockpits/valley.toml", feedTile)
		cfg.Auth.Anonymous = "viewer"
	})
	h.add("ada", "admin", "valley")
	ada := h.token("ada")
	redis := newProducer(t, server.Addr)
	redis.add("readings", "measure", "boats", "area", "sill", "value", "5", "source", "locks")
	h.counts("boats_ever", "valley", "5")
	if _, text := h.by(ada, "GET", "/api/v1/sources", ""); !strings.Contains(text, `"source":"locks"`) || !strings.Contains(text, `"worries":[{"stream":"readings","kind":"evicts"`) {
		t.Errorf("the sources are %s, want a worry at locks", text)
	}
	s := h.connect()
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	s.hear("of the fault in the feed", func(message) bool {
		return strings.Contains(s.picture["valley news items"], "set maxmemory-policy to noeviction")
	})
	if !strings.Contains(h.log.String(), "set maxmemory-policy to noeviction") {
		t.Errorf("the log lacks it: %s", h.log)
	}
}
