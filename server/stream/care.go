package stream

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"citydeck/cockpits/monitor/reading"

	"github.com/redis/go-redis/v9"
)

// Worries lists what the settings of Redis may cost, by stream. It asks nobody:
// the readers look at their streams at the start, after each trouble, and then
// every ten seconds.
func (r *Redis) Worries() []reading.Worry {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []reading.Worry
	for _, worries := range r.worries {
		list = append(list, worries...)
	}
	slices.SortFunc(list, func(a, b reading.Worry) int {
		return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// care asks how the stream's Redis is set. The embedded one forgets everything
// anyhow, and says so.
func (c *Consumer) care(ctx context.Context) {
	if c.redis.embedded != nil {
		return
	}
	var kinds []reading.WorryKind
	policy, kept := c.setting(ctx, "maxmemory-policy"), c.setting(ctx, "appendonly")
	if policy == silent || kept == silent {
		return // it is away; whoever reads next says so
	}
	if policy != "noeviction" && policy != unsaid {
		kinds = append(kinds, reading.Evicts)
	}
	if kept == "no" {
		kinds = append(kinds, reading.Forgets)
	}
	if policy == unsaid || kept == unsaid {
		kinds = append(kinds, reading.Unsaid)
	}
	for _, w := range c.redis.worry(c.key, kinds) {
		c.worries = append(c.worries, w)
		c.tell(w, policy)
	}
}

// What setting answers when Redis doesn't.
const (
	silent = ""  // it is away
	unsaid = "?" // it says no
)

// setting asks for one setting, of the node that has the stream.
func (c *Consumer) setting(ctx context.Context, name string) string {
	node, isCluster := c.client.(*redis.ClusterClient)
	asked := c.client.ConfigGet
	if isCluster {
		master, err := node.MasterForKey(ctx, c.key)
		if err != nil {
			return silent
		}
		asked = master.ConfigGet
	}
	found, err := asked(ctx, name).Result()
	if _, refused := errors.AsType[redis.Error](err); refused || err == nil && found[name] == "" {
		return unsaid
	}
	if err != nil {
		return silent
	}
	return found[name]
}

// worry notes how a stream's Redis is set, and answers what is new and what is over.
func (r *Redis) worry(key string, kinds []reading.WorryKind) (news []reading.Worry) {
	now := r.cfg.Now().UnixMilli()
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.worries[key]
	var is []reading.Worry
	for _, kind := range kinds {
		at := slices.IndexFunc(was, func(w reading.Worry) bool { return w.Kind == kind })
		if at >= 0 {
			is = append(is, was[at])
			continue
		}
		w := reading.Worry{Stream: key, Kind: kind, At: now}
		is, news = append(is, w), append(news, w)
		r.met.worries.WithLabelValues(key, string(kind)).Set(1)
	}
	for _, w := range was {
		if !slices.Contains(kinds, w.Kind) {
			r.met.worries.WithLabelValues(key, string(w.Kind)).Set(0)
			w.At, w.Over = now, true
			news = append(news, w)
		}
	}
	r.worries[key] = is
	return news
}

func (c *Consumer) tell(w reading.Worry, policy string) {
	switch {
	case w.Over:
		c.log.Info("Redis is set otherwise: a worry is over", "worry", w.Kind)
	case w.Kind == reading.Evicts:
		c.log.Error("Redis throws the stream away when its memory is full: set maxmemory-policy to noeviction", "policy", policy)
	case w.Kind == reading.Forgets:
		c.log.Warn("Redis keeps no append-only file: what was not counted yet is lost with it; set appendonly to yes")
	default:
		c.log.Warn("Redis doesn't say whether it keeps the stream: CONFIG GET is refused")
	}
}
